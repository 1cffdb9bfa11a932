//! Series: the list, and the detail, which answers with the season that the series opens on.

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
use crate::views::{Envelope, ErrorEnvelope, Look, SeasonDetail, SeriesItem, SeriesPage};

/// Filters of the series list; they combine with AND.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "documents the parameters that `list_series` reads"
)]
pub(crate) struct SeriesFilters {
    /// Slug of the category to keep.
    #[param(nullable = false)]
    category: Option<String>,
    /// Text to look for.
    #[param(nullable = false)]
    search: Option<String>,
}

/// List series.
#[utoipa::path(get, path = "/series/", operation_id = "listSeries", tag = "Series",
    params(SeriesFilters, PageParams, CallHeaders),
    responses(
        (status = 200, body = Envelope<SeriesPage>), (status = 400, body = ErrorEnvelope), (status = 403, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope), (status = 429, body = ErrorEnvelope), (status = "default", body = ErrorEnvelope)))]
pub(crate) async fn list_series(
    State(deps): State<Arc<Deps>>,
    mut query: Query,
    call: Call,
) -> Result<Response<Body>, Error> {
    let filter = TitleQuery {
        category: query.text("category"),
        search: query.text("search"),
        series_id: None,
    };
    let page = query.page();
    let address = query.finish()?;
    let make = || -> Making<'_, _> {
        Box::pin(async {
            let found = browse::series(&mut deps.db.reader(), call.who, &filter, page).await?;
            let look = Look {
                language: call.language,
                public_url: &deps.public_url,
            };
            Ok(SeriesPage::new(
                &found,
                page,
                &address,
                &deps.public_url,
                |opened| SeriesItem::new(opened, look),
            ))
        })
    };
    call.cached(&deps, "listSeries", &address.key, make).await
}

/// Get one series.
#[utoipa::path(get, path = "/series/{slug}/", operation_id = "getSeries", tag = "Series",
    params(("slug" = String, Path, description = "Slug of the item."), CallHeaders),
    responses(
        (status = 200, body = Envelope<SeasonDetail>), (status = 400, body = ErrorEnvelope), (status = 403, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope), (status = 429, body = ErrorEnvelope), (status = "default", body = ErrorEnvelope)))]
pub(crate) async fn get_series(
    State(deps): State<Arc<Deps>>,
    PathText(slug): PathText,
    call: Call,
) -> Result<Response<Body>, Error> {
    let make = || -> Making<'_, _> {
        Box::pin(async {
            let found = browse::series_detail(&mut deps.db.reader(), call.who, &slug).await?;
            Ok(SeasonDetail::new(
                &found,
                Look {
                    language: call.language,
                    public_url: &deps.public_url,
                },
            ))
        })
    };
    call.cached(&deps, "getSeries", &slug, make).await
}
