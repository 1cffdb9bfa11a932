//! Codec set-up records: what they say (RFC 6381 strings, channels) and how they are written
//! into sample entries. The coded samples themselves are never touched.

pub(crate) mod aac;
pub(crate) mod ac3;
pub(crate) mod entry;
pub(crate) mod opus;
pub(crate) mod video;
pub(crate) mod vp9;

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

    pub(crate) fn range(self) -> Option<crate::index::VideoRange> {
        use crate::index::VideoRange;
        match self.transfer {
            16 => Some(VideoRange::Pq),
            18 => Some(VideoRange::Hlg),
            0 | 2 => None,
            _ => Some(VideoRange::Sdr),
        }
    }
}
