//! Operations about accounts: who is calling, cookies, and what failures of identity become.

pub(crate) mod activation;
pub(crate) mod password;
mod refusal;
pub(crate) mod session;
pub(crate) mod sign_up;
pub(crate) mod social;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use marquee_domain::UiLanguage;
use marquee_domain::account::Viewer;
use marquee_domain::personal::DeviceId;
use marquee_http::cookie::Cookies;
use marquee_http::{ClientAddress, RequestId};
use marquee_identity::{Client, IdentityError, PasswordRule, SignedIn};
use serde::Serialize;

pub(crate) use self::refusal::At;
use crate::Deps;
use crate::call::{device_of, language_of, service_of};
use crate::error::{Error, ErrorCode};
use crate::views::{AuthResponse, Envelope};

/// What this face asks of a new password.
pub(crate) const RULE: PasswordRule = PasswordRule::Experience;
/// Longest text that a client may call itself.
const APP_MAX: usize = 200;

/// A call about accounts, with what it says about where it comes from. The service only has to exist.
pub(crate) struct AuthCall {
    pub(crate) language: UiLanguage,
    pub(crate) client: Client,
    pub(crate) headers: HeaderMap,
    pub(crate) request_id: Option<RequestId>,
}

impl FromRequestParts<Arc<Deps>> for AuthCall {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, deps: &Arc<Deps>) -> Result<Self, Error> {
        let language = language_of(&parts.headers);
        let request_id = parts.extensions.get::<RequestId>().copied();
        service_of(&parts.headers, deps, false, language, request_id).await?;
        let text = |name: &str| {
            let value = parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok());
            value.unwrap_or_default()
        };
        let kind = text("x-device-type");
        let known = ["web", "mobile", "tablet", "ctv"].contains(&kind);
        let address = parts.extensions.get::<ClientAddress>().copied();
        let client = Client {
            device: device_of(&parts.headers, language)?,
            device_type: if known {
                kind.to_owned()
            } else {
                String::new()
            },
            app: text("user-agent").chars().take(APP_MAX).collect(),
            network: address
                .map(|address| deps.regions.place(address, &parts.headers))
                .unwrap_or_default(),
            ip: address.map(|address| address.ip),
            language,
        };
        Ok(Self {
            language,
            client,
            headers: parts.headers.clone(),
            request_id,
        })
    }
}

/// A call of somebody who is signed in.
pub(crate) struct SignedCall {
    pub(crate) call: AuthCall,
    pub(crate) viewer: Viewer,
}

impl FromRequestParts<Arc<Deps>> for SignedCall {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, deps: &Arc<Deps>) -> Result<Self, Error> {
        let call = AuthCall::from_request_parts(parts, deps).await?;
        let found = viewer_of(&call.headers, deps, call.language, call.request_id).await?;
        let missing = Error::new(ErrorCode::AuthenticationRequired, call.language);
        let viewer = found.ok_or(missing)?;
        Judged::note(parts, &viewer);
        Ok(Self { call, viewer })
    }
}

/// Whom a call was found to come from by its headers. Its body may come much later.
#[derive(Clone)]
pub(crate) struct Judged(pub(crate) Viewer);

impl Judged {
    /// Notes it for whoever reads the body, where a call has one.
    pub(crate) fn note(parts: &mut Parts, viewer: &Viewer) {
        if !parts.method.is_safe() {
            parts.extensions.insert(Self(viewer.clone()));
        }
    }

    /// Refuses a call whose session has ended while its body came.
    pub(crate) async fn still(
        &self,
        deps: &Deps,
        language: UiLanguage,
        request_id: Option<RequestId>,
    ) -> Result<(), Error> {
        let live = deps.identity.goes_on(&self.0).await;
        live.map_err(|error| Error::from_identity(&error, language, request_id, At::Token))
    }
}

/// Who presents a token; nobody without an `Authorization` header. A token that is not good is
/// refused even where none is needed (contract notes, section 1).
pub(crate) async fn viewer_of(
    headers: &HeaderMap,
    deps: &Deps,
    language: UiLanguage,
    request_id: Option<RequestId>,
) -> Result<Option<Viewer>, Error> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = sent.next() else {
        return Ok(None);
    };
    let invalid = Error::new(ErrorCode::TokenInvalid, language);
    if sent.next().is_some() {
        return Err(invalid);
    }
    let token = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let Some(token) = token else {
        return Err(invalid);
    };
    match deps.identity.viewer(token).await {
        Ok(viewer) => Ok(Some(viewer)),
        Err(error) => Err(Error::from_identity(
            &error,
            language,
            request_id,
            At::Token,
        )),
    }
}

impl AuthCall {
    /// A failure of identity as this caller reads it.
    pub(crate) fn failed(&self, error: &IdentityError, at: At) -> Error {
        Error::from_identity(error, self.language, self.request_id, at)
    }

    /// An answer, which nobody keeps.
    pub(crate) fn answer<T: Serialize>(&self, status: StatusCode, result: T) -> Response<Body> {
        let body = axum::Json(Envelope::success(self.language, result));
        let mut response = (status, body).into_response();
        private(response.headers_mut());
        response
    }

    /// The answer to whoever has signed in, with the refresh cookie.
    pub(crate) fn signed_in(
        &self,
        deps: &Deps,
        status: StatusCode,
        signed_in: &SignedIn,
    ) -> Response<Body> {
        let result = AuthResponse::new(signed_in);
        self.with_cookie(deps, self.answer(status, result), signed_in)
    }

    /// Sets the refresh cookie on an answer.
    pub(crate) fn with_cookie(
        &self,
        deps: &Deps,
        mut response: Response<Body>,
        signed_in: &SignedIn,
    ) -> Response<Body> {
        let age = signed_in.refresh_max_age_s;
        if let Some(cookie) = cookies(deps).refresh(signed_in.refresh_token.expose(), age) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// How cookies are written.
fn cookies(deps: &Deps) -> Cookies {
    Cookies::new(&deps.public_url.current(), deps.same_site)
}

/// Deletes the refresh cookie along with an answer.
pub(crate) fn without_cookie(deps: &Deps, mut response: Response<Body>) -> Response<Body> {
    if let Some(cookie) = cookies(deps).no_refresh() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Personal answers are nobody else's.
pub(crate) fn private(headers: &mut HeaderMap) {
    let value = HeaderValue::from_static("private, no-store");
    headers.insert(header::CACHE_CONTROL, value);
}

/// The device id of a call whose operation needs one.
pub(crate) fn device_needed(call: &AuthCall) -> Result<DeviceId, Error> {
    let missing = Error::new(ErrorCode::DeviceIdRequired, call.language);
    call.client.device.clone().ok_or(missing)
}
