//! Following the catalog: its version, which other processes raise as well, and the search index.

use std::sync::Arc;
use std::time::{Duration, Instant};

use marquee_catalog::search::Follower;
use marquee_storage::{Db, Listener};
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How often the version is read.
const VERSION_TIME: Duration = Duration::from_millis(500);
/// How often sessions that ended elsewhere are read; well within the second in which they must be refused.
const SESSIONS_TIME: Duration = Duration::from_millis(400);
/// How long the search index rests between two looks.
const INDEX_TIME: Duration = Duration::from_millis(300);
/// How often popularity is brought into it.
const POPULARITY_TIME: Duration = Duration::from_secs(600);
/// How long it rests after a failure.
const FAILED_TIME: Duration = Duration::from_secs(10);

/// Hears of catalog changes by other processes, and of another public address: at once where the database tells, and within
/// half a second otherwise.
pub(crate) async fn version(app: Arc<App>, stop: CancellationToken) {
    let mut listener = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(VERSION_TIME) => {}
            heard = hear(&app.db, &mut listener) => if let Err(error) = heard {
                tracing::debug!(%error, "catalog changes are asked for, not heard of");
                listener = None;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(VERSION_TIME) => {}
                }
            },
        }
        if let Err(error) = app.db.refresh_version().await {
            tracing::warn!(%error, "the catalog version could not be read");
        }
        if let Err(error) = app.public_address.follow().await {
            let error = format!("{:#}", anyhow::Error::from(error));
            tracing::warn!(error, "the public address could not be read");
        }
    }
}

/// Hears which sessions have ended on other nodes, so that they are refused here within a second.
pub(crate) async fn sessions(app: Arc<App>, stop: CancellationToken) {
    loop {
        if let Err(error) = app.identity.follow_sessions().await {
            let error = format!("{:#}", anyhow::Error::from(error));
            tracing::warn!(
                error,
                "ended sessions could not be read; each call asks for its own"
            );
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SESSIONS_TIME) => {}
        }
    }
}

/// Keeps the node's search index up with the catalog; makes it first when there is none. Search
/// answers without it meanwhile.
pub(crate) async fn search_index(app: Arc<App>, stop: CancellationToken) {
    let folder = app.settings.search_index();
    let follower = Follower::new(app.db.clone(), app.searcher.clone(), &folder);
    let mut follower = match follower {
        Ok(follower) => follower,
        Err(error) => {
            let error = format!("{:#}", anyhow::Error::from(error));
            tracing::error!(error, "there is no search index; search scans the titles");
            return;
        }
    };
    // Until something has changed nothing is asked of the database.
    let mut followed = None;
    let mut refreshed = Instant::now();
    loop {
        let version = app.db.catalog_version();
        let mut rest = INDEX_TIME;
        if followed != Some(version) {
            let done = tokio::select! {
                done = follower.catch_up() => done,
                () = stop.cancelled() => return,
            };
            match done {
                Ok(()) => {
                    followed = Some(version);
                    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 titles")]
                    let titles = app.searcher.titles().unwrap_or_default() as f64;
                    metrics::gauge!("marquee_search_titles").set(titles);
                }
                Err(error) => {
                    let error = format!("{:#}", anyhow::Error::from(error));
                    tracing::warn!(error, "the search index does not follow; it is tried again");
                    rest = FAILED_TIME;
                }
            }
        }
        if refreshed.elapsed() >= POPULARITY_TIME {
            refreshed = Instant::now();
            let done = tokio::select! {
                done = follower.refresh_popularity() => done,
                () = stop.cancelled() => return,
            };
            if let Err(error) = done {
                let error = format!("{:#}", anyhow::Error::from(error));
                tracing::warn!(error, "popularity did not reach the search index");
                followed = None;
            }
        }
        if tokio::time::timeout(rest, stop.cancelled()).await.is_ok() {
            return;
        }
    }
}

/// Waits for word of a change; listens first if it does not yet.
async fn hear(db: &Db, listener: &mut Option<Listener>) -> marquee_storage::Result<()> {
    match listener {
        Some(listener) => listener.changed().await,
        None => {
            *listener = Some(Listener::new(db).await?);
            Ok(())
        }
    }
}
