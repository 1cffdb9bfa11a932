//! Starting a player. Answers carry addresses that end, so they are never cached.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use marquee_catalog::{CatalogError, playback};
use marquee_domain::ContentId;

use crate::Deps;
use crate::call::Call;
use crate::error::Error;
use crate::params::{CallHeaders, PathText};
use crate::views::{Envelope, ErrorEnvelope, Failures, Playback, PlaybackMedia};

/// A content id out of a path; the contract's type is an integer, so anything else is a fault of the request.
fn content_id(call: &Call, text: &str) -> Result<ContentId, Error> {
    let fault = || {
        Error::validation(
            call.language,
            vec![(
                "content_id".into(),
                "content_id must be a whole number.".into(),
            )],
        )
    };
    text.parse().map(ContentId).map_err(|_| fault())
}

/// Get what a player needs.
#[utoipa::path(get, path = "/playback/{content_id}/", operation_id = "getPlayback", tag = "Playback",
    params(("content_id" = i64, Path, description = "Content id, not slug."), CallHeaders),
    responses((status = 200, body = Envelope<Playback>), Failures))]
pub(crate) async fn get_playback(
    State(deps): State<Arc<Deps>>,
    PathText(id): PathText,
    call: Call,
) -> Result<Response<Body>, Error> {
    let (found, address) = start(&deps, &call, &id).await?;
    let base = deps.public_url.current();
    let look = call.look(&base);
    Ok(call.private(Playback::new(&found, address, look)))
}

/// Get the files and tracks behind a content.
#[utoipa::path(get, path = "/playback/{content_id}/media/", operation_id = "getPlaybackMedia", tag = "Playback",
    params(("content_id" = i64, Path, description = "Content id, not slug."), CallHeaders),
    responses(
        (status = 200, body = Envelope<PlaybackMedia>), (status = 400, body = ErrorEnvelope), (status = 403, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope), (status = "default", body = ErrorEnvelope)))]
pub(crate) async fn get_playback_media(
    State(deps): State<Arc<Deps>>,
    PathText(id): PathText,
    call: Call,
) -> Result<Response<Body>, Error> {
    let (found, address) = start(&deps, &call, &id).await?;
    Ok(call.private(PlaybackMedia::new(
        &found,
        &address,
        deps.streams.can_transcode_audio(),
    )))
}

async fn start(deps: &Deps, call: &Call, id: &str) -> Result<(playback::Playback, String), Error> {
    let id = content_id(call, id)?;
    let found = playback::start(&mut deps.db.reader(), call.who, id)
        .await
        .map_err(|error: CatalogError| call.failed(&error))?;
    let address =
        deps.streams
            .multivariant_address(id, found.duration_ms, call.session(), call.who.now);
    Ok((found, address))
}
