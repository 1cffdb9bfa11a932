//! Limits in the memory of one process.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::gcra::Micros;
use crate::key::Key;
use crate::{Asked, Refused};

/// How many parts, each with a lock of its own.
const SHARDS: usize = 64;
/// Most keys that a part remembers: 65,536 in all, which takes a megabyte or two.
const SHARD_MAX: usize = 1024;
/// What is left when a part was full of busy keys.
const SHARD_KEPT: usize = SHARD_MAX / 8 * 7;

/// A hash that is made already.
#[derive(Default)]
struct Made(u64);

impl Hasher for Made {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The moments that are kept, by the hash of rule and key. Two keys share one in 2^64 cases; nobody can look for such a
/// pair, because the hash has a secret.
type Shard = HashMap<u64, Micros, BuildHasherDefault<Made>>;

/// Limits in memory.
pub(crate) struct Local {
    hash: RandomState,
    shards: Vec<Mutex<Shard>>,
}

impl Default for Local {
    fn default() -> Self {
        Self {
            hash: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }
}

impl Local {
    /// Counts one call under one rule.
    pub(crate) fn check(&self, asked: Asked<'_>, now: Micros) -> Result<(), Micros> {
        let hash = self.hash_of(asked);
        let mut shard = self.lock(shard_of(hash));
        let kept = shard.get(&hash).copied().unwrap_or(now);
        let next = asked.rate.admit(kept, now)?;
        put(&mut shard, hash, next, now);
        Ok(())
    }

    /// Counts one call under all rules, or under none when one of them refuses. The longest wait is told.
    pub(crate) fn check_all(&self, asked: &[Asked<'_>], now: Micros) -> Result<(), Refused> {
        if let [one] = asked {
            let refused = |wait_us| Refused {
                rule: one.rule,
                wait_us,
            };
            return self.check(*one, now).map_err(refused);
        }
        let hashes: Vec<u64> = asked.iter().map(|one| self.hash_of(*one)).collect();
        let mut parts: Vec<usize> = hashes.iter().map(|hash| shard_of(*hash)).collect();
        // Always in the same order, so that two callers cannot wait for each other.
        parts.sort_unstable();
        parts.dedup();
        let mut locked: Vec<(usize, MutexGuard<'_, Shard>)> = parts
            .into_iter()
            .map(|part| (part, self.lock(part)))
            .collect();
        let place = |locked: &[(usize, MutexGuard<'_, Shard>)], hash: u64| {
            let part = shard_of(hash);
            locked.iter().position(|(it, _)| *it == part).unwrap_or(0)
        };
        let mut worst: Option<Refused> = None;
        let mut next = Vec::with_capacity(asked.len());
        for (one, hash) in asked.iter().zip(&hashes) {
            let at = place(&locked, *hash);
            let kept = locked[at].1.get(hash).copied().unwrap_or(now);
            match one.rate.admit(kept, now) {
                Ok(moment) => next.push(moment),
                Err(wait_us) if worst.is_none_or(|it| it.wait_us < wait_us) => {
                    let rule = one.rule;
                    worst = Some(Refused { rule, wait_us });
                }
                Err(_) => {}
            }
        }
        if let Some(refused) = worst {
            return Err(refused);
        }
        for (hash, moment) in hashes.into_iter().zip(next) {
            let at = place(&locked, hash);
            put(&mut locked[at].1, hash, moment, now);
        }
        Ok(())
    }

    /// Counts a call that was allowed elsewhere.
    pub(crate) fn note(&self, asked: &[Asked<'_>], now: Micros) {
        for one in asked {
            // What is one too many here was allowed all the same.
            let _ = self.check(*one, now);
        }
    }

    /// Gives a counted call back.
    pub(crate) fn give_back(&self, asked: Asked<'_>, now: Micros) {
        let hash = self.hash_of(asked);
        let mut shard = self.lock(shard_of(hash));
        if let Some(kept) = shard.get_mut(&hash) {
            *kept = asked.rate.give_back(*kept, now);
        }
    }

    fn hash_of(&self, asked: Asked<'_>) -> u64 {
        let key: (Key<'_>, u8) = (asked.key, asked.rule as u8);
        self.hash.hash_one(key)
    }

    fn lock(&self, part: usize) -> MutexGuard<'_, Shard> {
        self.shards[part]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        (0..SHARDS).map(|part| self.lock(part).len()).sum()
    }
}

/// Bits from the middle: the table inside uses both ends.
fn shard_of(hash: u64) -> usize {
    ((hash >> 32) % SHARDS as u64) as usize
}

/// Keeps a moment. A full part forgets who is idle, which changes nothing; when all are busy, those that are idle soonest.
fn put(shard: &mut Shard, hash: u64, moment: Micros, now: Micros) {
    if shard.len() >= SHARD_MAX && !shard.contains_key(&hash) {
        shard.retain(|_, kept| *kept > now);
        let surplus = shard.len().saturating_sub(SHARD_KEPT);
        if surplus > 0 {
            let mut moments: Vec<Micros> = shard.values().copied().collect();
            let (_, last, _) = moments.select_nth_unstable(surplus - 1);
            let (last, mut left) = (*last, surplus);
            // Those before `last`, and of those at `last` as many as it takes.
            left -= shard.values().filter(|kept| **kept < last).count();
            shard.retain(|_, kept| {
                let goes = *kept < last || (*kept == last && left > 0);
                left -= usize::from(goes && *kept == last);
                !goes
            });
        }
    }
    shard.insert(hash, moment);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rate, Rule};

    fn asked(rule: Rule, key: i64) -> Asked<'static> {
        Asked {
            rule,
            key: key.into(),
            rate: rule.usual(),
        }
    }

    #[test]
    fn memory_is_bounded_and_the_busiest_are_remembered() {
        let local = Local::default();
        let busy = asked(Rule::PasswordResetAddress, -1);
        for _ in 0..3 {
            local.check(busy, 0).unwrap();
        }
        for key in 0..200_000 {
            local.check(asked(Rule::SignUpMail, key), 0).unwrap();
        }
        assert!(local.len() <= SHARDS * SHARD_MAX);
        assert!(local.check(busy, 0).is_err(), "it is still known");
    }

    #[test]
    fn what_is_idle_goes_first() {
        let local = Local::default();
        let later = Rate::new(1, 60).interval_us();
        for key in 0..60_000 {
            local.check(asked(Rule::SignUpMail, key), 0).unwrap();
        }
        let fresh = asked(Rule::SignUpMail, -1);
        local.check(fresh, later).unwrap();
        for key in 100_000..140_000 {
            local.check(asked(Rule::SignUpMail, key), later).unwrap();
        }
        assert!(local.check(fresh, later).is_err());
    }

    #[test]
    fn parallel_callers_are_counted_once_each() {
        let local = Local::default();
        let pair = [asked(Rule::SignInAddress, 1), asked(Rule::SignInClient, 2)];
        let swapped = [pair[1], pair[0]];
        let allowed: usize = std::thread::scope(|scope| {
            let tasks: Vec<_> = (0..8)
                .map(|n| {
                    let both = if n % 2 == 0 { &pair } else { &swapped };
                    let local = &local;
                    scope.spawn(move || {
                        (0..100)
                            .filter(|_| local.check_all(both, 0).is_ok())
                            .count()
                    })
                })
                .collect();
            tasks.into_iter().map(|task| task.join().unwrap()).sum()
        });
        assert_eq!(allowed, 10);
    }
}
