//! The operator API, `/operator/api/v1/`: status, services, folders, jobs, the importer over HTTP, and
//! the records that home screens are made of.
//!
//! Every call needs the operator token, or an access token of an operator's account, as a Bearer token; [`Operator`] is the one extractor that
//! decides, and every handler takes it. Times are UTC milliseconds.

mod error;
mod handlers;
pub mod openapi;
mod views;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{delete, get, patch, post, put};
use marquee_artwork::Gallery;
use marquee_domain::Clock;
use marquee_http::RequestId;
use marquee_identity::{Identity, PublicAddress};
use marquee_storage::Db;
use tokio::sync::Notify;

use self::handlers::{folders, import, jobs, people, records, services};

pub use error::Error;

/// Where the API lives.
pub const BASE: &str = "/operator/api/v1";
/// Largest catalog that one call brings in; the command line takes any size.
const MAX_IMPORT: usize = 256 << 20;

/// What the API needs.
pub struct Deps {
    /// The database.
    pub db: Db,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Wakes whoever does the jobs.
    pub wake: Arc<Notify>,
    /// Folder of stored pictures.
    pub art: Gallery,
    /// What links begin with, and the way to change it.
    pub public_address: PublicAddress,
    /// Accounts, and who of them is an operator.
    pub identity: Identity,
}

/// Proof that the caller is the operator.
pub(crate) struct Operator {
    token: String,
}

impl FromRequestParts<Arc<Deps>> for Operator {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, deps: &Arc<Deps>) -> Result<Self, Error> {
        let id = parts.extensions.get::<RequestId>().copied();
        let value = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = value
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some((_, token)) = token else {
            return Err(Error::unauthorized(id));
        };
        let operator = Self {
            token: token.trim().to_owned(),
        };
        operator.still(deps, id).await?;
        storable(&parts.uri, id)?;
        Ok(operator)
    }
}

impl Operator {
    /// Whether the caller still is one: a body may come long after the headers by which it was judged.
    async fn still(&self, deps: &Deps, id: Option<RequestId>) -> Result<(), Error> {
        match deps.identity.admits_operator(&self.token).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::unauthorized(id)),
            Err(error) => Err(Error::internal(&error, id)),
        }
    }
}

/// No text with a NUL is stored anywhere, and PostgreSQL takes none to look for: nothing has such a name.
fn storable(uri: &Uri, id: Option<RequestId>) -> Result<(), Error> {
    // As it is sent: the character itself cannot be in an address.
    const NUL: &str = "%00";
    if uri.path().contains(NUL) {
        return Err(Error::not_found(id));
    }
    if uri.query().is_some_and(|query| query.contains(NUL)) {
        let reason = "The query holds a character that is not text.";
        return Err(Error::bad_request(reason, id));
    }
    Ok(())
}

/// Answers are the operator's alone, and as good as they are now.
async fn no_store(mut response: Response) -> Response {
    let value = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    response
}

/// The API as a router, to be merged at the root.
pub fn router(deps: Deps) -> Router {
    let api = Router::new()
        .route("/status", get(services::get_status))
        .route("/public-url", put(services::choose_public_url))
        .route("/services/{name}", patch(services::update_service))
        .route(
            "/folders",
            get(folders::list_folders).post(folders::add_folder),
        )
        .route("/folders/{id}/scan", post(folders::scan_folder))
        .route("/people", get(people::list_people).post(people::add_person))
        .route(
            "/people/{uuid}",
            get(people::get_person).patch(people::update_person),
        )
        .route(
            "/people/{uuid}/sessions",
            delete(people::end_person_sessions),
        )
        .route(
            "/people/{uuid}/reset-password",
            post(people::reset_person_password),
        )
        .route("/jobs", get(jobs::list_jobs))
        .route("/jobs/{id}", get(jobs::get_job))
        .route("/records/{kind}", get(records::list_records))
        .route(
            "/records/{kind}/{id}",
            put(records::put_record).delete(records::delete_record),
        )
        .route(
            "/import/catalog",
            post(import::import_catalog).layer(DefaultBodyLimit::max(MAX_IMPORT)),
        )
        .fallback(|_: Operator| async { Error::not_found(None) })
        .method_not_allowed_fallback(|_: Operator| async { Error::method_not_allowed() })
        .layer(map_response(no_store))
        .with_state(Arc::new(deps));
    Router::new().nest(BASE, api)
}
