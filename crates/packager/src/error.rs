//! What can go wrong, one small enum per use. The sentences are shown to people.

use std::io;

/// Why a file could not be indexed.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The first bytes belong to no container we know.
    #[error("this is not a video or audio file that Marquee recognises")]
    NotMedia,
    /// A media file, but nothing in it can be packaged.
    #[error("{what}")]
    Unsupported {
        /// The reason, as a sentence.
        what: String,
    },
    /// The container contradicts itself or ends too early.
    #[error("the file is damaged near byte {offset}: {what}")]
    Malformed {
        /// What was being read.
        what: String,
        /// Where in the file, in bytes.
        offset: u64,
    },
    /// The file asks for more than the configured limits allow.
    #[error("the file is outside the limits of this server: {what}")]
    Limit {
        /// Which limit.
        what: String,
    },
    /// The source itself failed.
    #[error("the file could not be read")]
    Io(#[source] io::Error),
}

impl ProbeError {
    pub(crate) fn malformed(what: impl Into<String>, offset: u64) -> Self {
        Self::Malformed {
            what: what.into(),
            offset,
        }
    }

    pub(crate) fn limit(what: impl Into<String>) -> Self {
        Self::Limit { what: what.into() }
    }

    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into() }
    }
}

/// Why stored index bytes were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Written by another version: probe the file again.
    #[error("the stored index has another version")]
    Version,
    /// Not the bytes that were written.
    #[error("the stored index is damaged")]
    Damaged,
}

/// Why a playlist or segment cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The index has no such track.
    #[error("there is no such track")]
    NoTrack,
    /// The track is listed, but cannot be packaged as asked.
    #[error("this track cannot be packaged")]
    NotPlayable,
    /// The track has no segment or key frame with that number.
    #[error("there is no such segment")]
    NoSegment,
    /// A ladder without any playable file.
    #[error("there is nothing to play")]
    Empty,
    /// A fragment whose offsets do not fit the 31 bits that `trun` has for them.
    #[error("the segment is too large to be packaged")]
    TooLarge,
}
