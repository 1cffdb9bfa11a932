//! Codec set-up records: what they say (RFC 6381 strings, channels) and how they are written
//! into sample entries. The coded samples themselves are never touched.

pub(crate) mod aac;
pub(crate) mod ac3;
pub(crate) mod entry;
pub(crate) mod opus;
pub(crate) mod video;
pub(crate) mod vp9;

use crate::index::{Codec, TrackKind, VideoRange};
use crate::transcode::Foreign;

/// What a track's samples are, and the entry we write for them.
#[derive(Debug)]
pub(crate) struct Description {
    pub(crate) kind: TrackKind,
    pub(crate) codec: Codec,
    pub(crate) codec_string: String,
    pub(crate) sample_entry: Vec<u8>,
    /// Why the track cannot be packaged; `None` when it can.
    pub(crate) reason: Option<String>,
    /// How a transcoder may be handed the track, when it cannot be packaged.
    pub(crate) foreign: Option<Foreign>,
    /// Every sample is to be shown, subtitles on or off.
    pub(crate) is_forced: bool,
}

impl Description {
    pub(crate) fn refused(
        kind: TrackKind,
        codec_string: String,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            codec: Codec::Other,
            codec_string,
            sample_entry: Vec::new(),
            reason: Some(reason.into()),
            foreign: None,
            is_forced: false,
        }
    }

    pub(crate) fn media(
        kind: TrackKind,
        codec: Codec,
        codec_string: String,
        sample_entry: Vec<u8>,
    ) -> Self {
        Self {
            kind,
            codec,
            codec_string,
            sample_entry,
            reason: None,
            foreign: None,
            is_forced: false,
        }
    }
}

/// Colour description by ITU-T H.273 numbers, as in `colr` `nclx` and Matroska `Colour`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour {
    pub(crate) primaries: u16,
    pub(crate) transfer: u16,
    pub(crate) matrix: u16,
    pub(crate) full_range: bool,
}

impl Colour {
    /// Whether everything is BT.709 or unspecified, which codec strings may leave out.
    pub(crate) fn is_plain(self) -> bool {
        let plain = |value: u16| matches!(value, 0..=2);
        plain(self.primaries) && plain(self.transfer) && plain(self.matrix) && !self.full_range
    }

    pub(crate) fn range(self) -> Option<VideoRange> {
        match self.transfer {
            16 => Some(VideoRange::Pq),
            18 => Some(VideoRange::Hlg),
            0 | 2 => None,
            _ => Some(VideoRange::Sdr),
        }
    }

    /// The content of a `colr` box (ISO/IEC 14496-12, 12.1.5).
    pub(crate) fn nclx(self) -> Vec<u8> {
        let mut out = b"nclx".to_vec();
        for value in [self.primaries, self.transfer, self.matrix] {
            out.extend_from_slice(&value.to_be_bytes());
        }
        out.push(if self.full_range { 0x80 } else { 0 });
        out
    }
}
