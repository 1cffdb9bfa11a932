//! What the server is, and who sees its services.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use marquee_domain::Visibility;
use marquee_identity::{AddressOrigin, ChoiceError};
use marquee_storage::services;

use super::{Id, body, id_of};
use crate::error::{Error, ErrorView};
use crate::views::{PublicUrlChoice, ServiceChange, ServiceView, StatusView};
use crate::{Deps, Operator};

/// What the server is and holds.
#[utoipa::path(get, path = "/status", operation_id = "getStatus", tag = "Services", responses((status = 200, body = StatusView), (status = 401, body = ErrorView)))]
pub(crate) async fn get_status(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
) -> Result<Json<StatusView>, Error> {
    let failed = |error| Error::internal(&error, id_of(&id));
    let mut reader = deps.db.reader();
    let mut views = Vec::new();
    for service in services::list(&mut reader).await.map_err(failed)? {
        let (titles, series) = services::sizes(&mut reader, service.id)
            .await
            .map_err(failed)?;
        views.push(ServiceView {
            name: service.name,
            visibility: service.visibility.as_str(),
            titles,
            series,
        });
    }
    let has_operator = deps.identity.has_operator().await;
    let has_operator = has_operator.map_err(|error| Error::internal(&error, id_of(&id)))?;
    Ok(Json(StatusView {
        has_operator,
        version: env!("CARGO_PKG_VERSION"),
        database: deps.db.flavour(),
        public_url: deps.public_address.live().current().to_string(),
        public_url_origin: match deps.public_address.origin() {
            AddressOrigin::Configuration => "configuration",
            AddressOrigin::Choice => "choice",
            AddressOrigin::Listening => "listening",
        },
        services: views,
    }))
}

/// Choose what links begin with.
#[utoipa::path(put, path = "/public-url", operation_id = "choosePublicUrl", tag = "Services", request_body = PublicUrlChoice,
    responses((status = 204), (status = 400, body = ErrorView), (status = 401, body = ErrorView), (status = 409, body = ErrorView)))]
pub(crate) async fn choose_public_url(
    operator: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    choice: Result<Json<PublicUrlChoice>, JsonRejection>,
) -> Result<StatusCode, Error> {
    let id = id_of(&id);
    let choice = body((&operator, &deps), choice, id).await?;
    let chosen = deps.public_address.choose(choice.public_url.as_deref());
    match chosen.await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(ChoiceError::Bad(fault)) => Err(Error::bad_request(format!("public_url {fault}."), id)),
        Err(ChoiceError::Configured) => Err(Error::new(
            StatusCode::CONFLICT,
            "CONFIGURED",
            "The configuration names the public address (`public_url`); change it there.",
            id,
        )),
        Err(ChoiceError::Storage(error)) => Err(Error::internal(&error, id)),
    }
}

/// Change who sees a service.
#[utoipa::path(patch, path = "/services/{name}", operation_id = "updateService", tag = "Services", params(("name" = String, Path)), request_body = ServiceChange,
    responses((status = 204), (status = 400, body = ErrorView), (status = 401, body = ErrorView), (status = 404, body = ErrorView)))]
pub(crate) async fn update_service(
    operator: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    name: Result<Path<String>, PathRejection>,
    change: Result<Json<ServiceChange>, JsonRejection>,
) -> Result<StatusCode, Error> {
    let id = id_of(&id);
    let change = body((&operator, &deps), change, id).await?;
    let Path(name) = name.map_err(|_| Error::not_found(id))?;
    let visibility = Visibility::parse(&change.visibility)
        .ok_or_else(|| Error::bad_request("visibility must be public or members.", id))?;
    let known = services::find_by_name(&mut deps.db.reader(), &name)
        .await
        .map_err(|error| Error::internal(&error, id))?;
    let service = known.ok_or_else(|| Error::not_found(id))?;
    let change = async {
        let mut unit = deps.db.begin().await?;
        services::set_visibility(&mut unit, service.id, visibility).await?;
        unit.save().await
    };
    change.await.map_err(|error| Error::internal(&error, id))?;
    Ok(StatusCode::NO_CONTENT)
}
