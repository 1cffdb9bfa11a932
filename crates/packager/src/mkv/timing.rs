//! From block times to sample times.
//!
//! Matroska stores presentation times only, rounded to a tick, which is usually a millisecond.
//! Three things are restored here: the exact times behind the rounding (when all frames fit a
//! common frame rate, or the codec's fixed frame length), decode times, and durations.

use super::grid::{fits, grid, is_near, on_grid, rescale};
use super::tracks::Frame;
use crate::index::{Builder, Sample, Samples};

/// Samples with their timescale.
pub(crate) struct Timed {
    pub(crate) timescale: u32,
    pub(crate) samples: Samples,
}

/// The timescale that holds ticks of `scale` nanoseconds exactly enough.
fn plain_timescale(scale: u64) -> u32 {
    u32::try_from(1_000_000_000 / scale.max(1))
        .unwrap_or(1_000_000_000)
        .max(1)
}

/// Video: exact times when they fit a frame rate, decode times from sorted presentation times.
pub(crate) fn video(frames: &[Frame], scale: u64, default_duration: u64) -> Timed {
    let mut sorted: Vec<i64> = frames.iter().map(|frame| frame.time).collect();
    sorted.sort_unstable();
    let grid = grid(&sorted, scale, default_duration).filter(|grid| fits(&sorted, scale, *grid));
    let timescale = grid.map_or(plain_timescale(scale), |grid| grid.timescale);
    let first = sorted.first().copied().unwrap_or(0);
    let exact = |time: i64| match grid {
        Some(grid) => on_grid(time, first, scale, grid),
        None => rescale(time, scale, timescale),
    };
    let decode: Vec<i64> = sorted.iter().map(|time| exact(*time)).collect();
    // Decode times are the sorted presentation times, moved back until none is shown too early.
    let delays = frames
        .iter()
        .zip(&decode)
        .map(|(frame, dts)| dts.saturating_sub(exact(frame.time)));
    let delay = delays.max().unwrap_or(0).max(0);
    let last = frames.last().map_or(0, |frame| frame.duration);
    let default = rescale(i64::try_from(default_duration).unwrap_or(0), 1, timescale);
    let last = if last > 0 {
        rescale(last.into(), scale, timescale)
    } else {
        default
    };
    let mut builder = Builder::default();
    for (frame, dts) in frames.iter().zip(&decode) {
        let dts = dts.saturating_sub(delay);
        let composition = i32::try_from(exact(frame.time).saturating_sub(dts)).unwrap_or(0);
        let duration = u32::try_from(last).unwrap_or(0);
        builder.push(Sample {
            offset: frame.offset,
            size: frame.size,
            dts,
            duration,
            composition,
            key: frame.key,
        });
    }
    Timed {
        timescale,
        samples: builder.finish(),
    }
}

/// Audio whose frames all decode to `frame` samples at `rate`: times are counted, and corrected
/// only where the blocks say something else by more than their rounding.
pub(crate) fn audio(
    frames: &[Frame],
    scale: u64,
    rate: u32,
    frame: Option<u32>,
    default_duration: u64,
) -> Timed {
    let Some(length) = frame.filter(|_| rate > 0) else {
        return loose_audio(frames, scale, rate, default_duration);
    };
    let mut builder = Builder::default();
    let mut expected: Option<i64> = None;
    for stored in frames {
        let within = i64::from(length).saturating_mul(stored.lace.into());
        let near =
            |expected: &i64| is_near(expected.saturating_sub(within), rate, stored.time, scale);
        let said = rescale(stored.time, scale, rate).saturating_add(within);
        let dts = expected.filter(near).unwrap_or(said);
        builder.push(plain(stored, dts, length));
        expected = Some(dts.saturating_add(length.into()));
    }
    Timed {
        timescale: rate,
        samples: builder.finish(),
    }
}

/// Audio with frames of unknown length: times as the blocks have them, laces spread evenly.
fn loose_audio(frames: &[Frame], scale: u64, rate: u32, default_duration: u64) -> Timed {
    let timescale = if rate > 0 {
        rate
    } else {
        plain_timescale(scale)
    };
    let default = rescale(i64::try_from(default_duration).unwrap_or(0), 1, timescale);
    let mut builder = Builder::default();
    for (at, stored) in frames.iter().enumerate() {
        let block = rescale(stored.time, scale, timescale);
        let next = frames.get(at + 1 + usize::from(stored.laced_with.saturating_sub(stored.lace)));
        let span = next.map_or(0, |next| {
            rescale(next.time, scale, timescale)
                .saturating_sub(block)
                .max(0)
        });
        let each = if default > 0 {
            default
        } else {
            span / (i64::from(stored.laced_with) + 1)
        };
        let dts = block.saturating_add(each.saturating_mul(stored.lace.into()));
        let duration = if stored.duration > 0 {
            rescale(stored.duration.into(), scale, timescale)
        } else {
            default
        };
        builder.push(plain(stored, dts, u32::try_from(duration).unwrap_or(0)));
    }
    Timed {
        timescale,
        samples: builder.finish(),
    }
}

/// Text: block times and durations as they are; a cue without one lasts until the next.
pub(crate) fn text(frames: &[Frame], scale: u64) -> Timed {
    let timescale = plain_timescale(scale);
    let mut builder = Builder::default();
    for (at, stored) in frames.iter().enumerate() {
        let dts = rescale(stored.time, scale, timescale);
        let duration = if stored.duration > 0 {
            rescale(stored.duration.into(), scale, timescale)
        } else {
            let next = frames
                .get(at + 1)
                .map(|next| rescale(next.time, scale, timescale));
            let five_seconds = i64::from(timescale).saturating_mul(5);
            next.map_or(five_seconds, |next| {
                next.saturating_sub(dts).clamp(0, five_seconds)
            })
        };
        builder.push_text(plain(
            stored,
            dts,
            u32::try_from(duration).unwrap_or(u32::MAX),
        ));
    }
    Timed {
        timescale,
        samples: builder.finish(),
    }
}

fn plain(frame: &Frame, dts: i64, duration: u32) -> Sample {
    Sample {
        offset: frame.offset,
        size: frame.size,
        dts,
        duration,
        composition: 0,
        key: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(times: &[i64]) -> Vec<Frame> {
        let one = |time: &i64| Frame {
            offset: 0,
            size: 1,
            time: *time,
            lace: 0,
            laced_with: 0,
            key: true,
            duration: 0,
        };
        times.iter().map(one).collect()
    }

    #[test]
    fn milliseconds_of_film_rate_become_exact() {
        let times: Vec<i64> = (0..100i64)
            .map(|n| (n * 1_001_000 + 12_000) / 24_000)
            .collect();
        let timed = video(&frames(&times), 1_000_000, 0);
        assert_eq!(timed.timescale, 24000);
        assert!(timed.samples.iter().all(|sample| sample.duration == 1001));
    }

    #[test]
    fn decode_times_precede_reordered_pictures() {
        // I P B B P B B at 25 frames per second, in decode order.
        let timed = video(&frames(&[0, 120, 40, 80, 240, 160, 200]), 1_000_000, 0);
        let dts: Vec<i64> = timed.samples.iter().map(|sample| sample.dts).collect();
        assert!(dts.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(timed.samples.iter().all(|sample| sample.composition >= 0));
        assert_eq!(
            timed.samples.get(1).map(|sample| sample.pts()),
            Some(i64::from(timed.timescale) * 120 / 1000)
        );
    }

    #[test]
    fn irregular_times_stay_as_they_are() {
        let timed = video(&frames(&[0, 33, 100, 120, 400]), 1_000_000, 0);
        assert_eq!(timed.timescale, 1000);
    }

    #[test]
    fn audio_counts_through_rounding_and_follows_a_gap() {
        let timed = audio(
            &frames(&[0, 21, 43, 64, 500]),
            1_000_000,
            48000,
            Some(1024),
            0,
        );
        let dts: Vec<i64> = timed.samples.iter().map(|sample| sample.dts).collect();
        assert_eq!(dts, [0, 1024, 2048, 3072, 24000]);
    }
}
