//! A window over a byte source: headers are read in few, bounded requests, payload is jumped over.

use std::ops::Range;

use bytes::Bytes;
use marquee_domain::source::ByteSource;

use crate::error::ProbeError;

/// Read ahead at first, and while headers lie close together: doubled with every such read.
/// Large in the end, so that a source behind HTTP is not asked for every header; bounded, so that
/// memory is.
const NEAR: u64 = 256 << 10;
const NEAR_MOST: u64 = 2 << 20;
/// Read ahead after a jump, when the neighbourhood is probably payload again.
const FAR: u64 = 16 << 10;
/// Most bytes asked for at once.
const MOST: u64 = 4 << 20;
/// A jump is at least this long.
const JUMP: u64 = 64 << 10;

/// Buffered, forward-leaning reads of a [`ByteSource`].
pub(crate) struct Reader<'a> {
    source: &'a dyn ByteSource,
    length: u64,
    window: Bytes,
    start: u64,
    ahead: u64,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a dyn ByteSource) -> Self {
        Self {
            source,
            length: source.len(),
            window: Bytes::new(),
            start: 0,
            ahead: NEAR / 2,
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
        if range.end - range.start > MOST {
            return self.read_in_parts(range).await;
        }
        let window_end = self.start.saturating_add(self.window.len() as u64);
        let near = range.start >= self.start && range.start.saturating_sub(window_end) <= JUMP;
        self.ahead = if near {
            (self.ahead * 2).clamp(NEAR, NEAR_MOST)
        } else {
            FAR
        };
        let end = range
            .end
            .max(range.start.saturating_add(self.ahead))
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

    /// A long range, such as a large `moov`: sources are asked for a few MiB at a time.
    async fn read_in_parts(&self, range: Range<u64>) -> Result<Bytes, ProbeError> {
        let mut whole = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let end = at.saturating_add(MOST).min(range.end);
            let part = self.source.read(at..end).await.map_err(ProbeError::Io)?;
            if part.len() as u64 != end - at {
                return Err(ProbeError::Io(std::io::ErrorKind::UnexpectedEof.into()));
            }
            whole.extend_from_slice(&part);
            at = end;
        }
        Ok(Bytes::from(whole))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_range_is_what_the_source_has() {
        let data: Vec<u8> = (0..9_000_000u32).map(|n| (n % 251) as u8).collect();
        let source = Bytes::from(data.clone());
        let mut reader = Reader::new(&source);
        let ranges = [
            0..16,
            10..300_000,
            299_990..8_999_999,
            5..7,
            8_000_000..9_000_000,
            9_000_000..9_000_000,
        ];
        for range in ranges {
            let got = reader.read(range.clone()).await.expect("inside");
            assert_eq!(
                got,
                data[range.start as usize..range.end as usize],
                "{range:?}"
            );
        }
        assert!(reader.read(8_999_999..9_000_001).await.is_err());
        assert_eq!(reader.peek(8_999_998, 100).await.expect("inside").len(), 2);
    }
}
