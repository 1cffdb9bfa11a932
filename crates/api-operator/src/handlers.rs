//! The operations, by what they are about, and what they share.

pub(crate) mod folders;
pub(crate) mod import;
pub(crate) mod jobs;
pub(crate) mod people;
pub(crate) mod records;
pub(crate) mod services;

use axum::Json;
use axum::extract::Extension;
use axum::extract::rejection::JsonRejection;
use marquee_http::RequestId;
use marquee_storage::services::{Service, list};

use crate::error::Error;
use crate::{Deps, Operator};

type Id = Option<Extension<RequestId>>;

fn id_of(id: &Id) -> Option<RequestId> {
    id.as_ref().map(|id| id.0)
}

/// The body of a request, or why it is none. The caller is judged once more now that all of it is here.
async fn body<T>(
    (operator, deps): (&Operator, &Deps),
    json: Result<Json<T>, JsonRejection>,
    id: Option<RequestId>,
) -> Result<T, Error> {
    operator.still(deps, id).await?;
    json.map(|Json(value)| value).map_err(|rejection| {
        Error::new(
            rejection.status(),
            "VALIDATION_ERROR",
            rejection.body_text(),
            id,
        )
    })
}

/// The service of a name; without a name, the first one.
async fn service_named(
    deps: &Deps,
    name: Option<&str>,
    id: Option<RequestId>,
) -> Result<Service, Error> {
    let all = list(&mut deps.db.reader())
        .await
        .map_err(|error| Error::internal(&error, id))?;
    let found = match name {
        Some(name) => all.into_iter().find(|service| service.name == name),
        None => all.into_iter().next(),
    };
    found.ok_or_else(|| Error::bad_request("There is no service of that name.", id))
}
