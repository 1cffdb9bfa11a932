//! Starting a player: what is played, its marked moments, and what follows it.

use marquee_domain::ContentId;
use marquee_domain::catalog::Content;
use marquee_domain::media::{Source, SourceRole, SourceState};
use marquee_storage::catalog::{self as stored, Shown};
use marquee_storage::{Query, sources};

use crate::browse::{Audience, PlacedContent, content_by_id};
use crate::{CatalogError, Result};

/// What a player needs.
#[derive(Debug, Clone)]
pub struct Playback {
    /// The content, and what it sits in.
    pub placed: PlacedContent,
    /// Running time in milliseconds.
    pub duration_ms: i64,
    /// Sources that are ready, by position; at least one rendition.
    pub sources: Vec<Source>,
    /// The last of its season, or alone.
    pub is_last_episode: bool,
    /// What follows: the next by order, else the first of the next season.
    pub next: Option<PlacedContent>,
}

/// Starts the published content of an id.
///
/// # Errors
/// [`CatalogError::NotFound`] when there is no such content, or it has no stream.
pub async fn start(q: &mut dyn Query, who: Audience, id: ContentId) -> Result<Playback> {
    let placed = content_by_id(q, who, id).await?;
    let mut media = sources::of_content(q, id).await?;
    media.retain(|source| source.state == SourceState::Ready);
    let longest = media
        .iter()
        .filter(|source| source.role == SourceRole::Rendition)
        .map(|source| source.info.duration_ms)
        .max();
    let measured = longest.ok_or(CatalogError::NotFound)?;
    let (is_last_episode, next) = next_episode(q, who, &placed).await?;
    let duration_ms = i64::try_from(measured).unwrap_or(i64::MAX);
    Ok(Playback {
        placed,
        duration_ms,
        sources: media,
        is_last_episode,
        next,
    })
}

/// Whether a content is the last of its season, and what follows it.
pub(crate) async fn next_episode(
    q: &mut dyn Query,
    who: Audience,
    placed: &PlacedContent,
) -> Result<(bool, Option<PlacedContent>)> {
    let Some(((season, series), order)) = placed.place.as_ref().zip(placed.content.order) else {
        return Ok((true, None));
    };
    let content = &placed.content;
    if let Some(next) =
        stored::following(q, season.id, content.kind, order, content.id, who.now).await?
    {
        let next = PlacedContent {
            content: next,
            place: placed.place.clone(),
        };
        return Ok((false, Some(next)));
    }
    let seasons = stored::seasons_of(q, &[series.id.0], Shown::At(who.now)).await?;
    for later in seasons
        .into_iter()
        .filter(|other| (other.order, other.id) > (season.order, season.id))
    {
        let first: Option<Content> = stored::first_contents(q, later.id, who.now, false, 1)
            .await?
            .into_iter()
            .find(|first| first.kind == content.kind);
        if let Some(first) = first {
            return Ok((
                true,
                Some(PlacedContent {
                    content: first,
                    place: Some((later, series.clone())),
                }),
            ));
        }
    }
    Ok((true, None))
}
