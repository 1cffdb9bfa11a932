//! Categories: what one holds, and (extension) which there are.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use marquee_catalog::browse;

use crate::Deps;
use crate::call::Call;
use crate::error::Error;
use crate::params::{OptionalCallHeaders, PageParams, PathText, Query};
use crate::views::{
    Category, CategoryItem, CategoryList, CategoryPage, Envelope, ErrorEnvelope, Failures,
};

/// List what a category holds.
#[utoipa::path(get, path = "/category/{slug}/contents/", operation_id = "listCategoryContents", tag = "Category",
    params(("slug" = String, Path, description = "Slug of the item."), PageParams, OptionalCallHeaders),
    responses((status = 200, body = Envelope<CategoryPage>), Failures))]
pub(crate) async fn list_category_contents(
    State(deps): State<Arc<Deps>>,
    PathText(slug): PathText,
    mut query: Query,
    call: Call<true>,
) -> Result<Response<Body>, Error> {
    let page = query.page();
    let address = query.finish()?;
    call.cached(
        &deps,
        "listCategoryContents",
        &format!("{}:{slug};{}", slug.len(), address.key),
        async || {
            let found =
                browse::category_contents(&mut deps.db.reader(), call.who, &slug, page).await?;
            let base = deps.public_url.current();
            let look = call.look(&base);
            Ok(CategoryPage::new(
                &found,
                page,
                &address,
                look,
                CategoryItem::new,
            ))
        },
    )
    .await
}

/// List the categories that have something to show, in the editor's order.
#[utoipa::path(get, path = "/category/", operation_id = "listCategories", tag = "Category",
    params(OptionalCallHeaders),
    responses(
        (status = 200, body = Envelope<CategoryList>), (status = 400, body = ErrorEnvelope), (status = 403, body = ErrorEnvelope),
        (status = "default", body = ErrorEnvelope)))]
pub(crate) async fn list_categories(
    State(deps): State<Arc<Deps>>,
    call: Call<true>,
) -> Result<Response<Body>, Error> {
    call.cached(&deps, "listCategories", "", async || {
        let found = browse::categories(&mut deps.db.reader(), call.who).await?;
        let base = deps.public_url.current();
        let look = call.look(&base);
        Ok(CategoryList {
            results: found
                .iter()
                .map(|label| Category::new(label, look))
                .collect(),
        })
    })
    .await
}
