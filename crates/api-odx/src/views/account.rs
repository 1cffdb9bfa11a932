//! Accounts and sessions as the contract shows them.

use marquee_domain::account::{Account, LoginMethod};
use marquee_domain::clock::rfc3339;
use marquee_identity::{Linked, Registration, SignedIn, SocialSignIn, pages};
use marquee_storage::sessions::Session;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// An e-mail address.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct EmailBody {
    #[schema(format = Email)]
    email: String,
}

/// Address to change to.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct EmailChangeBody {
    #[schema(format = Email)]
    new_email: String,
}

/// An e-mail address and the code mailed to it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct EmailCodeBody {
    #[schema(format = Email)]
    email: String,
    /// Six characters.
    #[schema(min_length = 6, max_length = 6)]
    code: String,
}

/// Code mailed to the new address.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct CodeBody {
    /// Six characters.
    #[schema(min_length = 6, max_length = 6)]
    code: String,
}

/// The account to make.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct SignUpCompleteBody {
    /// Address verified before.
    #[schema(format = Email)]
    email: String,
    #[schema(min_length = 8)]
    password: String,
    #[schema(max_length = 100, nullable = false)]
    display_name: Option<String>,
}

/// Credentials.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct SignInBody {
    #[schema(format = Email)]
    email: String,
    password: String,
    /// TOTP or recovery code, needed when the account has a second factor.
    #[schema(min_length = 6, max_length = 16, nullable = false)]
    otp: Option<String>,
}

/// Mailed token and the new password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct PasswordResetBody {
    /// Token from the reset mail.
    token: String,
    #[schema(min_length = 8)]
    new_password: String,
    /// TOTP or recovery code, needed when the account has a second factor.
    #[schema(min_length = 6, max_length = 16, nullable = false)]
    otp: Option<String>,
}

/// Old and new password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct PasswordChangeBody {
    current_password: String,
    #[schema(min_length = 8)]
    new_password: String,
}

/// Code that the TV shows.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct CtvConfirmBody {
    /// Letter case does not matter.
    code: String,
}

/// Google identity.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct GoogleSignInBody {
    /// ID token issued by Google.
    id_token: String,
    /// TOTP or recovery code, needed when the account has a second factor.
    #[schema(min_length = 6, max_length = 16, nullable = false)]
    otp: Option<String>,
}

/// Apple identity.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct AppleSignInBody {
    /// ID token issued by Apple.
    id_token: String,
    /// TOTP or recovery code, needed when the account has a second factor.
    #[schema(min_length = 6, max_length = 16, nullable = false)]
    otp: Option<String>,
    /// Name of the person; Apple hands it to the client on the first sign-in only.
    #[schema(max_length = 100, nullable = false)]
    name: Option<String>,
}

/// Members to change; those left out stay.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct ProfileUpdateBody {
    #[schema(max_length = 100, nullable = false)]
    display_name: Option<String>,
}

/// The names of providers; written out, because an optional one would become a type of its own.
fn provider_words() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(["google", "apple"]))
        .build()
}

/// Proof that the owner asks: the password, or a fresh social identity for an account that has no password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct AccountDeleteBody {
    /// For an account with a password.
    #[schema(nullable = false)]
    password: Option<String>,
    /// For an account without a password.
    #[schema(schema_with = provider_words, required = false)]
    provider: Option<String>,
    /// For an account without a password.
    #[schema(nullable = false)]
    id_token: Option<String>,
}

/// Proof of owning the second account: its e-mail address and password, or its social identity.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct AccountMergeBody {
    /// Address of the second account.
    #[schema(format = Email, nullable = false)]
    email: Option<String>,
    /// Password of the second account.
    #[schema(nullable = false)]
    password: Option<String>,
    /// Provider of the second account.
    #[schema(schema_with = provider_words, required = false)]
    provider: Option<String>,
    /// ID token of the second account.
    #[schema(nullable = false)]
    id_token: Option<String>,
    /// TOTP or recovery code of the second account, when it has a second factor.
    #[schema(min_length = 6, max_length = 16, nullable = false)]
    otp: Option<String>,
}

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

/// Everything that is kept about a person; for people to read, so its members may grow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(value_type = Object)]
pub struct AccountExport(pub(crate) serde_json::Value);

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
