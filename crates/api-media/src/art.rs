//! Stored pictures.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse;

use crate::Deps;
use crate::body::Sendable;

/// Serves a picture by the name it was stored under: 32 hexadecimal digits and an extension, nothing else.
pub(crate) async fn serve(
    State(deps): State<Arc<Deps>>,
    Path(file): Path<String>,
    request: HeaderMap,
) -> Response<Body> {
    let known = file.split_once('.').filter(|(stem, _)| {
        stem.len() == 32
            && stem
                .bytes()
                .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
    });
    let content_type = match known.map(|(_, extension)| extension) {
        Some("webp") => "image/webp",
        Some("jpg") => "image/jpeg",
        Some("png") => "image/png",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match tokio::fs::read(deps.art.join(&file)).await {
        Ok(bytes) => Sendable::made(
            bytes,
            content_type,
            format!("\"{file}\""),
            "public, max-age=31536000, immutable",
        )
        .respond(&request),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
