//! What home screens are made of, one record at a time: row groups, rows, covers, channels and
//! bundles. The records are those of the importer, which is also what stores them.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use marquee_catalog::import::remove_piece;
use marquee_domain::home::PieceKind;
use marquee_http::RequestId;
use marquee_ingest::{NoProgress, catalog};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;

use super::{Id, body, id_of, service_named};
use crate::error::{Error, ErrorView};
use crate::views::{ListView, StoredView};
use crate::{Deps, Operator};

/// Whose records.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecordParams {
    /// Service; the first one when left out.
    service: Option<String>,
}

type Params = Result<Query<RecordParams>, QueryRejection>;

fn kind_of(word: &str, id: Option<RequestId>) -> Result<PieceKind, Error> {
    PieceKind::parse(word).ok_or_else(|| Error::not_found(id))
}

async fn service(
    deps: &Deps,
    params: Params,
    id: Option<RequestId>,
) -> Result<marquee_domain::ServiceId, Error> {
    let Query(params) = params.map_err(|bad| Error::bad_request(bad.body_text(), id))?;
    let service = service_named(deps, params.service.as_deref(), id).await?;
    Ok(service.id)
}

/// List the records of a kind, shown or not, in the editor's order; at most 500.
#[utoipa::path(get, path = "/records/{kind}", operation_id = "listRecords", tag = "Records",
    params(("kind" = String, Path, description = "row_group, row, cover, channel or multichannel."), RecordParams),
    responses((status = 200, body = ListView<Value>), (status = 400, body = ErrorView), (status = 401, body = ErrorView), (status = 404, body = ErrorView)))]
pub(crate) async fn list_records(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    path: Result<Path<String>, PathRejection>,
    params: Params,
) -> Result<Json<ListView<Value>>, Error> {
    let id = id_of(&id);
    let Path(kind) = path.map_err(|_| Error::not_found(id))?;
    let kind = kind_of(&kind, id)?;
    let service = service(&deps, params, id).await?;
    let results = catalog::listed(&mut deps.db.reader(), service, kind)
        .await
        .map_err(|error| Error::internal(&error, id))?;
    Ok(Json(ListView { results }))
}

/// Add a record, or replace the one of this id. The body is a record as in a catalog file; `kind` and `id` may be left out.
#[utoipa::path(put, path = "/records/{kind}/{id}", operation_id = "putRecord", tag = "Records",
    params(("kind" = String, Path), ("id" = String, Path, description = "External key."), RecordParams), request_body = Object,
    responses((status = 200, body = StoredView), (status = 400, body = ErrorView), (status = 401, body = ErrorView), (status = 404, body = ErrorView)))]
pub(crate) async fn put_record(
    operator: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    path: Result<Path<(String, String)>, PathRejection>,
    params: Params,
    record: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Result<Json<StoredView>, Error> {
    let id = id_of(&id);
    let Path((kind, key)) = path.map_err(|_| Error::not_found(id))?;
    let kind = kind_of(&kind, id)?;
    let service = service(&deps, params, id).await?;
    let mut record = body((&operator, &deps), record, id).await?;
    for (name, value) in [("kind", kind.as_str()), ("id", key.as_str())] {
        let stated = record.insert(name.to_owned(), Value::from(value));
        if stated.is_some_and(|stated| stated.as_str() != Some(value)) {
            let reason = format!("{name}: the address says {value:?}");
            return Err(Error::bad_request(reason, id));
        }
    }
    if record.contains_key("deleted") {
        let reason = "deleted: DELETE takes a record away";
        return Err(Error::bad_request(reason, id));
    }
    let options = catalog::Options {
        service,
        name: "request".to_owned(),
        base: None,
        art: deps.art.clone(),
        dry_run: false,
        length: 0,
    };
    let line = std::io::Cursor::new(Value::Object(record).to_string());
    let report = catalog::import(&deps.db, &*deps.clock, Box::new(line), options, &NoProgress)
        .await
        .map_err(|error| Error::internal(&error, id))?;
    match report.rejected.first() {
        None => Ok(Json(report.into())),
        Some(fault) => {
            let field = fault.field.as_deref().unwrap_or("record");
            let reason = format!("{field}: {}", fault.reason);
            Err(Error::bad_request(reason, id))
        }
    }
}

/// Take a record away. With a group go its rows; the channels of a bundle stay.
#[utoipa::path(delete, path = "/records/{kind}/{id}", operation_id = "deleteRecord", tag = "Records",
    params(("kind" = String, Path), ("id" = String, Path, description = "External key."), RecordParams),
    responses((status = 204), (status = 400, body = ErrorView), (status = 401, body = ErrorView), (status = 404, body = ErrorView)))]
pub(crate) async fn delete_record(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    path: Result<Path<(String, String)>, PathRejection>,
    params: Params,
) -> Result<StatusCode, Error> {
    let id = id_of(&id);
    let Path((kind, key)) = path.map_err(|_| Error::not_found(id))?;
    let kind = kind_of(&kind, id)?;
    let service = service(&deps, params, id).await?;
    let gone = remove_piece(&deps.db, service, kind, &key)
        .await
        .map_err(|error| Error::internal(&error, id))?;
    if gone {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::not_found(id))
    }
}
