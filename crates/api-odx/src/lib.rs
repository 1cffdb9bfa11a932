//! The experience API, `/odx/api/v4/`: routes, JSON shapes, error codes and the OpenAPI document.
//!
//! A handler reads its parameters, asks one rule of `catalog`, and hands the result to a view. To
//! add an operation: a `views` type per schema of the contract, a handler with its
//! `#[utoipa::path]`, a route in [`router`], an entry in [`openapi::Document`], and tests of what a
//! client sees; then take it off the list of operations that are not built yet in
//! `tests/it/contract.rs`.

mod call;
mod carousel;
mod categories;
mod contents;
mod covers;
mod error;
mod fields;
pub mod openapi;
mod params;
mod personal;
mod playback;
mod recommendation;
mod search;
mod seasons;
mod series;
mod services;
mod slow;
pub mod views;

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, get, post};
use marquee_catalog::CatalogError;
use marquee_catalog::browse::Audience;
use marquee_catalog::neighbours::Neighbours;
use marquee_catalog::search::{Kind, Searcher};
use marquee_catalog::watching::Watching;
use marquee_domain::Clock;
use marquee_domain::ports::Streams;
use marquee_http::cached::AnswerCache;
use marquee_http::region::Regions;
use marquee_storage::Db;
use marquee_storage::catalog::Matching;

pub use error::{CODES, Error, ErrorCode};
pub use services::ServiceDirectory;
pub use slow::slow;

/// Where the face lives.
pub const BASE: &str = "/odx/api/v4";

/// What the face needs.
pub struct Deps {
    /// The database.
    pub db: Db,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Hot answers.
    pub cache: AnswerCache,
    /// The services by name.
    pub services: ServiceDirectory,
    /// Country rules.
    pub regions: Regions,
    /// How far people have watched.
    pub watching: Watching,
    /// The index of this node.
    pub searcher: Searcher,
    /// Which titles are near others.
    pub neighbours: Arc<dyn Neighbours>,
    /// Where streams are.
    pub streams: Arc<dyn Streams>,
    /// What links begin with, without a slash at the end.
    pub public_url: String,
}

impl Deps {
    /// What a list of one kind is narrowed to by a text.
    pub(crate) async fn matching(
        &self,
        who: Audience,
        kind: Kind,
        text: Option<&str>,
    ) -> Result<Option<Matching>, CatalogError> {
        marquee_catalog::search::matching(&self.searcher, who, kind, text).await
    }
}

/// The face as a router, to be merged at the root.
pub fn router(deps: Deps) -> Router {
    let route = |handler: MethodRouter<Arc<Deps>>| handler.fallback(error::method_not_allowed);
    let face = Router::new()
        .route("/content/", route(get(contents::list_content)))
        .route("/content/{slug}/", route(get(contents::get_content)))
        .route("/search/", route(get(search::search)))
        .route("/season/", route(get(seasons::list_seasons)))
        .route("/season/{slug}/", route(get(seasons::get_season)))
        .route("/series/", route(get(series::list_series)))
        .route("/series/{slug}/", route(get(series::get_series)))
        .route("/category/", route(get(categories::list_categories)))
        .route(
            "/category/{slug}/contents/",
            route(get(categories::list_category_contents)),
        )
        .route(
            "/carousel/group/",
            route(get(carousel::get_active_carousel_group)),
        )
        .route(
            "/carousel/browser/group/",
            route(get(carousel::get_carousel_browser_group)),
        )
        .route("/carousel/", route(get(carousel::list_carousel)))
        .route(
            "/carousel/channel/group/",
            route(get(carousel::get_carousel_channel_group)),
        )
        .route(
            "/carousel/channel/",
            route(get(carousel::list_carousel_channels)),
        )
        .route("/cover/", route(get(covers::list_covers)))
        .route("/cover/{slug}/", route(get(covers::get_cover)))
        .route(
            "/playback/{content_id}/",
            route(get(playback::get_playback)),
        )
        .route(
            "/playback/{content_id}/media/",
            route(get(playback::get_playback_media)),
        )
        .route(
            "/recommendation/",
            route(get(recommendation::list_recommendations)),
        )
        .route(
            "/favorites/",
            route(
                get(personal::list_favorites)
                    .post(personal::add_favorite)
                    .delete(personal::remove_favorite),
            ),
        )
        .route(
            "/continue-watching/",
            route(post(personal::save_continue_watching)),
        )
        .fallback(error::unknown_path)
        .with_state(Arc::new(deps));
    Router::new().nest(BASE, face)
}
