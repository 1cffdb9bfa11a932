//! Recommendation: what there is to learn from, keeping what was learnt, and suggesting titles.
//!
//! * [`lesson`] reads plays, favorites and what titles have in common.
//! * [`keep`] stores the neighbours that `recommend::train` found, and says when it is time again.
//! * [`similar`] and [`for_history`] suggest titles with the reason in full; [`for_everyone`] is the
//!   same for everybody, by popularity and what goes with it.
//! * [`Learnt`] fills the port that rows ask through.
//!
//! Nothing is suggested that is not published. What is learnt knows no windows, so that a title that
//! begins to show between two trainings is suggested at once.

mod everyone;
pub mod keep;
pub mod lesson;
mod near;
mod strength;

use std::collections::{HashMap, HashSet};

use marquee_domain::catalog::TitleKey;
use marquee_domain::recommend::{Neighbour, Reason};
use marquee_recommend::{Ranked, Seen, rank};
use marquee_storage::catalog::{self as stored, Shown};
use marquee_storage::{Query, neighbours};

pub use self::everyone::{EVERYONE_MAX, for_everyone};
pub use self::keep::{Kept, is_due, keep};
pub use self::lesson::{Lesson, lesson};
pub use self::near::Learnt;
use crate::Result;
use crate::browse::Audience;

/// Most titles of a history that are looked at: the first ones.
pub const HISTORY_MAX: usize = 50;

/// A title that is suggested.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suggestion {
    /// Which.
    pub title: TitleKey,
    /// Only the order means something.
    pub score: f32,
    /// Why.
    pub reason: Reason,
    /// The title that spoke for it most.
    pub because: TitleKey,
    /// The share of the score that came from that title, from 0 to 1.
    pub share: f32,
}

/// Published titles that go with one, best first, at most `limit`. Empty while nothing is known of it.
///
/// # Errors
/// When storage fails.
pub async fn similar(
    q: &mut dyn Query,
    who: Audience,
    title: TitleKey,
    limit: usize,
) -> Result<Vec<Suggestion>> {
    for_history(q, who, &[(title, 1.0)], limit).await
}

/// Published titles for somebody who watched these, best first, at most `limit`; what was watched is
/// left out. Each comes with how much it counts: 1 for what was watched last, less for what was watched
/// long ago. Empty while nothing is known of any of them.
///
/// # Errors
/// When storage fails.
pub async fn for_history(
    q: &mut dyn Query,
    who: Audience,
    history: &[(TitleKey, f32)],
    limit: usize,
) -> Result<Vec<Suggestion>> {
    let history = &history[..history.len().min(HISTORY_MAX)];
    let titles: Vec<TitleKey> = history.iter().map(|(title, _)| *title).collect();
    let mut lists: HashMap<TitleKey, Vec<Neighbour>> =
        neighbours::of_titles(q, who.service, &titles)
            .await?
            .into_iter()
            .collect();
    let parts = |list: Vec<Neighbour>| {
        list.into_iter()
            .map(|near| (near.title, near.score, near.reason))
            .collect()
    };
    // Of a title that comes twice the first counts; one without neighbours is still left out below.
    let seen: Vec<Seen<TitleKey>> = history
        .iter()
        .map(|(title, weight)| Seen {
            title: *title,
            weight: *weight,
            neighbours: lists.remove(title).map(parts).unwrap_or_default(),
        })
        .collect();
    let ranked = rank(&seen, usize::MAX);
    let shown = published(q, who, ranked, limit).await?;
    Ok(shown
        .into_iter()
        .map(|ranked| Suggestion {
            title: ranked.title,
            score: ranked.score,
            reason: ranked.reason,
            because: ranked.because,
            share: ranked.share,
        })
        .collect())
}

/// The first `limit` of these that are published. Looks at a few more than that at a time, because
/// nearly all of them are.
async fn published(
    q: &mut dyn Query,
    who: Audience,
    ranked: Vec<Ranked<TitleKey>>,
    limit: usize,
) -> Result<Vec<Ranked<TitleKey>>> {
    let mut shown = Vec::new();
    for some in ranked.chunks(limit.clamp(16, 100)) {
        if shown.len() >= limit {
            break;
        }
        let open = open_titles(q, who, some.iter().map(|ranked| ranked.title)).await?;
        shown.extend(some.iter().filter(|ranked| open.contains(&ranked.title)));
    }
    shown.truncate(limit);
    Ok(shown)
}

/// Those of these titles that are published in the service.
async fn open_titles(
    q: &mut dyn Query,
    who: Audience,
    titles: impl Iterator<Item = TitleKey>,
) -> Result<HashSet<TitleKey>> {
    let (mut series, mut contents) = (Vec::new(), Vec::new());
    for title in titles {
        match title {
            TitleKey::Series(id) => series.push(id.0),
            TitleKey::Content(id) => contents.push(id.0),
        }
    }
    let at = Shown::At(who.now);
    let series = stored::series_by_ids(q, &series, at).await?;
    let contents = stored::contents_by_ids(q, &contents, at).await?;
    let of_series = series
        .iter()
        .filter(|series| series.head.service == who.service)
        .map(|series| TitleKey::Series(series.id));
    let of_contents = contents
        .iter()
        .filter(|content| content.head.service == who.service)
        .map(|content| TitleKey::Content(content.id));
    Ok(of_series.chain(of_contents).collect())
}
