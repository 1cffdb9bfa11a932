//! The generous limit on catalog reads, by client.
//!
//! It keeps one client from taking everything, so it counts in this process alone: what nodes would learn of each other
//! is not worth a round trip before every read, and a hot answer waits for nothing. Behind a load balancer a client may
//! have the limit once per node.
//!
//! Clients on this machine are not counted: a proxy here that is not configured as one would make one client of all
//! viewers. Cost: one hash, one lock that few contend for, no allocation: 0.13 µs of a core with 20,000 clients, 0.35 µs
//! when more come than are remembered (`limits::tests::cost_of_a_check`), where a hot answer takes 7.

use std::net::IpAddr;

use axum::http::{HeaderMap, Method, Request};
use axum::response::Response;
use marquee_limits::{Limits, Rule, Slow};

/// Counts reads below a path.
pub struct ReadLimit {
    /// The limits in force.
    pub limits: Limits,
    /// What counted paths begin with.
    pub prefix: &'static str,
    /// How the face answers one read too many.
    pub answer: fn(&HeaderMap, Slow) -> Response,
}

impl ReadLimit {
    /// Counts a read; the answer to it when it is one too many.
    pub(crate) fn refuse<B>(
        &self,
        request: &Request<B>,
        client: impl FnOnce() -> IpAddr,
    ) -> Option<Response> {
        if !matches!(*request.method(), Method::GET | Method::HEAD)
            || !request.uri().path().starts_with(self.prefix)
        {
            return None;
        }
        let client = client();
        if client.is_loopback() {
            return None;
        }
        let slow = self.limits.check_here(Rule::CatalogReads, client).err()?;
        Some((self.answer)(request.headers(), slow))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use axum::response::IntoResponse;
    use marquee_domain::MockClock;
    use marquee_limits::Rates;

    use super::*;

    fn reads() -> (ReadLimit, Arc<MockClock>) {
        let mut rates = Rates::default();
        rates.set("catalog_reads", "2/10s").unwrap();
        let clock = Arc::new(MockClock::at(1_700_000_000_000));
        let reads = ReadLimit {
            limits: Limits::new(rates, clock.clone(), None),
            prefix: "/odx/api/v4/",
            answer: |_, slow| slow.retry_after_s.to_string().into_response(),
        };
        (reads, clock)
    }

    fn is_refused(reads: &ReadLimit, method: Method, path: &str, client: &str) -> bool {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::empty()).unwrap();
        let client = || client.parse().unwrap();
        reads.refuse(&request, client).is_some()
    }

    #[test]
    fn reads_are_counted_by_client() {
        let (reads, clock) = reads();
        let read = |client| is_refused(&reads, Method::GET, "/odx/api/v4/content/", client);
        assert!(!read("192.0.2.1") && !read("192.0.2.1") && read("192.0.2.1"));
        assert!(!read("192.0.2.2"), "another client");
        assert!(!read("2001:db8::1") && !read("2001:db8::2") && read("2001:db8::3"));
        clock.advance(5000);
        assert!(!read("192.0.2.1") && read("192.0.2.1"));
    }

    #[test]
    fn this_machine_writes_and_other_paths_are_not() {
        let (reads, _) = reads();
        for _ in 0..10 {
            for (method, path, client) in [
                (Method::GET, "/odx/api/v4/content/", "127.0.0.1"),
                (Method::GET, "/odx/api/v4/content/", "::1"),
                (Method::POST, "/odx/api/v4/content/favorite/", "192.0.2.1"),
                (Method::GET, "/media/token/f0/v1/0.m4s", "192.0.2.1"),
                (Method::GET, "/", "192.0.2.1"),
            ] {
                assert!(!is_refused(&reads, method, path, client), "{path}");
            }
        }
    }
}
