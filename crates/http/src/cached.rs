//! Hot anonymous answers, kept as serialised and compressed bytes.
//!
//! The key is everything that an answer depends on: service, language, region verdict, the canonical
//! form of the known parameters, and the catalog version. One computation per key runs at a time,
//! however many ask. The store is bounded in bytes; an entry ends with its version or at the next
//! publish boundary, whichever comes first. Hot-path cost: one hash look-up and a few header writes.

use std::future::Future;
use std::io::Write;
use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use marquee_domain::Timestamp;
use moka::future::Cache;
use sha2::{Digest, Sha256};

use crate::conditional::not_modified;

/// Bodies smaller than this are not worth compressing.
const MIN_COMPRESSED: usize = 512;
/// What `Vary` says on every cached answer.
const VARY: HeaderValue =
    HeaderValue::from_static("Service-Name, Accept-Language, Accept-Encoding, Origin");
/// Clients and shared caches keep the answer but ask each time; asking is cheap.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, no-cache");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
    Brotli,
}

/// The best encoding that a client takes (RFC 9110 section 12.5.3).
fn negotiate(headers: &HeaderMap) -> Encoding {
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

/// One answer in all its encodings.
pub struct Answer {
    expires_at: Timestamp,
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

    fn weight(&self) -> u32 {
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

fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(
        Vec::with_capacity(body.len() / 3),
        flate2::Compression::new(6),
    );
    // Writing to memory does not fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default().into()
}

fn brotli(body: &[u8]) -> Bytes {
    let mut compressed = Vec::with_capacity(body.len() / 4);
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 16 * 1024, 5, 20);
    let _ = writer.write_all(body);
    drop(writer);
    compressed.into()
}

/// What an answer is kept under: its version and everything else it depends on.
type Key = String;

fn key(version: i64, rest: &str) -> Key {
    format!("{version}\n{rest}")
}

/// The store of answers.
#[derive(Clone)]
pub struct AnswerCache {
    answers: Cache<Key, Arc<Answer>>,
    /// Per version and service: when the next item begins or ends to show.
    boundaries: Cache<(i64, i64), Option<Timestamp>>,
}

impl AnswerCache {
    /// A store of at most `max_bytes`.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        let answers = Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|_: &Key, answer: &Arc<Answer>| answer.weight())
            .build();
        let boundaries = Cache::builder().max_capacity(1024).build();
        Self {
            answers,
            boundaries,
        }
    }

    /// When the next item of a service begins or ends to show: looked up once per catalog version, and again when it has passed.
    ///
    /// # Errors
    /// What `find` fails with.
    pub async fn boundary<E, F>(
        &self,
        version: i64,
        service: i64,
        now: Timestamp,
        find: F,
    ) -> Result<Option<Timestamp>, E>
    where
        F: Future<Output = Result<Option<Timestamp>, E>>,
    {
        if let Some(known) = self.boundaries.get(&(version, service)).await
            && known.is_none_or(|at| now < at)
        {
            return Ok(known);
        }
        let found = find.await?;
        self.boundaries.insert((version, service), found).await;
        Ok(found)
    }

    /// The answer under a key when it is there and still true. What has ended is dropped.
    pub async fn find(&self, version: i64, rest: &str, now: Timestamp) -> Option<Arc<Answer>> {
        let key = key(version, rest);
        let answer = self.answers.get(&key).await?;
        if now < answer.expires_at {
            return Some(answer);
        }
        self.answers.invalidate(&key).await;
        None
    }

    /// The answer under a key, computed by `make` when it is not there; concurrent callers share one computation.
    ///
    /// # Errors
    /// What `make` fails with; failures are not kept.
    pub async fn get<E, F>(
        &self,
        version: i64,
        rest: String,
        now: Timestamp,
        make: F,
    ) -> Result<Arc<Answer>, Arc<E>>
    where
        E: Send + Sync + 'static,
        F: Future<Output = Result<Answer, E>>,
    {
        if let Some(answer) = self.find(version, &rest, now).await {
            return Ok(answer);
        }
        let key = key(version, &rest);
        self.answers
            .try_get_with(key, async { make.await.map(Arc::new) })
            .await
    }
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

    #[tokio::test]
    async fn many_callers_share_one_computation_and_failures_are_not_kept() {
        let cache = AnswerCache::new(1 << 20);
        let made = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let calls = (0..100).map(|_| {
            let made = made.clone();
            let cache = cache.clone();
            async move {
                let make = async move {
                    made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    Ok::<_, ()>(Answer::new(b"{}".to_vec(), 10))
                };
                cache.get(1, "k".into(), 0, make).await.unwrap();
            }
        });
        futures_util::future::join_all(calls).await;
        assert_eq!(made.load(std::sync::atomic::Ordering::SeqCst), 1);
        assert!(
            cache
                .get(1, "k".into(), 10, async { Err(()) })
                .await
                .is_err(),
            "the entry has ended"
        );
        assert!(
            cache
                .get(1, "k".into(), 11, async {
                    Ok::<_, ()>(Answer::new(vec![], 20))
                })
                .await
                .is_ok()
        );
    }
}
