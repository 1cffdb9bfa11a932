//! What somebody has begun, and what follows what they have finished.

use std::collections::{HashMap, HashSet};

use marquee_domain::ContentId;
use marquee_domain::catalog::{Content, TitleKey};
use marquee_domain::home::ItemKind;
use marquee_domain::personal::Progress;
use marquee_storage::Query;
use marquee_storage::catalog::{self as stored, Shown};
use marquee_storage::home::Found;

use crate::Result;
use crate::browse::{Audience, place};
use crate::playback::next_episode;

/// Finished episodes in a row that are passed over to find one that is not.
const STEPS: usize = 50;

/// The latest progress of an owner with what it is on, newest first; only what is published.
async fn recent(
    q: &mut dyn Query,
    who: Audience,
    saved: &[Progress],
) -> Result<Vec<(Progress, Content)>> {
    let ids: Vec<i64> = saved.iter().map(|progress| progress.content.0).collect();
    let mut contents: HashMap<ContentId, Content> =
        stored::contents_by_ids(q, &ids, Shown::At(who.now))
            .await?
            .into_iter()
            .map(|content| (content.id, content))
            .collect();
    Ok(saved
        .iter()
        .filter_map(|progress| {
            let content = contents.remove(&progress.content)?;
            Some((progress.clone(), content))
        })
        .collect())
}

/// The titles that an owner has watched, the last one first.
pub(super) async fn watched(
    q: &mut dyn Query,
    who: Audience,
    saved: &[Progress],
) -> Result<Vec<TitleKey>> {
    let mut seen = HashSet::new();
    let recent = recent(q, who, saved).await?;
    let titles = recent.iter().map(|(_, content)| content.title());
    Ok(titles.filter(|title| seen.insert(*title)).collect())
}

/// What an owner goes on with, newest first, one content per title: what they were watching, or
/// what follows when they have finished it.
pub(super) async fn continued(
    q: &mut dyn Query,
    who: Audience,
    saved: &[Progress],
) -> Result<Vec<Found>> {
    let recent = recent(q, who, saved).await?;
    let finished: HashSet<ContentId> = recent
        .iter()
        .filter(|(progress, content)| progress.is_finished(content.duration_ms))
        .map(|(progress, _)| progress.content)
        .collect();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (_, content) in recent {
        if !seen.insert(content.title()) {
            continue;
        }
        if let Some(id) = unfinished(q, who, content, &finished).await? {
            found.push(Found {
                kind: ItemKind::Content,
                id: id.0,
            });
        }
    }
    Ok(found)
}

/// The content itself, or the first one behind it that is not finished.
async fn unfinished(
    q: &mut dyn Query,
    who: Audience,
    content: Content,
    finished: &HashSet<ContentId>,
) -> Result<Option<ContentId>> {
    if !finished.contains(&content.id) {
        return Ok(Some(content.id));
    }
    let Some(mut placed) = place(q, vec![content]).await?.pop() else {
        return Ok(None);
    };
    for _ in 0..STEPS {
        let (_, next) = next_episode(q, who, &placed).await?;
        match next {
            Some(next) if finished.contains(&next.content.id) => placed = next,
            next => return Ok(next.map(|next| next.content.id)),
        }
    }
    Ok(None)
}
