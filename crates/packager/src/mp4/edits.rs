//! Edit lists (ISO/IEC 14496-12, 8.6.6): where presentation zero lies on a track's own timeline.
//!
//! Understood are leading empty edits (a delay) and one stretch of media (its start is
//! presentation zero, its end cuts the tail). A list that jumps about in the media plays from its
//! first stretch on without jumps.

use super::boxes::Box;
use crate::index::{Builder, Sample, Samples, TrackKind};

/// Sound decoded before presentation zero, to fill the decoder, lasts at most this long: priming
/// is 2112 samples of AAC or 80 ms of Opus. More of it would only be heard.
const PRIMING_MS: i64 = 100;

/// One entry of `elst`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// In ticks of the movie.
    pub(crate) duration: u64,
    /// In ticks of the media; -1 is an empty edit.
    pub(crate) media_time: i64,
}

/// The edit list of a track; empty when it has none.
pub(crate) fn edits(trak: Box<'_>) -> Vec<Edit> {
    let parse = || -> Option<Vec<Edit>> {
        let (version, _, mut cursor) = trak.child(b"edts")?.child(b"elst")?.full()?;
        let count = cursor.u32()?;
        let mut edits = Vec::new();
        for _ in 0..count {
            let row = if version == 1 {
                cursor.u64().zip(cursor.i64())
            } else {
                cursor.u32().map(u64::from).zip(cursor.i32().map(i64::from))
            };
            let Some((duration, media_time)) = row else {
                break;
            };
            cursor.skip(4)?;
            edits.push(Edit {
                duration,
                media_time,
            });
        }
        Some(edits)
    };
    parse().unwrap_or_default()
}

/// What an edit list means for one track, in its own ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Placement {
    /// To add to media times.
    pub(crate) shift: i64,
    /// Media time of presentation start.
    pub(crate) from: i64,
    /// Media time where presentation ends, when the list says.
    pub(crate) until: Option<i64>,
}

impl Placement {
    /// Reads a list. Durations count only for progressive files: with fragments they are often 0
    /// or those of the first fragment.
    pub(crate) fn of(edits: &[Edit], movie_scale: u32, scale: u32, fragmented: bool) -> Self {
        let convert = |ticks: u64| {
            let exact = u128::from(ticks) * u128::from(scale) / u128::from(movie_scale.max(1));
            i64::try_from(exact).unwrap_or(i64::MAX)
        };
        let empty = edits.iter().take_while(|edit| edit.media_time < 0);
        let delay = empty.fold(0i64, |sum, edit| sum.saturating_add(convert(edit.duration)));
        let mut media = edits.iter().skip_while(|edit| edit.media_time < 0);
        let Some(first) = media.next() else {
            return Self {
                shift: delay,
                ..Self::default()
            };
        };
        let from = first.media_time;
        let alone = media.next().is_none();
        // One movie tick of tolerance: durations were rounded to it.
        let tolerance = convert(1);
        let until = (alone && !fragmented && first.duration > 0).then(|| {
            from.saturating_add(convert(first.duration))
                .saturating_add(tolerance)
        });
        Self {
            shift: delay.saturating_sub(from),
            from,
            until,
        }
    }

    /// Moves the first presented sample to where the list's stretch begins.
    ///
    /// By the letter, a track whose first composition offset exceeds its `media_time` starts
    /// late by the difference. In practice that is a muxer that wrote an edit list and forgot the
    /// B-frame delay, or an edit between two pictures; players start such tracks without a gap.
    pub(crate) fn close_gap(&mut self, samples: &Samples, kind: &TrackKind) {
        // A picture counts when it begins in the stretch, sound when it reaches into it.
        let is_audio = matches!(kind, TrackKind::Audio { .. });
        let reach = |sample: &Sample| {
            if is_audio {
                i64::from(sample.duration.saturating_sub(1))
            } else {
                0
            }
        };
        let presented = |sample: &Sample| {
            let pts = sample.pts();
            pts.saturating_add(reach(sample)) >= self.from
                && self.until.is_none_or(|until| pts < until)
        };
        let earliest = samples
            .iter()
            .filter(presented)
            .map(|sample| sample.pts())
            .min();
        let gap = earliest.map_or(0, |earliest| earliest.saturating_sub(self.from).max(0));
        self.shift = self.shift.saturating_sub(gap);
    }

    /// Drops what is never presented and not needed for decoding what is.
    pub(crate) fn trim(&self, samples: Samples, kind: &TrackKind, scale: u32) -> Samples {
        let count = samples.len();
        let first = match kind {
            TrackKind::Video { .. } => self.first_video(&samples),
            TrackKind::Audio { .. } => {
                let priming = i64::from(scale) * PRIMING_MS / 1000;
                let from = self.from.saturating_sub(priming);
                let ends =
                    |sample: &Sample| sample.pts().saturating_add(i64::from(sample.duration));
                let skipped = samples
                    .iter()
                    .take_while(|sample| ends(sample) <= from)
                    .count();
                u32::try_from(skipped).unwrap_or(count)
            }
            _ => 0,
        };
        let mut end = count;
        if let Some(until) = self.until {
            let presented = samples
                .iter()
                .enumerate()
                .filter(|(_, sample)| sample.pts() < until)
                .last();
            end = presented.map_or(0, |(at, _)| {
                u32::try_from(at).unwrap_or(count).saturating_add(1)
            });
        }
        if first >= end {
            // An edit list outside the media is damage, not a wish to show nothing.
            return samples;
        }
        if first == 0 && end == count {
            return samples;
        }
        let mut builder = Builder::default();
        samples
            .range(first..end)
            .for_each(|sample| builder.push(sample));
        builder.finish()
    }

    /// The key frame from which the first presented picture decodes.
    fn first_video(&self, samples: &Samples) -> u32 {
        let presented = samples.iter().position(|sample| sample.pts() >= self.from);
        let presented = presented.and_then(|at| u32::try_from(at).ok()).unwrap_or(0);
        samples
            .keys()
            .take_while(|key| *key <= presented)
            .last()
            .unwrap_or(0)
    }
}
