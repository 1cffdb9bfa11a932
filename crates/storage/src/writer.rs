//! The one writer of SQLite, shared by units of work.
//!
//! A task owns the connection and lends it, one unit of work at a time. Each unit is a savepoint; a
//! unit that is dropped (or whose future is cancelled) is rolled back before the next lease. Units
//! that are saved while others wait stay in the same transaction, and all of them are acknowledged
//! by one commit: that is what makes many small durable writes cheap. A group ends when nobody
//! waits, when it has [`GROUP_MAX`] members or when it is [`GROUP_TIME`] old.

use std::time::{Duration, Instant};

use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::{Result, StorageError};

/// Most units of work in one commit.
const GROUP_MAX: usize = 256;
/// Oldest age of a group; keeps the wait of its first member short.
const GROUP_TIME: Duration = Duration::from_millis(10);

type Ack = oneshot::Sender<std::result::Result<(), String>>;

/// How a lease ended.
enum Outcome {
    Save(Ack),
    Abandon,
}

enum Request {
    Lease(oneshot::Sender<Lease>),
    Close(oneshot::Sender<()>),
}

/// Handle of the writer task.
#[derive(Clone)]
pub struct Writer(mpsc::Sender<Request>);

/// The connection, lent to one unit of work.
pub struct Lease {
    conn: Option<SqliteConnection>,
    back: Option<oneshot::Sender<(SqliteConnection, Outcome)>>,
}

impl Lease {
    /// The connection, inside the unit's savepoint.
    pub(crate) fn conn(&mut self) -> Result<&mut SqliteConnection> {
        self.conn.as_mut().ok_or(StorageError::Closed)
    }

    /// Ends the unit of work and waits until the group's commit is on disk.
    pub(crate) async fn save(mut self) -> Result<()> {
        let (ack, done) = oneshot::channel();
        self.give_back(Outcome::Save(ack));
        match done.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(reason)) => Err(StorageError::Commit(reason)),
            Err(_) => Err(StorageError::Closed),
        }
    }

    fn give_back(&mut self, outcome: Outcome) {
        if let (Some(conn), Some(back)) = (self.conn.take(), self.back.take()) {
            // A failed send means that the writer task is gone; the connection is dropped with it.
            let _ = back.send((conn, outcome));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.give_back(Outcome::Abandon);
    }
}

impl Writer {
    /// Starts the writer task on a connection.
    #[must_use]
    pub(crate) fn start(conn: SqliteConnection) -> Self {
        let (requests, queue) = mpsc::channel(4096);
        tokio::spawn(run(conn, queue));
        Self(requests)
    }

    /// Waits for the connection.
    pub(crate) async fn lease(&self) -> Result<Lease> {
        let (grant, granted) = oneshot::channel();
        self.0
            .send(Request::Lease(grant))
            .await
            .map_err(|_| StorageError::Closed)?;
        granted.await.map_err(|_| StorageError::Closed)
    }

    /// Ends the task once everything that was asked for before is done.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.0.send(Request::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

async fn run(mut conn: SqliteConnection, mut queue: mpsc::Receiver<Request>) {
    while let Some(request) = queue.recv().await {
        let closing = match request {
            Request::Lease(grant) => match group(conn, grant, &mut queue).await {
                Some((returned, closing)) => {
                    conn = returned;
                    closing
                }
                None => return,
            },
            Request::Close(done) => Some(done),
        };
        if let Some(done) = closing {
            if let Err(error) = conn.close().await {
                tracing::warn!(%error, "closing the database failed");
            }
            let _ = done.send(());
            return;
        }
    }
}

type Closing = Option<oneshot::Sender<()>>;

/// Runs one group: begin, lend to the first and to whoever waits, commit, acknowledge.
///
/// `None` when the connection was lost with a lease.
async fn group(
    mut conn: SqliteConnection,
    first: oneshot::Sender<Lease>,
    queue: &mut mpsc::Receiver<Request>,
) -> Option<(SqliteConnection, Closing)> {
    if let Err(error) = execute(&mut conn, "BEGIN IMMEDIATE").await {
        // Dropping the grant tells the caller; other processes held the file for longer than the busy timeout.
        tracing::error!(%error, "the database could not be locked for writing");
        return Some((conn, None));
    }
    let started = Instant::now();
    let mut acks: Vec<Ack> = Vec::new();
    let mut next = Some(first);
    let mut closing = None;
    let mut broken: Option<String> = None;
    while let Some(grant) = next.take() {
        if let Err(error) = execute(&mut conn, "SAVEPOINT unit").await {
            broken = Some(error.to_string());
            break;
        }
        let (back, returned) = oneshot::channel();
        let outcome = match grant.send(Lease {
            conn: Some(conn),
            back: Some(back),
        }) {
            // Whoever asked has gone away; the lease comes straight back.
            Err(mut lease) => {
                conn = lease.conn.take()?;
                Outcome::Abandon
            }
            Ok(()) => {
                let (returned, outcome) = returned.await.ok()?;
                conn = returned;
                outcome
            }
        };
        let ended = match outcome {
            Outcome::Save(ack) => {
                acks.push(ack);
                execute(&mut conn, "RELEASE unit").await
            }
            Outcome::Abandon => match execute(&mut conn, "ROLLBACK TO unit").await {
                Ok(()) => execute(&mut conn, "RELEASE unit").await,
                failed => failed,
            },
        };
        if let Err(error) = ended {
            broken = Some(error.to_string());
            break;
        }
        if acks.len() >= GROUP_MAX || started.elapsed() >= GROUP_TIME {
            break;
        }
        match queue.try_recv() {
            Ok(Request::Lease(grant)) => next = Some(grant),
            Ok(Request::Close(done)) => closing = Some(done),
            Err(_) => {}
        }
    }
    let result = match broken {
        Some(reason) => Err(reason),
        None => execute(&mut conn, "COMMIT")
            .await
            .map_err(|e| e.to_string()),
    };
    if let Err(reason) = &result {
        tracing::error!(reason, "a commit failed");
        let _ = execute(&mut conn, "ROLLBACK").await;
    }
    for ack in acks {
        let _ = ack.send(result.clone());
    }
    Some((conn, closing))
}

async fn execute(
    conn: &mut SqliteConnection,
    sql: &'static str,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(sql).execute(conn).await.map(|_| ())
}
