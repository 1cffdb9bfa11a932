//! People as operators see them.

use marquee_domain::account::Account;
use marquee_storage::audit::Event;
use marquee_storage::sessions::Session;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An account to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPersonBody {
    pub(crate) email: String,
    /// Left out, its owner gets a mail that sets one.
    #[serde(default)]
    pub(crate) password: Option<String>,
    #[serde(default)]
    pub(crate) display_name: String,
    /// `viewer` or `operator`.
    #[serde(default = "viewer")]
    pub(crate) role: String,
    /// Code of the language that mails are written in.
    #[serde(default)]
    pub(crate) language: String,
}

fn viewer() -> String {
    "viewer".to_owned()
}

/// A change of an account; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonChange {
    /// `viewer` or `operator`.
    #[serde(default)]
    pub(crate) role: Option<String>,
    #[serde(default)]
    pub(crate) suspended: Option<bool>,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonView {
    uuid: String,
    email: String,
    display_name: String,
    /// `active`, `suspended` or `merged`.
    state: &'static str,
    /// `viewer` or `operator`.
    role: &'static str,
    /// UTC milliseconds.
    created_at: i64,
}

impl PersonView {
    pub(crate) fn new(account: &Account) -> Self {
        Self {
            uuid: account.uuid.clone(),
            email: account.email.clone(),
            display_name: account.display_name.clone(),
            state: account.state.as_str(),
            role: account.role.as_str(),
            created_at: account.created_at,
        }
    }
}

/// People by address.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonList {
    pub(crate) people: Vec<PersonView>,
}

/// A live session.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    id: String,
    device_type: String,
    app: String,
    network: String,
    created_at: i64,
    last_active_at: i64,
}

/// Something that happened to an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventView {
    at: i64,
    kind: String,
    /// `viewer`, `operator`, `system` or `stranger`.
    actor: String,
    network: String,
    detail: String,
}

/// One person.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonDetail {
    person: PersonView,
    sessions: Vec<SessionView>,
    events: Vec<EventView>,
}

impl PersonDetail {
    pub(crate) fn new(account: &Account, sessions: &[Session], events: &[Event]) -> Self {
        let session = |session: &Session| SessionView {
            id: session.sid.clone(),
            device_type: session.device_type.clone(),
            app: session.app.clone(),
            network: session.network.clone(),
            created_at: session.created_at,
            last_active_at: session.last_active_at,
        };
        let event = |event: &Event| EventView {
            at: event.at,
            kind: event.kind.clone(),
            actor: event.actor.clone(),
            network: event.network.clone(),
            detail: event.detail.clone(),
        };
        Self {
            person: PersonView::new(account),
            sessions: sessions.iter().map(session).collect(),
            events: events.iter().map(event).collect(),
        }
    }
}
