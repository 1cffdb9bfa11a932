//! The rule of arrival that every limit follows: the generic cell rate algorithm.
//!
//! One number is kept per key: when, at the allowed rate, everything counted so far would have arrived. A call is
//! allowed while that moment is no further ahead than a whole burst. So no window begins anew, nothing has to be counted
//! down in the background, and a key whose moment has passed may be forgotten.

use std::str::FromStr;

/// A moment or a span in microseconds. Milliseconds are too coarse for hundreds a second; below 2^53, so that Redis'
/// scripts count exactly.
pub type Micros = i64;

/// Longest span of a rate: 30 days.
const LONGEST_US: Micros = 30 * 86_400_000_000;
/// Largest burst.
const LARGEST_BURST: u32 = 1_000_000;

/// How often: `burst` at once, and on the long run `burst` within each span. Written `5/10m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    burst: u32,
    interval_us: Micros,
}

impl Rate {
    /// `burst` calls at once, regained evenly within `per_s` seconds.
    ///
    /// # Panics
    /// When either is zero or beyond reason. For constants; texts are read by [`Rate::from_str`].
    #[must_use]
    pub const fn new(burst: u32, per_s: u32) -> Self {
        match Self::checked(burst, per_s as Micros * 1_000_000) {
            Some(rate) => rate,
            None => panic!("a rate needs a burst and a span"),
        }
    }

    const fn checked(burst: u32, per_us: Micros) -> Option<Self> {
        if burst == 0 || burst > LARGEST_BURST || per_us <= 0 || per_us > LONGEST_US {
            return None;
        }
        // Rounded up: never more than was allowed.
        let interval_us = (per_us + burst as Micros - 1) / burst as Micros;
        Some(Self { burst, interval_us })
    }

    /// How many may come at once.
    #[must_use]
    pub fn burst(self) -> u32 {
        self.burst
    }

    /// The span after which one more is allowed.
    #[must_use]
    pub fn interval_us(self) -> Micros {
        self.interval_us
    }

    /// The span after which everything is regained.
    #[must_use]
    pub fn full_us(self) -> Micros {
        self.interval_us * Micros::from(self.burst)
    }

    /// Decides about one call at `now`, given the moment that was kept (`now` or earlier for an unknown key).
    ///
    /// # Errors
    /// How long to wait, when it is one too many. Nothing is counted then.
    pub fn admit(self, kept: Micros, now: Micros) -> Result<Micros, Micros> {
        let next = self.bounded(kept, now) + self.interval_us;
        let over = next - now - self.full_us();
        if over > 0 { Err(over) } else { Ok(next) }
    }

    /// The moment that is kept when one counted call is given back.
    #[must_use]
    pub fn give_back(self, kept: Micros, now: Micros) -> Micros {
        (self.bounded(kept, now) - self.interval_us).max(now)
    }

    /// What was kept, as far as it can be true: a clock that was set back must lock nobody out for longer than a burst.
    fn bounded(self, kept: Micros, now: Micros) -> Micros {
        kept.clamp(now, now + self.full_us())
    }
}

/// A rate that is not like `5/10m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be like 5/10m: at most 1000000 within s, m, h or d, and 30 days at most")]
pub struct BadRate;

impl FromStr for Rate {
    type Err = BadRate;

    fn from_str(text: &str) -> Result<Self, BadRate> {
        let (burst, per) = text.split_once('/').ok_or(BadRate)?;
        let digits = per.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let unit_s = match per.get(digits.len()..).unwrap_or_default() {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return Err(BadRate),
        };
        let number = |text: &str| -> Option<u32> {
            let plain = text.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| text.parse().ok()).flatten()
        };
        let count = if digits.is_empty() {
            Some(1)
        } else {
            number(digits)
        };
        let per_us = Micros::from(count.ok_or(BadRate)?) * unit_s * 1_000_000;
        Self::checked(number(burst).ok_or(BadRate)?, per_us).ok_or(BadRate)
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.full_us() / 1_000_000;
        let (span, unit) = [(86_400, "d"), (3600, "h"), (60, "m")]
            .into_iter()
            .find(|(long, _)| seconds % long == 0)
            .unwrap_or((1, "s"));
        write!(f, "{}/{}{unit}", self.burst, seconds / span)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rates_are_read_and_written() {
        for (text, burst, interval_us) in [
            ("1/1m", 1, 60_000_000),
            ("5/10m", 5, 120_000_000),
            ("3000/1m", 3000, 20_000),
            ("7/s", 7, 142_858),
            ("2/30d", 2, 15 * 86_400_000_000),
        ] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!((rate.burst(), rate.interval_us()), (burst, interval_us));
        }
        for text in ["1/1m", "5/10m", "20/1h", "2/30d", "60/90s"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        for bad in [
            "",
            "5",
            "/1m",
            "0/1m",
            "5/0m",
            "5/1w",
            "-5/1m",
            "5/1.5m",
            "5/ 1m",
            "+5/1m",
            "1000001/1m",
            "5/31d",
            "5/99999999999d",
            "5/1m/2",
        ] {
            assert_eq!(bad.parse::<Rate>(), Err(BadRate), "{bad}");
        }
    }

    #[test]
    fn a_burst_then_one_per_interval() {
        let rate = Rate::new(3, 30);
        let mut kept = 0;
        for _ in 0..3 {
            kept = rate.admit(kept, 1_000).unwrap();
        }
        assert_eq!(rate.admit(kept, 1_000), Err(10_000_000));
        assert_eq!(rate.admit(kept, 10_000_999), Err(1));
        kept = rate.admit(kept, 10_001_000).unwrap();
        assert!(rate.admit(kept, 10_001_000).is_err());
        kept = rate.give_back(kept, 10_001_000);
        assert!(rate.admit(kept, 10_001_000).is_ok(), "it was given back");
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out_for_long() {
        let rate = Rate::new(2, 10);
        let kept = 1_000_000_000_000_000;
        let wait = rate.admit(kept, 0).unwrap_err();
        assert!(wait <= rate.full_us());
    }

    proptest! {
        /// Over any stretch: never more than the burst and one for each interval that passed.
        #[test]
        fn never_more_than_burst_and_one_per_interval(
            burst in 1_u32..20,
            per_s in 1_u32..100,
            steps in prop::collection::vec((0_i64..20_000_000, any::<bool>()), 1..200),
        ) {
            let rate = Rate::new(burst, per_s);
            let (mut now, mut kept) = (5_000_000, 0);
            let mut allowed: Vec<Micros> = Vec::new();
            for (step, hurry) in steps {
                now += if hurry { step / 1000 } else { step };
                match rate.admit(kept, now) {
                    Ok(next) => {
                        kept = next;
                        allowed.push(now);
                    }
                    Err(wait) => {
                        prop_assert!(wait > 0);
                        prop_assert!(rate.admit(kept, now + wait - 1).is_err(), "the wait is no longer than needed");
                        prop_assert!(rate.admit(kept, now + wait).is_ok(), "and no shorter");
                    }
                }
            }
            for (i, from) in allowed.iter().enumerate() {
                for (j, until) in allowed.iter().enumerate().skip(i) {
                    let most = i64::from(burst) + (until - from) / rate.interval_us();
                    prop_assert!((j - i + 1) as i64 <= most);
                }
            }
        }
    }
}
