//! JSON bodies: read whole within a bound, then member by member, so that every fault is named.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use marquee_domain::{DisplayName, UiLanguage, display_name};
use marquee_http::RequestId;
use marquee_identity::{Address, Password};
use serde_json::{Map, Value};

use crate::Deps;
use crate::auth::Judged;
use crate::call::language_of;
use crate::error::{Error, ErrorCode};

/// Most bytes that a body may have; what is sent here are a few members.
const MAX_BODY: usize = 64 << 10;

/// Longest ID token of a provider that is looked at, in characters.
pub(crate) const ID_TOKEN_MAX: usize = 8192;

/// The members of a JSON object, and what is wrong with them.
pub(crate) struct Fields {
    members: Map<String, Value>,
    language: UiLanguage,
    faults: Vec<(String, String)>,
}

impl FromRequest<Arc<Deps>> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request, deps: &Arc<Deps>) -> Result<Self, Error> {
        let language = language_of(request.headers());
        let judged = request.extensions().get::<Judged>().cloned();
        let request_id = request.extensions().get::<RequestId>().copied();
        let fail = |code| Error::new(code, language);
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_json = kind.is_none_or(|kind| {
            let kind = kind.to_str().unwrap_or_default();
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/json")
        });
        if !is_json {
            return Err(fail(ErrorCode::UnsupportedMediaType));
        }
        let bytes = read(request.into_body())
            .await
            .map_err(|()| fail(ErrorCode::PayloadTooLarge))?;
        if let Some(judged) = judged {
            judged.still(deps, language, request_id).await?;
        }
        let members = match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => members,
            _ => {
                let sentence = "The body must be one JSON object.".to_owned();
                return Err(Error::validation(
                    language,
                    vec![("body".to_owned(), sentence)],
                ));
            }
        };
        Ok(Self {
            members,
            language,
            faults: Vec::new(),
        })
    }
}

async fn read(body: Body) -> Result<axum::body::Bytes, ()> {
    axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| ())
}

impl Fields {
    /// A whole number that is at least `least`; 0 when it is at fault.
    pub(crate) fn integer(&mut self, name: &str, least: i64) -> i64 {
        match self.members.get(name).map(Value::as_i64) {
            Some(Some(number)) if number >= least => return number,
            Some(_) => self.fault(name, &format!("must be a whole number from {least} on")),
            None => self.fault(name, "is required"),
        }
        0
    }

    /// One of some words, understood by `parse`.
    pub(crate) fn word<T>(
        &mut self,
        name: &str,
        words: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let Some(value) = self.members.get(name) else {
            self.fault(name, "is required");
            return None;
        };
        let parsed = value.as_str().and_then(parse);
        if parsed.is_none() {
            self.fault(name, &format!("must be one of {words}"));
        }
        parsed
    }

    /// A text of 1 to `most` characters; empty when it is at fault.
    pub(crate) fn text(&mut self, name: &str, most: usize) -> String {
        let found = self.optional(name, most);
        if found.is_none() && !self.faulty(name) {
            self.fault(name, "is required");
        }
        found.unwrap_or_default()
    }

    /// The same where it may be left out, or be empty or null, which is the same.
    pub(crate) fn optional(&mut self, name: &str, most: usize) -> Option<String> {
        match self.members.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.is_empty() => None,
            Some(Value::String(text)) if text.contains('\0') => {
                self.fault(name, "holds a character that is not text");
                None
            }
            Some(Value::String(text)) if text.chars().count() <= most => Some(text.clone()),
            Some(Value::String(_)) => {
                self.fault(name, &format!("may have at most {most} characters"));
                None
            }
            Some(_) => {
                self.fault(name, "must be a text");
                None
            }
        }
    }

    /// A mail address.
    pub(crate) fn address(&mut self, name: &str) -> Option<Address> {
        let text = self.text(name, 1024);
        let address = Address::parse(&text);
        if address.is_none() && !self.faulty(name) {
            self.fault(name, "must be an e-mail address");
        }
        address
    }

    /// A password as typed; whether it may be set is for the rules to say.
    pub(crate) fn password(&mut self, name: &str) -> Password {
        match self.members.get(name) {
            // NUL is a character of a password like any other.
            Some(Value::String(text)) => return Password::new(text),
            Some(Value::Null) | None => self.fault(name, "is required"),
            Some(_) => self.fault(name, "must be a text"),
        }
        Password::new("")
    }

    /// A code of a second factor, where one is given.
    pub(crate) fn otp(&mut self) -> Option<String> {
        let otp = self.optional("otp", 16)?;
        if otp.chars().count() < 6 {
            self.fault("otp", "must have 6 to 16 characters");
        }
        Some(otp)
    }

    /// A mailed code: six characters.
    pub(crate) fn code(&mut self, name: &str) -> String {
        let code = self.text(name, 6);
        if code.chars().count() != 6 && !self.faulty(name) {
            self.fault(name, "must have 6 characters");
        }
        code
    }

    /// A person's name.
    pub(crate) fn name(&mut self, name: &str) -> Option<String> {
        let text = self.optional(name, display_name::MAX)?;
        match DisplayName::parse(&text) {
            Ok(parsed) => Some(parsed.into_string()),
            Err(fault) => {
                self.fault(name, &fault.to_string());
                None
            }
        }
    }

    /// Whether a member was sent at all, be it empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    fn faulty(&self, name: &str) -> bool {
        self.faults.iter().any(|(field, _)| field == name)
    }

    pub(crate) fn fault(&mut self, name: &str, reason: &str) {
        self.faults
            .push((name.to_owned(), format!("{name} {reason}.")));
    }

    /// Ends reading with what was read, or every fault.
    pub(crate) fn finish_with<T>(self, found: Option<T>) -> Result<T, Error> {
        let (language, faults) = (self.language, self.faults);
        match found {
            Some(found) if faults.is_empty() => Ok(found),
            _ => Err(Error::validation(language, faults)),
        }
    }

    /// Ends reading: every fault, if there are any.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(Error::validation(self.language, self.faults))
        }
    }
}
