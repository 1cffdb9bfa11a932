//! Watch progress, as a copy that every node reads first.
//!
//! A record lies under its key of the contract (`cw:user:<uuid>:<content>`, `cw:device:<did>:<content>`) as
//! a hash. Which records an owner has in a service is an index beside them, `cwi:<service>:<owner>`: a
//! sorted set of content ids by time. Only an index that exists is believed, and these rules keep it true:
//!
//! - it is made from what the database says, and lives for [`INDEX_MS`] at most;
//! - saved progress is added to it before the save is answered;
//! - what a node could not add while Redis was away it remembers, and takes those owners' indexes away as
//!   soon as Redis is back ([`SharedProgress::keep_repaired`]), before it uses Redis again. Until then, a
//!   fraction of a second, another node may read what is older; for up to [`INDEX_MS`] should the node that
//!   remembers die;
//! - whoever read the database before a save must not make an index after it: each save leaves a mark
//!   (`cwm:<owner>`) for [`MARK_MS`] that forbids it, longer than anybody waits between the two.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use marquee_catalog::watching::{ProgressCopy, RECENT};
use marquee_domain::personal::{Owner, Progress};
use marquee_domain::{ContentId, ServiceId};
use redis::Script;

use crate::connection::Redis;

/// How long an index is believed, in milliseconds.
const INDEX_MS: u64 = 5 * 60 * 1000;
/// How long a save forbids to make an index from what was read before, in milliseconds.
const MARK_MS: u64 = 5000;
/// How long a record outlives its last change, in milliseconds.
const RECORD_MS: u64 = 24 * 3600 * 1000;
/// Owners that are remembered while Redis is away; of more, all indexes are taken away.
const MISSED_MAX: usize = 10_000;
/// Owners whose indexes are taken away at a time.
const REPAIR_AT_ONCE: usize = 500;
/// How often a node looks whether Redis is back, while it has something to repair there.
const REPAIR_TIME: Duration = Duration::from_millis(200);

/// Adds a record to an index that exists. Keys: record, index, mark.
const PUT: &str = r"
local stored = redis.call('HGET', KEYS[1], 'updated_at')
if not stored or tonumber(stored) <= tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'position', ARGV[1], 'updated_at', ARGV[2], 'device', ARGV[3])
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('ZADD', KEYS[2], 'GT', ARGV[2], ARGV[4])
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -2 - tonumber(ARGV[7]))
end
redis.call('SET', KEYS[3], '', 'PX', ARGV[6])
return 1";

/// Makes an index unless a save forbids it. Keys: index, mark. Records follow in fours.
const FILL: &str = r"
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZADD', KEYS[1], -1, '')
for i = 4, #ARGV, 4 do
  local record = ARGV[1] .. ARGV[i]
  redis.call('HSET', record, 'position', ARGV[i + 1], 'updated_at', ARGV[i + 2], 'device', ARGV[i + 3])
  redis.call('PEXPIRE', record, ARGV[3])
  redis.call('ZADD', KEYS[1], ARGV[i + 2], ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1";

/// The records of an index, or nil. An index that lacks one of its records is taken away.
const READ: &str = r"
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local found = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, tonumber(ARGV[2]) - 1)) do
  if id ~= '' then
    local record = redis.call('HMGET', ARGV[1] .. id, 'position', 'updated_at', 'device')
    if not (record[1] and record[2] and record[3]) then
      redis.call('DEL', KEYS[1])
      return false
    end
    found[#found + 1] = {id, record[1], record[2], record[3]}
  end
end
return found";

/// Takes indexes away and forbids to make them from what was read before. Keys: index and mark by turns.
const FORGET: &str = r"
for i = 1, #KEYS, 2 do
  redis.call('DEL', KEYS[i])
  redis.call('SET', KEYS[i + 1], '', 'PX', ARGV[1])
end
return 1";

/// What could not be told to Redis.
#[derive(Default)]
struct Missed {
    owners: HashSet<(ServiceId, String)>,
    /// There were too many to remember.
    everybody: bool,
}

/// Watch progress in Redis.
pub struct SharedProgress {
    redis: Redis,
    put: Script,
    fill: Script,
    read: Script,
    forget: Script,
    missed: Mutex<Missed>,
    /// Whether there is anything in `missed`.
    behind: AtomicBool,
    /// Told when there is something in `missed`.
    fell_behind: tokio::sync::Notify,
}

impl SharedProgress {
    /// Over a connection.
    #[must_use]
    pub fn new(redis: Redis) -> Self {
        Self {
            redis,
            put: Script::new(PUT),
            fill: Script::new(FILL),
            read: Script::new(READ),
            forget: Script::new(FORGET),
            missed: Mutex::default(),
            behind: AtomicBool::new(false),
            fell_behind: tokio::sync::Notify::new(),
        }
    }

    fn miss(&self, service: ServiceId, owner: String) {
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
    fn is_sound(&self) -> bool {
        !self.behind.load(Ordering::Acquire)
    }

    /// Repairs what Redis missed as soon as it is back. Never ends; costs nothing while nothing was missed.
    pub async fn keep_repaired(&self) {
        loop {
            self.fell_behind.notified().await;
            while !self.repair().await {
                tokio::time::sleep(REPAIR_TIME).await;
            }
        }
    }

    /// Takes away what may be stale; `false` when Redis is still away.
    async fn repair(&self) -> bool {
        loop {
            let missed = {
                let mut missed = lock(&self.missed);
                if missed.owners.is_empty() && !missed.everybody {
                    self.behind.store(false, Ordering::Release);
                    return true;
                }
                std::mem::take(&mut *missed)
            };
            let told = (!missed.everybody || self.forget_everybody().await)
                && self.forget_owners(&missed.owners).await;
            if !told {
                // Doing it twice does no harm.
                let mut now = lock(&self.missed);
                now.everybody |= missed.everybody;
                now.owners.extend(missed.owners);
                return false;
            }
        }
    }

    /// Takes the indexes of these owners away.
    async fn forget_owners(&self, owners: &HashSet<(ServiceId, String)>) -> bool {
        let owners: Vec<_> = owners.iter().collect();
        for some in owners.chunks(REPAIR_AT_ONCE) {
            let mut call = self.forget.prepare_invoke();
            for (service, owner) in some {
                call.key(index(*service, owner)).key(mark(owner));
            }
            call.arg(MARK_MS);
            let told = async |redis: &mut _| call.invoke_async::<i64>(redis).await;
            if self.redis.ask_again(told).await.is_none() {
                return false;
            }
        }
        true
    }

    /// Takes all indexes away.
    async fn forget_everybody(&self) -> bool {
        let mut cursor = 0_u64;
        loop {
            let page = async |redis: &mut _| {
                let mut scan = redis::cmd("SCAN");
                scan.arg(cursor).arg("MATCH").arg("cwi:*");
                scan.arg("COUNT").arg(1000);
                let (next, keys): (u64, Vec<String>) = scan.query_async(redis).await?;
                if !keys.is_empty() {
                    let mut unlink = redis::cmd("UNLINK");
                    unlink.arg(keys).query_async::<i64>(redis).await?;
                }
                Ok(next)
            };
            match self.redis.ask_again(page).await {
                Some(0) => return true,
                Some(next) => cursor = next,
                None => return false,
            }
        }
    }
}

impl ProgressCopy for SharedProgress {
    fn recent<'a>(
        &'a self,
        owner: &'a Owner,
        service: ServiceId,
    ) -> BoxFuture<'a, Option<Vec<Progress>>> {
        Box::pin(async move {
            if !self.is_sound() {
                return None;
            }
            let owner = owner.key();
            let mut call = self.read.prepare_invoke();
            call.key(index(service, &owner));
            call.arg(record(&owner)).arg(RECENT);
            let asked = async |redis: &mut _| {
                call.invoke_async::<Option<Vec<(i64, i64, i64, String)>>>(redis)
                    .await
            };
            let found = self.redis.ask(asked).await??;
            let mut latest: Vec<Progress> = found
                .into_iter()
                .map(|(content, position_s, updated_at, device)| Progress {
                    content: ContentId(content),
                    position_s,
                    updated_at,
                    device,
                })
                .collect();
            // As the database orders them.
            latest.sort_by_key(|one| std::cmp::Reverse((one.updated_at, one.content)));
            Some(latest)
        })
    }

    fn fill<'a>(
        &'a self,
        owner: &'a Owner,
        service: ServiceId,
        latest: &'a [Progress],
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if !self.is_sound() {
                return;
            }
            let owner = owner.key();
            let mut call = self.fill.prepare_invoke();
            call.key(index(service, &owner)).key(mark(&owner));
            call.arg(record(&owner)).arg(INDEX_MS).arg(RECORD_MS);
            for one in latest {
                call.arg(one.content.0).arg(one.position_s);
                call.arg(one.updated_at).arg(&one.device);
            }
            let told = async |redis: &mut _| call.invoke_async::<i64>(redis).await;
            self.redis.ask(told).await;
        })
    }

    fn put<'a>(
        &'a self,
        owner: &'a Owner,
        service: ServiceId,
        saved: &'a Progress,
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let name = owner.key();
            let mut told = None;
            if self.is_sound() {
                let mut call = self.put.prepare_invoke();
                call.key(saved.cache_key(owner)).key(index(service, &name));
                call.key(mark(&name)).arg(saved.position_s);
                call.arg(saved.updated_at).arg(&saved.device);
                call.arg(saved.content.0).arg(RECORD_MS).arg(MARK_MS);
                call.arg(RECENT);
                let tell = async |redis: &mut _| call.invoke_async::<i64>(redis).await;
                told = self.redis.ask(tell).await;
            }
            if told.is_none() {
                self.miss(service, name);
            }
        })
    }
}

fn index(service: ServiceId, owner: &str) -> String {
    format!("cwi:{service}:{owner}")
}

fn mark(owner: &str) -> String {
    format!("cwm:{owner}")
}

/// What the keys of an owner's records begin with.
fn record(owner: &str) -> String {
    format!("cw:{owner}:")
}

/// A thread that panicked while it held this left it whole: it only adds and takes.
fn lock(missed: &Mutex<Missed>) -> std::sync::MutexGuard<'_, Missed> {
    missed
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
