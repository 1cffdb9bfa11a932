//! The one middleware around every face: request id, client address, CORS, time limit, metrics and
//! the access log, in a single layer so that a cached answer pays for them once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::client::TrustedProxies;
use crate::hot::{HotAnswers, Kept};

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

const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static(
    "Service-Name, Accept-Language, Authorization, did, X-Device-Type, Content-Type, Range",
);
const ALLOWED_METHODS: HeaderValue =
    HeaderValue::from_static("GET, HEAD, POST, PATCH, DELETE, OPTIONS");
const EXPOSED_HEADERS: HeaderValue =
    HeaderValue::from_static("ETag, Retry-After, X-Request-Id, Content-Range, Content-Length");

/// The middleware.
pub async fn edge(State(edge): State<Arc<Edge>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::next();
    let client = edge.proxies.client(request.headers(), request.extensions());
    let origin = request
        .headers()
        .get(header::ORIGIN)
        .filter(|origin| edge.cors_origins.contains(origin))
        .cloned();
    let path = request.uri().path();
    let patient = edge.patient.iter().any(|prefix| path.starts_with(prefix));
    let limit = if patient { PATIENCE } else { edge.timeout };
    let logged = edge
        .access_log
        .then(|| (request.method().clone(), request.uri().path().to_owned()));
    let preflight = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let said = edge.hot.as_ref().and_then(|hot| hot.said(&request));
    let known = edge
        .hot
        .as_ref()
        .zip(said)
        .and_then(|(hot, said)| hot.find(said));

    edge.metrics.in_flight.increment(1.0);
    let mut response = if preflight && origin.is_some() {
        preflight_answer()
    } else if let Some(known) = known {
        known.respond(request.headers())
    } else {
        request.extensions_mut().insert(id);
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

    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert("x-request-id", value);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    let status = response.status();
    let elapsed = started.elapsed();
    if let Some(counter) = edge
        .metrics
        .by_class
        .get(usize::from(status.as_u16() / 100).saturating_sub(1))
    {
        counter.increment(1);
    }
    edge.metrics.seconds.record(elapsed.as_secs_f64());
    if let Some((method, path)) = logged {
        tracing::info!(target: "access", %id, %method, path = redact(&path), status = status.as_u16(), ms = elapsed.as_millis() as u64, client = %client.ip, "request");
    }
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
    fn request_ids_differ() {
        assert_ne!(RequestId::next(), RequestId::next());
    }
}
