//! The OpenAPI document of the operator API.

use utoipa::OpenApi;

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Marquee operator API", version = "1.0.0", description = "Every call needs the operator token as a Bearer token."),
    servers((url = "/operator/api/v1")),
    paths(
        crate::handlers::get_status, crate::handlers::update_service, crate::handlers::list_folders, crate::handlers::add_folder,
        crate::handlers::scan_folder, crate::handlers::list_jobs, crate::handlers::get_job, crate::handlers::import_catalog,
    )
)]
pub struct Document;

/// The document as JSON.
#[must_use]
pub fn json() -> String {
    Document::openapi().to_pretty_json().unwrap_or_default()
}
