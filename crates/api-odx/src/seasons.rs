//! Seasons: the list and the detail.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use marquee_catalog::browse::{self, TitleQuery};
use marquee_catalog::search::Kind;
use utoipa::IntoParams;

use crate::Deps;
use crate::call::{Call, Indexed};
use crate::error::Error;
use crate::params::{CallHeaders, PageParams, PathText, Query, TitleFilters};
use crate::views::{Envelope, Failures, SeasonDetail, SeasonItem, SeasonPage};

/// The filter that only the season list has.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "documents the parameters that `list_seasons` reads"
)]
pub(crate) struct SeasonFilters {
    /// Id of the series to keep.
    #[param(nullable = false)]
    series_id: Option<i64>,
}

/// List seasons.
#[utoipa::path(get, path = "/season/", operation_id = "listSeasons", tag = "Season",
    params(TitleFilters, SeasonFilters, PageParams, CallHeaders),
    responses((status = 200, body = Envelope<SeasonPage>), Failures))]
pub(crate) async fn list_seasons(
    State(deps): State<Arc<Deps>>,
    mut query: Query,
    call: Call,
) -> Result<Response<Body>, Error> {
    let series_id = query.integer("series_id");
    let (filter, text) = query.titles();
    let page = query.page();
    let address = query.finish()?;
    let list = Indexed("listSeasons", text.is_some());
    call.cached(&deps, list, &address.key, async || {
        let search = deps.matching(call.who, Kind::Season, text.as_deref());
        let filter = TitleQuery {
            series_id,
            search: search.await?,
            ..filter
        };
        let found = browse::seasons(&mut deps.db.reader(), call.who, &filter, page).await?;
        let base = deps.public_url.current();
        let look = call.look(&base);
        Ok(SeasonPage::new(
            &found,
            page,
            &address,
            look,
            SeasonItem::new,
        ))
    })
    .await
}

/// Get one season.
#[utoipa::path(get, path = "/season/{slug}/", operation_id = "getSeason", tag = "Season",
    params(("slug" = String, Path, description = "Slug of the item."), CallHeaders),
    responses((status = 200, body = Envelope<SeasonDetail>), Failures))]
pub(crate) async fn get_season(
    State(deps): State<Arc<Deps>>,
    PathText(slug): PathText,
    call: Call,
) -> Result<Response<Body>, Error> {
    call.cached(&deps, "getSeason", &slug, async || {
        let found = browse::season(&mut deps.db.reader(), call.who, &slug).await?;
        Ok(SeasonDetail::new(
            &found,
            call.look(&deps.public_url.current()),
        ))
    })
    .await
}
