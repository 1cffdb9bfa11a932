//! The stable codes, and how each finds its row of the table: token, status, and a text in every language.

use axum::http::StatusCode;

use super::account_codes::ACCOUNT_CODES;
use super::request_codes::CODES;

/// Stable failure tokens (contract: `ErrorCode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// A parameter breaks its rule.
    ValidationError,
    /// No `Service-Name`.
    ServiceNameRequired,
    /// An unknown `Service-Name`.
    InvalidServiceName,
    /// Neither a token nor a `did`.
    DeviceIdRequired,
    /// The service is for members.
    AuthenticationRequired,
    /// A token that is none.
    TokenInvalid,
    /// The country is not allowed.
    RegionBlock,
    /// Not there, or not published.
    NotFound,
    /// Not among the favorites.
    FavoriteNotFound,
    /// Past the end of a list.
    PageNotFound,
    /// Not the code that was mailed.
    VerificationCodeInvalid,
    /// The code has ended.
    VerificationCodeExpired,
    /// The address was not verified.
    EmailNotVerified,
    /// The mailed token is not good.
    ResetTokenInvalid,
    /// The password given along is wrong.
    PasswordIncorrect,
    /// The proof given along is wrong.
    CredentialsIncorrect,
    /// The access token has lapsed.
    TokenExpired,
    /// Address and password open no account.
    InvalidCredentials,
    /// The refresh token is not good.
    RefreshTokenInvalid,
    /// The provider's token is not good.
    SocialTokenInvalid,
    /// The account is suspended.
    AccountDisabled,
    /// A second factor is needed.
    MfaRequired,
    /// No television shows this code.
    ActivationCodeNotFound,
    /// The account has no identity of the provider.
    LinkedAccountNotFound,
    /// The address has an account.
    EmailAlreadyRegistered,
    /// The television was let in already.
    ActivationCodeAlreadyUsed,
    /// The last way to sign in cannot go.
    LastLoginMethod,
    /// Both are the same account.
    SameAccount,
    /// Too many calls.
    RateLimited,
    /// Too many wrong ones.
    TooManyAttempts,
    /// The path takes other methods.
    MethodNotAllowed,
    /// A body larger than the operation takes.
    PayloadTooLarge,
    /// A body that is not JSON.
    UnsupportedMediaType,
    /// Something failed here.
    InternalError,
    /// Something is out of reach for now.
    ServiceUnavailable,
}

impl ErrorCode {
    /// Token, status and texts.
    pub(super) fn row(self) -> (&'static str, StatusCode, &'static [&'static str; 6]) {
        let row = |code| {
            let all = CODES.iter().chain(ACCOUNT_CODES);
            all.clone().find(|(known, ..)| *known == code)
        };
        // The table has a row per code; a test holds that.
        let (_, token, status, texts) = row(self)
            .or_else(|| row(Self::InternalError))
            .unwrap_or(&CODES[0]);
        let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (token, status, texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_row_of_its_own() {
        for code in [
            ErrorCode::ValidationError,
            ErrorCode::ServiceNameRequired,
            ErrorCode::InvalidServiceName,
            ErrorCode::DeviceIdRequired,
            ErrorCode::AuthenticationRequired,
            ErrorCode::TokenInvalid,
            ErrorCode::RegionBlock,
            ErrorCode::NotFound,
            ErrorCode::FavoriteNotFound,
            ErrorCode::PageNotFound,
            ErrorCode::MethodNotAllowed,
            ErrorCode::PayloadTooLarge,
            ErrorCode::UnsupportedMediaType,
            ErrorCode::InternalError,
            ErrorCode::ServiceUnavailable,
        ] {
            assert_eq!(
                CODES.iter().filter(|(row, ..)| *row == code).count(),
                1,
                "{code:?}"
            );
        }
        assert!(
            CODES
                .iter()
                .all(|(.., texts)| texts.iter().all(|text| !text.is_empty()))
        );
    }
}
