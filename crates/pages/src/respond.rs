//! Answers: pages and redirections, with the headers that keep them to themselves.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use marquee_identity::{IdentityError, Refusal, SignedIn};
use maud::{Markup, html};

use crate::call::{SESSION, VISITOR, Visit};
use crate::layout;
use crate::troubles::Troubles;

/// Nothing but our style and pictures, no frames around us, forms to ourselves alone.
const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
);
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds what every answer has.
pub(crate) fn guard(headers: &mut HeaderMap, secure: bool) {
    let set: [(HeaderName, &'static str); 4] = [
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, CSP);
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
}

impl Visit {
    fn finish(&self, mut response: Response) -> Response {
        guard(response.headers_mut(), self.deps.cookies().secure());
        if self.fresh && !self.visitor.is_empty() {
            self.append(&mut response, VISITOR, &self.visitor, None);
        }
        response
    }

    fn append(&self, response: &mut Response, name: &str, value: &str, age_s: Option<i64>) {
        if let Some(cookie) = self.deps.cookies().host(name, value, age_s) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }

    /// A page.
    pub(crate) fn page(&self, title: &str, main: &Markup) -> Response {
        self.troubled_page(title, main, &Troubles::default())
    }

    /// A page that says what is wrong with the form that it shows again.
    pub(crate) fn troubled_page(
        &self,
        title: &str,
        main: &Markup,
        troubles: &Troubles,
    ) -> Response {
        let html = layout::document(self, title, main, troubles);
        let mut response = (troubles.status(), Html(html.into_string())).into_response();
        if let Some(seconds) = troubles.retry_after() {
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        self.finish(response)
    }

    /// Goes on to another address, which is one of ours.
    pub(crate) fn go(&self, location: &str) -> Response {
        let location =
            HeaderValue::from_str(location).unwrap_or_else(|_| HeaderValue::from_static("/"));
        let response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
        self.finish(response)
    }

    /// A page that says why there is no other.
    pub(crate) fn sorry(&self, status: StatusCode, title: &str, text: &str) -> Response {
        let words = self.words();
        let main = html! {
            p { (text) }
            p.actions { a.button href="/" { (words.home) } }
        };
        let mut response = self.page(title, &main);
        *response.status_mut() = status;
        response
    }

    /// A failure that no field of a form is at fault for.
    pub(crate) fn failed(&self, error: &IdentityError) -> Response {
        let troubles = Troubles::of(self, error, "");
        let text = troubles.texts().collect::<Vec<_>>().join(" ");
        let mut response = self.sorry(troubles.status(), self.words().error_title, &text);
        if let Some(seconds) = troubles.retry_after() {
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }

    /// Goes on to where somebody wanted to be who has just signed in: with the cookie of pages, and the one by
    /// which the web app finds itself signed in. The visitor becomes another, too.
    pub(crate) fn signed_in(&self, signed_in: &SignedIn) -> Response {
        let (cookies, identity) = (self.deps.cookies(), &self.deps.identity);
        let visitor = match identity.visitor() {
            Ok(visitor) => visitor,
            Err(error) => return self.failed(&error),
        };
        let mut response = self.go(self.target());
        let page = identity.page_token(&signed_in.sid);
        let age_s = marquee_identity::PAGE_MS / 1000;
        self.append(&mut response, crate::step::NAME, "", Some(0));
        self.append(&mut response, VISITOR, visitor.expose(), None);
        self.append(&mut response, SESSION, page.expose(), Some(age_s));
        let token = signed_in.refresh_token.expose();
        if let Some(cookie) = cookies.refresh(token, signed_in.refresh_max_age_s) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        self.hint(response, true)
    }

    /// Tells the web app whether to look for a session.
    pub(crate) fn hint(&self, mut response: Response, signed_in: bool) -> Response {
        if let Some(cookie) = self.deps.cookies().hint(signed_in) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// Takes all cookies of whoever was signed in away with an answer.
    pub(crate) fn without_session(&self, mut response: Response) -> Response {
        self.append(&mut response, SESSION, "", Some(0));
        if let Some(cookie) = self.deps.cookies().no_refresh() {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        self.hint(response, false)
    }
}

/// Whether a failure is this refusal.
pub(crate) fn is(error: &IdentityError, refusal: &Refusal) -> bool {
    matches!(error, IdentityError::Refused(found) if found == refusal)
}
