//! Contents: the list and the detail.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use marquee_catalog::browse::{self, ContentQuery};
use marquee_catalog::search::Kind;
use marquee_domain::catalog::ContentKind;
use marquee_storage::catalog::ContentOrder;
use utoipa::IntoParams;

use crate::Deps;
use crate::call::{Call, Indexed};
use crate::error::Error;
use crate::params::{CallHeaders, PageParams, PathText, Query};
use crate::views::{ContentDetail, ContentItem, ContentPage, Envelope, Failures};

/// Filters of the content list; they combine with AND.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "documents the parameters that `list_content` reads"
)]
pub(crate) struct ContentFilters {
    /// Content types to keep, joined by commas.
    #[param(nullable = false)]
    types: Option<String>,
    /// Text to look for.
    #[param(nullable = false)]
    search: Option<String>,
    /// Slug of the category to keep.
    #[param(nullable = false)]
    category: Option<String>,
    /// Id of the season to keep.
    #[param(nullable = false)]
    season_id: Option<i64>,
    /// Slug of the season to keep.
    #[param(nullable = false)]
    season_slug: Option<String>,
    /// Sort order. Without it: episode order when a season filter is set, else newest first.
    #[param(inline, nullable = false)]
    order: Option<Order>,
}

/// Orders of the content list.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "documents a parameter")]
enum Order {
    Newest,
    Popularity,
}

/// List contents.
#[utoipa::path(get, path = "/content/", operation_id = "listContent", tag = "Content",
    params(ContentFilters, PageParams, CallHeaders),
    responses((status = 200, body = Envelope<ContentPage>), Failures))]
pub(crate) async fn list_content(
    State(deps): State<Arc<Deps>>,
    mut query: Query,
    call: Call,
) -> Result<Response<Body>, Error> {
    let filter = ContentQuery {
        // Unknown values match nothing, so a list of only unknown ones keeps nothing.
        kinds: query.text("types").map(|types| {
            types
                .split(',')
                .filter_map(|word| ContentKind::parse(word.trim()))
                .collect()
        }),
        search: None,
        category: query.text("category"),
        season_id: query.integer("season_id"),
        season_slug: query.text("season_slug"),
        order: match query.text("order").as_deref() {
            None => None,
            Some("newest") => Some(ContentOrder::Newest),
            Some("popularity") => Some(ContentOrder::Popularity),
            Some(_) => {
                query.fault("order", "must be newest or popularity");
                None
            }
        },
    };
    let text = query.text("search");
    let page = query.page();
    let address = query.finish()?;
    let list = Indexed("listContent", text.is_some());
    call.cached(&deps, list, &address.key, async || {
        let search = deps.matching(call.who, Kind::Content, text.as_deref());
        let filter = ContentQuery {
            search: search.await?,
            ..filter
        };
        let found = browse::contents(&mut deps.db.reader(), call.who, &filter, page).await?;
        let base = deps.public_url.current();
        let look = call.look(&base);
        Ok(ContentPage::new(
            &found,
            page,
            &address,
            look,
            ContentItem::new,
        ))
    })
    .await
}

/// Get one content.
#[utoipa::path(get, path = "/content/{slug}/", operation_id = "getContent", tag = "Content",
    params(("slug" = String, Path, description = "Slug of the item."), CallHeaders),
    responses((status = 200, body = Envelope<ContentDetail>), Failures))]
pub(crate) async fn get_content(
    State(deps): State<Arc<Deps>>,
    PathText(slug): PathText,
    call: Call,
) -> Result<Response<Body>, Error> {
    call.cached(&deps, "getContent", &slug, async || {
        let found = browse::content(&mut deps.db.reader(), call.who, &slug).await?;
        Ok(ContentDetail::new(
            &found,
            call.look(&deps.public_url.current()),
        ))
    })
    .await
}
