//! Where tracks are cut, and how far the timeline must move.

use super::{ORIGIN_MS, Track, TrackKind};

/// What a segment aims to last, in milliseconds.
pub(crate) const AIM_MS: i64 = 6000;
/// A track that starts later than the others by more than this counts the wait into its first
/// segment: players add up EXTINF to find the segment for a position.
const LEAD_MS: i64 = 500;

/// One segment of one track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// First sample, in decode order.
    pub(crate) first: u32,
    /// One past the last sample.
    pub(crate) end: u32,
    /// Earliest presentation time in ticks of the track.
    pub(crate) start: i64,
    /// Ticks until the next segment, or until the track ends.
    pub(crate) duration: i64,
    /// Whether pictures shown before its key frame need the segment before (open GOP).
    pub(crate) open: bool,
}

/// A moment as an exact fraction, so that timescales compare without rounding.
#[derive(Clone, Copy, Debug)]
struct Moment {
    ticks: i64,
    scale: u32,
}

impl Moment {
    /// The first tick of another timescale that is not before this moment.
    fn reached_by(self, ticks: i64, scale: u32) -> bool {
        i128::from(ticks) * i128::from(self.scale) >= i128::from(self.ticks) * i128::from(scale)
    }
}

/// Last presentation time plus duration, in ticks.
pub(crate) fn presentation_end(track: &Track) -> i64 {
    // B-frames reorder only among neighbours, so the end is near the end of the table.
    let count = track.samples.len();
    let tail = track.in_presentation(count.saturating_sub(64)..count);
    tail.map(|sample| sample.pts().saturating_add(i64::from(sample.duration)))
        .max()
        .unwrap_or(0)
}

/// [`ORIGIN_MS`], or the whole second that is enough for the earliest decode time of the file.
pub(crate) fn origin_ms(tracks: &[Track]) -> u64 {
    let starts = tracks
        .iter()
        .filter(|track| track.is_media())
        .filter_map(|track| {
            let first = track.in_presentation(0..1).next()?;
            Some(track.ms(first.dts.min(first.pts())).saturating_sub(1))
        });
    let needed = starts
        .min()
        .map_or(0, |earliest| earliest.min(0).unsigned_abs());
    if needed <= ORIGIN_MS {
        ORIGIN_MS
    } else {
        needed.div_ceil(1000).saturating_mul(1000)
    }
}

/// Cuts every track: playable video and audio get their segments, the rest none.
pub(crate) fn spans(tracks: &[Track]) -> Vec<Vec<Span>> {
    let media = || {
        tracks
            .iter()
            .filter(|track| track.is_media() && !track.samples.is_empty())
    };
    let lead = media().find(|track| matches!(track.kind, TrackKind::Video { .. }));
    let lead = lead.or_else(|| media().next());
    let Some(lead) = lead else {
        return vec![Vec::new(); tracks.len()];
    };
    let end = media().map(|track| track.ms(presentation_end(track))).max();
    let cuts = Cuts::of(lead, end.unwrap_or(0));
    let zero = media()
        .filter_map(|track| {
            track
                .in_presentation(0..1)
                .next()
                .map(|sample| track.ms(sample.pts()))
        })
        .min()
        .unwrap_or(0);
    tracks
        .iter()
        .map(|track| {
            if !track.is_media() {
                return Vec::new();
            }
            let mut spans = match track.kind {
                TrackKind::Video { .. } => key_cuts(track),
                _ => cuts_at(track, &cuts),
            };
            cover_lead(track, &mut spans, zero);
            spans
        })
        .collect()
}

fn aim(scale: u32) -> i64 {
    (i64::from(scale) * AIM_MS / 1000).max(1)
}

/// Counts a long wait before the first sample into the first segment.
fn cover_lead(track: &Track, spans: &mut [Span], zero_ms: i64) {
    let Some(first) = spans.first_mut() else {
        return;
    };
    if track.ms(first.start).saturating_sub(zero_ms) > LEAD_MS {
        let zero =
            i64::try_from(i128::from(zero_ms) * i128::from(track.timescale) / 1000).unwrap_or(0);
        first.duration = first
            .duration
            .saturating_add(first.start.saturating_sub(zero));
        first.start = zero;
    }
}

/// Cuts video at the key frames nearest to the aim; the shorter one when two are as near.
/// Audio takes this way too when it leads: each of its samples is a key.
fn key_cuts(track: &Track) -> Vec<Span> {
    let aim = aim(track.timescale);
    let mut starts: Vec<u32> = vec![0];
    let mut begin: Option<i64> = None;
    let mut candidate: Option<(u32, i64)> = None;
    for key in track.samples.keys() {
        let Some(sample) = track.in_presentation(key..key.saturating_add(1)).next() else {
            continue;
        };
        let at = sample.pts();
        let Some(from) = begin else {
            begin = Some(at);
            continue;
        };
        let length = at.saturating_sub(from);
        if length < aim {
            candidate = Some((key, at));
            continue;
        }
        match candidate.take() {
            Some((earlier, when))
                if aim.saturating_sub(when.saturating_sub(from)) <= length.saturating_sub(aim) =>
            {
                starts.push(earlier);
                begin = Some(when);
                // The key in hand may itself lie an aim or more beyond the cut just made.
                if at.saturating_sub(when) < aim {
                    candidate = Some((key, at));
                } else {
                    starts.push(key);
                    begin = Some(at);
                }
            }
            _ => {
                starts.push(key);
                begin = Some(at);
            }
        }
    }
    with_times(track, &starts)
}

/// Where sound is cut: where the leading track is, and after its end in steps of the aim.
struct Cuts {
    moments: Vec<Moment>,
    lead_end_ms: i64,
    /// Segments after the end of the leading track; less than half a step is no segment.
    further: i64,
}

impl Cuts {
    fn of(lead: &Track, end_ms: i64) -> Self {
        let moment = |span: &Span| Moment {
            ticks: span.start,
            scale: lead.timescale,
        };
        let lead_end_ms = lead.ms(presentation_end(lead));
        let rest = end_ms.saturating_sub(lead_end_ms).max(0);
        Self {
            moments: key_cuts(lead).iter().map(moment).collect(),
            lead_end_ms,
            further: rest.saturating_add(AIM_MS / 2) / AIM_MS,
        }
    }

    /// Which segment after the leading track's end a time falls into, from 1; 0 before.
    fn further_at(&self, ms: i64) -> i64 {
        let beyond = ms.saturating_sub(self.lead_end_ms);
        if beyond < 0 {
            return 0;
        }
        (beyond / AIM_MS + 1).min(self.further)
    }
}

/// Cuts sound: a segment begins with the first sample at or after each moment.
fn cuts_at(track: &Track, cuts: &Cuts) -> Vec<Span> {
    let mut starts: Vec<u32> = Vec::with_capacity(cuts.moments.len());
    let mut wanted = cuts.moments.iter().skip(1).peekable();
    let mut further = 0;
    for (number, sample) in (0u32..).zip(track.in_presentation(0..track.samples.len())) {
        let mut cut = number == 0;
        while wanted
            .next_if(|moment| moment.reached_by(sample.pts(), track.timescale))
            .is_some()
        {
            cut = true;
        }
        let now = cuts.further_at(track.ms(sample.pts()));
        if now > further {
            further = now;
            cut = true;
        }
        if cut {
            starts.push(number);
        }
    }
    with_times(track, &starts)
}

fn with_times(track: &Track, starts: &[u32]) -> Vec<Span> {
    let count = track.samples.len();
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(count));
    let mut spans: Vec<Span> = Vec::with_capacity(starts.len());
    for (first, end) in starts.iter().copied().zip(ends) {
        let mut samples = track.in_presentation(first..end);
        let Some(head) = samples.next() else { continue };
        let start = samples
            .map(|sample| sample.pts())
            .min()
            .unwrap_or(i64::MAX)
            .min(head.pts());
        spans.push(Span {
            first,
            end,
            start,
            duration: 0,
            open: start < head.pts(),
        });
    }
    let mut next = presentation_end(track);
    for span in spans.iter_mut().rev() {
        span.duration = next.saturating_sub(span.start).max(0);
        next = next.min(span.start);
    }
    spans
}
