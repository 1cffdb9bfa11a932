//! Covers: the list and the detail.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use marquee_catalog::home;

use crate::Deps;
use crate::call::Call;
use crate::error::Error;
use crate::params::{CallHeaders, PageParams, PathText, Query};
use crate::views::{CoverDetail, CoverItem, CoverPage, Envelope, Failures};

/// List billboards.
#[utoipa::path(get, path = "/cover/", operation_id = "listCovers", tag = "Cover",
    params(PageParams, CallHeaders),
    responses((status = 200, body = Envelope<CoverPage>), Failures))]
pub(crate) async fn list_covers(
    State(deps): State<Arc<Deps>>,
    mut query: Query,
    call: Call,
) -> Result<Response<Body>, Error> {
    let page = query.page();
    let address = query.finish()?;
    call.cached(&deps, "listCovers", &address.key, async || {
        let found = home::covers(&mut deps.db.reader(), call.who, page).await?;
        let base = deps.public_url.current();
        let look = call.look(&base);
        Ok(CoverPage::new(&found, page, &address, look, CoverItem::new))
    })
    .await
}

/// Get one billboard.
#[utoipa::path(get, path = "/cover/{slug}/", operation_id = "getCover", tag = "Cover",
    params(("slug" = String, Path, description = "Slug of the item."), CallHeaders),
    responses((status = 200, body = Envelope<CoverDetail>), Failures))]
pub(crate) async fn get_cover(
    State(deps): State<Arc<Deps>>,
    PathText(slug): PathText,
    call: Call,
) -> Result<Response<Body>, Error> {
    call.cached(&deps, "getCover", &slug, async || {
        let found = home::cover(&mut deps.db.reader(), call.who, &slug).await?;
        Ok(CoverDetail::new(
            &found,
            call.look(&deps.public_url.current()),
        ))
    })
    .await
}
