//! Sending bytes that are partly made here and partly lie in a source: whole, in ranges, or not at
//! all when the client has them.

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use marquee_engine::Opened;
use marquee_http::conditional::{not_modified, range_applies};
use marquee_http::range::{Ranges, resolve};
use marquee_packager::Piece;

/// Something that can be sent.
pub(crate) struct Sendable {
    pub(crate) pieces: Vec<Piece>,
    /// Where `Piece::Source` ranges are read from.
    pub(crate) source: Option<Opened>,
    pub(crate) content_type: &'static str,
    pub(crate) etag: String,
    pub(crate) cache_control: &'static str,
}

impl Sendable {
    /// Bytes that are all made here.
    pub(crate) fn made(
        bytes: impl Into<Bytes>,
        content_type: &'static str,
        etag: String,
        cache_control: &'static str,
    ) -> Self {
        Self {
            pieces: vec![Piece::Bytes(bytes.into())],
            source: None,
            content_type,
            etag,
            cache_control,
        }
    }

    fn length(&self) -> u64 {
        self.pieces.iter().map(length).sum()
    }

    /// The response to a request.
    pub(crate) fn respond(self, request: &HeaderMap) -> Response<Body> {
        let etag =
            HeaderValue::from_str(&self.etag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        let mut response = if not_modified(request, &self.etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let range = request
                .get(header::RANGE)
                .and_then(|value| value.to_str().ok())
                .filter(|_| range_applies(request, &self.etag));
            self.ranged(range)
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, etag);
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(self.cache_control),
        );
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        allow_any_origin(headers);
        response
    }

    fn ranged(&self, range: Option<&str>) -> Response<Body> {
        let total = self.length();
        match resolve(range, total) {
            Ranges::Whole => self.part(StatusCode::OK, 0..total),
            Ranges::One(range) => {
                let mut response = self.part(StatusCode::PARTIAL_CONTENT, range.clone());
                set(
                    response.headers_mut(),
                    header::CONTENT_RANGE,
                    &content_range(&range, total),
                );
                response
            }
            Ranges::Many(ranges) => self.multipart(&ranges, total),
            Ranges::Unsatisfiable => {
                let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                set(
                    response.headers_mut(),
                    header::CONTENT_RANGE,
                    &format!("bytes */{total}"),
                );
                response
            }
        }
    }

    fn part(&self, status: StatusCode, range: Range<u64>) -> Response<Body> {
        let length = range.end - range.start;
        let mut response = Response::new(self.stream(cut(&self.pieces, &range)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(self.content_type),
        );
        headers.insert(header::CONTENT_LENGTH, length.into());
        response
    }

    /// `multipart/byteranges` (RFC 9110 section 14.6).
    fn multipart(&self, ranges: &[Range<u64>], total: u64) -> Response<Body> {
        let boundary = format!("marquee-{total:x}-{:x}", ranges.len());
        let mut pieces = Vec::new();
        for range in ranges {
            let head = format!(
                "--{boundary}\r\ncontent-type: {}\r\ncontent-range: {}\r\n\r\n",
                self.content_type,
                content_range(range, total)
            );
            pieces.push(Piece::Bytes(head.into()));
            pieces.extend(cut(&self.pieces, range));
            pieces.push(Piece::Bytes(Bytes::from_static(b"\r\n")));
        }
        pieces.push(Piece::Bytes(format!("--{boundary}--\r\n").into()));
        let length: u64 = pieces.iter().map(length).sum();
        let mut response = Response::new(self.stream(pieces));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        set(
            response.headers_mut(),
            header::CONTENT_TYPE,
            &format!("multipart/byteranges; boundary={boundary}"),
        );
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.into());
        response
    }

    fn stream(&self, pieces: Vec<Piece>) -> Body {
        if let [Piece::Bytes(bytes)] = pieces.as_slice() {
            return Body::from(bytes.clone());
        }
        let source = self.source.as_ref().map(|opened| opened.bytes.clone());
        Body::from_stream(marquee_engine::pieces::stream(pieces, source))
    }
}

/// Anybody may read media that they have the address of.
pub(crate) fn allow_any_origin(headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Content-Length, Content-Range, ETag"),
    );
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn content_range(range: &Range<u64>, total: u64) -> String {
    format!("bytes {}-{}/{total}", range.start, range.end - 1)
}

fn length(piece: &Piece) -> u64 {
    match piece {
        Piece::Bytes(bytes) => bytes.len() as u64,
        Piece::Source(range) => range.end.saturating_sub(range.start),
    }
}

/// The pieces that make up a range of the whole.
fn cut(pieces: &[Piece], range: &Range<u64>) -> Vec<Piece> {
    let mut at = 0;
    let mut chosen = Vec::new();
    for piece in pieces {
        let (start, end) = (at, at + length(piece));
        at = end;
        let (from, to) = (range.start.max(start), range.end.min(end));
        if from >= to {
            continue;
        }
        chosen.push(match piece {
            Piece::Bytes(bytes) => {
                Piece::Bytes(bytes.slice((from - start) as usize..(to - start) as usize))
            }
            Piece::Source(source) => {
                Piece::Source(source.start + (from - start)..source.start + (to - start))
            }
        });
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sendable() -> Sendable {
        let source: Bytes = (0..=255).collect::<Vec<u8>>().into();
        let opened = Opened {
            length: 256,
            revision: String::new(),
            bytes: std::sync::Arc::new(source),
        };
        let pieces = vec![
            Piece::Bytes(Bytes::from_static(b"head")),
            Piece::Source(10..20),
            Piece::Source(100..110),
        ];
        Sendable {
            pieces,
            source: Some(opened),
            content_type: "video/mp4",
            etag: "\"e\"".into(),
            cache_control: "no-cache",
        }
    }

    async fn get(range: Option<&str>) -> (u16, Vec<u8>, HeaderMap) {
        let mut request = HeaderMap::new();
        if let Some(range) = range {
            request.insert(header::RANGE, range.parse().unwrap());
        }
        let response = sendable().respond(&request);
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        (parts.status.as_u16(), body.to_vec(), parts.headers)
    }

    #[tokio::test]
    async fn pieces_are_sent_whole_and_in_ranges() {
        let whole: Vec<u8> = b"head"
            .iter()
            .copied()
            .chain(10..20)
            .chain(100..110)
            .collect();
        assert_eq!(get(None).await.1, whole);
        let (status, body, headers) = get(Some("bytes=2-15")).await;
        assert_eq!((status, body.as_slice()), (206, &whole[2..16]));
        assert_eq!(headers[header::CONTENT_RANGE], "bytes 2-15/24");
        assert_eq!(get(Some("bytes=-3")).await.1, &whole[21..]);
        let (status, _, headers) = get(Some("bytes=24-")).await;
        assert_eq!(
            (status, headers[header::CONTENT_RANGE].to_str().unwrap()),
            (416, "bytes */24")
        );
    }

    #[tokio::test]
    async fn several_ranges_come_as_parts_of_the_stated_length() {
        let (status, body, headers) = get(Some("bytes=0-1,20-23")).await;
        assert_eq!(status, 206);
        assert_eq!(
            headers[header::CONTENT_LENGTH].to_str().unwrap(),
            body.len().to_string()
        );
        let text = String::from_utf8_lossy(&body);
        assert!(
            text.contains("content-range: bytes 0-1/24\r\n\r\nhe\r\n"),
            "{text}"
        );
        assert!(text.ends_with("--\r\n"));
    }
}
