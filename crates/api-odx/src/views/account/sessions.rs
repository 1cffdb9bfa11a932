//! Sessions: as they begin, on a television too, and as their owner sees them.

use marquee_domain::clock::rfc3339;
use marquee_identity::{SignedIn, SocialSignIn, pages};
use marquee_storage::sessions::Session;
use serde::Serialize;
use utoipa::ToSchema;

use super::User;

/// Fresh session.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthResponse {
    /// JWT for the Authorization header.
    access_token: String,
    user: User,
    /// True when the device named by `did` holds favorites or progress that this account lacks; the client should then
    /// call the device merge.
    merge_needed: bool,
}

impl AuthResponse {
    pub(crate) fn new(signed_in: &SignedIn) -> Self {
        Self {
            access_token: signed_in.access_token.expose().to_owned(),
            user: User::new(&signed_in.account),
            merge_needed: signed_in.merge_needed,
        }
    }
}

/// Fresh session from a social sign-in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SocialAuthResponse {
    #[serde(flatten)]
    session: AuthResponse,
    /// True when this call created the account.
    is_new_user: bool,
    /// True when this call attached the social identity to an account that already had the same e-mail address.
    auto_linked: bool,
}

impl SocialAuthResponse {
    pub(crate) fn new(done: &SocialSignIn) -> Self {
        Self {
            session: AuthResponse::new(&done.signed_in),
            is_new_user: done.is_new,
            auto_linked: done.linked,
        }
    }
}

/// Code for the TV to show.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivationRequested {
    /// Activation code; letter case does not matter.
    code: String,
    /// Seconds that the code stays valid.
    expires_in: i64,
    /// Page where the viewer types the code.
    #[schema(format = "uri")]
    activation_url: String,
    /// Address to show as a QR picture: the same page with the code filled in.
    #[schema(format = "uri")]
    qr_url: String,
}

impl ActivationRequested {
    /// A code, and the public address that pages are below.
    pub(crate) fn new(code: String, expires_in: i64, public_url: &str) -> Self {
        let page = format!("{public_url}{}", pages::ACTIVATE);
        Self {
            qr_url: format!("{page}?code={code}"),
            activation_url: page,
            code,
            expires_in,
        }
    }
}

/// States of an activation code.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "documents the values")]
enum ActivationState {
    Pending,
    Confirmed,
}

/// State of an activation code.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivationStatus {
    #[schema(inline, value_type = ActivationState)]
    status: &'static str,
    /// Given only once the status is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    access_token: Option<String>,
    /// Given only once the status is confirmed; a TV keeps it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refresh_token: Option<String>,
    /// Given only once the status is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user: Option<User>,
}

impl ActivationStatus {
    pub(crate) fn pending() -> Self {
        Self {
            status: "pending",
            access_token: None,
            refresh_token: None,
            user: None,
        }
    }

    pub(crate) fn confirmed(signed_in: &SignedIn) -> Self {
        Self {
            status: "confirmed",
            access_token: Some(signed_in.access_token.expose().to_owned()),
            refresh_token: Some(signed_in.refresh_token.expose().to_owned()),
            user: Some(User::new(&signed_in.account)),
        }
    }
}

/// A device on which the person is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceSession {
    id: String,
    /// `web`, `mobile`, `tablet` or `ctv`; empty when its client did not say.
    device_type: String,
    /// What the client calls itself.
    app: String,
    /// The network that it signed in from, coarse.
    network: String,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    last_active: String,
    /// Whether it is the session that asks.
    is_current: bool,
}

impl DeviceSession {
    pub(crate) fn new(session: &Session, current: &str) -> Self {
        Self {
            id: session.sid.clone(),
            device_type: session.device_type.clone(),
            app: session.app.clone(),
            network: session.network.clone(),
            created: rfc3339(session.created_at),
            last_active: rfc3339(session.last_active_at),
            is_current: session.sid == current,
        }
    }
}
