//! Content encodings: which one a client takes, and making it.

use std::io::Write;

use axum::http::{HeaderMap, header};
use bytes::Bytes;

/// The encodings that answers are kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Brotli,
}

/// The best encoding that a client takes (RFC 9110 section 12.5.3).
pub(super) fn negotiate(headers: &HeaderMap) -> Encoding {
    let mut best = (0.0_f32, Encoding::Identity);
    let Some(value) = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
    else {
        return best.1;
    };
    for entry in value.split(',').take(16) {
        let (name, weight) = entry.split_once(';').map_or((entry, 1.0), |(name, q)| {
            (
                name,
                q.trim()
                    .strip_prefix("q=")
                    .and_then(|q| q.parse().ok())
                    .unwrap_or(0.0),
            )
        });
        let encoding = match name.trim() {
            "br" => Encoding::Brotli,
            "gzip" | "*" => Encoding::Gzip,
            _ => continue,
        };
        // At equal weight the smaller body wins.
        if weight > best.0 || (weight == best.0 && encoding == Encoding::Brotli && weight > 0.0) {
            best = (weight, encoding);
        }
    }
    best.1
}

pub(super) fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(
        Vec::with_capacity(body.len() / 3),
        flate2::Compression::new(6),
    );
    // Writing to memory does not fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default().into()
}

pub(super) fn brotli(body: &[u8]) -> Bytes {
    let mut compressed = Vec::with_capacity(body.len() / 4);
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 16 * 1024, 5, 20);
    let _ = writer.write_all(body);
    drop(writer);
    compressed.into()
}
