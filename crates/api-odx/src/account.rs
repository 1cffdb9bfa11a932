//! One's own account.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use marquee_domain::account::Provider;
use marquee_identity::{OwnProof, Proof};

use crate::Deps;
use crate::auth::{At, SignedCall, device_needed, private, without_cookie};
use crate::error::{Error, ErrorCode};
use crate::fields::{Fields, ID_TOKEN_MAX};
use crate::params::{AuthHeaders, PathText, ProviderParam, SessionHeaders, SessionParam};
use crate::views::{
    AccountDeleteBody, AccountExport, AccountFailures, AccountMergeBody, AllFailures, CodeBody,
    DeviceMergeResult, DeviceSession, EmailChangeBody, Envelope, LinkedAccount, MessageResult,
    PersonalFailures, Profile, ProfileUpdateBody, SocialFailures, texts,
};

/// Get the profile of the signed-in person.
#[utoipa::path(get, path = "/account/profile/", operation_id = "getProfile", tag = "User Account",
    params(AuthHeaders), security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<Profile>), AccountFailures))]
pub(crate) async fn get_profile(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
) -> Result<Response<Body>, Error> {
    let account = deps.identity.account(&viewer).await;
    let account = account.map_err(|error| call.failed(&error, At::Proof))?;
    Ok(call.answer(StatusCode::OK, Profile::new(&account)))
}

/// Change the profile of the signed-in person.
#[utoipa::path(patch, path = "/account/profile/", operation_id = "updateProfile", tag = "User Account",
    params(AuthHeaders), request_body = ProfileUpdateBody, security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<Profile>), AccountFailures))]
pub(crate) async fn update_profile(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let change = body.has("display_name");
    let name = body.name("display_name").unwrap_or_default();
    body.finish()?;
    let account = if change {
        deps.identity.rename(&viewer, &name).await
    } else {
        deps.identity.account(&viewer).await
    };
    let account = account.map_err(|error| call.failed(&error, At::Proof))?;
    Ok(call.answer(StatusCode::OK, Profile::new(&account)))
}

/// List the ways to sign in.
#[utoipa::path(get, path = "/account/linked-accounts/", operation_id = "listLinkedAccounts", tag = "User Account",
    params(AuthHeaders), security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<Vec<LinkedAccount>>), AccountFailures))]
pub(crate) async fn list_linked_accounts(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
) -> Result<Response<Body>, Error> {
    let linked = deps.identity.linked(&viewer).await;
    let linked = linked.map_err(|error| call.failed(&error, At::Proof))?;
    let views: Vec<LinkedAccount> = linked.iter().map(LinkedAccount::new).collect();
    Ok(call.answer(StatusCode::OK, views))
}

/// Unlink a social identity.
#[utoipa::path(delete, path = "/account/linked-accounts/{provider}/", operation_id = "unlinkSocialAccount", tag = "User Account",
    params(ProviderParam, AuthHeaders), security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<MessageResult>), AllFailures))]
pub(crate) async fn unlink_social_account(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
    PathText(provider): PathText,
) -> Result<Response<Body>, Error> {
    let sentence = || "provider must be one of google and apple.".to_owned();
    let provider = Provider::parse(&provider).ok_or_else(|| {
        Error::validation(call.language, vec![("provider".to_owned(), sentence())])
    })?;
    deps.identity
        .unlink(&viewer, provider, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::Proof))?;
    let message = MessageResult::new(texts::UNLINKED.text(call.language));
    Ok(call.answer(StatusCode::OK, message))
}

/// Start a change of e-mail address.
#[utoipa::path(post, path = "/account/email-change/request/", operation_id = "requestEmailChange", tag = "User Account",
    params(AuthHeaders), request_body = EmailChangeBody, security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<MessageResult>), SocialFailures))]
pub(crate) async fn request_email_change(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let address = body.address("new_email");
    let address = body.finish_with(address)?;
    deps.identity
        .request_address_change(&viewer, &address, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::Proof))?;
    let message = MessageResult::new(texts::CODE_SENT.text(call.language));
    Ok(call.answer(StatusCode::OK, message))
}

/// Finish a change of e-mail address.
#[utoipa::path(post, path = "/account/email-change/verify/", operation_id = "verifyEmailChange", tag = "User Account",
    params(AuthHeaders), request_body = CodeBody, security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<MessageResult>), SocialFailures))]
pub(crate) async fn verify_email_change(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let code = body.code("code");
    body.finish()?;
    deps.identity
        .change_address(&viewer, &code, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::Proof))?;
    let message = MessageResult::new(texts::ADDRESS_CHANGED.text(call.language));
    Ok(call.answer(StatusCode::OK, message))
}

/// A provider's word for somebody, where one is given: both members or neither.
fn social_proof(body: &mut Fields) -> Option<(Provider, String)> {
    if !body.has("provider") && !body.has("id_token") {
        return None;
    }
    let provider = body.word("provider", "google and apple", Provider::parse);
    let token = body.text("id_token", ID_TOKEN_MAX);
    provider.map(|provider| (provider, token))
}

/// Delete the account.
#[utoipa::path(delete, path = "/account/", operation_id = "deleteAccount", tag = "User Account",
    params(AuthHeaders), request_body = AccountDeleteBody, security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<MessageResult>, headers(("Set-Cookie" = String, description = "Deletes the refresh cookie."))),
        AccountFailures))]
pub(crate) async fn delete_account(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    // The password wins when both come.
    let (password, social) = if body.has("password") {
        (Some(body.password("password")), None)
    } else {
        (None, social_proof(&mut body))
    };
    if password.is_none() && social.is_none() {
        body.fault("password", "or provider and id_token are required");
    }
    body.finish()?;
    let proof = match (&password, &social) {
        (_, Some((provider, token))) => OwnProof::Social(*provider, token),
        (Some(password), None) => OwnProof::Password(password),
        // Without a fault there is one of them.
        (None, None) => return Err(Error::new(ErrorCode::ValidationError, call.language)),
    };
    deps.identity
        .delete_account(&viewer, proof, &call.client)
        .await
        .map_err(|error| call.failed(&error, At::Proof))?;
    let message = MessageResult::new(texts::DELETED.text(call.language));
    Ok(without_cookie(&deps, call.answer(StatusCode::OK, message)))
}

/// Merge a second account into this one.
#[utoipa::path(post, path = "/account/merge/", operation_id = "mergeAccounts", tag = "User Account",
    params(AuthHeaders), request_body = AccountMergeBody, security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<MessageResult>), SocialFailures))]
pub(crate) async fn merge_accounts(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let by_password = body.has("email") || body.has("password");
    let password = by_password.then(|| (body.address("email"), body.password("password")));
    let social = if by_password {
        None
    } else {
        social_proof(&mut body)
    };
    let otp = body.otp();
    if !by_password && social.is_none() {
        body.fault(
            "email",
            "and password, or provider and id_token, are required",
        );
    }
    body.finish()?;
    let proof = match (&password, &social) {
        (Some((Some(address), password)), _) => Proof::Password(address, password),
        (_, Some((provider, token))) => Proof::Social(*provider, token),
        // Without a fault there is one of them.
        _ => return Err(Error::new(ErrorCode::ValidationError, call.language)),
    };
    deps.identity
        .merge_accounts(&viewer, (proof, otp.as_deref()), &call.client)
        .await
        .map_err(|error| call.failed(&error, At::Proof))?;
    let message = MessageResult::new(texts::MERGED.text(call.language));
    Ok(call.answer(StatusCode::OK, message))
}

/// Take over the data of a device. Safe to repeat.
#[utoipa::path(post, path = "/account/merge-device/", operation_id = "mergeDeviceData", tag = "User Account",
    params(SessionHeaders), security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<DeviceMergeResult>), AccountFailures))]
pub(crate) async fn merge_device_data(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
) -> Result<Response<Body>, Error> {
    let device = device_needed(&call)?;
    deps.identity
        .merge_device(&viewer, &device)
        .await
        .map_err(|error| call.failed(&error, At::Proof))?;
    let result = DeviceMergeResult::new(device.as_str());
    Ok(call.answer(StatusCode::OK, result))
}

/// Get everything that is kept about the signed-in person.
#[utoipa::path(get, path = "/account/export/", operation_id = "exportAccount", tag = "User Account",
    params(AuthHeaders), security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<AccountExport>), AccountFailures))]
pub(crate) async fn export_account(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
) -> Result<Response<Body>, Error> {
    let data = deps.identity.export(&viewer, &call.client).await;
    let data = data.map_err(|error| call.failed(&error, At::Proof))?;
    let mut response = call.answer(StatusCode::OK, AccountExport(data));
    let name = axum::http::HeaderValue::from_static("attachment; filename=\"account.json\"");
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// List the devices on which the person is signed in.
#[utoipa::path(get, path = "/account/sessions/", operation_id = "listAccountSessions", tag = "User Account",
    params(AuthHeaders), security(("bearerAuth" = [])),
    responses((status = 200, body = Envelope<Vec<DeviceSession>>), AccountFailures))]
pub(crate) async fn list_account_sessions(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
) -> Result<Response<Body>, Error> {
    let sessions = deps.identity.sessions(&viewer).await;
    let sessions = sessions.map_err(|error| call.failed(&error, At::Proof))?;
    let views: Vec<DeviceSession> = sessions
        .iter()
        .map(|session| DeviceSession::new(session, &viewer.sid))
        .collect();
    Ok(call.answer(StatusCode::OK, views))
}

/// Sign out one of one's own devices.
#[utoipa::path(delete, path = "/account/sessions/{session_id}/", operation_id = "endAccountSession", tag = "User Account",
    params(SessionParam, AuthHeaders), security(("bearerAuth" = [])),
    responses((status = 204, description = "Done."), PersonalFailures))]
pub(crate) async fn end_account_session(
    State(deps): State<Arc<Deps>>,
    SignedCall { call, viewer }: SignedCall,
    PathText(sid): PathText,
) -> Result<Response<Body>, Error> {
    let ended = deps.identity.end_session(&viewer, &sid, &call.client).await;
    if !ended.map_err(|error| call.failed(&error, At::Proof))? {
        // Another's is as unknown as one that never was.
        return Err(Error::new(ErrorCode::NotFound, call.language));
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    private(response.headers_mut());
    Ok(response)
}
