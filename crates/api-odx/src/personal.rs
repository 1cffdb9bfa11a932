//! Favorites and progress, of an account or of a device that nobody is signed in on.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use marquee_catalog::{CatalogError, personal};
use marquee_domain::ContentId;
use marquee_domain::personal::FavoriteKind;

use crate::Deps;
use crate::call::PersonalCall;
use crate::error::{Error, ErrorCode};
use crate::fields::Fields;
use crate::params::PersonalHeaders;
use crate::views::{
    ContinueWatchingBody, ContinueWatchingResult, Envelope, FavoriteBody, FavoriteItem,
    PersonalFailures, PersonalFailuresWithoutMissing,
};

/// List favorites.
#[utoipa::path(get, path = "/favorites/", operation_id = "listFavorites", tag = "Favorites",
    params(PersonalHeaders), security((), ("bearerAuth" = [])),
    responses((status = 200, body = Envelope<Vec<FavoriteItem>>), PersonalFailuresWithoutMissing))]
pub(crate) async fn list_favorites(
    State(deps): State<Arc<Deps>>,
    PersonalCall { call, owner, .. }: PersonalCall,
) -> Result<Response<Body>, Error> {
    let found = personal::favorites(&mut deps.db.reader(), call.who, &owner)
        .await
        .map_err(|error| call.failed(&error))?;
    let items: Vec<FavoriteItem> = found
        .iter()
        .map(|favorite| FavoriteItem::new(favorite, &owner))
        .collect();
    Ok(call.private(items))
}

fn thing(mut body: Fields) -> Result<(FavoriteKind, i64), Error> {
    let id = body.integer("source_id", i64::MIN);
    let kind = body.word("type", "content, season and channel", FavoriteKind::parse);
    body.finish()?;
    // Without a fault there is a kind.
    Ok((kind.unwrap_or(FavoriteKind::Content), id))
}

/// Add a favorite. Adding the same thing twice is no error.
#[utoipa::path(post, path = "/favorites/", operation_id = "addFavorite", tag = "Favorites",
    params(PersonalHeaders), request_body = FavoriteBody, security((), ("bearerAuth" = [])),
    responses((status = 201, description = "Done."), PersonalFailures))]
pub(crate) async fn add_favorite(
    State(deps): State<Arc<Deps>>,
    PersonalCall { call, owner, .. }: PersonalCall,
    body: Fields,
) -> Result<Response<Body>, Error> {
    let thing = thing(body)?;
    let added = personal::add_favorite(&deps.db, call.who, &owner, thing).await;
    added.map_err(|error| match error {
        CatalogError::Full => {
            let sentence = format!("There is room for {} favorites.", personal::FAVORITES_MAX);
            Error::validation(call.language, vec![("source_id".to_owned(), sentence)])
        }
        other => call.failed(&other),
    })?;
    Ok(StatusCode::CREATED.into_response())
}

/// Remove a favorite, named in the body.
#[utoipa::path(delete, path = "/favorites/", operation_id = "removeFavorite", tag = "Favorites",
    params(PersonalHeaders), request_body = FavoriteBody, security((), ("bearerAuth" = [])),
    responses((status = 204, description = "Done."), PersonalFailures))]
pub(crate) async fn remove_favorite(
    State(deps): State<Arc<Deps>>,
    PersonalCall { call, owner, .. }: PersonalCall,
    body: Fields,
) -> Result<Response<Body>, Error> {
    let thing = thing(body)?;
    let removed = personal::remove_favorite(&deps.db, &owner, thing).await;
    removed.map_err(|error| match error {
        CatalogError::NotFound => Error::new(ErrorCode::FavoriteNotFound, call.language),
        other => call.failed(&other),
    })?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Save progress. The newest call wins, also when its position is lower.
#[utoipa::path(post, path = "/continue-watching/", operation_id = "saveContinueWatching", tag = "Continue Watching",
    params(PersonalHeaders), request_body = ContinueWatchingBody, security((), ("bearerAuth" = [])),
    responses((status = 200, body = Envelope<ContinueWatchingResult>), PersonalFailures))]
pub(crate) async fn save_continue_watching(
    State(deps): State<Arc<Deps>>,
    PersonalCall {
        call,
        owner,
        device,
    }: PersonalCall,
    mut body: Fields,
) -> Result<Response<Body>, Error> {
    let content = body.integer("content_id", 1);
    let position = body.integer("last_position", 0);
    body.finish()?;
    let device = device.as_ref().map_or("", |device| device.as_str());
    let new = (ContentId(content), position, device);
    let stored = deps
        .watching
        .save(call.who, &owner, new)
        .await
        .map_err(|error| call.failed(&error))?;
    let result = ContinueWatchingResult::new(&stored, &owner, call.language);
    Ok(call.private(result))
}
