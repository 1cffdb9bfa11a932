//! Signing in with Google or Apple.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use marquee_domain::account::Provider;

use super::{At, AuthCall};
use crate::Deps;
use crate::error::Error;
use crate::fields::{Fields, ID_TOKEN_MAX};
use crate::params::SessionHeaders;
use crate::views::{
    AppleSignInBody, Envelope, GoogleSignInBody, SocialAuthResponse, SocialFailures,
};

/// Sign in with Google.
#[utoipa::path(post, path = "/auth/social/google/", operation_id = "signInWithGoogle", tag = "Social Auth",
    params(SessionHeaders), request_body = GoogleSignInBody,
    responses((status = 200, body = Envelope<SocialAuthResponse>, headers(("Set-Cookie" = String, description = "The refresh cookie."))
        ), SocialFailures))]
pub(crate) async fn sign_in_with_google(
    State(deps): State<Arc<Deps>>,
    call: AuthCall,
    body: Fields,
) -> Result<Response<Body>, Error> {
    sign_in(&deps, &call, body, Provider::Google).await
}

/// Sign in with Apple.
#[utoipa::path(post, path = "/auth/social/apple/", operation_id = "signInWithApple", tag = "Social Auth",
    params(SessionHeaders), request_body = AppleSignInBody,
    responses((status = 200, body = Envelope<SocialAuthResponse>, headers(("Set-Cookie" = String, description = "The refresh cookie."))
        ), SocialFailures))]
pub(crate) async fn sign_in_with_apple(
    State(deps): State<Arc<Deps>>,
    call: AuthCall,
    body: Fields,
) -> Result<Response<Body>, Error> {
    sign_in(&deps, &call, body, Provider::Apple).await
}

async fn sign_in(
    deps: &Deps,
    call: &AuthCall,
    mut body: Fields,
    provider: Provider,
) -> Result<Response<Body>, Error> {
    let token = body.text("id_token", ID_TOKEN_MAX);
    let otp = body.otp();
    let name = match provider {
        Provider::Apple => body.name("name").unwrap_or_default(),
        Provider::Google => String::new(),
    };
    body.finish()?;
    let done = deps
        .identity
        .sign_in_social((provider, &token), &name, otp.as_deref(), &call.client)
        .await
        .map_err(|error| call.failed(&error, At::SignIn))?;
    let answer = call.answer(StatusCode::OK, SocialAuthResponse::new(&done));
    Ok(call.with_cookie(deps, answer, &done.signed_in))
}
