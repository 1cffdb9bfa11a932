//! Media playlists: segments of one track, and key frames of one video track.

use std::fmt::Write as _;

use super::{VERSION, seconds, target_duration};
use crate::error::PackError;
use crate::index::{Index, TrackKind};
use crate::pack::media_track;

/// The media playlist of a playable video or audio track.
///
/// # Errors
/// When the track does not exist or cannot be packaged.
pub fn media_playlist(index: &Index, track: u32) -> Result<String, PackError> {
    let found = media_track(index, track)?;
    let spans = index.spans(track);
    let longest = spans.iter().map(|span| span.duration).max().unwrap_or(0);
    let mut out = String::with_capacity(256 + spans.len() * 32);
    out.push_str("#EXTM3U\n");
    let _ = writeln!(out, "#EXT-X-VERSION:{VERSION}");
    let _ = writeln!(
        out,
        "#EXT-X-TARGETDURATION:{}",
        target_duration(longest, found.timescale)
    );
    out.push_str("#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n");
    if is_independent(index, track) {
        out.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    out.push_str("#EXT-X-MAP:URI=\"init.mp4\"\n");
    for (n, span) in spans.iter().enumerate() {
        let _ = writeln!(
            out,
            "#EXTINF:{},\n{n}.m4s",
            seconds(span.duration, found.timescale)
        );
    }
    out.push_str("#EXT-X-ENDLIST\n");
    Ok(out)
}

/// Whether every segment decodes without another one (4.3.5.1): each begins with a key sample
/// and shows nothing that precedes it.
pub(crate) fn is_independent(index: &Index, track: u32) -> bool {
    let Some(found) = index.track(track) else {
        return false;
    };
    index.spans(track).iter().all(|span| {
        let starts_with_key = found
            .samples
            .get(span.first)
            .is_some_and(|sample| sample.key);
        starts_with_key && !span.open
    })
}

/// The I-frame playlist of a playable video track: each key frame by itself.
///
/// # Errors
/// When the track does not exist, cannot be packaged or is not video.
pub fn iframe_playlist(index: &Index, track: u32) -> Result<String, PackError> {
    let found = media_track(index, track)?;
    if !matches!(found.kind, TrackKind::Video { .. }) {
        return Err(PackError::NotPlayable);
    }
    let durations = key_durations(index, track);
    let longest = durations.iter().copied().max().unwrap_or(0);
    let mut out = String::with_capacity(256 + durations.len() * 32);
    out.push_str("#EXTM3U\n");
    let _ = writeln!(out, "#EXT-X-VERSION:{VERSION}");
    let _ = writeln!(
        out,
        "#EXT-X-TARGETDURATION:{}",
        target_duration(longest, found.timescale)
    );
    out.push_str("#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-I-FRAMES-ONLY\n");
    out.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4\"\n");
    for (n, duration) in durations.iter().enumerate() {
        let _ = writeln!(
            out,
            "#EXTINF:{},\nk{n}.m4s",
            seconds(*duration, found.timescale)
        );
    }
    out.push_str("#EXT-X-ENDLIST\n");
    Ok(out)
}

/// How long each key frame stands: until the next one is shown.
pub(crate) fn key_durations(index: &Index, track: u32) -> Vec<i64> {
    let Some(found) = index.track(track) else {
        return Vec::new();
    };
    let shown = |key: u32| {
        found
            .in_presentation(key..key.saturating_add(1))
            .next()
            .map(|sample| sample.pts())
    };
    let times: Vec<i64> = found.samples.keys().filter_map(shown).collect();
    let end = crate::index::presentation_end(found);
    let nexts = times.iter().skip(1).copied().chain(std::iter::once(end));
    times
        .iter()
        .zip(nexts)
        .map(|(at, next)| next.saturating_sub(*at).max(0))
        .collect()
}
