//! Signing in and out, and refreshing.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use marquee_http::cookie::{SameSite, refresh_of};

use super::{At, AuthCall, SignedCall, without_cookie};
use crate::Deps;
use crate::error::{Error, ErrorCode};
use crate::fields::Fields;
use crate::params::{AuthHeaders, RefreshHeaders, SessionHeaders};
use crate::views::{AccountFailures, AuthResponse, Envelope, MessageResult, SignInBody, texts};

/// Sign in with e-mail and password.
#[utoipa::path(post, path = "/auth/sign-in/", operation_id = "signIn", tag = "User Auth",
    params(SessionHeaders), request_body = SignInBody,
    responses((status = 200, body = Envelope<AuthResponse>, headers(("Set-Cookie" = String, description = "The refresh cookie."))
        ), AccountFailures))]
pub(crate) async fn sign_in(
    State(deps): State<Arc<Deps>>,
    call: AuthCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let address = body.address("email");
    let password = body.password("password");
    let otp = body.otp();
    let address = body.finish_with(address)?;
    let signed_in = deps
        .identity
        .sign_in(&address, &password, otp.as_deref(), &call.client)
        .await
        .map_err(|error| call.failed(&error, At::SignIn))?;
    Ok(call.signed_in(&deps, StatusCode::OK, &signed_in))
}

/// End this session.
#[utoipa::path(post, path = "/auth/sign-out/", operation_id = "signOut", tag = "User Auth",
    params(AuthHeaders), security(("bearerAuth" = [])),
    responses((status = 204, description = "Done.", headers(("Set-Cookie" = String, description = "Deletes the refresh cookie."))), AccountFailures))]
pub(crate) async fn sign_out(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
) -> Result<Response<Body>, Error> {
    deps.identity
        .sign_out(&viewer, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::Proof))?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    super::private(response.headers_mut());
    Ok(without_cookie(&deps, response))
}

/// End every session.
#[utoipa::path(post, path = "/account/sign-out-all/", operation_id = "signOutAll", tag = "User Account",
    params(AuthHeaders), security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<MessageResult>, headers(("Set-Cookie" = String, description = "The refresh cookie."))
        ), AccountFailures))]
pub(crate) async fn sign_out_all(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
) -> Result<Response<Body>, Error> {
    deps.identity
        .sign_out_everywhere(&viewer, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::Proof))?;
    let message = MessageResult::new(texts::SIGNED_OUT.text(call.language));
    Ok(without_cookie(&deps, call.answer(StatusCode::OK, message)))
}

/// Trade the refresh cookie for a new session.
///
/// A refusal leaves the cookie alone: another call may just have replaced it by a better one.
#[utoipa::path(post, path = "/auth/refresh/", operation_id = "refreshAccessToken", tag = "User Auth",
    params(RefreshHeaders), security(("refreshTokenCookie" = [])),
    responses((status = 200, body = Envelope<AuthResponse>, headers(("Set-Cookie" = String, description = "The refresh cookie."))
        ), AccountFailures))]
pub(crate) async fn refresh_access_token(
    State(deps): State<Arc<Deps>>,
    call: AuthCall,
) -> Result<Response<Body>, Error> {
    let refused = || Error::new(ErrorCode::RefreshTokenInvalid, call.language);
    if deps.same_site == SameSite::None && !allowed_origin(&deps, &call) {
        return Err(refused());
    }
    let token = refresh_of(&call.headers).ok_or_else(refused)?;
    let signed_in = deps
        .identity
        .refresh(token, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::SignIn))?;
    Ok(call.signed_in(&deps, StatusCode::OK, &signed_in))
}

/// With a cookie that other sites have sent, only configured ones may use it; apps send no `Origin`.
fn allowed_origin(deps: &Deps, call: &AuthCall) -> bool {
    match call.headers.get(header::ORIGIN) {
        None => true,
        Some(origin) => {
            origin.as_bytes() == deps.public_url.current().as_bytes()
                || deps.cors_origins.contains(origin)
        }
    }
}
