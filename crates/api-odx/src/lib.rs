//! The experience API, `/odx/api/v4/`: routes, JSON shapes, error codes and the OpenAPI document.
//!
//! A handler reads its parameters, asks one rule of `catalog`, and hands the result to a view. To
//! add an operation: a `views` type per schema of the contract, a handler with its
//! `#[utoipa::path]`, a route in [`router`], an entry in [`openapi::Document`], and tests of what a
//! client sees; then take it off the list of operations that are not built yet in
//! `tests/it/contract.rs`.

mod account;
mod auth;
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
use axum::http::HeaderValue;
use axum::routing::{MethodRouter, delete, get, post};
use marquee_catalog::CatalogError;
use marquee_catalog::browse::Audience;
use marquee_catalog::neighbours::Neighbours;
use marquee_catalog::search::{Kind, Searcher};
use marquee_catalog::watching::Watching;
use marquee_domain::ports::Streams;
use marquee_domain::{Clock, PublicUrl};
use marquee_http::cached::AnswerCache;
use marquee_http::link::Links;
use marquee_http::region::Regions;
use marquee_identity::Identity;
use marquee_storage::Db;
use marquee_storage::catalog::Matching;

pub use error::{ACCOUNT_CODES, CODES, Error, ErrorCode};
pub use marquee_http::cookie::SameSite;
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
    /// Signs what members see pictures by.
    pub links: Links,
    /// What links begin with, without a slash at the end.
    pub public_url: PublicUrl,
    /// Accounts and sessions.
    pub identity: Identity,
    /// Which sites may have the refresh cookie sent.
    pub same_site: SameSite,
    /// The other sites that may use the face from a browser.
    pub cors_origins: Vec<HeaderValue>,
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

fn route(handler: MethodRouter<Arc<Deps>>) -> MethodRouter<Arc<Deps>> {
    handler.fallback(error::method_not_allowed)
}

/// The face as a router, to be merged at the root.
pub fn router(deps: Deps) -> Router {
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
        .merge(auth_routes(route))
        .fallback(error::unknown_path)
        .with_state(Arc::new(deps));
    Router::new().nest(BASE, face)
}

/// Operations about accounts.
fn auth_routes(route: fn(MethodRouter<Arc<Deps>>) -> MethodRouter<Arc<Deps>>) -> Router<Arc<Deps>> {
    use auth::{activation, password, session, sign_up, social};
    let face = Router::new()
        .route(
            "/auth/sign-up/request/",
            route(post(sign_up::request_sign_up_code)),
        )
        .route(
            "/auth/sign-up/verify/",
            route(post(sign_up::verify_sign_up_code)),
        )
        .route(
            "/auth/sign-up/complete/",
            route(post(sign_up::complete_sign_up)),
        )
        .route(
            "/auth/sign-up/resend/",
            route(post(sign_up::resend_sign_up_code)),
        )
        .route(
            "/auth/registration-status/",
            route(get(sign_up::check_registration)),
        )
        .route("/auth/sign-in/", route(post(session::sign_in)))
        .route("/auth/sign-out/", route(post(session::sign_out)))
        .route("/auth/refresh/", route(post(session::refresh_access_token)))
        .route(
            "/auth/password-reset/request/",
            route(post(password::request_password_reset)),
        )
        .route(
            "/auth/password-reset/confirm/",
            route(post(password::reset_password)),
        )
        .route(
            "/auth/social/google/",
            route(post(social::sign_in_with_google)),
        )
        .route(
            "/auth/social/apple/",
            route(post(social::sign_in_with_apple)),
        )
        .route(
            "/auth/ctv/activation/confirm/",
            route(post(activation::confirm_ctv_activation)),
        );
    let tv = get(activation::poll_ctv_activation).post(activation::request_ctv_activation);
    let profile = get(account::get_profile).patch(account::update_profile);
    face.route("/auth/ctv/activation/", route(tv))
        .route("/account/profile/", route(profile))
        .route(
            "/account/linked-accounts/",
            route(get(account::list_linked_accounts)),
        )
        .route(
            "/account/linked-accounts/{provider}/",
            route(delete(account::unlink_social_account)),
        )
        .route(
            "/account/password/change/",
            route(post(password::change_password)),
        )
        .route(
            "/account/email-change/request/",
            route(post(account::request_email_change)),
        )
        .route(
            "/account/email-change/verify/",
            route(post(account::verify_email_change)),
        )
        .route("/account/sign-out-all/", route(post(session::sign_out_all)))
        .route("/account/", route(delete(account::delete_account)))
        .route("/account/merge/", route(post(account::merge_accounts)))
        .route(
            "/account/merge-device/",
            route(post(account::merge_device_data)),
        )
        .route("/account/export/", route(get(account::export_account)))
        .route(
            "/account/sessions/",
            route(get(account::list_account_sessions)),
        )
        .route(
            "/account/sessions/{session_id}/",
            route(delete(account::end_account_session)),
        )
}
