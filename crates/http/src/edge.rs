//! The one middleware around every face: request id, client address, CORS, time limit, metrics and
//! the access log, in a single layer so that a cached answer pays for them once.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::client::{ClientAddress, TrustedProxies};
use crate::hot::{HotAnswers, Kept};
use crate::reads::ReadLimit;

/// The id of a request, in logs, errors and the `X-Request-Id` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(u64);

impl RequestId {
    fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        static SEED: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
        // Ids differ between processes and cannot be counted from outside; they need not be secret.
        let seed = *SEED.get_or_init(|| {
            let mut bytes = [0; 8];
            let _ = getrandom::fill(&mut bytes);
            u64::from_ne_bytes(bytes)
        });
        let mut x = seed.wrapping_add(
            NEXT.fetch_add(1, Ordering::Relaxed)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15),
        );
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        Self(x ^ (x >> 31))
    }

    fn header(self) -> HeaderValue {
        let mut text = [0; 16];
        for (n, digit) in text.iter_mut().enumerate() {
            *digit = b"0123456789abcdef"[(self.0 >> (60 - 4 * n)) as usize & 15];
        }
        HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static(""))
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Settings of the edge.
pub struct Edge {
    /// Proxies whose forwarding headers count.
    pub proxies: TrustedProxies,
    /// Origins that may call from a browser, with credentials.
    pub cors_origins: Vec<HeaderValue>,
    /// Longest time until a response begins.
    pub timeout: Duration,
    /// Beginnings of paths whose answers may take as long as they need, such as imports.
    pub patient: &'static [&'static str],
    /// Whether requests are logged.
    pub access_log: bool,
    /// The short way to hot answers; none where something else decides, such as the country.
    pub hot: Option<HotAnswers>,
    /// The limit on catalog reads by client, unless it is switched off.
    pub reads: Option<ReadLimit>,
    /// Pre-registered metric handles.
    pub metrics: EdgeMetrics,
}

/// Handles for the metrics of every request, looked up once.
pub struct EdgeMetrics {
    by_class: [metrics::Counter; 5],
    seconds: metrics::Histogram,
    in_flight: metrics::Gauge,
}

impl Default for EdgeMetrics {
    fn default() -> Self {
        let class = |class: &'static str| metrics::counter!("marquee_http_requests_total", "class" => class);
        Self {
            by_class: [
                class("1xx"),
                class("2xx"),
                class("3xx"),
                class("4xx"),
                class("5xx"),
            ],
            seconds: metrics::histogram!("marquee_http_request_seconds"),
            in_flight: metrics::gauge!("marquee_http_requests_in_flight"),
        }
    }
}

/// Longest that a patient path may take.
const PATIENCE: Duration = Duration::from_secs(6 * 3600);

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static(
    "Service-Name, Accept-Language, Authorization, did, X-Device-Type, Content-Type, Range",
);
const ALLOWED_METHODS: HeaderValue =
    HeaderValue::from_static("GET, HEAD, POST, PATCH, DELETE, OPTIONS");
const EXPOSED_HEADERS: HeaderValue =
    HeaderValue::from_static("ETag, Retry-After, X-Request-Id, Content-Range, Content-Length");

/// What the edge keeps of a request until its response goes out.
struct Passage {
    started: Instant,
    id: RequestId,
    /// The origin, if it may call from a browser.
    origin: Option<HeaderValue>,
    /// Method, path and client, if requests are logged.
    logged: Option<(Method, String, IpAddr)>,
}

impl Edge {
    /// The answer to a request that reads like one just answered, with everything the edge adds to a
    /// response. Nothing is routed and nothing waited for, so a connection can call this in place.
    #[must_use]
    pub fn at_once<B>(&self, request: &Request<B>, peer: IpAddr) -> Option<Response> {
        let hot = self.hot.as_ref()?;
        let known = hot.find(hot.said(request)?)?;
        let passage = self.admit(request, peer);
        let mut response = match self.refuse(request, || self.client(request, peer).ip) {
            Some(refusal) => refusal,
            None => known.respond(request.headers()),
        };
        self.release(passage, &mut response);
        Some(response)
    }

    fn client<B>(&self, request: &Request<B>, peer: IpAddr) -> ClientAddress {
        self.proxies.client(request.headers(), peer)
    }

    /// The answer to one read too many.
    fn refuse<B>(&self, request: &Request<B>, client: impl FnOnce() -> IpAddr) -> Option<Response> {
        self.reads.as_ref()?.refuse(request, client)
    }

    fn admit<B>(&self, request: &Request<B>, peer: IpAddr) -> Passage {
        let headers = request.headers();
        let path = request.uri().path();
        let logged = || {
            let client = self.proxies.client(headers, peer).ip;
            (request.method().clone(), path.to_owned(), client)
        };
        Passage {
            started: Instant::now(),
            id: RequestId::next(),
            origin: headers
                .get(header::ORIGIN)
                .filter(|origin| self.cors_origins.contains(origin))
                .cloned(),
            logged: self.access_log.then(logged),
        }
    }

    fn release(&self, passage: Passage, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert(X_REQUEST_ID, passage.id.header());
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        if let Some(origin) = passage.origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        let status = response.status();
        let elapsed = passage.started.elapsed();
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(counter) = self.metrics.by_class.get(class) {
            counter.increment(1);
        }
        self.metrics.seconds.record(elapsed.as_secs_f64());
        if let Some((method, path, client)) = passage.logged {
            let (id, ms) = (passage.id, elapsed.as_millis() as u64);
            tracing::info!(target: "access", %id, %method, path = redact(&path), status = status.as_u16(), ms, %client, "request");
        }
    }
}

/// The middleware around the routes.
pub async fn edge(
    State(edge): State<Arc<Edge>>,
    mut request: Request<Body>,
    next: Next,
) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |info| info.0.ip());
    let passage = edge.admit(&request, peer);
    let client = edge.client(&request, peer);
    let path = request.uri().path();
    let patient = edge.patient.iter().any(|prefix| path.starts_with(prefix));
    let limit = if patient { PATIENCE } else { edge.timeout };
    let preflight = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let said = edge.hot.as_ref().and_then(|hot| hot.said(&request));

    edge.metrics.in_flight.increment(1.0);
    let mut response = if preflight && passage.origin.is_some() {
        preflight_answer()
    } else if let Some(refusal) = edge.refuse(&request, || client.ip) {
        refusal
    } else {
        request.extensions_mut().insert(passage.id);
        request.extensions_mut().insert(client);
        match tokio::time::timeout(limit, next.run(request)).await {
            Ok(response) => response,
            Err(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                [(header::RETRY_AFTER, "1")],
                "this took too long\n",
            )
                .into_response(),
        }
    };
    edge.metrics.in_flight.decrement(1.0);
    if let Some((hot, said)) = edge.hot.as_ref().zip(said)
        && let Some(kept) = response.extensions_mut().remove::<Kept>()
    {
        hot.keep(said, kept);
    }
    edge.release(passage, &mut response);
    response
}

/// Media tokens grant playback, so they do not go into logs.
fn redact(path: &str) -> String {
    match path
        .strip_prefix("/media/")
        .and_then(|rest| rest.split_once('/'))
    {
        Some((_, rest)) => format!("/media/…/{rest}"),
        None => path.to_owned(),
    }
}

fn preflight_answer() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("7200"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_tokens_stay_out_of_the_log() {
        assert_eq!(redact("/media/abc/f0/v1/0.m4s"), "/media/…/f0/v1/0.m4s");
        assert_eq!(redact("/odx/api/v4/content/"), "/odx/api/v4/content/");
    }

    #[test]
    fn request_ids_differ_and_read_the_same_in_header_and_log() {
        assert_ne!(RequestId::next(), RequestId::next());
        for id in [
            RequestId(0),
            RequestId(0x0123_4567_89ab_cdef),
            RequestId::next(),
        ] {
            assert_eq!(id.header().to_str().unwrap(), id.to_string());
        }
    }
}
