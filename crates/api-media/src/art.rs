//! Stored pictures, as copies in fixed widths.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use futures_util::StreamExt;
use marquee_artwork::{DEFAULT_WIDTH, Format, PictureName, WIDTHS};
use serde::Deserialize;

use crate::Deps;
use crate::body::{Sendable, allow_any_origin};

const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// A picture in the width that is good for most: `/art/<name>`.
pub(crate) async fn serve(
    State(deps): State<Arc<Deps>>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> Response<Body> {
    copy(&deps, &name, DEFAULT_WIDTH, &request).await
}

/// A picture in one of the fixed widths: `/art/<name>/<width>`.
pub(crate) async fn serve_width(
    State(deps): State<Arc<Deps>>,
    Path((name, width)): Path<(String, String)>,
    request: HeaderMap,
) -> Response<Body> {
    // As it is written: an address more for the same bytes is one more copy in every cache on the way.
    let known = WIDTHS.into_iter().find(|known| known.to_string() == width);
    match known {
        Some(width) => copy(&deps, &name, width, &request).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn copy(deps: &Deps, name: &str, width: u32, request: &HeaderMap) -> Response<Body> {
    let Some(name) = PictureName::parse(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let format = if takes_webp(request) {
        Format::Webp
    } else {
        Format::Plain
    };
    let Some(copy) = deps.copies.copy(&name, width, format).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let sendable = Sendable::made(copy.bytes, copy.media_type, copy.etag, FOR_EVER);
    let mut response = sendable.respond(request);
    let vary = HeaderValue::from_static("Accept");
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// Whether a client says that it takes WebP. `*/*` does not say so: players and old televisions send it too.
fn takes_webp(request: &HeaderMap) -> bool {
    let ranges = request
        .get_all(header::ACCEPT)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    ranges.into_iter().any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("image/webp"));
        let refused = parts.any(|part| {
            let weight = part.split_once('=').filter(|(name, _)| name.trim() == "q");
            weight.is_some_and(|(_, weight)| weight.trim().parse() == Ok(0.0_f32))
        });
        named && !refused
    })
}

/// Most pictures of one call.
const MAX_PLACEHOLDERS: usize = 100;

/// Which pictures.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// Names with commas between them.
    of: String,
}

/// What stands in for pictures until they are there: ThumbHashes in base64, by name. What is no picture is left out.
pub(crate) async fn placeholders(
    State(deps): State<Arc<Deps>>,
    Query(asked): Query<Asked>,
) -> Response<Body> {
    let names: Vec<PictureName> = asked
        .of
        .split(',')
        .filter_map(PictureName::parse)
        .take(MAX_PLACEHOLDERS + 1)
        .collect();
    if names.len() > MAX_PLACEHOLDERS {
        return (StatusCode::BAD_REQUEST, "at most 100 pictures at a time\n").into_response();
    }
    let copies = &deps.copies;
    let found: BTreeMap<String, String> = futures_util::stream::iter(names)
        .map(|name| async move {
            let found = copies.placeholder(&name).await?;
            Some((name.to_string(), found))
        })
        .buffer_unordered(8)
        .filter_map(std::future::ready)
        .collect()
        .await;
    let body = serde_json::to_string(&found).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    // Of a picture it never changes; one that is not there yet may come.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    );
    allow_any_origin(headers);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webp_is_for_those_who_say_that_they_take_it() {
        for (accept, wanted) in [
            (&["image/avif,image/webp,image/apng,*/*;q=0.8"][..], true),
            (&["text/html", "Image/WebP ; q=0.5"], true),
            (&["image/webp;q=0, */*"], false),
            (&["image/webp; q=0.000"], false),
            (&["*/*"], false),
            (&["image/*"], false),
            (&["image/webpx"], false),
            (&[""], false),
            (&[], false),
        ] {
            let mut headers = HeaderMap::new();
            for value in accept {
                headers.append(header::ACCEPT, HeaderValue::from_static(value));
            }
            assert_eq!(takes_webp(&headers), wanted, "{accept:?}");
        }
    }
}
