//! How much it says of somebody that they watched something.

use marquee_storage::neighbours::input::Play;

/// Below this share of the running time a title was only tried and left.
const TRIED: f32 = 0.05;

/// When the running time is not known, so many seconds are as good as all of it.
const ENOUGH_S: f32 = 20.0 * 60.0;

/// The share that was watched, from 0 to 1; none when it was only tried.
pub(super) fn share(play: &Play) -> Option<f32> {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a film")]
    let (position_s, duration_ms) = (
        play.position_s.max(0) as f32,
        play.duration_ms.map(|ms| ms as f32),
    );
    let whole_s = duration_ms
        .filter(|ms| *ms > 0.0)
        .map_or(ENOUGH_S, |ms| ms / 1000.0);
    let share = (position_s / whole_s).min(1.0);
    (share >= TRIED).then_some(share)
}

/// The weight of a title of which so much was watched, all episodes added up: one whole episode or
/// film says as much as more of them, half as much what was begun.
pub(super) fn weight(shares: f32) -> f32 {
    shares.clamp(0.5, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(position_s: i64, duration_ms: Option<i64>) -> Play {
        Play {
            owner: String::new(),
            content: 1,
            title: None,
            position_s,
            duration_ms,
            at: 0,
        }
    }

    #[test]
    fn what_was_tried_and_left_counts_for_nothing() {
        assert_eq!(share(&play(100, Some(3_600_000))), None);
        assert_eq!(share(&play(1800, Some(3_600_000))), Some(0.5));
        assert_eq!(share(&play(9999, Some(3_600_000))), Some(1.0));
        assert_eq!(share(&play(600, None)), Some(0.5));
        assert_eq!(share(&play(600, Some(0))), Some(0.5));
        assert_eq!(share(&play(-5, None)), None);
        assert_eq!(share(&play(i64::MAX, Some(i64::MAX))), Some(1.0));
    }

    #[test]
    fn begun_is_half_and_one_whole_is_all() {
        assert_eq!([weight(0.1), weight(0.7), weight(8.5)], [0.5, 0.7, 1.0]);
    }
}
