//! What calls about accounts bring, for the document: the calls themselves are read by `Fields`.

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
