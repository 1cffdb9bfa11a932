//! Sign-up: a mailed code, then the account.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use marquee_identity::Registration;

use super::{At, AuthCall, RULE};
use crate::Deps;
use crate::error::Error;
use crate::fields::Fields;
use crate::params::{AuthHeaders, EmailParam, Query, SessionHeaders, TypedAuthHeaders};
use crate::views::{
    AuthResponse, ClashFailures, EmailBody, EmailCodeBody, EmailCodeSent, EmailCodeVerified,
    Envelope, PlainFailures, RegistrationStatus, SignUpCompleteBody, texts,
};

/// Mail a sign-up code.
#[utoipa::path(post, path = "/auth/sign-up/request/", operation_id = "requestSignUpCode", tag = "User Auth",
    params(TypedAuthHeaders), request_body = EmailBody,
    responses((status = 200, body = Envelope<EmailCodeSent>), ClashFailures))]
pub(crate) async fn request_sign_up_code(
    State(deps): State<Arc<Deps>>,
    call: AuthCall,
    body: Fields,
) -> Result<Response<Body>, Error> {
    send_code(&deps, &call, body).await
}

/// Mail the sign-up code again.
#[utoipa::path(post, path = "/auth/sign-up/resend/", operation_id = "resendSignUpCode", tag = "User Auth",
    params(AuthHeaders), request_body = EmailBody,
    responses((status = 200, body = Envelope<EmailCodeSent>), ClashFailures))]
pub(crate) async fn resend_sign_up_code(
    State(deps): State<Arc<Deps>>,
    call: AuthCall,
    body: Fields,
) -> Result<Response<Body>, Error> {
    send_code(&deps, &call, body).await
}

async fn send_code(
    deps: &Deps,
    call: &AuthCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let address = body.address("email");
    let address = body.finish_with(address)?;
    deps.identity
        .request_sign_up(&address, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::SignIn))?;
    let sent = EmailCodeSent::new(texts::CODE_SENT.text(call.language), address.typed());
    Ok(call.answer(StatusCode::OK, sent))
}

/// Check a sign-up code.
#[utoipa::path(post, path = "/auth/sign-up/verify/", operation_id = "verifySignUpCode", tag = "User Auth",
    params(AuthHeaders), request_body = EmailCodeBody,
    responses((status = 200, body = Envelope<EmailCodeVerified>), PlainFailures))]
pub(crate) async fn verify_sign_up_code(
    State(deps): State<Arc<Deps>>,
    call: AuthCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let address = body.address("email");
    let code = body.code("code");
    let address = body.finish_with(address)?;
    deps.identity
        .verify_sign_up(&address, &code, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::SignIn))?;
    let verified = EmailCodeVerified::new(texts::VERIFIED.text(call.language), address.typed());
    Ok(call.answer(StatusCode::OK, verified))
}

/// Make the account.
#[utoipa::path(post, path = "/auth/sign-up/complete/", operation_id = "completeSignUp", tag = "User Auth",
    params(SessionHeaders), request_body = SignUpCompleteBody,
    responses((status = 201, body = Envelope<AuthResponse>, headers(("Set-Cookie" = String, description = "The refresh cookie."))
        ), ClashFailures))]
pub(crate) async fn complete_sign_up(
    State(deps): State<Arc<Deps>>,
    call: AuthCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let address = body.address("email");
    let password = body.password("password");
    let name = body.name("display_name").unwrap_or_default();
    let address = body.finish_with(address)?;
    let signed_in = deps
        .identity
        .complete_sign_up(&address, (&password, RULE), &name, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::Password("password")))?;
    Ok(call.signed_in(&deps, StatusCode::CREATED, &signed_in))
}

/// Ask whether an e-mail address is registered.
#[utoipa::path(get, path = "/auth/registration-status/", operation_id = "checkRegistration", tag = "User Auth",
    params(EmailParam, AuthHeaders),
    responses((status = 200, body = Envelope<RegistrationStatus>), PlainFailures))]
pub(crate) async fn check_registration(
    State(deps): State<Arc<Deps>>,
    mut query: Query,
    call: AuthCall,
) -> Result<Response<Body>, Error> {
    let address = query.address("email");
    query.finish()?;
    // Without a fault there is an address.
    let address = address.ok_or(Error::validation(call.language, Vec::new()))?;
    let status: Registration = deps
        .identity
        .registration(&address, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::SignIn))?;
    Ok(call.answer(StatusCode::OK, RegistrationStatus::new(&status)))
}
