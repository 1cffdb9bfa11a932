//! Hashing passwords: Argon2id on a bounded pool of hands with memory of their own.
//!
//! A hash takes 19 MiB and about 19 ms of a processor on purpose, so a flood of sign-ins must wait
//! here: at most `hands` are made at once, at most `waiting` more stand in line, and whoever comes
//! then is told to come back. Cost: `hands` x 19 MiB, taken on first use and kept.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::phc;
use argon2::password_hash::phc::{PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq as _;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::chance::{self, Chance};
use crate::password::Password;
use crate::{IdentityError, Refusal, Result};

/// How passwords are hashed, and how many at once.
#[derive(Debug, Clone, Copy)]
pub struct HasherSettings {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Hashes made at once.
    pub hands: usize,
    /// Callers that may wait for a hand.
    pub waiting: usize,
}

impl Default for HasherSettings {
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
            hands: 2,
            waiting: 64,
        }
    }
}

/// Hashes and compares passwords.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    params: Params,
    admitted: Semaphore,
    hands: Arc<Semaphore>,
    memories: Mutex<Vec<Vec<Block>>>,
    /// Compared with when there is no password, so that it takes as long as if there were one.
    nobody: String,
}

impl Inner {
    fn memories(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in line for a hand; let go when it is dropped, so when the caller goes away, too.
pub(crate) struct Place<'a>(#[expect(dead_code, reason = "held, not read")] SemaphorePermit<'a>);

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Match {
    /// The password is right; a new hash when the old one is weaker than today's.
    Right(Option<String>),
    /// It is not, or there is none.
    Wrong,
}

impl Hasher {
    /// A pool.
    ///
    /// # Errors
    /// When the settings make no sense or there is no chance.
    pub fn new(settings: HasherSettings, chance: &dyn Chance) -> Result<Self> {
        let params = Params::new(settings.memory_kib, settings.passes, 1, None).map_err(|_| {
            IdentityError::Crypto("the settings for hashing passwords make no sense")
        })?;
        let nobody = hash(
            &params,
            &mut Vec::new(),
            &chance::bytes::<16>(chance)?,
            &chance::bytes(chance)?,
        )?;
        Ok(Self(Arc::new(Inner {
            params,
            admitted: Semaphore::new(settings.hands.max(1) + settings.waiting),
            hands: Arc::new(Semaphore::new(settings.hands.max(1))),
            memories: Mutex::default(),
            nobody,
        })))
    }

    /// Stands in line. Whoever has to look something up before it compares stands in line first, so that a flood is
    /// turned away before it costs a query and its memory.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the line is full.
    pub(crate) fn line(&self) -> Result<Place<'_>> {
        let place = self.0.admitted.try_acquire();
        Ok(Place(place.map_err(|_| Refusal::Busy(1))?))
    }

    /// Hashes a new password into a PHC string.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the line is full.
    pub(crate) async fn hash(&self, password: &Password, chance: &dyn Chance) -> Result<String> {
        let salt = chance::bytes(chance)?;
        let password = password.clone();
        let place = self.line()?;
        self.run(place, move |params, memory| {
            hash(params, memory, password.bytes(), &salt)
        })
        .await
    }

    /// Hashes with a salt that several share, so that one pass tells which of them matches.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the line is full.
    pub(crate) async fn hash_with(&self, password: &Password, salt: [u8; 16]) -> Result<String> {
        let password = password.clone();
        let place = self.line()?;
        self.run(place, move |params, memory| {
            hash(params, memory, password.bytes(), &salt)
        })
        .await
    }

    /// Which of some PHC strings that share a salt is this password's.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the line is full.
    pub(crate) async fn find(
        &self,
        password: &Password,
        stored: Vec<String>,
    ) -> Result<Option<usize>> {
        let password = password.clone();
        let nobody = self.0.nobody.clone();
        self.run(self.line()?, move |_, memory| {
            let Some(first) = stored.first() else {
                // As slow as if there were any.
                verify(&nobody, memory, password.bytes())?;
                return Ok(None);
            };
            let made = again(first, memory, password.bytes())?;
            let same = |one: &String| {
                let hash = PasswordHash::new(one).ok().and_then(|one| one.hash);
                hash.is_some_and(|hash| bool::from(hash.as_bytes().ct_eq(&made)))
            };
            Ok(stored.iter().position(same))
        })
        .await
    }

    /// Compares a password with a PHC string, or with nobody's: both take the same time.
    ///
    /// # Errors
    /// When the system gives no random bytes, or what is stored is no PHC string.
    pub(crate) async fn compare(
        &self,
        place: Place<'_>,
        password: &Password,
        stored: Option<String>,
        chance: &dyn Chance,
    ) -> Result<Match> {
        let salt: [u8; 16] = chance::bytes(chance)?;
        let known = stored.is_some() && password.plausible();
        let stored = stored.unwrap_or_else(|| self.0.nobody.clone());
        let password = password.clone();
        self.run(place, move |params, memory| {
            let right = verify(&stored, memory, password.bytes())?;
            if !(right && known) {
                return Ok(Match::Wrong);
            }
            let old = PasswordHash::new(&stored).ok();
            let today = old.is_some_and(|old| {
                old.algorithm == Algorithm::Argon2id.ident()
                    && Params::try_from(&old).is_ok_and(|old| at_least(&old, params))
            });
            if today {
                return Ok(Match::Right(None));
            }
            hash(params, memory, password.bytes(), &salt).map(|new| Match::Right(Some(new)))
        })
        .await
    }

    /// The line, for tests that find it full.
    #[cfg(feature = "testing")]
    pub(crate) fn admitted(&self) -> &Semaphore {
        &self.0.admitted
    }

    /// The hands, for tests that keep somebody waiting.
    #[cfg(feature = "testing")]
    pub(crate) fn hands(&self) -> Arc<Semaphore> {
        self.0.hands.clone()
    }

    async fn run<T: Send + 'static>(
        &self,
        place: Place<'_>,
        work: impl FnOnce(&Params, &mut Vec<Block>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let inner = self.0.clone();
        let gone = |_| IdentityError::Crypto("the pool for passwords has ended");
        let hand = self.0.hands.clone().acquire_owned().await.map_err(gone)?;
        let done = tokio::task::spawn_blocking(move || {
            let _hand = hand;
            let mut memory = inner.memories().pop().unwrap_or_default();
            let made = work(&inner.params, &mut memory);
            inner.memories().push(memory);
            made
        });
        // The place is let go when the caller goes away, but the hand only when its work is done.
        let done = done.await;
        drop(place);
        done.map_err(|_| IdentityError::Crypto("hashing a password was cut off"))?
    }
}

fn at_least(old: &Params, new: &Params) -> bool {
    old.m_cost() >= new.m_cost() && old.t_cost() >= new.t_cost() && old.p_cost() >= new.p_cost()
}

fn raw(
    params: &Params,
    memory: &mut Vec<Block>,
    password: &[u8],
    salt: &[u8],
    out: &mut [u8],
) -> Result<()> {
    memory.resize(params.block_count(), Block::new());
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into_with_memory(password, salt, out, memory)
        .map_err(|_| IdentityError::Crypto("the password could not be hashed"))
}

fn hash(
    params: &Params,
    memory: &mut Vec<Block>,
    password: &[u8],
    salt: &[u8; 16],
) -> Result<String> {
    let mut output = [0; 32];
    raw(params, memory, password, salt, &mut output)?;
    let fail = IdentityError::Crypto;
    const WHAT: &str = "the password could not be hashed";
    let phc = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: phc::ParamsString::try_from(params).map_err(|_| fail(WHAT))?,
        salt: Some(Salt::new(salt).map_err(|_| fail(WHAT))?),
        hash: Some(phc::Output::new(&output).map_err(|_| fail(WHAT))?),
    };
    Ok(phc.to_string())
}

/// The hash of a password with salt and settings of a PHC string.
fn again(stored: &str, memory: &mut Vec<Block>, password: &[u8]) -> Result<Vec<u8>> {
    let corrupt = IdentityError::Crypto("a stored password cannot be read");
    let Ok(old) = PasswordHash::new(stored) else {
        return Err(corrupt);
    };
    let (Some(salt), Some(hash), Ok(params)) = (old.salt, old.hash, Params::try_from(&old)) else {
        return Err(corrupt);
    };
    if old.algorithm != Algorithm::Argon2id.ident() {
        return Err(corrupt);
    }
    let mut output = vec![0; hash.as_bytes().len()];
    raw(&params, memory, password, salt.as_ref(), &mut output)?;
    Ok(output)
}

fn verify(stored: &str, memory: &mut Vec<Block>, password: &[u8]) -> Result<bool> {
    let output = again(stored, memory, password)?;
    let expected = PasswordHash::new(stored).ok().and_then(|old| old.hash);
    Ok(expected.is_some_and(|hash| bool::from(output.ct_eq(hash.as_bytes()))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SystemChance;

    fn small(passes: u32) -> HasherSettings {
        HasherSettings {
            memory_kib: 64,
            passes,
            hands: 1,
            waiting: 2,
        }
    }

    #[tokio::test]
    async fn only_the_right_password_matches_and_weak_hashes_are_made_anew() {
        let weak = Hasher::new(small(1), &SystemChance).unwrap();
        let strong = Hasher::new(small(2), &SystemChance).unwrap();
        let (right, wrong) = (Password::new("long enough"), Password::new("long enoughx"));
        let old = weak.hash(&right, &SystemChance).await.unwrap();
        assert!(old.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{old}");
        let compare = async |hasher: &Hasher, password: &Password, stored: Option<&String>| {
            hasher
                .compare(
                    hasher.line().unwrap(),
                    password,
                    stored.cloned(),
                    &SystemChance,
                )
                .await
                .unwrap()
        };
        assert_eq!(compare(&weak, &right, Some(&old)).await, Match::Right(None));
        assert_eq!(compare(&weak, &wrong, Some(&old)).await, Match::Wrong);
        assert_eq!(compare(&weak, &right, None).await, Match::Wrong);
        let Match::Right(Some(new)) = compare(&strong, &right, Some(&old)).await else {
            panic!("a weak hash is made anew");
        };
        assert_eq!(
            compare(&strong, &right, Some(&new)).await,
            Match::Right(None)
        );
        // Fewer passes than the stored hash has do not weaken it.
        assert_eq!(compare(&weak, &right, Some(&new)).await, Match::Right(None));
    }

    #[tokio::test]
    async fn a_full_line_turns_callers_away() {
        // Slow enough that none is done while the others ask.
        let slow = HasherSettings {
            memory_kib: 8192,
            ..small(3)
        };
        let hasher = Hasher::new(slow, &SystemChance).unwrap();
        let password = Password::new("long enough");
        let hashes = (0..20).map(|_| hasher.hash(&password, &SystemChance));
        let done = futures_util::future::join_all(hashes).await;
        let busy = |r: &Result<String>| matches!(r, Err(IdentityError::Refused(Refusal::Busy(1))));
        assert_eq!(done.iter().filter(|r| r.is_ok()).count(), 3);
        assert_eq!(done.iter().filter(|r| busy(r)).count(), 17);
        assert!(hasher.hash(&password, &SystemChance).await.is_ok());
    }
}
