//! What all rules work with.

use std::net::IpAddr;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, OnceLock};

use marquee_domain::personal::{DeviceId, Owner};
use marquee_domain::ports::Moved;
use marquee_domain::{Clock, PublicUrl, UiLanguage};
use marquee_limits::{Key, Limits, Rule};
use marquee_storage::Db;

use crate::chance::Chance;
use crate::hasher::Hasher;
use crate::keys::Keys;
use crate::live::Ended;
use crate::seal::Sealer;
use crate::social::SocialTokens;
use crate::token::{REMEMBERED, Verified};
use crate::{IdentityError, Refusal};

/// Settings of the identity core. Times are in milliseconds.
#[derive(Debug, Clone)]
pub struct IdentitySettings {
    /// Who issues tokens: the public address. Tokens of one that is not in force any more are refused.
    pub issuer: PublicUrl,
    /// How long a refresh token is good without being used.
    pub refresh_idle_ms: i64,
    /// How long a session lasts at most.
    pub session_ms: i64,
    /// Whether calls tell if an address has an account (registration status, sign-up).
    pub tells_registration: bool,
}

impl IdentitySettings {
    /// The defaults for a public address.
    #[must_use]
    pub fn new(issuer: &PublicUrl) -> Self {
        const DAY: i64 = 86_400_000;
        Self {
            issuer: issuer.clone(),
            refresh_idle_ms: 30 * DAY,
            session_ms: 365 * DAY,
            tells_registration: true,
        }
    }
}

/// What a call says about where it comes from.
#[derive(Debug, Clone)]
pub struct Client {
    /// The device id that it sent.
    pub device: Option<DeviceId>,
    /// The kind of device that it named, or an empty text.
    pub device_type: String,
    /// What it calls itself, or an empty text.
    pub app: String,
    /// The network that it is in, coarse (`203.0.113.0/24 (KR)`, the country where it is known), or an empty text.
    pub network: String,
    /// Its address, for limits; none for calls that do not come over the network.
    pub ip: Option<IpAddr>,
    /// The language that it reads.
    pub language: UiLanguage,
}

/// The rules, and what they work with.
#[derive(Clone)]
pub struct Identity(pub(crate) Arc<Core>);

pub(crate) struct Core {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) hasher: Hasher,
    pub(crate) limits: Limits,
    pub(crate) social: Arc<dyn SocialTokens>,
    pub(crate) settings: IdentitySettings,
    pub(crate) keys: Keys,
    pub(crate) verified: Verified,
    pub(crate) ended: Ended,
    /// Who hears of moves, once somebody does.
    pub(crate) hears_moves: OnceLock<Arc<dyn Moved>>,
    /// When the newest event of this node was written down.
    pub(crate) noted_at: AtomicI64,
}

impl Identity {
    /// The core over a database.
    #[must_use]
    pub fn new(
        db: Db,
        (clock, chance): (Arc<dyn Clock>, Arc<dyn Chance>),
        sealer: Sealer,
        (hasher, limits): (Hasher, Limits),
        social: Arc<dyn SocialTokens>,
        settings: IdentitySettings,
    ) -> Self {
        let sealer = Arc::new(sealer);
        Self(Arc::new(Core {
            keys: Keys::new(db.clone(), sealer.clone(), chance.clone()),
            db,
            clock,
            chance,
            sealer,
            hasher,
            limits,
            social,
            settings,
            verified: Verified::new(REMEMBERED),
            ended: Ended::default(),
            hears_moves: OnceLock::new(),
            noted_at: AtomicI64::new(i64::MIN),
        }))
    }

    /// Has somebody hear of favorites and progress that are moved or removed as a whole; the first one stays.
    pub fn tell_moves(&self, to: Arc<dyn Moved>) {
        let _ = self.0.hears_moves.set(to);
    }

    /// Asks the database which sessions have ended on other nodes; to be called twice a second.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follow_sessions(&self) -> crate::Result<()> {
        let now = self.0.clock.now();
        self.0.ended.refresh(&self.0.db, now).await
    }
}

impl Client {
    /// What goes wrong by itself: a call that comes from no client.
    #[must_use]
    pub fn nobody(language: UiLanguage) -> Self {
        Self {
            device: None,
            device_type: String::new(),
            app: String::new(),
            network: String::new(),
            ip: None,
            language,
        }
    }

    /// The device id, or an empty text.
    #[must_use]
    pub(crate) fn device(&self) -> &str {
        self.device.as_ref().map_or("", DeviceId::as_str)
    }
}

impl Core {
    /// Tells of favorites and progress that were moved or removed; called when that is stored.
    pub(crate) async fn moved(&self, owners: &[Owner]) {
        if let Some(hears) = self.hears_moves.get() {
            hears.moved(owners).await;
        }
    }

    /// What a counted try came to. Whoever found the line for a hash full has not tried, and gets the count back.
    pub(crate) async fn tried<'a, T>(
        &self,
        (rule, key): (Rule, impl Into<Key<'a>>),
        done: crate::Result<T>,
    ) -> crate::Result<T> {
        if let Err(IdentityError::Refused(Refusal::Busy(_))) = &done {
            self.limits.give_back(rule, key).await;
        }
        done
    }

    /// Counts a call by its client and by something else of it.
    pub(crate) async fn count(
        &self,
        client: (&Client, Rule),
        others: &[(Rule, Key<'_>)],
    ) -> crate::Result<()> {
        let mut calls = others.to_vec();
        calls.extend(client.0.ip.map(|ip| (client.1, Key::client(ip))));
        let checked = self.limits.check_all(&calls).await;
        checked.map_err(|slow| Refusal::Slow(slow.retry_after_s).into())
    }
}
