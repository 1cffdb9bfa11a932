//! Folders of media and their scans.

use std::path::{Component, Path as FilePath};
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use marquee_domain::{FolderId, JobId};
use marquee_http::RequestId;
use marquee_storage::{folders, jobs, services};

use super::jobs::look_up;
use super::{Id, body, id_of, service_named};
use crate::error::{Error, ErrorView};
use crate::views::{AcceptedView, FolderView, ListView, NewFolder};
use crate::{Deps, Operator};

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
    operator: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    folder: Result<Json<NewFolder>, JsonRejection>,
) -> Result<(StatusCode, Json<AcceptedView>), Error> {
    let id = id_of(&id);
    let folder = body((&operator, &deps), folder, id).await?;
    let service = service_named(&deps, folder.service.as_deref(), id).await?;
    let path = checked_path(&folder.path, id).await?;
    let now = deps.clock.now();
    let store = async {
        let mut unit = deps.db.begin().await?;
        let folder = folders::add(&mut unit, service.id, &path, now).await?;
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

/// The answer to a call that made a job: whoever does the jobs is woken.
async fn accepted(
    deps: &Deps,
    stored: Result<JobId, marquee_storage::StorageError>,
    id: Option<RequestId>,
) -> Result<(StatusCode, Json<AcceptedView>), Error> {
    let job = stored.map_err(|error| Error::internal(&error, id))?;
    deps.wake.notify_one();
    let job = look_up(deps, job, id).await?;
    Ok((StatusCode::ACCEPTED, Json(AcceptedView { job })))
}

/// A path of a request as a folder that can be read here.
async fn checked_path(text: &str, id: Option<RequestId>) -> Result<String, Error> {
    let path = FilePath::new(text.trim());
    let plain = path.is_absolute()
        && !path
            .components()
            .any(|part| matches!(part, Component::ParentDir))
        && !text.contains('\0');
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
    let path = path.to_str().map(str::to_owned);
    path.ok_or_else(|| Error::bad_request("path must be UTF-8.", id))
}
