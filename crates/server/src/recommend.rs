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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use marquee_ingest::NoProgress;
    use marquee_storage::catalog::put_contents;
    use marquee_storage::neighbours;

    use super::*;
    use crate::configuration::load;

    async fn app(folder: &std::path::Path) -> App {
        let flags = [("data_dir", folder.display().to_string())];
        App::open(load(&[], None, HashMap::new(), &flags).unwrap())
            .await
            .unwrap()
    }

    async fn add_film(app: &App) {
        let service = app.service(None).await.unwrap().id;
        let film = marquee_domain::catalog::Content {
            id: marquee_domain::ContentId(1),
            kind: marquee_domain::catalog::ContentKind::Movie,
            season: None,
            order: None,
            duration_ms: None,
            playable: false,
            head: marquee_domain::catalog::Head {
                service,
                external_key: "film".to_owned(),
                slug: "film".to_owned(),
                own: marquee_domain::publish::Window {
                    from: 0,
                    until: i64::MAX,
                },
                window: marquee_domain::publish::Window {
                    from: 0,
                    until: i64::MAX,
                },
                created_at: 1,
                digest: 1,
            },
            doc: marquee_domain::catalog::TitleDoc::default(),
        };
        let mut unit = app.db.begin().await.unwrap();
        put_contents(&mut unit, &[film]).await.unwrap();
        unit.save().await.unwrap();
    }

    async fn asked(app: &App) -> usize {
        let all = jobs::list(&mut app.db.reader(), 10).await.unwrap();
        all.iter().filter(|job| job.kind == JOB).count()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_job_is_asked_for_when_it_is_time_and_trains_once() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path()).await;
        ask(&app).await.unwrap();
        assert_eq!(asked(&app).await, 0, "there is nothing to learn from");
        add_film(&app).await;
        ask(&app).await.unwrap();
        ask(&app).await.unwrap();
        assert_eq!(asked(&app).await, 1);
        let report = train_due(&app, Arc::new(NoProgress)).await.unwrap();
        assert_eq!(report["amasian"]["method"], "features");
        assert_eq!(report["amasian"]["titles"], 1);
        let again = train_due(&app, Arc::new(NoProgress)).await.unwrap();
        assert_eq!(
            again,
            json!({}),
            "another node that ran it too does nothing"
        );
        let service = app.service(None).await.unwrap().id;
        let current = neighbours::current(&mut app.db.reader(), service)
            .await
            .unwrap();
        assert!(current.is_some());
        app.db.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn it_ends_at_once_when_it_is_stopped_and_nobody_asks_when_it_is_off() {
        let folder = tempfile::tempdir().unwrap();
        let mut app = app(folder.path()).await;
        add_film(&app).await;
        let stop = CancellationToken::new();
        stop.cancel();
        app.settings.recommend.enabled = true;
        let app = Arc::new(app);
        ask_when_due(app.clone(), stop).await;
        assert_eq!(asked(&app).await, 0);
        app.db.close().await;
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_the_thread_itself_gives_way() {
        let of_this = || rustix::process::getpriority_process(None).unwrap();
        let before = of_this();
        let there = std::thread::spawn(move || {
            give_way();
            of_this()
        });
        let there = there.join().unwrap();
        assert_eq!((there, of_this()), (NICE, before));
    }
}
