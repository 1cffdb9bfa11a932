//! Which sessions have ended, known on every node within a second.
//!
//! A token is good by itself until it lapses, so a node need only know the sessions that ended
//! within a token's life. It hears of its own at once and asks the database for others' twice a
//! second; while it cannot, each call asks the database for its own session instead, so an ended
//! session is refused at the latest a second after its end, or the call fails.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{PoisonError, RwLock};

use futures_util::future::BoxFuture;
use marquee_domain::Timestamp;
use marquee_domain::account::EndReason;
use marquee_domain::ports::{Sessions, Unknown};
use marquee_storage::{Db, sessions};

use crate::Result;
use crate::core::Identity;
use crate::token::LIFE_MS;

/// How old the node's knowledge may be.
const FRESH_MS: i64 = 900;
/// How far back a node looks each time: a transaction may take this long to be seen, and clocks may differ by as much.
const OVERLAP_MS: i64 = 60_000;

/// What a node knows of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It has not ended.
    Live,
    /// It has.
    Ended(EndReason),
}

/// The sessions that have ended lately.
#[derive(Default)]
pub(crate) struct Ended {
    sids: RwLock<HashMap<String, (Timestamp, EndReason)>>,
    /// When the knowledge was complete; 0 before it ever was.
    fresh_at: AtomicI64,
}

impl Ended {
    /// Notes sessions that this node has ended; called when that is stored.
    pub(crate) fn note(&self, sids: &[String], reason: EndReason, now: Timestamp) {
        let mut known = self.sids.write().unwrap_or_else(PoisonError::into_inner);
        known.extend(sids.iter().map(|sid| (sid.clone(), (now, reason))));
    }

    /// Asks the database for sessions that ended.
    pub(crate) async fn refresh(&self, db: &Db, now: Timestamp) -> Result<()> {
        let oldest = now - LIFE_MS - OVERLAP_MS;
        let fresh_at = self.fresh_at.load(Ordering::Acquire);
        let since = oldest.max(fresh_at - OVERLAP_MS);
        let ended = sessions::ended_since(&mut db.reader(), since).await?;
        let mut known = self.sids.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (at, _)| *at >= oldest);
        known.extend(
            ended
                .into_iter()
                .map(|(sid, at, reason)| (sid, (at, reason))),
        );
        drop(known);
        self.fresh_at.store(now, Ordering::Release);
        Ok(())
    }

    /// Whether a session is live.
    pub(crate) async fn check(&self, db: &Db, sid: &str, now: Timestamp) -> Result<Known> {
        {
            let known = self.sids.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, reason)) = known.get(sid) {
                return Ok(Known::Ended(*reason));
            }
        }
        if now.saturating_sub(self.fresh_at.load(Ordering::Acquire)) <= FRESH_MS {
            return Ok(Known::Live);
        }
        let session = sessions::lookup(&mut db.reader(), sid).await?;
        Ok(match session.map(|session| session.ended) {
            Some(None) => Known::Live,
            Some(Some((_, reason))) => Known::Ended(reason),
            // Its row was removed, so it ended long ago.
            None => Known::Ended(EndReason::SignedOut),
        })
    }
}

impl Sessions for Identity {
    fn is_live<'a>(&'a self, sid: &'a str) -> BoxFuture<'a, std::result::Result<bool, Unknown>> {
        Box::pin(async move {
            let core = &self.0;
            let known = core.ended.check(&core.db, sid, core.clock.now()).await?;
            Ok(known == Known::Live)
        })
    }
}
