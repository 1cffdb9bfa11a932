//! The style sheet, which carries its hash in its address.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::Response;
use marquee_http::cached::Answer;
use sha2::{Digest as _, Sha256};

const CSS: &str = include_str!("pages.css");

static ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let hash = Sha256::digest(CSS.as_bytes());
    let hash: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("/pages.css?v={hash}")
});

static FOREVER: LazyLock<Answer> = LazyLock::new(|| answer("public, max-age=31536000, immutable"));
static ASKED_FOR: LazyLock<Answer> = LazyLock::new(|| answer("no-cache"));

fn answer(cache: &'static str) -> Answer {
    Answer::file(
        CSS.into(),
        HeaderValue::from_static("text/css; charset=utf-8"),
        HeaderValue::from_static(cache),
    )
}

/// Where pages find the style sheet.
pub(crate) fn address() -> &'static str {
    &ADDRESS
}

/// The style sheet, kept for ever under the address that names its hash.
pub(crate) async fn sheet(uri: Uri, headers: HeaderMap) -> Response {
    let known = uri.path_and_query().map(|it| it.as_str()) == Some(address());
    let answer = if known { &FOREVER } else { &ASKED_FOR };
    answer.respond(&headers)
}
