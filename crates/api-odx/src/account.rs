//! One's own account.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use marquee_domain::account::Provider;

use crate::Deps;
use crate::auth::{At, SignedCall};
use crate::error::Error;
use crate::fields::Fields;
use crate::params::{AuthHeaders, PathText, ProviderParam};
use crate::views::{
    AccountFailures, AllFailures, CodeBody, EmailChangeBody, Envelope, LinkedAccount,
    MessageResult, Profile, ProfileUpdateBody, SocialFailures, texts,
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
        .request_address_change(&viewer, &address, call.language)
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
