//! Pictures that records name by address: fetched in the background through the guarded client, looked at, stored,
//! and put into the documents that wait for them.

use std::time::Duration;

use futures_util::StreamExt;
use marquee_artwork::Gallery;
use marquee_artwork::door::MAX_BYTES;
use marquee_domain::{Clock, Timestamp};
use marquee_egress::Egress;
use marquee_storage::pictures::{self, Wanted};
use marquee_storage::{Db, StorageError, jobs};

use crate::art::location;
use crate::report::{Progress, Rejection, Report};

/// Longest time for one picture, redirects included.
const MAX_TIME: Duration = Duration::from_secs(30);
/// Pictures that are fetched at the same time.
const AT_ONCE: usize = 4;
/// Pictures that are claimed together.
const BATCH: i64 = 8;
/// How long a claim holds: all of a batch may take all of their time.
const LEASE_MS: i64 = 300_000;
/// Uses of stored pictures that one unit of work replaces.
const PLACED: i64 = 100;
/// Minutes until a picture is tried again; after the last of them it is given up until a record names it again.
const RETRY_MINUTES: [i64; 5] = [1, 5, 30, 120, 720];

/// What pictures are fetched with.
#[derive(Clone, Copy)]
pub struct Fetching<'a> {
    /// The guarded client.
    pub egress: &'a Egress,
    /// Where pictures are kept.
    pub gallery: &'a Gallery,
}

/// Fetches the pictures that are due, for about as long as said, and asks for a job for those that are left. What
/// cannot be had is reported, and tried again later.
///
/// # Errors
/// When storage fails.
pub async fn fetch_pictures(
    db: &Db,
    clock: &dyn Clock,
    fetching: Fetching<'_>,
    time_ms: i64,
    progress: &dyn Progress,
) -> Result<Report, StorageError> {
    let mut report = Report::default();
    let until = clock.now() + time_ms;
    place_all(db).await?;
    while clock.now() < until {
        let mut unit = db.begin().await?;
        let wanted = pictures::claim(&mut unit, clock.now(), LEASE_MS, BATCH).await?;
        unit.save().await?;
        if wanted.is_empty() {
            break;
        }
        let mut fetched = futures_util::stream::iter(wanted)
            .map(|wanted| async move {
                let result = fetch(fetching, &wanted).await;
                (wanted, result)
            })
            .buffer_unordered(AT_ONCE);
        while let Some((wanted, result)) = fetched.next().await {
            let done = report.added + report.rejected_count;
            progress.advance(done, 0, &wanted.address);
            note(db, clock.now(), &wanted, result, &mut report).await?;
        }
        place_all(db).await?;
    }
    let mut unit = db.begin().await?;
    if let Some(due) = pictures::next_due(&mut unit).await? {
        let at = due.max(clock.now());
        jobs::add_unless_queued(&mut unit, pictures::JOB, "", at).await?;
        unit.save().await?;
    }
    Ok(report)
}

/// Fetches, looks at and stores one picture; its location, or why there is none.
async fn fetch(fetching: Fetching<'_>, wanted: &Wanted) -> Result<String, String> {
    let fetched = fetching.egress.fetch(&wanted.address, MAX_BYTES);
    let bytes = tokio::time::timeout(MAX_TIME, fetched)
        .await
        .map_err(|_| "the other server took too long".to_owned())?
        .map_err(|error| error.to_string())?;
    let seen = fetching.gallery.take(bytes).await;
    let seen = seen.map_err(|error| error.to_string())?;
    Ok(location(&seen.name))
}

/// Stores what came of one picture.
async fn note(
    db: &Db,
    now: Timestamp,
    wanted: &Wanted,
    result: Result<String, String>,
    report: &mut Report,
) -> Result<(), StorageError> {
    let mut unit = db.begin().await?;
    match result {
        Ok(location) => {
            pictures::settle(&mut unit, &wanted.address, &location).await?;
            report.added += 1;
        }
        Err(reason) => {
            let tried = usize::try_from(wanted.attempts - 1).unwrap_or_default();
            let minutes = RETRY_MINUTES.get(tried);
            let retry_at = minutes.map(|minutes| now + minutes * 60_000);
            pictures::fail(&mut unit, &wanted.address, &reason, retry_at).await?;
            let next = minutes.map_or_else(
                || "it is not tried again".to_owned(),
                |minutes| format!("it is tried again in {minutes} min"),
            );
            report.reject(Rejection {
                path: wanted.address.clone(),
                line: None,
                id: None,
                field: None,
                reason: format!("{reason}; {next}"),
            });
        }
    }
    unit.save().await
}

/// Puts all stored pictures into the documents that wait for them.
async fn place_all(db: &Db) -> Result<(), StorageError> {
    loop {
        let mut unit = db.begin().await?;
        let (seen, done) = pictures::place(&mut unit, PLACED).await?;
        unit.save().await?;
        // Documents that somebody else was changing are met again at the next run.
        if seen == 0 || done == 0 {
            return Ok(());
        }
    }
}
