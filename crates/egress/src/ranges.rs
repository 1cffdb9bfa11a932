//! Parts of files: asking for them, and what answers say about the whole.

use http::{HeaderMap, header};

use crate::EgressError;

/// What a server said about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Length in bytes.
    pub length: u64,
    /// Entity tag or modification time; empty when the server gives neither.
    pub revision: String,
}

/// What the headers of a partial answer say about the whole file.
pub(crate) fn describe(headers: &HeaderMap) -> Result<Described, EgressError> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let total = text(header::CONTENT_RANGE)
        .and_then(|range| range.rsplit_once('/'))
        .and_then(|(_, total)| total.parse().ok());
    let length = total.ok_or(EgressError::Ranges(
        "the other server does not say how long the file is",
    ))?;
    let revision = text(header::ETAG)
        .or_else(|| text(header::LAST_MODIFIED))
        .unwrap_or_default()
        .to_owned();
    Ok(Described { length, revision })
}

/// Where the part that a `Content-Range` describes begins.
pub(crate) fn first_byte(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    let (first, _) = range.trim().strip_prefix("bytes ")?.split_once('-')?;
    first.trim().parse().ok()
}

/// Asks for `length` bytes from `offset`.
pub(crate) fn range_header(offset: u64, length: u64) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let last = offset.saturating_add(length).saturating_sub(1);
    if let Ok(value) = http::HeaderValue::from_str(&format!("bytes={offset}-{last}")) {
        headers.insert(header::RANGE, value);
    }
    headers
}
