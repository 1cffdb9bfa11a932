//! The OpenAPI document of the operator API.

use utoipa::OpenApi;

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Marquee operator API", version = "1.0.0", description = "Every call needs the operator token, or an access token of an operator's account, as a Bearer token."),
    servers((url = "/operator/api/v1")),
    paths(
        crate::handlers::services::get_status, crate::handlers::services::choose_public_url, crate::handlers::services::update_service, crate::handlers::folders::list_folders, crate::handlers::folders::add_folder,
        crate::handlers::folders::scan_folder, crate::handlers::jobs::list_jobs, crate::handlers::jobs::get_job, crate::handlers::import::import_catalog,
        crate::handlers::people::list_people, crate::handlers::people::add_person, crate::handlers::people::get_person, crate::handlers::people::update_person,
        crate::handlers::people::end_person_sessions, crate::handlers::people::reset_person_password,
        crate::handlers::records::list_records, crate::handlers::records::put_record, crate::handlers::records::delete_record,
    )
)]
pub struct Document;

/// The document as JSON.
#[must_use]
pub fn json() -> String {
    Document::openapi().to_pretty_json().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_grouped_by_words_for_people() {
        let document: serde_json::Value = serde_json::from_str(&json()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.values().flat_map(|path| path.as_object().unwrap());
        for (_, operation) in operations {
            let tags = operation["tags"].as_array().unwrap();
            let words = ["Services", "Folders", "Jobs", "Import", "Records", "People"];
            assert!(
                tags.len() == 1 && words.contains(&tags[0].as_str().unwrap()),
                "{operation}"
            );
        }
    }
}
