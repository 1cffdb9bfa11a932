//! How often somebody may do something.
//!
//! * [`Rate`] is the rule of arrival (one GCRA) as pure functions.
//! * [`Rule`] lists every limit with its usual rate; [`Rates`] are those in force.
//! * [`Limits`] counts: in the memory of this process, or with other nodes through a [`Shared`] store. A store that does
//!   not answer is stood in for by this process' own limits, never by none.
//!
//! To add a limit: a line in `rules`, a call of [`Limits::check`] where it belongs, a line in `docs/operating.md`.

mod gcra;
mod key;
mod local;
mod rules;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use marquee_domain::Clock;

pub use gcra::{BadRate, Micros, Rate};
pub use key::Key;
use local::Local;
pub use rules::{BadRule, Rates, Rule};

/// The answer to somebody who is too fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many calls ({}); again in {retry_after_s} s", rule.name())]
pub struct Slow {
    /// The rule that refuses.
    pub rule: Rule,
    /// Seconds to wait, at least 1.
    pub retry_after_s: u64,
}

impl From<Refused> for Slow {
    fn from(refused: Refused) -> Self {
        let seconds = u64::try_from(refused.wait_us.max(1)).unwrap_or(1);
        let rule = refused.rule;
        metrics::counter!("marquee_limited_total", "rule" => rule.name()).increment(1);
        Self {
            rule,
            retry_after_s: seconds.div_ceil(1_000_000),
        }
    }
}

/// One rule that a call is held against.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The rule.
    pub rule: Rule,
    /// By what it counts.
    pub key: Key<'a>,
    /// Its rate.
    pub rate: Rate,
}

/// A refusal, as precise as it was worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// The rule that refuses; of several the one with the longest wait.
    pub rule: Rule,
    /// How long to wait.
    pub wait_us: Micros,
}

/// Limits that several nodes count together.
pub trait Shared: Send + Sync + 'static {
    /// Counts one call under all rules, or under none when one of them refuses. `None` when the store does not answer
    /// in time.
    fn check_all<'a>(
        &'a self,
        asked: &'a [Asked<'a>],
        now: Micros,
    ) -> BoxFuture<'a, Option<Result<(), Refused>>>;

    /// Gives a counted call back; nothing when the store does not answer.
    fn give_back<'a>(&'a self, asked: Asked<'a>, now: Micros) -> BoxFuture<'a, ()>;
}

/// The limits in force. Cheap to clone.
#[derive(Clone)]
pub struct Limits(Arc<Inner>);

struct Inner {
    rates: Rates,
    clock: Arc<dyn Clock>,
    local: Local,
    shared: Option<Arc<dyn Shared>>,
}

impl Limits {
    /// Limits with these rates, counted with other nodes when there is a store.
    #[must_use]
    pub fn new(rates: Rates, clock: Arc<dyn Clock>, shared: Option<Arc<dyn Shared>>) -> Self {
        Self(Arc::new(Inner {
            rates,
            clock,
            local: Local::default(),
            shared,
        }))
    }

    /// Counts one call under one rule.
    ///
    /// # Errors
    /// When it is one too many; it is not counted then.
    pub async fn check<'a>(&self, rule: Rule, key: impl Into<Key<'a>>) -> Result<(), Slow> {
        self.check_all(&[(rule, key.into())]).await
    }

    /// Counts one call under several rules. When one of them refuses, none has counted it: whoever is stopped by one
    /// limit does not use up another.
    ///
    /// # Errors
    /// When it is one too many for one of them; the longest wait is told.
    pub async fn check_all(&self, calls: &[(Rule, Key<'_>)]) -> Result<(), Slow> {
        let asked: Vec<Asked<'_>> = calls
            .iter()
            .filter_map(|(rule, key)| self.ask(*rule, *key))
            .collect();
        if asked.is_empty() {
            return Ok(());
        }
        let now = self.now_us();
        if let Some(shared) = &self.0.shared
            && let Some(verdict) = shared.check_all(&asked, now).await
        {
            if verdict.is_ok() {
                // So that this node knows where everybody stands, should the store fall silent.
                self.0.local.note(&asked, now);
            }
            return Ok(verdict?);
        }
        Ok(self.0.local.check_all(&asked, now)?)
    }

    /// Counts one call in this process alone, without waiting for anything.
    ///
    /// # Errors
    /// When it is one too many; it is not counted then.
    pub fn check_here<'a>(&self, rule: Rule, key: impl Into<Key<'a>>) -> Result<(), Slow> {
        let Some(asked) = self.ask(rule, key.into()) else {
            return Ok(());
        };
        let refused = |wait_us| Refused { rule, wait_us };
        let verdict = self.0.local.check(asked, self.now_us());
        Ok(verdict.map_err(refused)?)
    }

    /// Gives a counted call back, for limits on what goes wrong: count first, so that calls side by side cannot slip
    /// through together, and give back what went right.
    pub async fn give_back<'a>(&self, rule: Rule, key: impl Into<Key<'a>>) {
        let Some(asked) = self.ask(rule, key.into()) else {
            return;
        };
        let now = self.now_us();
        self.0.local.give_back(asked, now);
        if let Some(shared) = &self.0.shared {
            shared.give_back(asked, now).await;
        }
    }

    /// Whether a rule is in force.
    #[must_use]
    pub fn has(&self, rule: Rule) -> bool {
        self.0.rates.of(rule).is_some()
    }

    fn ask<'a>(&self, rule: Rule, key: Key<'a>) -> Option<Asked<'a>> {
        let rate = self.0.rates.of(rule)?;
        Some(Asked { rule, key, rate })
    }

    fn now_us(&self) -> Micros {
        self.0.clock.now().saturating_mul(1000)
    }
}

#[cfg(test)]
mod tests;
