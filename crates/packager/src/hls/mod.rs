//! Playlists (RFC 8216). All addresses are relative to the multivariant playlist:
//!
//! | what | where |
//! |---|---|
//! | video track 1 of the file with prefix `f0` | `f0/v1/index.m3u8`, `f0/v1/init.mp4`, `f0/v1/0.m4s` |
//! | audio track 2 as AAC, made on demand | `f0/c2/index.m3u8`, `f0/c2/init.mp4`, `f0/c2/0.m4s` |
//! | its key frames | `f0/v1/iframes.m3u8`, `f0/v1/k0.m4s` |
//! | audio track 2 | `f0/a2/index.m3u8` |
//! | text track 3 | `f0/t3/index.m3u8`, `f0/t3/0.vtt` |
//! | side-car subtitles with prefix `s0` | `s0/index.m3u8`, `s0/0.vtt` |

mod audio;
mod bandwidth;
mod media;
mod multivariant;
mod subtitles;

pub use audio::TranscodedAudio;
pub use media::{iframe_playlist, media_playlist};
pub use multivariant::{Ladder, LadderFile, SideCar, multivariant, multivariant_with};

/// Protocol version of every playlist with `EXT-X-MAP` (RFC 8216, 7, as most players read it).
pub(crate) const VERSION: u32 = 7;

/// A quoted-string attribute value: it cannot contain quotes or line ends (RFC 8216, 4.2).
pub(crate) fn quoted(text: &str) -> String {
    text.chars()
        .map(|c| if c == '"' { '\'' } else { c })
        .filter(|c| !c.is_control())
        .collect()
}

/// Seconds with six decimals, rounded from milliseconds-free integer arithmetic.
pub(crate) fn seconds(ticks: i64, scale: u32) -> String {
    let scale = u128::from(scale.max(1));
    let ticks = u128::from(ticks.max(0).unsigned_abs());
    let micros = (ticks * 1_000_000 + scale / 2) / scale;
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// EXT-X-TARGETDURATION: no EXTINF, rounded to the nearest integer, may exceed it (4.3.3.1).
pub(crate) fn target_duration(longest_ticks: i64, scale: u32) -> u128 {
    let scale = u128::from(scale.max(1));
    let ticks = u128::from(longest_ticks.max(0).unsigned_abs());
    ((ticks + scale / 2) / scale).max(1)
}
