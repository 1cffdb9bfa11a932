//! Failures of identity: what is refused to a caller, and what is wrong with us.

use marquee_storage::StorageError;

use crate::password::PasswordFault;

/// What every call of this crate returns.
pub type Result<T> = std::result::Result<T, IdentityError>;

/// Failures of identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    Random,
    /// Storage failed.
    #[error("storage failed")]
    Storage(#[from] StorageError),
    /// Something was sealed under another secret than this server has, or was altered.
    #[error(
        "{0} was sealed under another secret; start with the secret file that it was made with"
    )]
    Sealed(&'static str),
    /// A key or a hash could not be made or used.
    #[error("{0}")]
    Crypto(&'static str),
    /// The caller may not have what it asked for.
    #[error("refused: {0:?}")]
    Refused(Refusal),
}

/// Why a caller does not get what it asked for. Texts are the faces' business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Another account has this address.
    AddressTaken,
    /// Not the code that was mailed.
    CodeWrong,
    /// The code has ended, or there is none.
    CodeExpired,
    /// Too many wrong ones; seconds until it makes sense again.
    TooManyAttempts(u64),
    /// Too often; seconds until it is taken again.
    Slow(u64),
    /// The address was not verified, or too long ago.
    NotVerified,
    /// Address and password do not open an account.
    CredentialsWrong,
    /// The password given along is not the account's.
    PasswordWrong,
    /// The new password breaks a rule.
    PasswordBad(PasswordFault),
    /// The account is suspended.
    AccountDisabled,
    /// A code of the second factor is needed, or the one given is not right.
    FactorRequired,
    /// The access token is not good.
    TokenInvalid,
    /// The access token has lapsed.
    TokenExpired,
    /// The refresh token is not good.
    RefreshInvalid,
    /// The token that sets a new password is not good.
    ResetInvalid,
    /// No television shows this code.
    ActivationUnknown,
    /// The television that shows this code was let in already.
    ActivationUsed,
    /// The provider's token is not good.
    SocialInvalid,
    /// The provider's keys cannot be had, so nobody can say whether its token is good; seconds until
    /// it makes sense to ask again.
    Unreachable(u64),
    /// The account has no identity of this provider.
    NotLinked,
    /// The last way to sign in cannot go.
    LastMethod,
    /// Both are the same account.
    SameAccount,
    /// All hands are busy; seconds until it makes sense to ask again.
    Busy(u64),
}

impl From<Refusal> for IdentityError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
