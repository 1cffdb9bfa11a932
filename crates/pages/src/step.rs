//! What one form leaves for the next: sealed in a cookie, so that neither the page nor its address has it.
//!
//! Between address and password of a sign-up that is the address. When a second factor is asked for it is the
//! password, for five minutes: asking for it again would teach people to type passwords twice, and no server's
//! memory has to hold it. Nobody but the server can read or write a step, and it is good in one browser only.

use axum::http::header;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::call::Visit;

pub(crate) const NAME: &str = "step";
const MINUTE_MS: i64 = 60_000;

/// What is left for the next form.
#[derive(Serialize, Deserialize)]
pub(crate) enum Step {
    /// A code was mailed to an address that signs up; `again` when it was not the first.
    Code { address: String, again: bool },
    /// The address is proven.
    Finish { address: String },
    /// The password was right, a second factor is needed.
    Factor { address: String, password: String },
    /// Something is done, and is said once.
    Told(Told),
}

/// What is said once, on the page that it is about.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Told {
    SignedOut,
    PasswordSet,
    LinkSent,
    LetIn,
    TurnedAway,
    SessionEnded,
    MergeUndone,
}

impl Step {
    fn life_ms(&self) -> i64 {
        match self {
            // As long as the code, and what it proved, hold.
            Self::Code { .. } | Self::Finish { .. } => 30 * MINUTE_MS,
            Self::Factor { .. } => 5 * MINUTE_MS,
            Self::Told(_) => MINUTE_MS,
        }
    }

    pub(crate) fn open(visit: &Visit, sealed: &str) -> Option<Self> {
        let text = visit.deps.identity.kept_for(&visit.visitor, sealed)?;
        serde_json::from_str(&text).ok()
    }

    /// Leaves this with an answer.
    pub(crate) fn leave(&self, visit: &Visit, mut response: Response) -> Response {
        let life_ms = self.life_ms();
        let text = serde_json::to_string(self).unwrap_or_default();
        let sealed = match visit.deps.identity.keep_for(&visit.visitor, &text, life_ms) {
            Ok(sealed) => sealed,
            Err(error) => return visit.failed(&error),
        };
        let cookie = visit
            .deps
            .cookies()
            .host(NAME, sealed.expose(), Some(life_ms / 1000));
        if let Some(cookie) = cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// Leaves nothing.
    pub(crate) fn clear(visit: &Visit, mut response: Response) -> Response {
        if let Some(cookie) = visit.deps.cookies().host(NAME, "", Some(0)) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl Visit {
    /// Goes on to a page that says once what was done.
    pub(crate) fn tell(&self, path: &str, told: Told) -> Response {
        Step::Told(told).leave(self, self.go(&self.link(path, &[])))
    }

    /// What is to be said once, if it is one of these.
    pub(crate) fn told(&self, about: &[Told]) -> Option<Told> {
        match self.step() {
            Some(Step::Told(told)) if about.contains(&told) => Some(told),
            _ => None,
        }
    }
}
