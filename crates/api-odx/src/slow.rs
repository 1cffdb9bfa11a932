//! The answer to whoever calls too often.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use marquee_limits::Slow;

use crate::call::language_of;
use crate::error::{Error, ErrorCode};

/// `RATE_LIMITED` in the client's language, with `Retry-After`.
#[must_use]
pub fn slow(headers: &HeaderMap, slow: Slow) -> Response {
    let mut response = Error::new(ErrorCode::RateLimited, language_of(headers)).into_response();
    let wait = HeaderValue::from(slow.retry_after_s);
    response.headers_mut().insert(header::RETRY_AFTER, wait);
    response
}
