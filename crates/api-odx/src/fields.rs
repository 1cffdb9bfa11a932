//! JSON bodies: read whole within a bound, then member by member, so that every fault is named.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use marquee_domain::UiLanguage;
use serde_json::{Map, Value};

use crate::Deps;
use crate::call::language_of;
use crate::error::{Error, ErrorCode};

/// Most bytes that a body may have; what is sent here are a few members.
const MAX_BODY: usize = 64 << 10;

/// The members of a JSON object, and what is wrong with them.
pub(crate) struct Fields {
    members: Map<String, Value>,
    language: UiLanguage,
    faults: Vec<(String, String)>,
}

impl FromRequest<Arc<Deps>> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request, _: &Arc<Deps>) -> Result<Self, Error> {
        let language = language_of(request.headers());
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

    fn fault(&mut self, name: &str, reason: &str) {
        self.faults
            .push((name.to_owned(), format!("{name} {reason}.")));
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
