//! The importer over HTTP.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use futures_util::{Stream, StreamExt as _};
use marquee_http::RequestId;
use marquee_ingest::{IngestError, NoProgress, catalog};
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
    operator: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    params: Result<Query<ImportParams>, QueryRejection>,
    body: Body,
) -> Result<Json<ReportView>, Error> {
    let id = id_of(&id);
    let Query(params) = params.map_err(|bad| Error::bad_request(bad.body_text(), id))?;
    let service = service_named(&deps, params.service.as_deref(), id).await?;
    let operator = Arc::new(operator);
    let records = Records {
        left: crate::MAX_IMPORT,
        judged: Instant::now(),
        operator: operator.clone(),
        deps: deps.clone(),
        id,
    };
    let stream = records.stream(body);
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
    let report = match report {
        Ok(report) => report,
        Err(error) => {
            // Nobody's operator any more: that is why it ended.
            operator.still(&deps, id).await?;
            return Err(failed(&error, id));
        }
    };
    deps.wake.notify_one();
    Ok(Json(report.into()))
}

fn failed(error: &IngestError, id: Option<RequestId>) -> Error {
    match error {
        IngestError::Read { .. } => Error::bad_request(
            "The body ended early or is too large; what came before is stored.",
            id,
        ),
        _ => Error::internal(error, id),
    }
}

/// How long what is known of the caller holds while records come in.
const JUDGED: Duration = Duration::from_secs(1);

/// The records as they come in. They may take hours, so the caller is judged again and again.
struct Records {
    /// Bytes that may still come: axum's own limit guards extractors, not streams.
    left: usize,
    judged: Instant,
    operator: Arc<Operator>,
    deps: Arc<Deps>,
    id: Option<RequestId>,
}

impl Records {
    fn stream(self, body: Body) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
        let body = body.into_data_stream();
        futures_util::stream::try_unfold((self, body), async |(mut records, mut body)| {
            let Some(chunk) = body.next().await else {
                records.judge().await?;
                return Ok(None);
            };
            let chunk = chunk.map_err(std::io::Error::other)?;
            if records.judged.elapsed() > JUDGED {
                records.judge().await?;
            }
            let left = records.left.checked_sub(chunk.len());
            records.left = left.ok_or_else(|| std::io::Error::other("too large"))?;
            Ok(Some((chunk, (records, body))))
        })
    }

    async fn judge(&mut self) -> std::io::Result<()> {
        let still = self.operator.still(&self.deps, self.id).await;
        self.judged = Instant::now();
        still.map_err(|_| std::io::Error::from(std::io::ErrorKind::PermissionDenied))
    }
}
