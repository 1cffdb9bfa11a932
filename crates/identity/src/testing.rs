//! An identity core for tests: a secret that is known, and passwords that are hashed fast. And a provider of ID tokens.

#![expect(clippy::unwrap_used, reason = "tests")]

mod provider;

use std::sync::Arc;

use marquee_domain::{Clock, PublicUrl};
use marquee_limits::{Limits, Rates};
use marquee_storage::Db;

use crate::{
    Hasher, HasherSettings, Identity, IdentitySettings, SECRET_LEN, Sealer, SocialTokens,
    SystemChance,
};

pub use self::provider::{Behaviour, FakeProvider, TestKey, unsigned};

/// Over a database, for the public address `http://test.example`.
///
/// # Panics
/// When it cannot be made.
#[must_use]
pub fn identity(db: Db, clock: Arc<dyn Clock>, social: Arc<dyn SocialTokens>) -> Identity {
    let settings = IdentitySettings::new(&PublicUrl::new("http://test.example"));
    identity_with(db, clock, social, (FAST, settings))
}

/// Hashes that take no time.
pub const FAST: HasherSettings = HasherSettings {
    memory_kib: 64,
    passes: 1,
    hands: 2,
    waiting: 64,
};

/// With settings of its own.
///
/// # Panics
/// When it cannot be made.
#[must_use]
pub fn identity_with(
    db: Db,
    clock: Arc<dyn Clock>,
    social: Arc<dyn SocialTokens>,
    (hasher, settings): (HasherSettings, IdentitySettings),
) -> Identity {
    let limits = Limits::new(Rates::default(), clock.clone(), None);
    Identity::new(
        db,
        (clock, Arc::new(SystemChance)),
        Sealer::new(&[7; SECRET_LEN]).unwrap(),
        (Hasher::new(hasher, &SystemChance).unwrap(), limits),
        social,
        settings,
    )
}

/// Takes every place in the line of a core's hasher: whoever comes is told to come back until this is dropped.
///
/// # Panics
/// When somebody has a place.
pub fn fill_line(identity: &Identity, places: u32) -> tokio::sync::SemaphorePermit<'_> {
    let line = identity.0.hasher.admitted();
    line.try_acquire_many(places).unwrap()
}

/// Takes every hand of a core's hasher: whoever hashes or compares there waits until this is dropped.
///
/// # Panics
/// When somebody has a hand.
pub fn hold_hands(identity: &Identity, hands: u32) -> tokio::sync::OwnedSemaphorePermit {
    let all = identity.0.hasher.hands();
    all.try_acquire_many_owned(hands).unwrap()
}
