//! Bit rates as RFC 8216 defines them (4.3.4.2): of what is actually served, fragment headers
//! and foreign bytes in `mdat` included.

use super::target_duration;
use crate::index::{Index, Track};
use crate::pack;

/// How many more segments than the shortest window has are looked at. Playlists have a few per
/// window; those with hundreds (every picture a key frame) are even enough not to need them.
const LONGER: usize = 16;

/// Rates of one playlist in bits per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rates {
    pub(crate) peak: u64,
    pub(crate) average: u64,
}

impl Rates {
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            peak: self.peak.saturating_add(other.peak),
            average: self.average.saturating_add(other.average),
        }
    }

    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            peak: self.peak.max(other.peak),
            average: self.average.max(other.average),
        }
    }
}

/// Rates of a track's media playlist.
pub(crate) fn media(index: &Index, track: &Track) -> Rates {
    let segments = (0u32..).zip(index.spans(track.id)).map(|(n, span)| {
        let bytes = pack::segment(index, track.id, n).map_or(0, |plan| plan.len());
        (bytes, span.duration)
    });
    rates(&segments.collect::<Vec<_>>(), track.timescale)
}

/// Rates of a track's I-frame playlist.
pub(crate) fn key_frames(index: &Index, track: &Track) -> Rates {
    let durations = super::media::key_durations(index, track.id);
    let segments = (0u32..).zip(durations).map(|(n, duration)| {
        let bytes = pack::key_frame(index, track.id, n).map_or(0, |plan| plan.len());
        (bytes, duration)
    });
    rates(&segments.collect::<Vec<_>>(), track.timescale)
}

/// The peak is the largest rate of any contiguous segments that together last between a half
/// and one and a half target durations; of the whole when it is shorter than that.
fn rates(segments: &[(u64, i64)], scale: u32) -> Rates {
    let bytes = segments
        .iter()
        .fold(0u64, |sum, (bytes, _)| sum.saturating_add(*bytes));
    let ticks = segments
        .iter()
        .fold(0i64, |sum, (_, ticks)| sum.saturating_add(*ticks));
    let average = rate(bytes, ticks, scale);
    let longest = segments.iter().map(|(_, ticks)| *ticks).max().unwrap_or(0);
    let target = target_duration(longest, scale).saturating_mul(u128::from(scale));
    let mut peak = average;
    // A window over the list: `bytes` and `ticks` are those of `from..to`, the shortest stretch
    // from `from` on that lasts half a target duration.
    let (mut to, mut bytes, mut ticks) = (0usize, 0u64, 0i64);
    let doubled = |ticks: i64| u128::from(ticks.max(0).unsigned_abs()) * 2;
    for (from, (first_bytes, first_ticks)) in segments.iter().enumerate() {
        while let Some((more, length)) = segments
            .get(to)
            .filter(|_| to <= from || doubled(ticks) < target)
        {
            bytes = bytes.saturating_add(*more);
            ticks = ticks.saturating_add(*length);
            to += 1;
        }
        // Then the longer ones that are still short enough, as far as they matter.
        let (mut sum, mut lasted) = (bytes, ticks);
        let longer = segments.get(to..).unwrap_or_default().iter().take(LONGER);
        for (more, length) in std::iter::once(&(0, 0)).chain(longer) {
            sum = sum.saturating_add(*more);
            lasted = lasted.saturating_add(*length);
            if doubled(lasted) > target * 3 {
                break;
            }
            if doubled(lasted) >= target {
                peak = peak.max(rate(sum, lasted, scale));
            }
        }
        bytes = bytes.saturating_sub(*first_bytes);
        ticks = ticks.saturating_sub(*first_ticks);
    }
    Rates { peak, average }
}

/// Bits per second, rounded up.
fn rate(bytes: u64, ticks: i64, scale: u32) -> u64 {
    let ticks = u128::from(ticks.max(1).unsigned_abs());
    let exact = (u128::from(bytes) * 8 * u128::from(scale)).div_ceil(ticks);
    u64::try_from(exact).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_tail_does_not_make_the_peak() {
        // Two segments of 6 s and a tail of 40 ms with a large key frame.
        let segments = [(600_000, 6000), (900_000, 6000), (50_000, 40)];
        let rates = rates(&segments, 1000);
        assert_eq!(rates.peak, 1_258_279);
        assert!(rates.average < rates.peak);
    }
}
