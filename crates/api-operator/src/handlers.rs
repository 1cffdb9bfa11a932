//! The operations.

use std::path::{Component, Path as FilePath};
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, State};
use axum::http::StatusCode;
use futures_util::TryStreamExt;
use marquee_domain::{FolderId, JobId, Visibility};
use marquee_http::RequestId;
use marquee_ingest::art::ArtFolder;
use marquee_ingest::{NoProgress, catalog};
use marquee_storage::services::{self, Service};
use marquee_storage::{folders, jobs};
use serde::Deserialize;
use tokio_util::io::{StreamReader, SyncIoBridge};
use utoipa::IntoParams;

use crate::error::{Error, ErrorView};
use crate::views::{
    AcceptedView, FolderView, JobView, ListView, NewFolder, ReportView, ServiceChange, ServiceView,
    StatusView,
};
use crate::{Deps, Operator};

type Id = Option<Extension<RequestId>>;

fn id_of(id: &Id) -> Option<RequestId> {
    id.as_ref().map(|id| id.0)
}

fn body<T>(json: Result<Json<T>, JsonRejection>, id: Option<RequestId>) -> Result<T, Error> {
    json.map(|Json(value)| value).map_err(|rejection| {
        Error::new(
            rejection.status(),
            "VALIDATION_ERROR",
            rejection.body_text(),
            id,
        )
    })
}

async fn service_named(
    deps: &Deps,
    name: Option<&str>,
    id: Option<RequestId>,
) -> Result<Service, Error> {
    let all = services::list(&mut deps.db.reader())
        .await
        .map_err(|error| Error::internal(&error, id))?;
    let found = match name {
        Some(name) => all.into_iter().find(|service| service.name == name),
        None => all.into_iter().next(),
    };
    found.ok_or_else(|| Error::bad_request("There is no service of that name.", id))
}

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
    Ok(Json(StatusView {
        version: env!("CARGO_PKG_VERSION"),
        database: deps.db.flavour(),
        public_url: deps.public_url.clone(),
        services: views,
    }))
}

/// Change who sees a service.
#[utoipa::path(patch, path = "/services/{name}", operation_id = "updateService", tag = "Services", params(("name" = String, Path)), request_body = ServiceChange,
    responses((status = 204), (status = 400, body = ErrorView), (status = 401, body = ErrorView), (status = 404, body = ErrorView)))]
pub(crate) async fn update_service(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    Path(name): Path<String>,
    change: Result<Json<ServiceChange>, JsonRejection>,
) -> Result<StatusCode, Error> {
    let id = id_of(&id);
    let change = body(change, id)?;
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

/// List the scanned folders.
#[utoipa::path(get, path = "/folders", operation_id = "listFolders", tag = "Folders", responses((status = 200, body = ListView<FolderView>), (status = 401, body = ErrorView)))]
pub(crate) async fn list_folders(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
) -> Result<Json<ListView<FolderView>>, Error> {
    let failed = |error| Error::internal(&error, id_of(&id));
    let mut reader = deps.db.reader();
    let names = services::list(&mut reader).await.map_err(failed)?;
    let found = folders::list(&mut reader).await.map_err(failed)?;
    let results = found
        .into_iter()
        .map(|folder| {
            let service = names
                .iter()
                .find(|service| service.id == folder.service)
                .map(|service| service.name.clone());
            FolderView::new(folder, service.unwrap_or_default())
        })
        .collect();
    Ok(Json(ListView { results }))
}

/// Add a folder and scan it.
#[utoipa::path(post, path = "/folders", operation_id = "addFolder", tag = "Folders", request_body = NewFolder,
    responses((status = 202, body = AcceptedView), (status = 400, body = ErrorView), (status = 401, body = ErrorView)))]
pub(crate) async fn add_folder(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    folder: Result<Json<NewFolder>, JsonRejection>,
) -> Result<(StatusCode, Json<AcceptedView>), Error> {
    let id = id_of(&id);
    let folder = body(folder, id)?;
    let service = service_named(&deps, folder.service.as_deref(), id).await?;
    let path = FilePath::new(folder.path.trim());
    let plain = path.is_absolute()
        && !path
            .components()
            .any(|part| matches!(part, Component::ParentDir))
        && !folder.path.contains('\0');
    if !plain {
        return Err(Error::bad_request(
            "path must be an absolute path on the server, such as /srv/media.",
            id,
        ));
    }
    let is_folder = tokio::fs::metadata(path)
        .await
        .is_ok_and(|meta| meta.is_dir());
    if !is_folder {
        return Err(Error::bad_request(
            format!(
                "{} is not a folder that the server can read.",
                path.display()
            ),
            id,
        ));
    }
    let path = path
        .to_str()
        .ok_or_else(|| Error::bad_request("path must be UTF-8.", id))?;
    let now = deps.clock.now();
    let store = async {
        let mut unit = deps.db.begin().await?;
        let folder = folders::add(&mut unit, service.id, path, now).await?;
        let job = jobs::add(&mut unit, "scan_folder", &folder.id.to_string(), now).await?;
        unit.save().await?;
        Ok(job)
    };
    accepted(&deps, store.await, id).await
}

/// Scan a folder again.
#[utoipa::path(post, path = "/folders/{id}/scan", operation_id = "scanFolder", tag = "Folders", params(("id" = i64, Path)),
    responses((status = 202, body = AcceptedView), (status = 401, body = ErrorView), (status = 404, body = ErrorView)))]
pub(crate) async fn scan_folder(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    folder: Result<Path<i64>, PathRejection>,
) -> Result<(StatusCode, Json<AcceptedView>), Error> {
    let id = id_of(&id);
    let Path(folder) = folder.map_err(|_| Error::not_found(id))?;
    let known = folders::lookup(&mut deps.db.reader(), FolderId(folder))
        .await
        .map_err(|error| Error::internal(&error, id))?;
    let folder = known.ok_or_else(|| Error::not_found(id))?;
    let store = async {
        let mut unit = deps.db.begin().await?;
        let job = jobs::add(
            &mut unit,
            "scan_folder",
            &folder.id.to_string(),
            deps.clock.now(),
        )
        .await?;
        unit.save().await?;
        Ok(job)
    };
    accepted(&deps, store.await, id).await
}

async fn accepted(
    deps: &Deps,
    stored: Result<JobId, marquee_storage::StorageError>,
    id: Option<RequestId>,
) -> Result<(StatusCode, Json<AcceptedView>), Error> {
    let job = stored.map_err(|error| Error::internal(&error, id))?;
    deps.wake.notify_one();
    let job = jobs::lookup(&mut deps.db.reader(), job)
        .await
        .map_err(|error| Error::internal(&error, id))?;
    let job = job.ok_or_else(|| Error::not_found(id))?;
    Ok((StatusCode::ACCEPTED, Json(AcceptedView { job: job.into() })))
}

/// List the newest jobs.
#[utoipa::path(get, path = "/jobs", operation_id = "listJobs", tag = "Jobs", responses((status = 200, body = ListView<JobView>), (status = 401, body = ErrorView)))]
pub(crate) async fn list_jobs(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
) -> Result<Json<ListView<JobView>>, Error> {
    let found = jobs::list(&mut deps.db.reader(), 100)
        .await
        .map_err(|error| Error::internal(&error, id_of(&id)))?;
    Ok(Json(ListView {
        results: found.into_iter().map(JobView::from).collect(),
    }))
}

/// Get a job and how far it is.
#[utoipa::path(get, path = "/jobs/{id}", operation_id = "getJob", tag = "Jobs", params(("id" = i64, Path)),
    responses((status = 200, body = JobView), (status = 401, body = ErrorView), (status = 404, body = ErrorView)))]
pub(crate) async fn get_job(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    job: Result<Path<i64>, PathRejection>,
) -> Result<Json<JobView>, Error> {
    let id = id_of(&id);
    let Path(job) = job.map_err(|_| Error::not_found(id))?;
    let found = jobs::lookup(&mut deps.db.reader(), JobId(job))
        .await
        .map_err(|error| Error::internal(&error, id))?;
    found
        .map(|job| Json(job.into()))
        .ok_or_else(|| Error::not_found(id))
}

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
        art: ArtFolder::new(deps.art.clone()),
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
