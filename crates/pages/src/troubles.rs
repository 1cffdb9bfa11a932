//! What is wrong with a form, in words, beside the field that it is about.

use axum::http::StatusCode;
use marquee_identity::{IdentityError, PasswordFault, Refusal};

use crate::call::Visit;
use crate::words::{Words, fill};

/// What is wrong, and with which field; an empty name is the form as a whole.
#[derive(Default)]
pub(crate) struct Troubles {
    status: Option<StatusCode>,
    retry_after: Option<u64>,
    list: Vec<(&'static str, String)>,
}

impl Troubles {
    /// A single one.
    pub(crate) fn one(field: &'static str, text: &str) -> Self {
        let mut troubles = Self::default();
        troubles.add(field, text.to_owned());
        troubles
    }

    /// A failure of identity, told beside `field` where the caller can mend it there.
    pub(crate) fn of(visit: &Visit, error: &IdentityError, field: &'static str) -> Self {
        let words = visit.words();
        match error {
            IdentityError::Refused(refusal) => Self::refused(words, refusal, field),
            IdentityError::Storage(_) => {
                log(visit, error);
                Self {
                    status: Some(StatusCode::SERVICE_UNAVAILABLE),
                    retry_after: Some(5),
                    list: vec![("", words.unavailable.to_owned())],
                }
            }
            _ => {
                log(visit, error);
                Self {
                    status: Some(StatusCode::INTERNAL_SERVER_ERROR),
                    retry_after: None,
                    list: vec![("", words.unavailable.to_owned())],
                }
            }
        }
    }

    fn refused(words: &Words, refusal: &Refusal, field: &'static str) -> Self {
        let plain = |text: &str| Self::one(field, text);
        let later = |status, text: &str, seconds| Self {
            status: Some(status),
            retry_after: Some(seconds),
            list: vec![("", format!("{text} {}", wait(words, seconds)))],
        };
        match *refusal {
            Refusal::AddressTaken => plain(words.address_taken),
            Refusal::CodeWrong => plain(words.code_wrong),
            Refusal::CodeExpired => plain(words.code_expired),
            Refusal::TooManyAttempts(s) | Refusal::Slow(s) => {
                later(StatusCode::TOO_MANY_REQUESTS, words.slow, s)
            }
            Refusal::Busy(s) | Refusal::Unreachable(s) => {
                later(StatusCode::SERVICE_UNAVAILABLE, words.busy, s)
            }
            Refusal::NotVerified => plain(words.not_verified),
            Refusal::CredentialsWrong | Refusal::PasswordWrong | Refusal::SocialInvalid => {
                plain(words.credentials_wrong)
            }
            Refusal::PasswordBad(fault) => plain(&password(words, fault)),
            Refusal::AccountDisabled => Self {
                status: Some(StatusCode::FORBIDDEN),
                ..plain(words.disabled)
            },
            Refusal::FactorRequired => plain(words.factor_wrong),
            Refusal::ActivationUnknown => plain(words.activation_unknown),
            Refusal::ActivationUsed => plain(words.activation_used),
            Refusal::TokenInvalid
            | Refusal::TokenExpired
            | Refusal::RefreshInvalid
            | Refusal::ResetInvalid
            | Refusal::NotLinked
            | Refusal::LastMethod
            | Refusal::SameAccount => plain(words.link_bad),
        }
    }

    pub(crate) fn add(&mut self, field: &'static str, text: String) {
        self.list.push((field, text));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What is wrong with a field, or with none.
    pub(crate) fn with(&self, field: &str) -> Option<&str> {
        let found = self.list.iter().find(|(name, _)| *name == field);
        found.map(|(_, text)| text.as_str())
    }

    /// The fields at fault, in the order of the form.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let named = self.list.iter().filter(|(name, _)| !name.is_empty());
        named.map(|(name, text)| (*name, text.as_str()))
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|(_, text)| text.as_str())
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self.status {
            Some(status) => status,
            None if self.is_empty() => StatusCode::OK,
            None => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }
}

fn log(visit: &Visit, error: &IdentityError) {
    let id = visit
        .request_id
        .map(|id| id.to_string())
        .unwrap_or_default();
    let mut chain = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        chain = format!("{chain}: {inner}");
        cause = inner.source();
    }
    tracing::error!(id, error = chain, "a page failed");
}

/// When it makes sense to try again, in a unit that is easy to read.
fn wait(words: &Words, seconds: u64) -> String {
    let (text, n) = match seconds {
        0..=90 => (words.wait_s, seconds.max(1)),
        91..=5400 => (words.wait_min, seconds.div_ceil(60)),
        _ => (words.wait_h, seconds.div_ceil(3600)),
    };
    fill(text, "n", &n.to_string())
}

fn password(words: &Words, fault: PasswordFault) -> String {
    match fault {
        PasswordFault::Short(least) => fill(words.password_short, "n", &least.to_string()),
        PasswordFault::Long(most) => fill(words.password_long, "n", &most.to_string()),
        PasswordFault::Plain => words.password_plain.to_owned(),
        PasswordFault::Common => words.password_common.to_owned(),
        PasswordFault::Own => words.password_own.to_owned(),
    }
}
