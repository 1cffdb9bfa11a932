//! Watch progress, as a copy that every node reads first.
//!
//! A record lies under its key of the contract (`cw:user:<uuid>:<content>`, `cw:device:<did>:<content>`) as
//! a hash. Which records an owner has in a service is an index beside them, `cwi:<service>:<owner>`: a
//! sorted set of content ids by time. Only an index that exists is believed. Three things happen to it, each
//! in one step of Redis:
//!
//! - **read**: the records of the index. Where there is none, the reader gets a ticket,
//!   `cwt:<service>:<owner>`: a text that was never used before, shared by all who miss the same index;
//! - **fill**, after the reader has asked the database: the index is made, but only while the same ticket
//!   still lies there;
//! - **put**, after a save is stored and before it is acknowledged: the record is added to an index that
//!   exists, and the ticket is torn up.
//!
//! So no index is older than what was acknowledged, whatever the order:
//!
//! | Order | Why it holds |
//! |---|---|
//! | store, put, read, ask, fill | the database is asked after the save |
//! | read, ask, store, put, fill | the ticket is torn: the fill, which lacks the save, does nothing |
//! | read, ask, store, fill, put | the index lacks the save until the put adds it; until then it is not acknowledged |
//! | two fills with one ticket | the first uses it up; without a put between them they say the same, or newer |
//! | two puts in the wrong order | records and index keep the later time |
//! | a fill that is slow, or lay in a connection while Redis hung | a ticket that was torn, or whose life ended, never comes again. So no time is compared with another |
//! | Redis loses everything between read and fill | the ticket went with it |
//! | Redis starts again from an older file, or a replica that lags takes over | indexes and tickets name the process that made them (`run_id`), and no other believes them |
//! | put fails or is cut off, Redis away or not | the node remembers the owner, and takes index and ticket away as soon as Redis is back ([`SharedProgress::keep_repaired`]), before it uses Redis again. A ticket from before is gone then, one from after comes before a question to the database |
//! | so many owners that they are not remembered | all tickets are taken away, then all indexes |
//!
//! What remains: while one node cannot reach Redis and another can, the other may read what is older, until
//! the first is back and has repaired it; for up to `INDEX_MS` should the first one die before. An index
//! lives no longer than that. (A `run_id` that is kept from us leaves the same after a restart from a file.)

mod repair;
mod scripts;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::BoxFuture;
use marquee_catalog::watching::{Copied, ProgressCopy, RECENT, Ticket};
use marquee_domain::personal::{Owner, Progress};
use marquee_domain::{ContentId, ServiceId};

use self::repair::Repair;
use self::scripts::{INDEX_MS, RECORD_MS, Scripts, TICKET_MS};
use crate::connection::Redis;

/// A record as the script for reading tells it: content, position, time, device.
type Told = (i64, i64, i64, String);

/// Watch progress in Redis.
pub struct SharedProgress {
    redis: Redis,
    scripts: Scripts,
    repair: Repair,
    tickets: Tickets,
}

impl SharedProgress {
    /// Over a connection.
    #[must_use]
    pub fn new(redis: Redis) -> Self {
        Self {
            redis,
            scripts: Scripts::default(),
            repair: Repair::default(),
            tickets: Tickets::new(),
        }
    }

    /// Repairs what Redis missed as soon as it is back. Never ends; costs nothing while nothing was missed.
    pub async fn keep_repaired(&self) {
        self.repair.keep(&self.redis).await;
    }
}

impl ProgressCopy for SharedProgress {
    fn recent<'a>(&'a self, owner: &'a Owner, service: ServiceId) -> BoxFuture<'a, Copied> {
        Box::pin(async move {
            if !self.repair.is_sound() {
                return Copied::Silent;
            }
            let owner = owner.key();
            let mut call = self.scripts.read.prepare_invoke();
            call.key(index(service, &owner))
                .key(ticket(service, &owner));
            call.arg(record(&owner)).arg(RECENT);
            call.arg(self.tickets.next()).arg(TICKET_MS);
            let asked = async |redis: &mut _| call.invoke_async::<(String, Vec<Told>)>(redis).await;
            let Some((ticket, found)) = self.redis.ask(asked).await else {
                return Copied::Silent;
            };
            if !ticket.is_empty() {
                return Copied::Missing(Ticket(ticket));
            }
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
            Copied::Known(latest)
        })
    }

    fn fill<'a>(
        &'a self,
        owner: &'a Owner,
        service: ServiceId,
        ticket: &'a Ticket,
        latest: &'a [Progress],
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if !self.repair.is_sound() {
                return;
            }
            let owner = owner.key();
            let mut call = self.scripts.fill.prepare_invoke();
            call.key(index(service, &owner))
                .key(self::ticket(service, &owner));
            call.arg(record(&owner)).arg(INDEX_MS).arg(RECORD_MS);
            call.arg(&ticket.0);
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
            if self.repair.is_sound() {
                let mut call = self.scripts.put.prepare_invoke();
                call.key(saved.cache_key(owner)).key(index(service, &name));
                call.key(ticket(service, &name)).arg(saved.position_s);
                call.arg(saved.updated_at).arg(&saved.device);
                call.arg(saved.content.0).arg(RECORD_MS).arg(RECENT);
                let tell = async |redis: &mut _| call.invoke_async::<i64>(redis).await;
                told = self.redis.ask(tell).await;
            }
            if told.is_none() {
                self.repair.miss(service, name);
            }
        })
    }

    fn doubt(&self, owner: &Owner, service: ServiceId) {
        self.repair.miss(service, owner.key());
    }
}

fn index(service: ServiceId, owner: &str) -> String {
    format!("cwi:{service}:{owner}")
}

fn ticket(service: ServiceId, owner: &str) -> String {
    format!("cwt:{service}:{owner}")
}

/// What the keys of an owner's records begin with.
fn record(owner: &str) -> String {
    format!("cw:{owner}:")
}

/// Texts that nobody uses twice: a random number of this node, and a count.
struct Tickets {
    node: u64,
    count: AtomicU64,
}

impl Tickets {
    fn new() -> Self {
        Self {
            // The keys of hashers come from the operating system.
            node: RandomState::new().build_hasher().finish(),
            count: AtomicU64::new(0),
        }
    }

    fn next(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        format!("{:x}.{count:x}", self.node)
    }
}
