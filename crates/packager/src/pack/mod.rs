//! CMAF (ISO/IEC 23000-19) output: init segments, media segments and single key frames, all of
//! them pure functions of the index. Payload is named by its range in the source, never copied.

mod fragment;
mod init;

use std::ops::Range;

use bytes::Bytes;

pub(crate) use fragment::plan as fragment_of;
pub(crate) use init::init_of;
pub use init::init_segment;

use crate::error::PackError;
use crate::index::{Index, Track};

/// A part of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes made here.
    Bytes(Bytes),
    /// Bytes of the source as they lie.
    Source(Range<u64>),
}

/// A segment as the pieces that make it up, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentPlan {
    /// The pieces.
    pub pieces: Vec<Piece>,
}

impl SegmentPlan {
    /// Total length in bytes: the Content-Length.
    #[must_use]
    pub fn len(&self) -> u64 {
        let lengths = self.pieces.iter().map(|piece| match piece {
            Piece::Bytes(bytes) => bytes.len() as u64,
            Piece::Source(range) => range.end.saturating_sub(range.start),
        });
        lengths.fold(0, u64::saturating_add)
    }

    /// Whether there are no bytes at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends source bytes, joining them to a range they continue.
    fn push_source(&mut self, range: Range<u64>) {
        if range.start >= range.end {
            return;
        }
        if let Some(Piece::Source(last)) = self.pieces.last_mut()
            && last.end == range.start
        {
            last.end = range.end;
            return;
        }
        self.pieces.push(Piece::Source(range));
    }
}

/// The n-th media segment of a track, from 0.
///
/// # Errors
/// When the track or the segment does not exist or cannot be packaged.
pub fn segment(index: &Index, track: u32, n: u32) -> Result<SegmentPlan, PackError> {
    let found = media_track(index, track)?;
    let span = index
        .spans(track)
        .get(n as usize)
        .ok_or(PackError::NoSegment)?;
    let samples: Vec<_> = found.in_presentation(span.first..span.end).collect();
    fragment::plan(found, &samples, n, index.origin(found))
}

/// The n-th key frame of a video track as a segment of its own, for the I-frame playlist. It
/// lasts until the next key frame.
///
/// # Errors
/// When the track or the key frame does not exist or cannot be packaged.
pub fn key_frame(index: &Index, track: u32, n: u32) -> Result<SegmentPlan, PackError> {
    let found = media_track(index, track)?;
    let number = found.samples.key(n).ok_or(PackError::NoSegment)?;
    let mut sample = found
        .in_presentation(number..number.saturating_add(1))
        .next()
        .ok_or(PackError::NoSegment)?;
    let next = found
        .samples
        .key(n.saturating_add(1))
        .and_then(|next| found.samples.get(next));
    let end = match next {
        Some(next) => next.dts.saturating_add(found.shift),
        None => {
            let last = found
                .in_presentation(found.samples.len().saturating_sub(1)..found.samples.len())
                .next();
            last.map_or(sample.dts, |last| {
                last.dts.saturating_add(i64::from(last.duration))
            })
        }
    };
    sample.duration = u32::try_from(end.saturating_sub(sample.dts)).unwrap_or(sample.duration);
    fragment::plan(found, &[sample], n, index.origin(found))
}

/// A playable video or audio track.
pub(crate) fn media_track(index: &Index, id: u32) -> Result<&Track, PackError> {
    let track = index.track(id).ok_or(PackError::NoTrack)?;
    if track.is_media() {
        Ok(track)
    } else {
        Err(PackError::NotPlayable)
    }
}
