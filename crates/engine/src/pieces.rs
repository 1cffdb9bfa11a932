//! Reading what a [`Piece`] list stands for: bytes made by the packager and ranges of a source.
//!
//! A source is read in steps of at most [`STEP`], one step ahead of what is being sent; ranges
//! that lie close together are one step, because asking twice costs more than reading a little
//! too much.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use marquee_domain::source::ByteSource;
use marquee_packager::Piece;

/// Most bytes read from a source at once.
const STEP: u64 = 256 * 1024;
/// Ranges closer together than this are read as one.
const GAP: u64 = 64 * 1024;

/// The bytes of the pieces in order. Ranges need a source; without one they are left out.
pub fn stream(
    pieces: Vec<Piece>,
    source: Option<Arc<dyn ByteSource>>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let chunks = stream::iter(steps(pieces)).map(move |step| {
        let source = source.clone();
        async move {
            let bytes = match source.filter(|_| !step.span.is_empty()) {
                Some(source) => source.read(step.span.clone()).await?,
                None => Bytes::new(),
            };
            let at = |offset: u64| {
                usize::try_from(offset - step.span.start)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len())
            };
            let parts = step.parts.into_iter().map(|part| match part {
                Piece::Bytes(made) => made,
                Piece::Source(range) => bytes.slice(at(range.start)..at(range.end)),
            });
            Ok::<_, io::Error>(parts.collect())
        }
    });
    // One step is read while the one before it is being sent.
    chunks.buffered(2).flat_map(|chunk| match chunk {
        Ok(parts) => {
            let parts: Vec<Bytes> = parts;
            stream::iter(parts.into_iter().map(Ok).collect::<Vec<_>>())
        }
        Err(error) => {
            tracing::warn!(%error, "a source failed while it was being sent");
            stream::iter(vec![Err(error)])
        }
    })
}

/// All bytes of the pieces, as the buffers they were read into.
///
/// # Errors
/// When the source fails.
pub async fn gather(pieces: Vec<Piece>, source: Arc<dyn ByteSource>) -> io::Result<Vec<Bytes>> {
    stream(pieces, Some(source)).try_collect().await
}

/// One thing to do next: read `span`, send the parts, whose ranges lie in it.
struct Step {
    /// Empty when nothing is read.
    span: Range<u64>,
    parts: Vec<Piece>,
}

/// Turns pieces into steps: neighbours are read together, long ranges in several steps. Bytes at
/// the very beginning are a step of their own, so that they can be sent at once.
fn steps(pieces: Vec<Piece>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for piece in pieces {
        let range = match &piece {
            Piece::Bytes(_) => {
                match steps.last_mut() {
                    Some(last) => last.parts.push(piece),
                    None => steps.push(Step {
                        span: 0..0,
                        parts: vec![piece],
                    }),
                }
                continue;
            }
            Piece::Source(range) => range.clone(),
        };
        if let Some(Step { span, parts }) = steps.last_mut().filter(|step| !step.span.is_empty()) {
            let near = range.start >= span.end && range.start - span.end <= GAP;
            if near && range.end - span.start <= STEP {
                span.end = range.end;
                parts.push(piece);
                continue;
            }
        }
        let mut from = range.start;
        while from < range.end {
            let to = range.end.min(from + STEP);
            steps.push(Step {
                span: from..to,
                parts: vec![Piece::Source(from..to)],
            });
            from = to;
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_ranges_are_read_together_and_long_ones_in_steps() {
        let steps = steps(vec![
            Piece::Bytes(Bytes::from_static(b"head")),
            Piece::Source(0..10),
            Piece::Bytes(Bytes::from_static(b"between")),
            Piece::Source(20..30),
            Piece::Source(STEP * 3..STEP * 5 + 1),
        ]);
        let spans: Vec<Range<u64>> = steps.iter().map(|step| step.span.clone()).collect();
        assert_eq!(
            spans,
            [
                0..0,
                0..30,
                STEP * 3..STEP * 4,
                STEP * 4..STEP * 5,
                STEP * 5..STEP * 5 + 1
            ]
        );
    }
}
