//! The server's own pages about accounts: signing in and up, new passwords, letting televisions in, and
//! what links in mails lead to.
//!
//! They work without scripts and on plain `http`. Rules are `identity`'s; a page asks, and words the
//! answer. Every change is a POST whose form belongs to the visitor ([`form`]); a GET changes nothing, so
//! that whatever follows links in mails spends none of them.
//!
//! HTML is written with `maud`: markup is checked when it is compiled, and every value is escaped unless
//! somebody says otherwise, which nobody does here.
//!
//! To add a page: its words in every file of `words/`, a module with its handlers, its route here.

mod activate;
mod call;
mod end_session;
mod forgot;
mod form;
mod layout;
mod names;
mod next;
mod qr;
mod reset;
mod respond;
mod sign_in;
mod sign_up;
mod step;
mod style;
mod troubles;
mod undo_merge;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use marquee_domain::PublicUrl;
use marquee_http::cookie::{Cookies, SameSite};
use marquee_http::region::Regions;
use marquee_identity::{Identity, pages};

/// What the pages work with.
pub struct Deps {
    /// Accounts and sessions.
    pub identity: Identity,
    /// Which sites may have the refresh cookie sent.
    pub same_site: SameSite,
    /// What links begin with.
    pub public_url: PublicUrl,
    /// Where clients are, as far as that is known.
    pub regions: Regions,
    /// What the platform is called.
    pub name: String,
}

impl Deps {
    /// How cookies are written below the public address in force.
    fn cookies(&self) -> Cookies {
        Cookies::new(&self.public_url.current(), self.same_site)
    }
}

/// The pages as a router, to be merged at the root.
pub fn router(deps: Deps) -> Router {
    Router::new()
        .route(pages::SIGN_IN, get(sign_in::show).post(sign_in::take))
        .route("/sign-up", get(sign_up::show).post(sign_up::take))
        .route("/sign-out", post(sign_in::sign_out))
        .route(pages::FORGOT, get(forgot::show).post(forgot::take))
        .route(pages::RESET, get(reset::show).post(reset::take))
        .route(pages::ACTIVATE, get(activate::show).post(activate::take))
        .route("/activate/qr.svg", get(qr::svg))
        .route("/activate/qr.png", get(qr::png))
        .route(
            pages::REVOKE,
            get(end_session::show).post(end_session::take),
        )
        .route(
            pages::UNDO_MERGE,
            get(undo_merge::show).post(undo_merge::take),
        )
        .route("/pages.css", get(style::sheet))
        .with_state(Arc::new(deps))
}
