//! Listening: plain and TLS connections, limits on slow and many clients, and a drain that ends.

mod awaited;
mod threads;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use marquee_http::edge::Edge;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use self::threads::{Accepted, Front, Threads};
use crate::tls::Certificates;

/// What answers on a listener.
#[derive(Clone)]
pub(crate) struct Faces {
    /// All routes.
    pub(crate) router: Router,
    /// What may answer before anything is routed.
    pub(crate) edge: Option<Arc<Edge>>,
}

/// Longest drain after a stop was asked for.
///
/// Jobs and the database are closed after it; all together stays within 8 s.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// Serves until `stop`, then drains. Connections are spread over `threads` threads of their own.
///
/// # Errors
/// No thread can be started.
pub(crate) async fn serve(
    listener: TcpListener,
    faces: Faces,
    certificates: Option<Arc<Certificates>>,
    limits: Limits,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let threads = Threads::start(
        limits.threads,
        &Front::new(faces, certificates, Handle::current()),
    )?;
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(limits.connections.max(1)));
    loop {
        // More connections than slots wait in the kernel's queue. A stop does not wait for a slot.
        let slot = tokio::select! {
            slot = slots.clone().acquire_owned() => slot,
            () = stop.cancelled() => break,
        };
        let Ok(slot) = slot else {
            break;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        // A socket belongs to the thread that serves it.
        let accepted = accepted.and_then(|(stream, peer)| Ok((stream.into_std()?, peer)));
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: give others time to end.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        threads.take(Accepted {
            stream,
            peer,
            slot,
            watcher: graceful.watcher(),
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIME, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some connections were still busy and are closed");
    }
    Ok(())
}

/// How much a listener takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at a time.
    pub(crate) connections: usize,
    /// Threads that serve them.
    pub(crate) threads: usize,
}

impl Limits {
    /// One thread per core.
    pub(crate) fn of(connections: usize) -> Self {
        Self {
            connections,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// Waits for SIGTERM or Ctrl-C.
pub(crate) async fn stop_signal() {
    let mut terminate =
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(signal) => signal,
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be heard");
                let _ = tokio::signal::ctrl_c().await;
                return;
            }
        };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Binds an address, with a sentence for when it is taken.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        anyhow::anyhow!(
            "cannot listen on {address}: {error}; another program may use it, see --listen"
        )
    })
}
