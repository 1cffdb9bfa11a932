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

/// Of members, who are others next week.
const FOR_A_WEEK: &str = "private, max-age=604800";

/// By what somebody sees pictures.
#[derive(Clone, Copy)]
enum By<'a> {
    /// By the address alone.
    Address,
    /// By the pass that members are given.
    Pass(&'a str),
}

impl By<'_> {
    /// How long the answer may be kept, or the answer to whoever may not see pictures so.
    async fn admit(self, deps: &Deps) -> Result<&'static str, Response<Body>> {
        match self {
            Self::Address => match deps.openness.is_open().await {
                Ok(true) => Ok(FOR_EVER),
                Ok(false) => Err(refused("sign in to see pictures\n")),
                Err(error) => {
                    tracing::error!(error = &*error, "who may see pictures is not known");
                    Err(StatusCode::SERVICE_UNAVAILABLE.into_response())
                }
            },
            Self::Pass(pass) => match deps.links.check_picture_pass(pass, deps.clock.now()) {
                Ok(()) => Ok(FOR_A_WEEK),
                Err(error) => Err(refused(&format!("{error}\n"))),
            },
        }
    }
}

fn refused(sentence: &str) -> Response<Body> {
    let mut response = (StatusCode::FORBIDDEN, sentence.to_owned()).into_response();
    let headers = response.headers_mut();
    // A service may be opened at any time.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    allow_any_origin(headers);
    response
}

/// A picture in the width that is good for most: `/art/<name>`.
pub(crate) async fn serve(
    State(deps): State<Arc<Deps>>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> Response<Body> {
    copy(&deps, By::Address, &name, DEFAULT_WIDTH, &request).await
}

/// The same for members: `/art/m/<pass>/<name>`.
pub(crate) async fn members_serve(
    State(deps): State<Arc<Deps>>,
    Path((pass, name)): Path<(String, String)>,
    request: HeaderMap,
) -> Response<Body> {
    copy(&deps, By::Pass(&pass), &name, DEFAULT_WIDTH, &request).await
}

/// A picture in one of the fixed widths: `/art/<name>/<width>`.
pub(crate) async fn serve_width(
    State(deps): State<Arc<Deps>>,
    Path((name, width)): Path<(String, String)>,
    request: HeaderMap,
) -> Response<Body> {
    in_width(&deps, By::Address, &name, &width, &request).await
}

/// The same for members: `/art/m/<pass>/<name>/<width>`.
pub(crate) async fn members_serve_width(
    State(deps): State<Arc<Deps>>,
    Path((pass, name, width)): Path<(String, String, String)>,
    request: HeaderMap,
) -> Response<Body> {
    in_width(&deps, By::Pass(&pass), &name, &width, &request).await
}

async fn in_width(
    deps: &Deps,
    by: By<'_>,
    name: &str,
    width: &str,
    request: &HeaderMap,
) -> Response<Body> {
    // As it is written: an address more for the same bytes is one more copy in every cache on the way.
    let known = WIDTHS.into_iter().find(|known| known.to_string() == width);
    match known {
        Some(width) => copy(deps, by, name, width, request).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn copy(
    deps: &Deps,
    by: By<'_>,
    name: &str,
    width: u32,
    request: &HeaderMap,
) -> Response<Body> {
    let Some(name) = PictureName::parse(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kept = match by.admit(deps).await {
        Ok(kept) => kept,
        Err(answer) => return answer,
    };
    let format = if takes_webp(request) {
        Format::Webp
    } else {
        Format::Plain
    };
    let Some(copy) = deps.copies.copy(&name, width, format).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let sendable = Sendable::made(copy.bytes, copy.media_type, copy.etag, kept);
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
    of(&deps, By::Address, &asked).await
}

/// The same for members.
pub(crate) async fn members_placeholders(
    State(deps): State<Arc<Deps>>,
    Path(pass): Path<String>,
    Query(asked): Query<Asked>,
) -> Response<Body> {
    of(&deps, By::Pass(&pass), &asked).await
}

async fn of(deps: &Deps, by: By<'_>, asked: &Asked) -> Response<Body> {
    if let Err(answer) = by.admit(deps).await {
        return answer;
    }
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
    let kept = match by {
        By::Address => "public, max-age=3600",
        By::Pass(_) => "private, max-age=3600",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
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
