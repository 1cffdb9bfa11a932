//! Forms: bounded, and taken from this visitor's own pages only.
//!
//! Each form carries a keyed hash of the visitor's cookie, so that another site, which can have a browser send
//! a form and its cookies, cannot write one that is taken. What browsers say of where a form comes from is
//! checked as well. Our pages ask for no referrer, so browsers say `Origin: null` of our own forms, too: that
//! alone is no reason to refuse.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use url::form_urlencoded;

use crate::Deps;
use crate::call::Visit;

/// Longest body, in bytes: a few fields of which a password is the longest.
const MAX_BODY: usize = 16 * 1024;
/// Name of the field with the keyed hash.
pub(crate) const TOKEN: &str = "form";

/// A form that came from a page of ours, and the call that brought it.
pub(crate) struct Posted {
    pub(crate) visit: Visit,
    fields: Vec<(String, String)>,
}

impl FromRequest<Arc<Deps>> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, deps: &Arc<Deps>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, deps).await?;
        let words = visit.words();
        if !is_form(&visit.headers) {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(visit.sorry(status, words.error_title, words.form_bad));
        }
        let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            return Err(visit.sorry(status, words.error_title, words.form_bad));
        };
        let posted = Self {
            fields: read(&body),
            visit,
        };
        let sent = posted.text(TOKEN);
        let fits = !posted.visit.fresh
            && comes_from_us(&posted.visit)
            && deps.identity.form_token_fits(&posted.visit.visitor, sent);
        if fits {
            Ok(posted)
        } else {
            let (title, text) = (words.foreign_title, words.foreign);
            Err(posted.visit.sorry(StatusCode::FORBIDDEN, title, text))
        }
    }
}

impl Posted {
    /// A field, empty when it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

fn read(body: &Bytes) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

fn is_form(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    let kind = value
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    kind.trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// What the browser says of where a form comes from, as far as it says anything.
fn comes_from_us(visit: &Visit) -> bool {
    let text = |name: &str| visit.headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    match text("origin") {
        None | Some("null") => true,
        Some(origin) => {
            // At home the platform is also reached by addresses that it does not know of.
            let host = visit.host.as_str();
            let authority = origin
                .split_once("://")
                .map_or("", |(_, authority)| authority);
            *origin == *visit.deps.public_url.current() || (!host.is_empty() && authority == host)
        }
    }
}
