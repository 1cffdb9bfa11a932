//! Probing, indexes, playlists and segments: bytes in, bytes out.
//!
//! A file is probed once into an [`Index`]: every sample's place, size and time, whatever the
//! container. Everything afterwards is a pure function of that index: the multivariant playlist
//! of a [`Ladder`], media playlists, init segments and segments. Segments are plans: a few bytes
//! made here and ranges of the source as they lie, so nothing is copied before it is sent, and
//! the same request gives the same bytes on every node.
//!
//! This crate never opens a file or a socket, never learns who is watching and never decodes.
//! Its input is untrusted: nothing in it may panic, and memory is bounded by [`Limits`].
//!
//! To support another codec, describe it in `codec`, then name it where each container names
//! codecs (`mp4::description`, `mkv::codecs`). To support another container, produce [`Track`]s.
#![cfg_attr(
    not(test),
    warn(
        clippy::indexing_slicing,
        clippy::expect_used,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable
    )
)]

mod bits;
mod codec;
mod error;
#[doc(hidden)]
pub mod exercise;
mod hls;
mod index;
mod language;
mod limits;
mod mkv;
mod mp4;
mod pack;
mod probe;
mod reader;
pub mod text;
mod transcode;

pub use error::{DecodeError, PackError, ProbeError};
pub use hls::{
    Ladder, LadderFile, SideCar, TranscodedAudio, iframe_playlist, media_playlist, multivariant,
    multivariant_with,
};
pub use index::{Codec, Container, Index, ORIGIN_MS, Sample, Track, TrackKind, VideoRange};
pub use limits::Limits;
pub use pack::{Piece, SegmentPlan, init_segment, key_frame, segment};
pub use probe::probe;
pub use transcode::{
    AudioTranscode, BIT_RATE, CHANNELS, FeedContainer, RATE, TranscodePart, transcodable,
};
