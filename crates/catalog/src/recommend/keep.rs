//! Keeping what was learnt, and saying when it is time to learn again.

use marquee_domain::recommend::Neighbour;
use marquee_domain::{ServiceId, Timestamp};
use marquee_recommend::Trained;
use marquee_storage::neighbours::{self, Training, input};
use marquee_storage::{Db, Query};
use serde::{Deserialize, Serialize};

use super::lesson::Lesson;
use crate::Result;

/// Lists that are written in one unit, so that others get to write in between.
const LISTS_AT_ONCE: usize = 64;

/// Lists of older trainings that are removed in one unit.
const REMOVED_AT_ONCE: i64 = 500;

/// What a training learnt from and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// `ease`, `sparse` or `features`.
    pub method: String,
    /// Viewers it learnt from.
    pub viewers: usize,
    /// Titles that somebody watched.
    pub watched_titles: usize,
    /// All titles.
    pub titles: usize,
    /// (viewer, title) pairs.
    pub pairs: usize,
    /// Neighbours that are kept, over all titles.
    pub neighbours: usize,
}

/// A catalog that has grown by half is learnt again this soon.
const GROWN_MS: i64 = 10 * 60 * 1000;

/// Whether it is time to train: there are titles and nothing was ever learnt; or that is `every_ms` ago
/// and something was watched, liked or added since; or ten minutes, and the catalog has grown by half.
///
/// # Errors
/// When storage fails.
pub async fn is_due(
    q: &mut dyn Query,
    service: ServiceId,
    now: Timestamp,
    every_ms: i64,
) -> Result<bool> {
    let Some(training) = neighbours::current(q, service).await? else {
        return Ok(input::titles(q, service).await? > 0);
    };
    // A training from the future was dated by a clock that has been put right since.
    let age = now.saturating_sub(training.trained_at);
    if (0..every_ms.min(GROWN_MS)).contains(&age) {
        return Ok(false);
    }
    if (0..every_ms).contains(&age) {
        let known = serde_json::from_str::<Kept>(&training.report).map_or(0, |kept| kept.titles);
        let known = i64::try_from(known).unwrap_or(i64::MAX);
        return Ok(input::titles(q, service).await? > known.saturating_add(known / 2));
    }
    Ok(input::fingerprint(q, service).await? != training.input)
}

/// Stores what was learnt and puts it in force as a whole. `written` hears how many titles of how many
/// are stored. None when a later training came first.
///
/// # Errors
/// When storage fails; what was in force stays in force then.
pub async fn keep(
    db: &Db,
    lesson: &Lesson,
    trained: &Trained,
    now: Timestamp,
    written: impl Fn(usize, usize),
) -> Result<Option<Kept>> {
    let mut unit = db.begin().await?;
    let number = neighbours::take_number(&mut unit).await?;
    unit.save().await?;
    let titles = lesson.titles.len();
    let mut kept = 0;
    let all: Vec<usize> = (0..titles)
        .filter(|index| !trained.neighbours[*index].is_empty())
        .collect();
    for (done, some) in all.chunks(LISTS_AT_ONCE).enumerate() {
        written(done * LISTS_AT_ONCE, all.len());
        let lists: Vec<_> = some
            .iter()
            .map(|index| {
                let list = trained.neighbours[*index].iter().map(|near| Neighbour {
                    title: lesson.titles[near.title as usize],
                    score: near.score,
                    reason: near.reason,
                });
                (lesson.titles[*index], list.collect::<Vec<_>>())
            })
            .collect();
        kept += lists.iter().map(|(_, list)| list.len()).sum::<usize>();
        let mut unit = db.begin().await?;
        neighbours::put(&mut unit, lesson.service, number, &lists).await?;
        unit.save().await?;
    }
    let report = Kept {
        method: trained.method.as_str().to_owned(),
        viewers: lesson.plays.viewers(),
        watched_titles: lesson.plays.watched_titles(),
        titles,
        pairs: lesson.plays.pairs(),
        neighbours: kept,
    };
    let training = Training {
        number,
        trained_at: now,
        input: lesson.fingerprint.clone(),
        // Numbers and a word always serialise.
        report: serde_json::to_string(&report).unwrap_or_default(),
    };
    let mut unit = db.begin().await?;
    let published = neighbours::publish(&mut unit, lesson.service, &training).await?;
    unit.save().await?;
    // A training that came too late is older than the one in force and goes with the rest.
    loop {
        let mut unit = db.begin().await?;
        let removed = neighbours::remove_old(&mut unit, lesson.service, REMOVED_AT_ONCE).await?;
        unit.save().await?;
        if removed == 0 {
            break;
        }
    }
    written(all.len(), all.len());
    Ok(published.then_some(report))
}
