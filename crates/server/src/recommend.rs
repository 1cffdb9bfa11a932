//! Training in the background: when it is time, one job for all nodes, a thread that gives way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use marquee_catalog::recommend::{self, Kept, Lesson};
use marquee_ingest::Progress;
use marquee_recommend::{Options, Trained, Watch};
use marquee_storage::services::Service;
use marquee_storage::{jobs, services};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// The kind of the job.
pub(crate) const JOB: &str = "recommend.train";

/// The first seconds belong to whoever waits for the page.
const FIRST: Duration = Duration::from_secs(10);

/// How often it is looked whether it is time.
const AGAIN: Duration = Duration::from_secs(5 * 60);

/// Niceness of the training thread: everybody else goes first.
const NICE: i32 = 15;

/// Asks for a training whenever it is time for one, until `stop`.
pub(crate) async fn ask_when_due(app: Arc<App>, stop: CancellationToken) {
    if !app.settings.recommend.enabled {
        return;
    }
    let mut wait = FIRST;
    while tokio::time::timeout(wait, stop.cancelled()).await.is_err() {
        if let Err(error) = ask(&app).await {
            tracing::warn!(
                error = format!("{error:#}"),
                "it could not be told whether to train"
            );
        }
        wait = AGAIN;
    }
}

async fn ask(app: &App) -> anyhow::Result<()> {
    for service in services::list(&mut app.db.reader()).await? {
        if is_due(app, &service).await? {
            let mut unit = app.db.begin().await?;
            jobs::add_unless_open(&mut unit, JOB, "", app.clock.now()).await?;
            unit.save().await?;
            app.wake.notify_one();
            // One job trains every service whose time has come.
            break;
        }
    }
    Ok(())
}

async fn is_due(app: &App, service: &Service) -> anyhow::Result<bool> {
    let every_ms = i64::from(app.settings.recommend.every_hours) * 3_600_000;
    let reader = &mut app.db.reader();
    Ok(recommend::is_due(reader, service.id, app.clock.now(), every_ms).await?)
}

/// Trains every service whose time has come; another node may have done it since the job was asked for.
pub(crate) async fn train_due(app: &App, heard: Arc<dyn Progress>) -> anyhow::Result<Value> {
    let mut report = serde_json::Map::new();
    for service in services::list(&mut app.db.reader()).await? {
        if is_due(app, &service).await? {
            let kept = train(app, &service, heard.clone()).await?;
            report.insert(service.name, json!(kept));
        }
    }
    Ok(report.into())
}

/// Trains one service and keeps what came of it. None when a later training came first.
pub(crate) async fn train(
    app: &App,
    service: &Service,
    heard: Arc<dyn Progress>,
) -> anyhow::Result<Option<Kept>> {
    let now = app.clock.now();
    let reader = &mut app.db.reader();
    let lesson = Arc::new(recommend::lesson(reader, service.id, now).await?);
    let trained = in_a_thread_that_gives_way(lesson.clone(), heard.clone()).await?;
    let written = |done: usize, all: usize| heard.advance(done as u64, all as u64, "keeping");
    Ok(recommend::keep(&app.db, &lesson, &trained, now, written).await?)
}

/// Hears of the training in its thread, and stops it.
struct Follower {
    heard: Arc<dyn Progress>,
    stop: Arc<AtomicBool>,
}

impl Watch for Follower {
    fn at(&self, stage: &'static str, done: usize, total: usize) {
        self.heard.advance(done as u64, total as u64, stage);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Asks for the end when nobody waits any longer.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A thread of its own: pools of the runtime have the priority of everything else, and the end of the
/// process waits for theirs.
async fn in_a_thread_that_gives_way(
    lesson: Arc<Lesson>,
    heard: Arc<dyn Progress>,
) -> anyhow::Result<Trained> {
    let stop = Arc::new(AtomicBool::new(false));
    let _stop = StopOnDrop(stop.clone());
    let (send, receive) = oneshot::channel();
    let work = move || {
        give_way();
        let follower = Follower { heard, stop };
        let options = Options::default();
        let trained =
            marquee_recommend::train(&lesson.plays, &lesson.features, &options, &follower);
        // Nobody waits any longer when the server is being stopped.
        let _ = send.send(trained);
    };
    std::thread::Builder::new()
        .name("recommend".to_owned())
        .spawn(work)
        .context("the training thread could not be started")?;
    let trained = receive.await.context("the training thread was lost")?;
    Ok(trained?)
}

/// Lowers the priority of this thread: on Linux niceness is a thread's own.
fn give_way() {
    if cfg!(target_os = "linux")
        && let Err(error) = rustix::process::setpriority_process(None, NICE)
    {
        tracing::debug!(%error, "the training thread keeps its priority");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_the_thread_itself_gives_way() {
        let of_this = || rustix::process::getpriority_process(None).unwrap();
        let before = of_this();
        let there = std::thread::spawn(move || {
            give_way();
            of_this()
        });
        assert_eq!(
            (there.join().unwrap(), of_this()),
            (NICE.max(before), before)
        );
    }
}
