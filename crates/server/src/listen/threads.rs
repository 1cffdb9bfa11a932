//! Threads that serve connections, each with a runtime of its own.
//!
//! A connection stays on one thread from its first byte to its last: no lock, no queue and no wake-up
//! is shared between threads while hot answers go out, which is most of what a busy server does.
//! Everything else runs on the program's runtime, where a slow call delays nobody on its thread.

use std::future::ready;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::future::Either;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_util::task::AbortOnDropHandle;
use tower::ServiceExt;

use super::Faces;
use super::awaited::Awaited;
use crate::tls::Certificates;

/// A client that takes longer to send its headers is dropped, and so is one that says nothing at all.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// A client that takes longer for its TLS handshake is dropped.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// A connection on its way to the thread that serves it.
pub(super) struct Accepted {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    /// Its place among the connections that are allowed at a time.
    pub(super) slot: OwnedSemaphorePermit,
    /// Tells it that the server stops.
    pub(super) watcher: Watcher,
}

/// The threads. They end, and their connections with them, when this is dropped.
pub(super) struct Threads(Vec<Thread>);

struct Thread {
    connections: mpsc::UnboundedSender<(Accepted, Arc<()>)>,
    /// Every connection of the thread holds one of these.
    load: Arc<()>,
}

impl Threads {
    /// Starts `count` threads, at least one.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub(super) fn start(count: usize, front: &Arc<Front>) -> anyhow::Result<Self> {
        let threads = (0..count.max(1)).map(|n| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let (connections, mut coming) = mpsc::unbounded_channel::<(Accepted, Arc<()>)>();
            let front = front.clone();
            std::thread::Builder::new()
                .name(format!("connections-{n}"))
                .spawn(move || {
                    runtime.block_on(async {
                        while let Some((accepted, load)) = coming.recv().await {
                            let front = front.clone();
                            tokio::spawn(async move {
                                front.connection(accepted).await;
                                drop(load);
                            });
                        }
                    });
                    runtime.shutdown_background();
                })?;
            let load = Arc::new(());
            Ok(Thread { connections, load })
        });
        let threads = threads.collect::<std::io::Result<_>>();
        threads
            .map(Self)
            .context("the threads for connections cannot be started")
    }

    /// Gives a connection to the thread that has the fewest.
    pub(super) fn take(&self, accepted: Accepted) {
        if let Some(thread) = self.0.iter().min_by_key(|t| Arc::strong_count(&t.load)) {
            // A thread that is gone drops the connection, which closes it.
            let _ = thread.connections.send((accepted, thread.load.clone()));
        }
    }
}

/// What every thread needs to serve a connection.
pub(super) struct Front {
    faces: Faces,
    certificates: Option<Arc<Certificates>>,
    /// Runs what is not answered at once.
    program: Handle,
    builder: Builder<TokioExecutor>,
}

impl Front {
    pub(super) fn new(
        faces: Faces,
        certificates: Option<Arc<Certificates>>,
        program: Handle,
    ) -> Arc<Self> {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIME);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(Duration::from_secs(20))
            .max_concurrent_streams(128);
        Arc::new(Self {
            faces,
            certificates,
            program,
            builder,
        })
    }

    async fn connection(self: Arc<Self>, accepted: Accepted) {
        let Accepted {
            stream,
            peer,
            slot,
            watcher,
        } = accepted;
        let Ok(stream) = tokio::net::TcpStream::from_std(stream) else {
            return;
        };
        let _ = stream.set_nodelay(true);
        match self.certificates.clone() {
            None => self.speak(stream, peer, watcher).await,
            Some(certificates) => {
                let handshake =
                    tokio::time::timeout(HANDSHAKE_TIME, certificates.acceptor().accept(stream));
                if let Ok(Ok(stream)) = handshake.await {
                    self.speak(stream, peer, watcher).await;
                }
            }
        }
        drop(slot);
    }

    async fn speak<S>(self: Arc<Self>, stream: S, peer: SocketAddr, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let spoken = Arc::new(AtomicBool::new(false));
        let stream = Awaited::new(stream, HEADER_TIME, spoken.clone());
        let front = self.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            spoken.store(true, Ordering::Relaxed);
            let edge = front.faces.edge.as_ref();
            match edge.and_then(|edge| edge.at_once(&request, peer.ip())) {
                Some(answer) => Either::Left(ready(Ok(answer))),
                None => Either::Right(routed(
                    front.program.clone(),
                    front.faces.router.clone(),
                    request,
                    peer,
                )),
            }
        });
        let serving = self
            .builder
            .serve_connection(TokioIo::new(stream), service)
            .into_owned();
        if let Err(error) = watcher.watch(serving).await {
            tracing::debug!(%error, "a connection ended badly");
        }
    }
}

/// Answers on the program's runtime; a client that leaves ends the work on its answer.
async fn routed(
    program: Handle,
    router: Router,
    mut request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response, std::convert::Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = router.oneshot(request.map(Body::new));
    let answer = AbortOnDropHandle::new(program.spawn(answer)).await;
    Ok(match answer {
        Ok(Ok(response)) => response,
        Err(error) => {
            tracing::error!(%error, "a request was not answered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    })
}
