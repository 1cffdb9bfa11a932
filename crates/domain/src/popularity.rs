//! Popularity as a number that decays without anybody touching it.
//!
//! A title's popularity is the sum over its play starts of `2^(-age / HALF_LIFE)`. All of them
//! shrink at the same pace, so their order never changes with time alone. Kept is therefore the
//! binary logarithm of the sum as it would be counted from 1970 on: plays add to it, time does
//! not, and sorting by it is sorting by popularity at any moment (Cormode and others, *Forward
//! Decay*, ICDE 2009). Zero stands for a title that was never played.

use crate::Timestamp;

/// After this long a play start counts half.
pub const HALF_LIFE_MS: i64 = 7 * 24 * 3600 * 1000;

/// The score after one more play start.
#[must_use]
pub fn after_play(score: f64, at: Timestamp) -> f64 {
    let new = exponent(at);
    if score <= 0.0 || !score.is_finite() {
        return new;
    }
    let (high, low) = if score > new {
        (score, new)
    } else {
        (new, score)
    };
    high + (low - high).exp2().ln_1p() / std::f64::consts::LN_2
}

/// Decayed play starts that a score stands for at a moment.
#[must_use]
pub fn plays_at(score: f64, now: Timestamp) -> f64 {
    if score <= 0.0 {
        return 0.0;
    }
    (score - exponent(now)).exp2()
}

fn exponent(at: Timestamp) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of centuries fit the 52 bits"
    )]
    let (at, half) = (at.max(1) as f64, HALF_LIFE_MS as f64);
    at / half
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    #[test]
    fn plays_are_counted_and_halve() {
        let mut score = 0.0;
        for _ in 0..10 {
            score = after_play(score, NOW);
        }
        assert!((plays_at(score, NOW) - 10.0).abs() < 1e-6);
        assert!((plays_at(score, NOW + HALF_LIFE_MS) - 5.0).abs() < 1e-6);
        assert!(plays_at(0.0, NOW).abs() < f64::EPSILON);
    }

    #[test]
    fn the_order_of_arrival_does_not_matter() {
        let (a, b) = (NOW, NOW - HALF_LIFE_MS * 3);
        let one = after_play(after_play(0.0, a), b);
        let other = after_play(after_play(0.0, b), a);
        assert!((one - other).abs() < 1e-9);
        assert!((plays_at(one, NOW) - 1.125).abs() < 1e-6);
    }

    #[test]
    fn what_is_played_now_passes_what_was_played_long_ago() {
        let mut old = 0.0;
        for _ in 0..50 {
            old = after_play(old, NOW - HALF_LIFE_MS * 8);
        }
        assert!(after_play(0.0, NOW) > old);
    }

    #[test]
    fn odd_times_and_scores_stay_numbers() {
        for (score, at) in [
            (f64::NAN, NOW),
            (f64::INFINITY, 0),
            (-4.0, -5),
            (1e300, i64::MAX),
        ] {
            assert!(after_play(score, at).is_finite(), "{score} {at}");
        }
    }
}
