//! Accounts as the contract shows them, and what confirms that something was done about one.

pub(super) mod bodies;
pub(super) mod sessions;

use marquee_domain::account::{Account, LoginMethod};
use marquee_domain::clock::rfc3339;
use marquee_identity::{Linked, Registration};
use serde::Serialize;
use utoipa::ToSchema;

/// Signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    id: i64,
    /// Stable public id.
    #[schema(format = "uuid")]
    uuid: String,
    #[schema(format = Email)]
    email: String,
    /// Empty string when never set.
    display_name: String,
    is_email_verified: bool,
}

impl User {
    fn new(account: &Account) -> Self {
        Self {
            id: account.id.0,
            uuid: account.uuid.clone(),
            email: account.email.clone(),
            display_name: account.display_name.clone(),
            is_email_verified: account.email_verified,
        }
    }
}

/// Account data of the signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    #[serde(flatten)]
    user: User,
    /// When the account was made.
    #[schema(format = DateTime)]
    created: String,
}

impl Profile {
    pub(crate) fn new(account: &Account) -> Self {
        Self {
            user: User::new(account),
            created: rfc3339(account.created_at),
        }
    }
}

/// What is known about an e-mail address.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegistrationStatus {
    registered: bool,
    /// Ways to sign in; empty when not registered.
    login_methods: Vec<&'static str>,
}

impl RegistrationStatus {
    pub(crate) fn new(status: &Registration) -> Self {
        Self {
            registered: status.registered,
            login_methods: status
                .methods
                .iter()
                .map(|method| method.as_str())
                .collect(),
        }
    }
}

/// Ways to sign in.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "documents the values")]
enum LinkedType {
    Google,
    Apple,
    Email,
}

/// One way to sign in to the account.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkedAccount {
    #[schema(inline, value_type = LinkedType)]
    r#type: &'static str,
    /// Address known to that way of signing in.
    email: String,
    /// True for the way the account was made with.
    is_primary: bool,
    #[schema(required = true, format = DateTime)]
    linked_at: Option<String>,
}

impl LinkedAccount {
    pub(crate) fn new(linked: &Linked) -> Self {
        let method: LoginMethod = linked.method;
        Self {
            r#type: method.as_str(),
            email: linked.email.clone(),
            is_primary: linked.is_primary,
            linked_at: linked.linked_at.map(rfc3339),
        }
    }
}

/// Everything that is kept about a person; for people to read, so its members may grow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(value_type = Object)]
pub struct AccountExport(pub(crate) serde_json::Value);

/// Confirmation text.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageResult {
    /// Text for the viewer.
    message: &'static str,
}

impl MessageResult {
    pub(crate) fn new(message: &'static str) -> Self {
        Self { message }
    }
}

/// Confirmation that a code was mailed.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmailCodeSent {
    /// Text for the viewer.
    message: &'static str,
    /// Address that the code went to.
    email: String,
}

impl EmailCodeSent {
    pub(crate) fn new(message: &'static str, email: &str) -> Self {
        let email = email.to_owned();
        Self { message, email }
    }
}

/// Confirmation that a code was right.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmailCodeVerified {
    /// Text for the viewer.
    message: &'static str,
    email: String,
    /// True in every 200 answer.
    verified: bool,
}

impl EmailCodeVerified {
    pub(crate) fn new(message: &'static str, email: &str) -> Self {
        Self {
            message,
            email: email.to_owned(),
            verified: true,
        }
    }
}

/// Outcome of a device merge.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceMergeResult {
    success: bool,
    /// Device whose data was taken over.
    device_id: String,
}

impl DeviceMergeResult {
    pub(crate) fn new(device_id: &str) -> Self {
        Self {
            success: true,
            device_id: device_id.to_owned(),
        }
    }
}
