//! The connection to Redis, which nobody waits for long.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long Redis is left alone after it failed, so that not every request waits for it.
const REST: Duration = Duration::from_secs(1);

/// Why there can be no connection.
#[derive(Debug, thiserror::Error)]
pub enum RedisError {
    /// The address is not one of Redis.
    #[error("the address of Redis is not like redis://HOST:PORT/DATABASE")]
    Address,
    /// It cannot be reached or refuses.
    #[error("Redis does not answer: {0}")]
    Refused(&'static str),
}

/// A connection that is made when it is first needed and made again when it is lost.
pub struct Redis {
    manager: ConnectionManager,
    since: Instant,
    /// Milliseconds after `since` until which Redis is left alone.
    rests_until: AtomicU64,
    failing: AtomicBool,
}

impl Redis {
    /// Reads the address; connects later. Belongs to the runtime that it is called on.
    ///
    /// # Errors
    /// When the address makes no sense. It is not repeated, for it may hold a password.
    pub fn open(url: &str) -> Result<Self, RedisError> {
        let client = Client::open(url).map_err(|_| RedisError::Address)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let manager = ConnectionManager::new_lazy_with_config(client, config)
            .map_err(|_| RedisError::Address)?;
        Ok(Self {
            manager,
            since: Instant::now(),
            rests_until: AtomicU64::new(0),
            failing: AtomicBool::new(false),
        })
    }

    /// Asks Redis something; `None` when it has just failed or fails now.
    pub(crate) async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut ConnectionManager) -> RedisResult<T>,
    ) -> Option<T> {
        if self.now_ms() < self.rests_until.load(Ordering::Acquire) {
            return None;
        }
        self.ask_again(question).await
    }

    /// Asks although Redis has just failed.
    pub(crate) async fn ask_again<T>(
        &self,
        question: impl AsyncFnOnce(&mut ConnectionManager) -> RedisResult<T>,
    ) -> Option<T> {
        let mut manager = self.manager.clone();
        match tokio::time::timeout(PATIENCE, question(&mut manager)).await {
            Ok(Ok(answer)) => {
                if self.failing.swap(false, Ordering::AcqRel) {
                    self.rests_until.store(0, Ordering::Release);
                    tracing::info!("Redis answers again");
                }
                Some(answer)
            }
            Ok(Err(error)) => {
                self.failed(reason(&error));
                None
            }
            Err(_) => {
                self.failed("too slow");
                None
            }
        }
    }

    /// Whether Redis answers, and what is wrong if it does not.
    ///
    /// # Errors
    /// When it cannot be reached or refuses.
    pub async fn check(&self) -> Result<(), RedisError> {
        let mut manager = self.manager.clone();
        let ping = redis::cmd("PING");
        match tokio::time::timeout(4 * PATIENCE, ping.query_async::<String>(&mut manager)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(RedisError::Refused(reason(&error))),
            Err(_) => Err(RedisError::Refused("too slow")),
        }
    }

    fn failed(&self, reason: &str) {
        let until = self.now_ms() + u64::try_from(REST.as_millis()).unwrap_or(u64::MAX);
        self.rests_until.store(until, Ordering::Release);
        if !self.failing.swap(true, Ordering::AcqRel) {
            tracing::warn!(reason, "Redis does not answer; this node does without it");
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A fixed word for an error: its own text may repeat the address.
fn reason(error: &redis::RedisError) -> &'static str {
    if error.is_connection_refusal() {
        "the connection was refused"
    } else if error.is_timeout() {
        "too slow"
    } else if error.is_io_error() || error.is_connection_dropped() {
        "the connection was lost"
    } else {
        match error.kind() {
            redis::ErrorKind::AuthenticationFailed => "it refuses the password",
            redis::ErrorKind::Server(_) => "it refuses the command",
            _ => "it answers strangely",
        }
    }
}
