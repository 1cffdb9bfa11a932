//! TV activation.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use marquee_identity::Poll;

use super::{At, AuthCall, SignedCall, device_needed};
use crate::Deps;
use crate::error::Error;
use crate::fields::Fields;
use crate::params::{ActivationHeaders, AuthHeaders, CodeParam, Query, TypedAuthHeaders};
use crate::views::{
    ActivationRequested, ActivationStatus, AllFailures, CtvConfirmBody, Envelope, MessageResult,
    MissingFailures, PlainFailures, texts,
};

/// Ask for a code for the TV to show.
#[utoipa::path(post, path = "/auth/ctv/activation/", operation_id = "requestCtvActivation", tag = "User Auth",
    params(ActivationHeaders),
    responses((status = 200, body = Envelope<ActivationRequested>), PlainFailures))]
pub(crate) async fn request_ctv_activation(
    State(deps): State<Arc<Deps>>,
    call: AuthCall,
) -> Result<Response<Body>, Error> {
    let device = device_needed(&call)?;
    let (code, expires_in) = deps
        .identity
        .request_activation(&device, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::SignIn))?;
    let requested = ActivationRequested::new(code, expires_in, &deps.public_url.current());
    Ok(call.answer(StatusCode::OK, requested))
}

/// Ask whether somebody has let the TV in.
#[utoipa::path(get, path = "/auth/ctv/activation/", operation_id = "pollCtvActivation", tag = "User Auth",
    params(CodeParam, AuthHeaders),
    responses((status = 200, body = Envelope<ActivationStatus>), MissingFailures))]
pub(crate) async fn poll_ctv_activation(
    State(deps): State<Arc<Deps>>,
    mut query: Query,
    call: AuthCall,
) -> Result<Response<Body>, Error> {
    let code = query.required("code");
    query.finish()?;
    let poll = deps
        .identity
        .poll_activation(&code, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::SignIn))?;
    let status = match &poll {
        Poll::Pending => ActivationStatus::pending(),
        Poll::Confirmed(signed_in) => ActivationStatus::confirmed(signed_in),
    };
    Ok(call.answer(StatusCode::OK, status))
}

/// Let the TV in that shows a code.
#[utoipa::path(post, path = "/auth/ctv/activation/confirm/", operation_id = "confirmCtvActivation", tag = "User Auth",
    params(TypedAuthHeaders), request_body = CtvConfirmBody, security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<MessageResult>), AllFailures))]
pub(crate) async fn confirm_ctv_activation(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let code = body.text("code", 64);
    body.finish()?;
    deps.identity
        .confirm_activation(&viewer, &code, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::Proof))?;
    let message = MessageResult::new(texts::TV_CONNECTED.text(call.language));
    Ok(call.answer(StatusCode::OK, message))
}
