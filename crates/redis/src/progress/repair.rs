//! What Redis could not be told is remembered here and made good.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use marquee_domain::ServiceId;
use tokio::sync::Notify;

use super::{index, ticket};
use crate::connection::Redis;

/// Owners that are remembered while Redis is away; of more, all indexes are taken away.
const MISSED_MAX: usize = 10_000;
/// Owners whose indexes are taken away at a time.
const AT_ONCE: usize = 500;
/// How often a node looks whether Redis is back, while it has something to repair there.
const REPAIR_TIME: Duration = Duration::from_millis(200);

/// What could not be told to Redis.
#[derive(Default)]
struct Missed {
    owners: HashSet<(ServiceId, String)>,
    /// There were too many to remember.
    everybody: bool,
}

/// The lists in Redis that this node must take away.
#[derive(Default)]
pub(super) struct Repair {
    missed: Mutex<Missed>,
    /// Whether there is anything in `missed`, or being taken away.
    behind: AtomicBool,
    /// Told when there is something in `missed`.
    fell_behind: Notify,
}

impl Repair {
    /// Remembers that an owner's list in a service may be older than the database.
    pub(super) fn miss(&self, service: ServiceId, owner: String) {
        let mut missed = lock(&self.missed);
        if missed.owners.len() >= MISSED_MAX {
            missed.everybody = true;
            missed.owners.clear();
        }
        if !missed.everybody {
            missed.owners.insert((service, owner));
        }
        self.behind.store(true, Ordering::Release);
        self.fell_behind.notify_one();
    }

    /// Whether Redis missed nothing.
    pub(super) fn is_sound(&self) -> bool {
        !self.behind.load(Ordering::Acquire)
    }

    /// Repairs what Redis missed as soon as it is back. Never ends.
    pub(super) async fn keep(&self, redis: &Redis) {
        loop {
            self.fell_behind.notified().await;
            while !self.repair(redis).await {
                tokio::time::sleep(REPAIR_TIME).await;
            }
        }
    }

    /// Takes away what may be stale; `false` when Redis is still away.
    async fn repair(&self, redis: &Redis) -> bool {
        loop {
            let missed = {
                let mut missed = lock(&self.missed);
                if missed.owners.is_empty() && !missed.everybody {
                    self.behind.store(false, Ordering::Release);
                    return true;
                }
                std::mem::take(&mut *missed)
            };
            let told = (!missed.everybody || forget_everybody(redis).await)
                && forget_owners(redis, &missed.owners).await;
            if !told {
                // Doing it twice does no harm.
                let mut now = lock(&self.missed);
                now.everybody |= missed.everybody;
                now.owners.extend(missed.owners);
                return false;
            }
        }
    }
}

/// Takes indexes and tickets of these owners away.
async fn forget_owners(redis: &Redis, owners: &HashSet<(ServiceId, String)>) -> bool {
    let owners: Vec<_> = owners.iter().collect();
    for some in owners.chunks(AT_ONCE) {
        let mut forget = redis::cmd("DEL");
        for (service, owner) in some {
            forget
                .arg(index(*service, owner))
                .arg(ticket(*service, owner));
        }
        let told = async |redis: &mut _| forget.query_async::<i64>(redis).await;
        if redis.ask_again(told).await.is_none() {
            return false;
        }
    }
    true
}

/// Takes all tickets away, then all indexes: once the tickets are gone, nothing that was read before can
/// become an index behind the walk's back.
async fn forget_everybody(redis: &Redis) -> bool {
    for pattern in ["cwt:*", "cwi:*"] {
        let mut cursor = 0_u64;
        loop {
            let page = async |redis: &mut _| {
                let mut scan = redis::cmd("SCAN");
                scan.arg(cursor).arg("MATCH").arg(pattern);
                scan.arg("COUNT").arg(1000);
                let (next, keys): (u64, Vec<String>) = scan.query_async(redis).await?;
                if !keys.is_empty() {
                    let mut unlink = redis::cmd("UNLINK");
                    unlink.arg(keys).query_async::<i64>(redis).await?;
                }
                Ok(next)
            };
            match redis.ask_again(page).await {
                Some(0) => break,
                Some(next) => cursor = next,
                None => return false,
            }
        }
    }
    true
}

/// A thread that panicked while it held this left it whole: it only adds and takes.
fn lock(missed: &Mutex<Missed>) -> std::sync::MutexGuard<'_, Missed> {
    missed
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
