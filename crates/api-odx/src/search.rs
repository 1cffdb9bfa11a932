//! Search over the whole catalog.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use marquee_catalog::search;
use utoipa::IntoParams;

use crate::Deps;
use crate::call::{Call, Indexed};
use crate::error::Error;
use crate::params::{CallHeaders, Query};
use crate::views::{Envelope, FailuresWithoutMissing, SearchResult};

/// What to look for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the parameter that `search` reads")]
pub(crate) struct SearchParams {
    /// Search term.
    q: String,
}

/// Search the catalog.
#[utoipa::path(get, path = "/search/", operation_id = "search", tag = "Search",
    params(SearchParams, CallHeaders),
    responses((status = 200, body = Envelope<SearchResult>), FailuresWithoutMissing))]
pub(crate) async fn search(
    State(deps): State<Arc<Deps>>,
    mut query: Query,
    call: Call,
) -> Result<Response<Body>, Error> {
    let text = query.text("q").filter(|text| !text.trim().is_empty());
    if text.is_none() {
        query.fault("q", "must not be blank");
    }
    let text = text.unwrap_or_default();
    let address = query.finish()?;
    call.cached(&deps, Indexed("search", true), &address.key, async || {
        let reader = &mut deps.db.reader();
        let found = search::search(reader, &deps.searcher, call.who, call.language, &text).await?;
        Ok(SearchResult::new(
            found,
            call.look(&deps.public_url.current()),
        ))
    })
    .await
}
