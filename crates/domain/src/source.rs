//! The port through which all media is read: one seekable, immutable run of bytes.
//!
//! A local file, an object in a bucket, a file behind HTTP ranges and, later, a file inside a
//! torrent all look like this to whoever packages them.

use std::io;
use std::ops::Range;

use bytes::Bytes;
use futures_util::future::BoxFuture;

/// A seekable run of bytes that does not change while it is open.
pub trait ByteSource: Send + Sync + 'static {
    /// Total length in bytes.
    fn len(&self) -> u64;

    /// True when there is nothing to read.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads exactly `range`, or fails; a range past the end is `UnexpectedEof`.
    ///
    /// Callers keep ranges bounded (a few MiB): the answer is held in memory.
    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>>;
}

/// Bytes already in memory, for tests and small files.
impl ByteSource for Bytes {
    fn len(&self) -> u64 {
        Bytes::len(self) as u64
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>> {
        let found = usize::try_from(range.start)
            .ok()
            .zip(usize::try_from(range.end).ok())
            .filter(|(start, end)| start <= end && *end <= Bytes::len(self))
            .map(|(start, end)| self.slice(start..end));
        Box::pin(std::future::ready(
            found.ok_or_else(|| io::ErrorKind::UnexpectedEof.into()),
        ))
    }
}
