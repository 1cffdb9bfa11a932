//! Doing the jobs: one worker per process claims what is due, renews its claim while it works, and
//! stops between steps when asked to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use marquee_domain::FolderId;
use marquee_ingest::{Progress, Report, fetch, probe, scan};
use marquee_storage::{folders, jobs, pictures};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::recommend;

/// A claim that is not renewed for this long may be taken by another node, or by the next start after a crash.
/// Claims are renewed twice a second.
const LEASE_MS: i64 = 10_000;
/// How often a job is tried before it counts as failed.
const ATTEMPTS: i64 = 3;
/// How often the worker looks without having been woken.
const IDLE: Duration = Duration::from_secs(2);

/// About how long pictures are fetched before other jobs have their turn.
const PICTURES_MS: i64 = 30_000;

/// Runs until `stop`.
pub(crate) async fn work(app: Arc<App>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match step(&app, &stop).await {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! {
                    () = app.wake.notified() => {}
                    () = tokio::time::sleep(IDLE) => {}
                    () = stop.cancelled() => {}
                }
            }
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the job worker failed; it goes on"
                );
                tokio::time::sleep(IDLE).await;
            }
        }
    }
}

/// Does one job, or what records left to be probed. False when there was nothing to do.
async fn step(app: &Arc<App>, stop: &CancellationToken) -> anyhow::Result<bool> {
    let mut unit = app.db.begin().await?;
    let claimed = jobs::claim(&mut unit, app.clock.now(), LEASE_MS).await?;
    unit.save().await?;
    let Some(job) = claimed else {
        let report =
            probe::probe_pending(&app.db, &app.library, &marquee_ingest::NoProgress).await?;
        for rejection in &report.rejected {
            tracing::warn!(%rejection, "a source cannot be played");
        }
        return Ok(false);
    };
    tracing::info!(job = job.id.0, kind = job.kind, "a job begins");
    let heard = Arc::new(Heard::default());
    let renewing = tokio::spawn(renew(app.clone(), job.id, heard.clone()));
    let done = tokio::select! {
        done = run(app, &job, &heard) => Some(done),
        () = stop.cancelled() => None,
    };
    renewing.abort();
    let mut unit = app.db.begin().await?;
    let now = app.clock.now();
    match done {
        // Asked to stop: put it back, the next start goes on with it.
        None => jobs::fail(&mut unit, job.id, "", now, Some(now)).await?,
        Some(Ok(report)) => {
            jobs::report_progress(&mut unit, job.id, now, &heard.json()).await?;
            jobs::finish(&mut unit, job.id, &report.to_string(), now).await?;
        }
        Some(Err(error)) => {
            tracing::warn!(job = job.id.0, error = format!("{error:#}"), "a job failed");
            let retry = (job.attempts < ATTEMPTS).then(|| now + 5_000 * job.attempts);
            jobs::fail(&mut unit, job.id, &format!("{error:#}"), now, retry).await?;
        }
    }
    unit.save().await?;
    Ok(true)
}

/// Does a job and says what came of it.
async fn run(app: &Arc<App>, job: &jobs::Job, heard: &Arc<Heard>) -> anyhow::Result<Value> {
    match job.kind.as_str() {
        "scan_folder" => {
            let id = FolderId(job.payload.parse()?);
            let Some(folder) = folders::lookup(&mut app.db.reader(), id).await? else {
                return Ok(serde_json::to_value(Report::default())?);
            };
            let progress: &dyn Progress = &**heard;
            let options = scan::Options {
                art: app.gallery.clone(),
            };
            let mut report = scan::scan(&app.db, &*app.clock, &folder, &options, progress).await?;
            report.merge(probe::probe_pending(&app.db, &app.library, progress).await?);
            Ok(serde_json::to_value(report)?)
        }
        recommend::JOB => recommend::train_due(app, heard.clone()).await,
        pictures::JOB => {
            let fetching = fetch::Fetching {
                egress: &app.egress,
                gallery: &app.gallery,
            };
            let (clock, time) = (&*app.clock, PICTURES_MS);
            let report = fetch::fetch_pictures(&app.db, clock, fetching, time, &**heard).await?;
            Ok(serde_json::to_value(report)?)
        }
        other => anyhow::bail!("there is no job of kind {other:?}"),
    }
}

/// The last that was heard of a run's progress.
#[derive(Default)]
struct Heard {
    done: AtomicU64,
    total: AtomicU64,
    current: std::sync::Mutex<String>,
}

impl Heard {
    fn json(&self) -> String {
        let current = self
            .current
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone();
        json!({"done": self.done.load(Ordering::Relaxed), "total": self.total.load(Ordering::Relaxed), "current": current}).to_string()
    }
}

impl Progress for Heard {
    fn advance(&self, done: u64, total: u64, current: &str) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        current.clone_into(
            &mut self
                .current
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        );
    }
}

/// Renews the claim and stores the progress, often enough for a page to follow.
async fn renew(app: Arc<App>, id: marquee_domain::JobId, heard: Arc<Heard>) {
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let store = async {
            let mut unit = app.db.begin().await?;
            jobs::report_progress(&mut unit, id, app.clock.now() + LEASE_MS, &heard.json()).await?;
            unit.save().await
        };
        if let Err(error) = store.await {
            tracing::debug!(%error, "progress could not be stored");
        }
    }
}
