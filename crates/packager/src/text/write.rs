//! WebVTT out: whole, or in segments for HLS (RFC 8216, 3.5).

use std::fmt::Write as _;

use super::Cue;
use crate::index::ORIGIN_MS;

/// How long a segment of text lasts. Long: text is small, and a film should not need a thousand
/// requests for it.
pub const SEGMENT_MS: u64 = 30_000;

/// Longest text playlist, in milliseconds: two weeks. Damaged files claim centuries.
const LONGEST_MS: u64 = 14 * 24 * 3_600_000;

/// How long the text runs: as long as its media, when that is known.
fn total_ms(cues: &[Cue], duration_ms: u64) -> u64 {
    let last = cues.iter().map(|cue| cue.end_ms).max().unwrap_or(0);
    let total = if duration_ms == 0 { last } else { duration_ms };
    total.clamp(1, LONGEST_MS)
}

/// The media playlist of a text rendition that runs as long as its media.
#[must_use]
pub fn playlist(cues: &[Cue], duration_ms: u64) -> String {
    let total = total_ms(cues, duration_ms);
    let target = total.min(SEGMENT_MS).div_ceil(1000).max(1);
    let mut out = String::from("#EXTM3U\n#EXT-X-VERSION:6\n");
    let _ = writeln!(out, "#EXT-X-TARGETDURATION:{target}");
    out.push_str("#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n");
    for n in 0..total.div_ceil(SEGMENT_MS) {
        let length = (total - n * SEGMENT_MS).min(SEGMENT_MS);
        let _ = writeln!(
            out,
            "#EXTINF:{}.{:03},\n{n}.vtt",
            length / 1000,
            length % 1000
        );
    }
    out.push_str("#EXT-X-ENDLIST\n");
    out
}

/// The n-th segment, from 0: every cue that is shown in its time, those reaching over a border
/// in both. `None` when there is no such segment.
#[must_use]
pub fn segment(cues: &[Cue], n: u32, duration_ms: u64) -> Option<String> {
    segment_at(cues, n, duration_ms, ORIGIN_MS)
}

/// [`segment`] for media whose timeline has another origin than usual: text inside a file takes
/// [`crate::Index::origin_ms`].
#[must_use]
pub fn segment_at(cues: &[Cue], n: u32, duration_ms: u64, origin_ms: u64) -> Option<String> {
    let segments = total_ms(cues, duration_ms).div_ceil(SEGMENT_MS);
    let n = u64::from(n);
    if n >= segments {
        return None;
    }
    let from = n * SEGMENT_MS;
    // What lies beyond the media belongs to the last segment rather than nowhere.
    let to = if n + 1 == segments {
        u64::MAX
    } else {
        from + SEGMENT_MS
    };
    // Cue times are on the presentation timeline, whose zero is `origin_ms` in the media's.
    let mut out = String::from("WEBVTT\n");
    let _ = writeln!(
        out,
        "X-TIMESTAMP-MAP=MPEGTS:{},LOCAL:00:00:00.000\n",
        origin_ms.saturating_mul(90)
    );
    for cue in cues
        .iter()
        .filter(|cue| cue.start_ms < to && cue.end_ms > from)
    {
        write_cue(&mut out, cue);
    }
    Some(out)
}

/// All cues as one file.
#[must_use]
pub fn whole(cues: &[Cue]) -> String {
    let mut out = String::from("WEBVTT\n\n");
    for cue in cues {
        write_cue(&mut out, cue);
    }
    out
}

fn write_cue(out: &mut String, cue: &Cue) {
    write_time(out, cue.start_ms);
    out.push_str(" --> ");
    write_time(out, cue.end_ms);
    if !cue.settings.is_empty() {
        out.push(' ');
        out.push_str(&cue.settings);
    }
    let _ = writeln!(out, "\n{}\n", cue.payload);
}

fn write_time(out: &mut String, ms: u64) {
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
    let _ = write!(
        out,
        "{hours:02}:{minutes:02}:{:02}.{:03}",
        ms / 1000 % 60,
        ms % 1000
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start_ms: u64, end_ms: u64) -> Cue {
        Cue {
            start_ms,
            end_ms,
            settings: String::new(),
            payload: format!("{start_ms}"),
        }
    }

    #[test]
    fn cues_over_a_border_are_in_both_segments() {
        let cues = [cue(0, 1000), cue(29_000, 31_000), cue(59_000, 99_000)];
        let first = segment(&cues, 0, 45_000).expect("a segment");
        let second = segment(&cues, 1, 45_000).expect("a segment");
        assert!(first.contains("X-TIMESTAMP-MAP=MPEGTS:22500,LOCAL:00:00:00.000"));
        assert!(
            first.contains("00:00:29.000 --> 00:00:31.000")
                && second.contains("00:00:29.000 --> 00:00:31.000")
        );
        assert!(second.contains("00:00:59.000"));
        assert_eq!(segment(&cues, 2, 45_000), None);
        assert!(playlist(&cues, 45_000).contains("#EXTINF:15.000,\n1.vtt\n#EXT-X-ENDLIST"));
    }
}
