//! Work in the background.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use marquee_domain::JobId;
use marquee_http::RequestId;
use marquee_storage::jobs;

use super::{Id, id_of};
use crate::error::{Error, ErrorView};
use crate::views::{JobView, ListView};
use crate::{Deps, Operator};

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
    Ok(Json(look_up(&deps, JobId(job), id).await?))
}

/// The job of an id, as it stands.
pub(super) async fn look_up(
    deps: &Deps,
    job: JobId,
    id: Option<RequestId>,
) -> Result<JobView, Error> {
    let found = jobs::lookup(&mut deps.db.reader(), job)
        .await
        .map_err(|error| Error::internal(&error, id))?;
    found.map(JobView::from).ok_or_else(|| Error::not_found(id))
}
