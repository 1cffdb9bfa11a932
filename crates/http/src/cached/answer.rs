//! One answer: its bytes in every encoding, each with a tag of its own.

use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use marquee_domain::Timestamp;
use sha2::{Digest, Sha256};

use super::encoding::{Encoding, brotli, gzip, negotiate};
use crate::conditional::not_modified;

/// Bodies smaller than this are not worth compressing.
const MIN_COMPRESSED: usize = 512;
/// What `Vary` says on every cached answer.
const VARY: HeaderValue =
    HeaderValue::from_static("Service-Name, Accept-Language, Accept-Encoding, Origin");
/// Clients and shared caches keep the answer but ask each time; asking is cheap.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, no-cache");

/// One answer in all its encodings.
pub struct Answer {
    pub(super) expires_at: Timestamp,
    content_type: HeaderValue,
    cache_control: HeaderValue,
    identity: Variant,
    gzip: OnceLock<Variant>,
    brotli: OnceLock<Variant>,
}

struct Variant {
    body: Bytes,
    etag: HeaderValue,
}

impl Answer {
    /// An answer with this JSON body that is true until `expires_at`.
    #[must_use]
    pub fn new(body: Vec<u8>, expires_at: Timestamp) -> Self {
        Self::of(
            body.into(),
            HeaderValue::from_static("application/json"),
            REVALIDATE,
            expires_at,
        )
    }

    /// A file that never changes while the program runs, such as a page of the web app.
    #[must_use]
    pub fn file(body: Bytes, content_type: HeaderValue, cache_control: HeaderValue) -> Self {
        Self::of(body, content_type, cache_control, Timestamp::MAX)
    }

    fn of(
        body: Bytes,
        content_type: HeaderValue,
        cache_control: HeaderValue,
        expires_at: Timestamp,
    ) -> Self {
        let identity = Variant {
            etag: tag(&body, ""),
            body,
        };
        Self {
            expires_at,
            content_type,
            cache_control,
            identity,
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
        }
    }

    fn variant(&self, encoding: Encoding) -> (&Variant, Option<HeaderValue>) {
        let plain = &self.identity;
        if plain.body.len() < MIN_COMPRESSED {
            return (plain, None);
        }
        match encoding {
            Encoding::Identity => (plain, None),
            Encoding::Gzip => (
                self.gzip.get_or_init(|| Variant {
                    etag: tag(&plain.body, "-gz"),
                    body: gzip(&plain.body),
                }),
                Some(HeaderValue::from_static("gzip")),
            ),
            Encoding::Brotli => (
                self.brotli.get_or_init(|| Variant {
                    etag: tag(&plain.body, "-br"),
                    body: brotli(&plain.body),
                }),
                Some(HeaderValue::from_static("br")),
            ),
        }
    }

    /// The response for a request: 304 when the client has it, else the body in the best encoding.
    #[must_use]
    pub fn respond(&self, request: &HeaderMap) -> Response<Body> {
        let (variant, encoding) = self.variant(negotiate(request));
        let known = variant
            .etag
            .to_str()
            .is_ok_and(|etag| not_modified(request, etag));
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(Body::from(variant.body.clone()));
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, self.content_type.clone());
            if let Some(encoding) = encoding {
                response
                    .headers_mut()
                    .insert(header::CONTENT_ENCODING, encoding);
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, variant.etag.clone());
        headers.insert(header::VARY, VARY);
        headers.insert(header::CACHE_CONTROL, self.cache_control.clone());
        response
    }

    /// Whether it is still true.
    #[must_use]
    pub fn holds_at(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// Bytes that this takes in the store, about.
    pub(super) fn weight(&self) -> u32 {
        // Compressed forms are made later; a quarter more on top of each covers them.
        u32::try_from(self.identity.body.len() * 3 / 2 + 512).unwrap_or(u32::MAX)
    }
}

fn tag(body: &[u8], suffix: &str) -> HeaderValue {
    let digest = Sha256::digest(body);
    let hex: String = digest
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HeaderValue::from_str(&format!("\"{hex}{suffix}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn encodings_are_negotiated_with_a_tag_each() {
        let answer = Answer::new(vec![b'x'; 4000], i64::MAX);
        let encoding = |accept: &str| {
            let response = answer.respond(&request(&[(header::ACCEPT_ENCODING, accept)]));
            let text = |name| {
                response
                    .headers()
                    .get(name)
                    .map_or("", |v: &HeaderValue| v.to_str().unwrap())
                    .to_owned()
            };
            (text(header::CONTENT_ENCODING), text(header::ETAG))
        };
        let (plain, gz, br) = (
            encoding("identity"),
            encoding("gzip"),
            encoding("gzip, deflate, br"),
        );
        assert_eq!(
            [plain.0.as_str(), gz.0.as_str(), br.0.as_str()],
            ["", "gzip", "br"]
        );
        assert!(plain.1 != gz.1 && gz.1 != br.1);
        assert_eq!(encoding("br;q=0, gzip;q=0.5").0, "gzip");
        assert_eq!(encoding("br;q=0").0, "");
    }

    #[test]
    fn a_client_that_has_it_gets_304() {
        let answer = Answer::new(b"{}".to_vec(), i64::MAX);
        let etag = answer.respond(&HeaderMap::new()).headers()[header::ETAG]
            .to_str()
            .unwrap()
            .to_owned();
        let response = answer.respond(&request(&[(header::IF_NONE_MATCH, &etag)]));
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(response.headers()[header::ETAG].to_str().unwrap(), etag);
    }
}
