//! How far people have watched: saved in the database, read from a faster copy where there is one.
//!
//! Costs: saving progress is two reads by key and one statement; a play start adds two small
//! updates.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use marquee_domain::catalog::Content;
use marquee_domain::personal::{Owner, Progress};
use marquee_domain::ports::Moved;
use marquee_domain::{ContentId, ServiceId, Timestamp};
use marquee_storage::{Db, catalog as stored, progress, services};

use crate::browse::Audience;
use crate::{CatalogError, Result};

/// Latest progress of an owner that is looked at.
pub const RECENT: usize = 200;
/// Progress saved again within this time belongs to the same sitting and is no new play start.
pub const SITTING_MS: i64 = 6 * 3600 * 1000;
/// Most seconds that a position may say when the running time is not known: thirty days.
pub const POSITION_MAX_S: i64 = 30 * 24 * 3600;

/// A copy of progress that is faster to read than the database and may be lost at any time.
///
/// It never fails: what it does not know it says it does not know, and then the database is read.
pub trait ProgressCopy: Send + Sync + 'static {
    /// The latest progress of an owner in a service.
    fn recent<'a>(&'a self, owner: &'a Owner, service: ServiceId) -> BoxFuture<'a, Copied>;

    /// Takes what the database says is the latest progress of an owner, asked after the ticket was
    /// given out. A copy that was told of a save since then leaves it.
    fn fill<'a>(
        &'a self,
        owner: &'a Owner,
        service: ServiceId,
        ticket: &'a Ticket,
        latest: &'a [Progress],
    ) -> BoxFuture<'a, ()>;

    /// Takes progress that is in the database by now.
    fn put<'a>(
        &'a self,
        owner: &'a Owner,
        service: ServiceId,
        saved: &'a Progress,
    ) -> BoxFuture<'a, ()>;

    /// Says that the database may hold progress of an owner that [`ProgressCopy::put`] was not told of.
    fn doubt(&self, owner: &Owner, service: ServiceId);
}

/// What a copy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// The latest progress, newest first, at most [`RECENT`].
    Known(Vec<Progress>),
    /// It does not know, and takes what the database says for this.
    Missing(Ticket),
    /// It does not know and wants to hear nothing.
    Silent,
}

/// What a copy recognises a question by that it could not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket(pub String);

/// Makes a copy doubt an owner's progress when it goes: a save may be stored although nobody waited for
/// the answer, or although the answer was lost.
struct Doubt<'a> {
    copy: &'a dyn ProgressCopy,
    owner: &'a Owner,
    service: ServiceId,
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        self.copy.doubt(self.owner, self.service);
    }
}

/// Reading and saving progress.
#[derive(Clone)]
pub struct Watching {
    db: Db,
    copy: Option<Arc<dyn ProgressCopy>>,
}

impl Watching {
    /// Over a database, and a copy that is read first.
    #[must_use]
    pub fn new(db: Db, copy: Option<Arc<dyn ProgressCopy>>) -> Self {
        Self { db, copy }
    }

    /// The latest progress of an owner in a service, newest first, at most [`RECENT`].
    ///
    /// # Errors
    /// When storage fails.
    pub async fn recent(&self, owner: &Owner, service: ServiceId) -> Result<Vec<Progress>> {
        let mut fill = None;
        if let Some(copy) = &self.copy {
            match copy.recent(owner, service).await {
                Copied::Known(known) => return Ok(known),
                Copied::Missing(ticket) => fill = Some((copy, ticket)),
                Copied::Silent => {}
            }
        }
        let limit = i64::try_from(RECENT).unwrap_or(i64::MAX);
        let found = progress::recent(&mut self.db.reader(), owner, service, limit).await?;
        if let Some((copy, ticket)) = fill {
            copy.fill(owner, service, &ticket, &found).await;
        }
        Ok(found)
    }

    /// Saves how far a content was watched and returns what is stored then: this, or something newer.
    /// Positions past the end are stored as the end.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`] when there is no such published content.
    pub async fn save(
        &self,
        who: Audience,
        owner: &Owner,
        (content, position_s, device): (ContentId, i64, &str),
    ) -> Result<Progress> {
        let reader = &mut self.db.reader();
        let found = stored::find_content(reader, who.service, content, who.now)
            .await?
            .ok_or(CatalogError::NotFound)?;
        let before = progress::of_content(reader, owner, content).await?;
        let new = Progress {
            content,
            position_s: bounded(position_s, &found),
            updated_at: who.now,
            device: device.to_owned(),
        };
        let mut unit = self.db.begin().await?;
        let saved = progress::save(&mut unit, owner, who.service, &new).await?;
        if is_start(before.as_ref().map(|before| before.updated_at), who.now) {
            let series = found.season.map(|(_, series)| series);
            progress::count_play(&mut unit, content, series, who.now).await?;
        }
        let Some(copy) = self.copy.as_deref() else {
            unit.save().await?;
            return Ok(saved);
        };
        let doubt = Doubt {
            copy,
            owner,
            service: who.service,
        };
        unit.save().await?;
        copy.put(owner, who.service, &saved).await;
        // It was told, or remembers that it was not.
        std::mem::forget(doubt);
        Ok(saved)
    }
}

impl Moved for Watching {
    fn moved<'a>(&'a self, owners: &'a [Owner]) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let Some(copy) = &self.copy else {
                return;
            };
            match services::list(&mut self.db.reader()).await {
                Ok(services) => {
                    for (service, owner) in services
                        .iter()
                        .flat_map(|service| owners.iter().map(move |owner| (service, owner)))
                    {
                        copy.doubt(owner, service.id);
                    }
                }
                // What is stored stands; the copy ends by itself.
                Err(error) => {
                    tracing::warn!(%error, "the copy of progress could not be told of a move");
                }
            }
        })
    }
}

fn bounded(position_s: i64, content: &Content) -> i64 {
    let end = content
        .duration_ms
        .map_or(POSITION_MAX_S, |ms| ms.max(0).saturating_add(999) / 1000);
    position_s.clamp(0, end)
}

/// Whether progress saved now begins a new sitting. A clock that runs backwards begins none.
fn is_start(before: Option<Timestamp>, now: Timestamp) -> bool {
    before.is_none_or(|before| now.saturating_sub(before) > SITTING_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sitting_ends_after_six_hours_of_silence() {
        assert!(is_start(None, 0));
        assert!(!is_start(Some(1000), 1000 + SITTING_MS));
        assert!(is_start(Some(1000), 1001 + SITTING_MS));
        assert!(!is_start(Some(1000), 0), "the clock ran backwards");
        assert!(!is_start(Some(i64::MAX), i64::MIN));
    }
}
