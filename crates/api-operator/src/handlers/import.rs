//! The importer over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use futures_util::TryStreamExt;
use marquee_ingest::{NoProgress, catalog};
use serde::Deserialize;
use tokio_util::io::{StreamReader, SyncIoBridge};
use utoipa::IntoParams;

use super::{Id, id_of, service_named};
use crate::error::{Error, ErrorView};
use crate::views::ReportView;
use crate::{Deps, Operator};

/// Where an import goes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportParams {
    /// Service; the first one when left out.
    service: Option<String>,
    /// Check only, store nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Bring in catalog records, one JSON object per line. Answers when all of them are stored.
#[utoipa::path(post, path = "/import/catalog", operation_id = "importCatalog", tag = "Import", params(ImportParams), request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, body = ReportView), (status = 400, body = ErrorView), (status = 401, body = ErrorView), (status = 413, body = ErrorView)))]
pub(crate) async fn import_catalog(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    params: Result<Query<ImportParams>, QueryRejection>,
    records: Body,
) -> Result<Json<ReportView>, Error> {
    let id = id_of(&id);
    let Query(params) = params.map_err(|bad| Error::bad_request(bad.body_text(), id))?;
    let service = service_named(&deps, params.service.as_deref(), id).await?;
    let limited = http_body_limited(records);
    let stream = limited.into_data_stream().map_err(std::io::Error::other);
    let reader = SyncIoBridge::new(Box::pin(StreamReader::new(stream)));
    let options = catalog::Options {
        service: service.id,
        name: "request".to_owned(),
        base: None,
        art: deps.art.clone(),
        dry_run: params.dry_run,
        length: 0,
    };
    let report = catalog::import(
        &deps.db,
        &*deps.clock,
        Box::new(reader),
        options,
        &NoProgress,
    )
    .await;
    let report = report.map_err(|error| match &error {
        marquee_ingest::IngestError::Read { .. } => Error::bad_request(
            "The body ended early or is too large; what came before is stored.",
            id,
        ),
        _ => Error::internal(&error, id),
    })?;
    deps.wake.notify_one();
    Ok(Json(report.into()))
}

/// The body, bounded: axum's own limit guards extractors, not streams.
fn http_body_limited(records: Body) -> Body {
    let mut left = crate::MAX_IMPORT;
    let stream = records
        .into_data_stream()
        .map_err(std::io::Error::other)
        .and_then(move |chunk| {
            let fits = chunk.len() <= left;
            left = left.saturating_sub(chunk.len());
            std::future::ready(if fits {
                Ok(chunk)
            } else {
                Err(std::io::Error::other("too large"))
            })
        });
    Body::from_stream(stream)
}
