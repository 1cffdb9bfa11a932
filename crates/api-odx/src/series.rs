//! Series: the list, and the detail, which answers with the season that the series opens on.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use marquee_catalog::browse::{self, TitleQuery};
use marquee_catalog::search::Kind;

use crate::Deps;
use crate::call::{Call, Indexed};
use crate::error::Error;
use crate::params::{CallHeaders, PageParams, PathText, Query, TitleFilters};
use crate::views::{Envelope, Failures, SeasonDetail, SeriesItem, SeriesPage};

/// List series.
#[utoipa::path(get, path = "/series/", operation_id = "listSeries", tag = "Series",
    params(TitleFilters, PageParams, CallHeaders),
    responses((status = 200, body = Envelope<SeriesPage>), Failures))]
pub(crate) async fn list_series(
    State(deps): State<Arc<Deps>>,
    mut query: Query,
    call: Call,
) -> Result<Response<Body>, Error> {
    let (filter, text) = query.titles();
    let page = query.page();
    let address = query.finish()?;
    let list = Indexed("listSeries", text.is_some());
    call.cached(&deps, list, &address.key, async || {
        let search = deps.matching(call.who, Kind::Series, text.as_deref());
        let filter = TitleQuery {
            search: search.await?,
            ..filter
        };
        let found = browse::series(&mut deps.db.reader(), call.who, &filter, page).await?;
        let base = deps.public_url.current();
        let look = call.look(&base);
        Ok(SeriesPage::new(
            &found,
            page,
            &address,
            look,
            SeriesItem::new,
        ))
    })
    .await
}

/// Get one series.
#[utoipa::path(get, path = "/series/{slug}/", operation_id = "getSeries", tag = "Series",
    params(("slug" = String, Path, description = "Slug of the item."), CallHeaders),
    responses((status = 200, body = Envelope<SeasonDetail>), Failures))]
pub(crate) async fn get_series(
    State(deps): State<Arc<Deps>>,
    PathText(slug): PathText,
    call: Call,
) -> Result<Response<Body>, Error> {
    call.cached(&deps, "getSeries", &slug, async || {
        let found = browse::series_detail(&mut deps.db.reader(), call.who, &slug).await?;
        Ok(SeasonDetail::new(
            &found,
            call.look(&deps.public_url.current()),
        ))
    })
    .await
}
