//! Seasons: the list and the detail.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use marquee_catalog::browse::{self, TitleQuery};
use utoipa::IntoParams;

use crate::Deps;
use crate::call::{Call, Making};
use crate::error::Error;
use crate::params::{CallHeaders, PageParams, PathText, Query};
use crate::views::{Envelope, ErrorEnvelope, Look, SeasonDetail, SeasonItem, SeasonPage};

/// Filters of the season list; they combine with AND.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "documents the parameters that `list_seasons` reads"
)]
pub(crate) struct SeasonFilters {
    /// Slug of the category to keep.
    #[param(nullable = false)]
    category: Option<String>,
    /// Text to look for.
    #[param(nullable = false)]
    search: Option<String>,
    /// Id of the series to keep.
    #[param(nullable = false)]
    series_id: Option<i64>,
}

/// List seasons.
#[utoipa::path(get, path = "/season/", operation_id = "listSeasons", tag = "Season",
    params(SeasonFilters, PageParams, CallHeaders),
    responses(
        (status = 200, body = Envelope<SeasonPage>), (status = 400, body = ErrorEnvelope), (status = 403, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope), (status = 429, body = ErrorEnvelope), (status = "default", body = ErrorEnvelope)))]
pub(crate) async fn list_seasons(
    State(deps): State<Arc<Deps>>,
    mut query: Query,
    call: Call,
) -> Result<Response<Body>, Error> {
    let filter = TitleQuery {
        category: query.text("category"),
        search: query.text("search"),
        series_id: query.integer("series_id"),
    };
    let page = query.page();
    let address = query.finish()?;
    let make = || -> Making<'_, _> {
        Box::pin(async {
            let found = browse::seasons(&mut deps.db.reader(), call.who, &filter, page).await?;
            let look = Look {
                language: call.language,
                public_url: &deps.public_url,
            };
            Ok(SeasonPage::new(
                &found,
                page,
                &address,
                &deps.public_url,
                |placed| SeasonItem::new(placed, look),
            ))
        })
    };
    call.cached(&deps, "listSeasons", &address.key, make).await
}

/// Get one season.
#[utoipa::path(get, path = "/season/{slug}/", operation_id = "getSeason", tag = "Season",
    params(("slug" = String, Path, description = "Slug of the item."), CallHeaders),
    responses(
        (status = 200, body = Envelope<SeasonDetail>), (status = 400, body = ErrorEnvelope), (status = 403, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope), (status = 429, body = ErrorEnvelope), (status = "default", body = ErrorEnvelope)))]
pub(crate) async fn get_season(
    State(deps): State<Arc<Deps>>,
    PathText(slug): PathText,
    call: Call,
) -> Result<Response<Body>, Error> {
    let make = || -> Making<'_, _> {
        Box::pin(async {
            let found = browse::season(&mut deps.db.reader(), call.who, &slug).await?;
            Ok(SeasonDetail::new(
                &found,
                Look {
                    language: call.language,
                    public_url: &deps.public_url,
                },
            ))
        })
    };
    call.cached(&deps, "getSeason", &slug, make).await
}
