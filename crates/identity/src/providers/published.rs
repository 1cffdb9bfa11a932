//! The keys of a provider: fetched when they are needed, kept in memory and in the database.
//!
//! They are renewed when the time is over that the provider gave them: beside the call that notices, or, when nobody
//! has called for long, before that call goes on. A name that is not among them makes a node look at once, but not
//! more than once a minute. While the provider cannot be reached, what it published last is believed for a week.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey};
use marquee_domain::Timestamp;
use marquee_domain::account::Provider;
use marquee_egress::{Egress, EgressError};
use marquee_storage::provider_keys::{self, ProviderKeys};
use marquee_storage::{Db, StorageError};
use tokio::sync::Mutex;

use super::ProviderSettings;
use super::keyset::KeySet;
use crate::{Refusal, Result};

/// Largest set; those of Google and Apple have about 2,000 bytes.
const BYTES_MAX: usize = 64 << 10;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// How long keys are fresh when the provider does not say.
const FRESH_USUALLY: i64 = HOUR;
/// Bounds of what it says.
const FRESH: (i64, i64) = (5 * MINUTE, DAY);
/// How long after that nobody is kept waiting for newer ones.
const GRACE: i64 = HOUR;
/// How long keys are believed while the provider cannot be reached.
const KEPT: i64 = 7 * DAY;
/// The time between two tries to fetch.
const PAUSE: u64 = 60_000;
/// The same while there is nothing to sign anybody in with.
const PAUSE_WITHOUT: u64 = 5_000;

/// Why the keys of a provider could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum ProviderTrouble {
    /// Fetching failed.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// There was an answer, and it was no set of keys.
    #[error("the answer holds no key that can be used")]
    Nonsense,
}

/// Fetches the keys; says for how long they are fresh, when the provider does.
pub(super) async fn fetch(
    egress: &Egress,
    address: &str,
    patience: Duration,
) -> std::result::Result<(KeySet, Option<Duration>), ProviderTrouble> {
    let fetched = egress.fetch_exact(address, BYTES_MAX, patience).await?;
    let keys = KeySet::parse(&fetched.bytes).ok_or(ProviderTrouble::Nonsense)?;
    Ok((keys, fetched.fresh_for))
}

struct Held {
    keys: KeySet,
    fetched_at: Timestamp,
    fresh_until: Timestamp,
}

#[derive(Clone, Copy)]
struct Try {
    at: Timestamp,
    failed: bool,
}

impl Try {
    /// The milliseconds until the next one; none when it is time. A clock that was set back keeps nobody waiting.
    fn left(self, something_held: bool, now: Timestamp) -> Option<u64> {
        let pause = if something_held { PAUSE } else { PAUSE_WITHOUT };
        let past = now.abs_diff(self.at);
        pause.checked_sub(past).filter(|left| *left > 0)
    }
}

/// Name of a key.
type Wanted = (Algorithm, String);

/// The published keys of one provider.
pub(super) struct Published {
    db: Db,
    egress: Egress,
    provider: Provider,
    address: String,
    patience: Duration,
    held: RwLock<Option<Arc<Held>>>,
    /// The last try to fetch; held while one is going on, so that there is one at a time.
    last: Mutex<Option<Try>>,
    /// Whether the last try failed.
    failing: AtomicBool,
}

impl Published {
    pub(super) fn new(db: Db, egress: Egress, settings: &ProviderSettings) -> Self {
        Self {
            db,
            egress,
            provider: settings.provider,
            address: settings.keys_url.clone(),
            patience: settings.patience,
            held: RwLock::new(None),
            last: Mutex::new(None),
            failing: AtomicBool::new(false),
        }
    }

    /// The key of a name; none when the provider has no such key.
    ///
    /// # Errors
    /// [`Refusal::Unreachable`] when that cannot be said; otherwise when the database fails.
    pub(super) async fn find(
        self: &Arc<Self>,
        algorithm: Algorithm,
        kid: &str,
        now: Timestamp,
    ) -> Result<Option<DecodingKey>> {
        let held = self.held(now);
        let key_of = |held: &Option<Arc<Held>>| held.as_ref()?.keys.get(algorithm, kid);
        if let (Some(held), Some(key)) = (&held, key_of(&held)) {
            if now < held.fresh_until {
                return Ok(Some(key));
            }
            if now < held.fresh_until + GRACE || self.failing.load(Ordering::Relaxed) {
                self.renew_beside(held, now);
                return Ok(Some(key));
            }
        }
        // A task of its own: a caller who hangs up must not undo the one fetch of this minute.
        let renewal = self.clone().renew(
            Some((algorithm, kid.to_owned())),
            held.map(|held| held.fetched_at),
            now,
        );
        let done = tokio::spawn(renewal).await;
        let last = done.map_err(|_| Refusal::Unreachable(1))??;
        let held = self.held(now);
        match (key_of(&held), last) {
            (Some(key), _) => Ok(Some(key)),
            (None, Some(last)) if last.failed => {
                let left = last.left(held.is_some(), now).unwrap_or(1);
                Err(Refusal::Unreachable(left.div_ceil(1000)).into())
            }
            (None, _) => Ok(None),
        }
    }

    /// What is held and may still be believed.
    fn held(&self, now: Timestamp) -> Option<Arc<Held>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.clone().filter(|held| believed(held.fetched_at, now))
    }

    fn hold(&self, held: Held) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(held));
    }

    /// Renews while the caller goes on; the work ends within the patience for the provider.
    fn renew_beside(self: &Arc<Self>, held: &Held, now: Timestamp) {
        // Taken: somebody is at it.
        let Ok(last) = self.last.try_lock() else {
            return;
        };
        if last.is_some_and(|last| last.left(true, now).is_some()) {
            return;
        }
        drop(last);
        let renewal = self.clone().renew(None, Some(held.fetched_at), now);
        tokio::spawn(async move {
            if let Err(error) = renewal.await {
                tracing::warn!(%error, "the keys of a provider could not be looked up");
            }
        });
    }

    /// Gets newer keys than those of `seen`, from the database when another node has put them there, else from the
    /// provider. Says how the last try to fetch went, if there was need of one.
    async fn renew(
        self: Arc<Self>,
        wanted: Option<Wanted>,
        seen: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<Try>> {
        let mut last = self.last.lock().await;
        let held = self.held(now);
        if held.as_ref().map(|held| held.fetched_at) != seen {
            return Ok(None);
        }
        if last.is_some_and(|last| last.left(held.is_some(), now).is_some()) {
            return Ok(*last);
        }
        if self.recall(wanted.as_ref(), seen, now).await? {
            return Ok(None);
        }
        // A runtime that ends in the middle leaves it failed, not done.
        *last = Some(Try {
            at: now,
            failed: true,
        });
        let fetched = self.fetch(now).await;
        let failed = fetched.is_err();
        match fetched {
            Ok(held) => {
                if let Err(error) = self.store(&held).await {
                    tracing::warn!(%error, "the keys of a provider could not be stored");
                }
                self.hold(held);
            }
            Err(error) => {
                let provider = self.provider.as_str();
                tracing::warn!(provider, %error, "the keys of a provider could not be fetched");
            }
        }
        self.failing.store(failed, Ordering::Relaxed);
        *last = Some(Try { at: now, failed });
        Ok(*last)
    }

    /// Takes over what is in the database, when it is newer. Says whether that will do.
    async fn recall(
        &self,
        wanted: Option<&Wanted>,
        seen: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool> {
        let row = provider_keys::find(&mut self.db.reader(), self.provider).await?;
        // Keys of another address are those of a stand-in, or of what it stood in for.
        let newer = |row: &ProviderKeys| {
            row.address == self.address
                && believed(row.fetched_at, now)
                && seen.is_none_or(|seen| row.fetched_at > seen)
        };
        let Some(row) = row.filter(newer) else {
            return Ok(false);
        };
        let Some(keys) = KeySet::parse(row.jwks.as_bytes()) else {
            return Ok(false);
        };
        let held = Held {
            keys,
            fetched_at: row.fetched_at,
            fresh_until: row.fresh_until,
        };
        // Who waits for a key takes it as long as anybody would get it; else the work is to have fresh ones.
        let enough = match wanted {
            Some((algorithm, kid)) => {
                held.keys.get(*algorithm, kid).is_some() && now < held.fresh_until + GRACE
            }
            None => now < held.fresh_until,
        };
        self.hold(held);
        Ok(enough)
    }

    async fn fetch(&self, now: Timestamp) -> std::result::Result<Held, ProviderTrouble> {
        let (keys, fresh_for) = fetch(&self.egress, &self.address, self.patience).await?;
        let fresh_for = fresh_for.map_or(FRESH_USUALLY, |time| {
            i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
        });
        Ok(Held {
            keys,
            fetched_at: now,
            fresh_until: now + fresh_for.clamp(FRESH.0, FRESH.1),
        })
    }

    async fn store(&self, held: &Held) -> std::result::Result<(), StorageError> {
        let row = ProviderKeys {
            address: self.address.clone(),
            jwks: held.keys.to_text(),
            fetched_at: held.fetched_at,
            fresh_until: held.fresh_until,
        };
        let mut unit = self.db.begin().await?;
        provider_keys::put(&mut unit, self.provider, &row).await?;
        unit.save().await
    }
}

/// Whether keys that were fetched then may be believed now. Those from the future, by more than the clocks of nodes may
/// stand apart, would never grow old: a clock was set back.
fn believed(fetched_at: Timestamp, now: Timestamp) -> bool {
    fetched_at <= now + MINUTE && now < fetched_at + KEPT
}
