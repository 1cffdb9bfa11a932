//! Forgotten and changed passwords.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};

use super::{At, AuthCall, RULE, SignedCall, without_cookie};
use crate::Deps;
use crate::error::Error;
use crate::fields::Fields;
use crate::params::AuthHeaders;
use crate::views::{
    AccountFailures, EmailBody, Envelope, FailuresWithoutMissing, MessageResult,
    PasswordChangeBody, PasswordResetBody, PlainFailures, texts,
};

/// Mail a password reset. Answers alike whether or not the address is registered.
#[utoipa::path(post, path = "/auth/password-reset/request/", operation_id = "requestPasswordReset", tag = "User Auth",
    params(AuthHeaders), request_body = EmailBody,
    responses((status = 200, body = Envelope<MessageResult>), PlainFailures))]
pub(crate) async fn request_password_reset(
    State(deps): State<Arc<Deps>>,
    call: AuthCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let address = body.address("email");
    let address = body.finish_with(address)?;
    deps.identity
        .request_reset(&address, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::SignIn))?;
    let message = MessageResult::new(texts::CHECK_MAIL.text(call.language));
    Ok(call.answer(StatusCode::OK, message))
}

/// Set a new password with the mailed token.
#[utoipa::path(post, path = "/auth/password-reset/confirm/", operation_id = "resetPassword", tag = "User Auth",
    params(AuthHeaders), request_body = PasswordResetBody,
    responses((status = 200, body = Envelope<MessageResult>), FailuresWithoutMissing))]
pub(crate) async fn reset_password(
    State(deps): State<Arc<Deps>>,
    call: AuthCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let token = body.text("token", 200);
    let new = body.password("new_password");
    let otp = body.otp();
    body.finish()?;
    deps.identity
        .reset_password(&token, (&new, RULE), otp.as_deref(), &call.client)
        .await
        .map_err(|error| call.failed(&error, At::Password("new_password")))?;
    let message = MessageResult::new(texts::PASSWORD_CHANGED.text(call.language));
    Ok(call.answer(StatusCode::OK, message))
}

/// Change the password. Ends every session.
#[utoipa::path(post, path = "/account/password/change/", operation_id = "changePassword", tag = "User Account",
    params(AuthHeaders), request_body = PasswordChangeBody, security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<MessageResult>, headers(("Set-Cookie" = String, description = "The refresh cookie."))
        ), AccountFailures))]
pub(crate) async fn change_password(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let current = body.password("current_password");
    let new = body.password("new_password");
    body.finish()?;
    deps.identity
        .change_password(&viewer, &current, (&new, RULE), &call.client)
        .await
        .map_err(|error| call.failed(&error, At::Password("new_password")))?;
    let message = MessageResult::new(texts::PASSWORD_CHANGED.text(call.language));
    Ok(without_cookie(&deps, call.answer(StatusCode::OK, message)))
}
