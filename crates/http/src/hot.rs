//! The short way to a hot answer: a request that reads like one just answered gets the same bytes
//! before anything is routed.
//!
//! A face that answers from [`crate::cached`] leaves a [`Kept`] on its response. The edge notes it
//! under what the request said (path with query, `Service-Name`, `Accept-Language`), and while the
//! catalog version stands and the answer has not ended, the same words get the same answer.
//! Encodings and conditions are still negotiated per request. Only requests that say nothing about
//! who is asking take part; where the country decides, there is no short way at all.
//!
//! Cost: two hashes of about a hundred bytes, one look-up, no allocation.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Weak};

use axum::http::{Method, Request, header};
use marquee_domain::Clock;

use crate::cached::Answer;

/// What a response says when it was a hot answer.
#[derive(Clone)]
pub struct Kept {
    /// The catalog version it belongs to.
    pub version: i64,
    /// The answer, as long as the store of answers has it.
    pub answer: Weak<Answer>,
}

/// What a request said, as a hash under keys of this process: nobody outside can aim at a clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Said(u64, u64);

/// Answers by what requests said.
pub struct HotAnswers {
    prefix: &'static str,
    kept: moka::sync::Cache<Said, Kept>,
    keys: [RandomState; 2],
    clock: Arc<dyn Clock>,
    version: Box<dyn Fn() -> i64 + Send + Sync>,
}

/// Most requests that are remembered.
const MAX_KEPT: u64 = 16_384;

impl HotAnswers {
    /// For paths that begin with `prefix`; `version` is the catalog version in force.
    #[must_use]
    pub fn new(
        prefix: &'static str,
        clock: Arc<dyn Clock>,
        version: impl Fn() -> i64 + Send + Sync + 'static,
    ) -> Self {
        Self {
            prefix,
            kept: moka::sync::Cache::new(MAX_KEPT),
            keys: [RandomState::new(), RandomState::new()],
            clock,
            version: Box::new(version),
        }
    }

    /// What a request said, if it may take the short way.
    #[must_use]
    pub fn said<B>(&self, request: &Request<B>) -> Option<Said> {
        let headers = request.headers();
        let anonymous =
            !headers.contains_key(header::AUTHORIZATION) && !headers.contains_key("did");
        if request.method() != Method::GET
            || !request.uri().path().starts_with(self.prefix)
            || !anonymous
        {
            return None;
        }
        let words = (
            request.uri().path_and_query().map(|path| path.as_str()),
            headers.get("service-name").map(|value| value.as_bytes()),
            headers
                .get(header::ACCEPT_LANGUAGE)
                .map(|value| value.as_bytes()),
        );
        let [one, other] = &self.keys;
        Some(Said(one.hash_one(words), other.hash_one(words)))
    }

    /// The answer to these words, while it is true.
    #[must_use]
    pub fn find(&self, said: Said) -> Option<Arc<Answer>> {
        let kept = self.kept.get(&said)?;
        let answer = kept.answer.upgrade()?;
        let holds = kept.version == (self.version)() && answer.holds_at(self.clock.now());
        holds.then_some(answer)
    }

    /// Remembers an answer to these words.
    pub fn keep(&self, said: Said, kept: Kept) {
        self.kept.insert(said, kept);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use axum::body::Body;
    use marquee_domain::MockClock;

    use super::*;

    fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn only_the_same_words_get_the_same_answer_while_it_is_true() {
        let clock = Arc::new(MockClock::at(10));
        let version = Arc::new(AtomicI64::new(1));
        let shown = version.clone();
        let hot = HotAnswers::new("/odx/", clock.clone(), move || {
            shown.load(Ordering::Relaxed)
        });
        let get =
            |path: &str, headers: &[(&str, &str)]| hot.said(&request(Method::GET, path, headers));
        let said = get(
            "/odx/a?x=1",
            &[("service-name", "one"), ("accept-language", "ko")],
        )
        .unwrap();
        let answer = Arc::new(Answer::new(b"{}".to_vec(), 20));
        hot.keep(
            said,
            Kept {
                version: 1,
                answer: Arc::downgrade(&answer),
            },
        );
        assert!(hot.find(said).is_some());
        for other in [
            get(
                "/odx/a?x=2",
                &[("service-name", "one"), ("accept-language", "ko")],
            ),
            get(
                "/odx/a?x=1",
                &[("service-name", "two"), ("accept-language", "ko")],
            ),
            get(
                "/odx/a?x=1",
                &[("service-name", "one"), ("accept-language", "en")],
            ),
            get("/odx/a?x=1", &[("service-name", "one")]),
            get(
                "/odx/a?x=1",
                &[("accept-language", "one"), ("service-name", "ko")],
            ),
        ] {
            assert!(hot.find(other.unwrap()).is_none());
        }
        clock.advance(10);
        assert!(hot.find(said).is_none(), "it has ended");
        clock.advance(-10);
        version.store(2, Ordering::Relaxed);
        assert!(hot.find(said).is_none(), "the catalog has changed");
        version.store(1, Ordering::Relaxed);
        assert!(hot.find(said).is_some());
        drop(answer);
        assert!(hot.find(said).is_none(), "the store has let it go");
    }

    #[test]
    fn who_says_who_they_are_goes_the_long_way() {
        let hot = HotAnswers::new("/odx/", Arc::new(MockClock::at(0)), || 1);
        for (method, path, headers) in [
            (Method::HEAD, "/odx/a", &[][..]),
            (Method::POST, "/odx/a", &[]),
            (Method::GET, "/media/a", &[]),
            (Method::GET, "/odx/a", &[("authorization", "Bearer x")]),
            (Method::GET, "/odx/a", &[("did", "tv")]),
        ] {
            assert!(hot.said(&request(method, path, headers)).is_none());
        }
    }
}
