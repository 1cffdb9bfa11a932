//! A window over a byte source: headers are read in few, bounded requests, payload is jumped over.

use std::ops::Range;

use bytes::Bytes;
use marquee_domain::source::ByteSource;

use crate::error::ProbeError;

/// Read ahead while headers lie close together. Large enough that a source behind HTTP is not
/// asked for every header, small enough that memory stays bounded.
const NEAR: u64 = 256 << 10;
/// Read ahead after a jump, when the neighbourhood is probably payload again.
const FAR: u64 = 16 << 10;

/// Buffered, forward-leaning reads of a [`ByteSource`].
pub(crate) struct Reader<'a> {
    source: &'a dyn ByteSource,
    length: u64,
    window: Bytes,
    start: u64,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a dyn ByteSource) -> Self {
        Self {
            source,
            length: source.len(),
            window: Bytes::new(),
            start: 0,
        }
    }

    /// Length of the source in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Exactly `range`, from the window when it is there. The caller bounds the length.
    pub(crate) async fn read(&mut self, range: Range<u64>) -> Result<Bytes, ProbeError> {
        if range.start > range.end || range.end > self.length {
            return Err(ProbeError::malformed(
                "the file ends in the middle of an element",
                self.length,
            ));
        }
        if let Some(found) = self.buffered(&range) {
            return Ok(found);
        }
        let window_end = self.start.saturating_add(self.window.len() as u64);
        let near = range.start >= self.start && range.start.saturating_sub(window_end) <= NEAR / 4;
        let ahead = if near { NEAR } else { FAR };
        let end = range
            .end
            .max(range.start.saturating_add(ahead))
            .min(self.length);
        let got = self
            .source
            .read(range.start..end)
            .await
            .map_err(ProbeError::Io)?;
        if got.len() as u64 != end - range.start {
            return Err(ProbeError::Io(std::io::ErrorKind::UnexpectedEof.into()));
        }
        self.window = got;
        self.start = range.start;
        self.buffered(&range)
            .ok_or_else(|| ProbeError::Io(std::io::ErrorKind::UnexpectedEof.into()))
    }

    /// Up to `count` bytes at `offset`: fewer at the end of the file.
    pub(crate) async fn peek(&mut self, offset: u64, count: u64) -> Result<Bytes, ProbeError> {
        let end = offset.saturating_add(count).min(self.length);
        if offset >= end {
            return Ok(Bytes::new());
        }
        self.read(offset..end).await
    }

    fn buffered(&self, range: &Range<u64>) -> Option<Bytes> {
        let from = usize::try_from(range.start.checked_sub(self.start)?).ok()?;
        let to = usize::try_from(range.end.checked_sub(self.start)?).ok()?;
        (from <= to && to <= self.window.len()).then(|| self.window.slice(from..to))
    }
}
