//! How much an untrusted file may ask for.

/// Bounds of one probe. The defaults fit a 24-hour recording and little more.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Largest `moov` box read into memory, in bytes.
    pub moov_bytes: u64,
    /// Largest `moof` box or Matroska header element read into memory, in bytes.
    pub element_bytes: u64,
    /// Most tracks in one file.
    pub tracks: usize,
    /// Most samples over all tracks.
    pub samples: usize,
    /// Most text of one subtitle track, in bytes.
    pub text_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            moov_bytes: 256 << 20,
            element_bytes: 16 << 20,
            tracks: 128,
            samples: 12 << 20,
            text_bytes: 32 << 20,
        }
    }
}
