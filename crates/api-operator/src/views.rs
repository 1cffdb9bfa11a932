//! The JSON shapes of the operator API.

mod people;

pub(crate) use self::people::{NewPersonBody, PersonChange, PersonDetail, PersonList, PersonView};
use marquee_ingest::Report;
use marquee_storage::folders::Folder;
use marquee_storage::jobs::Job;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What the server is and holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusView {
    pub(crate) version: &'static str,
    /// `sqlite` or `postgres`.
    pub(crate) database: &'static str,
    /// What links begin with.
    pub(crate) public_url: String,
    /// Who decided on it: `configuration` (it cannot be chosen here), `choice`, or `listening`: made of the address that is
    /// listened on.
    pub(crate) public_url_origin: &'static str,
    pub(crate) services: Vec<ServiceView>,
    /// Whether there is an account with the role `operator`.
    pub(crate) has_operator: bool,
}

/// A service and how much it holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceView {
    pub(crate) name: String,
    /// `public` or `members`.
    pub(crate) visibility: &'static str,
    /// Contents.
    pub(crate) titles: i64,
    pub(crate) series: i64,
}

/// A change of a service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceChange {
    /// `public` or `members`.
    pub(crate) visibility: String,
}

/// A choice of what links begin with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublicUrlChoice {
    /// `http://HOST` or `https://HOST`, with a port if need be; null goes back to what is made of the address that is
    /// listened on.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(crate) public_url: Option<String>,
}

/// A folder to be scanned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFolder {
    /// Absolute path on the server.
    pub(crate) path: String,
    /// Service whose catalog it feeds; the first one when left out.
    #[serde(default)]
    pub(crate) service: Option<String>,
}

/// A scanned folder.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FolderView {
    id: i64,
    path: String,
    service: String,
    /// End of the last scan, UTC milliseconds.
    last_scan_at: Option<i64>,
    /// Titles found in it.
    titles: i64,
}

impl FolderView {
    pub(crate) fn new(folder: Folder, service: String) -> Self {
        Self {
            id: folder.id.0,
            path: folder.path,
            service,
            last_scan_at: folder.last_scan_at,
            titles: folder.titles,
        }
    }
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListView<T> {
    pub(crate) results: Vec<T>,
}

/// A job that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcceptedView {
    pub(crate) job: JobView,
}

/// A job and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobView {
    id: i64,
    kind: String,
    /// `queued`, `running`, `done` or `failed`.
    state: String,
    /// How far it is; null before it begins.
    #[schema(value_type = Option<Object>)]
    progress: Value,
    /// What came of it; null before it ends.
    #[schema(value_type = Option<Object>)]
    report: Value,
    /// Why it failed.
    error: Option<String>,
    created_at: i64,
    finished_at: Option<i64>,
}

impl From<Job> for JobView {
    fn from(job: Job) -> Self {
        // Both are JSON that our own jobs wrote, or empty.
        let json = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
        Self {
            id: job.id.0,
            progress: json(&job.progress),
            report: json(&job.report),
            kind: job.kind,
            state: job.state,
            error: Some(job.error).filter(|error| !error.is_empty()),
            created_at: job.created_at,
            finished_at: job.finished_at,
        }
    }
}

/// What an import did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportView {
    added: u64,
    updated: u64,
    unchanged: u64,
    removed: u64,
    /// All that were not taken.
    rejected_count: u64,
    /// The first thousand that were not taken, each with path, line, id, field and reason.
    #[schema(value_type = Vec<Object>)]
    rejected: Value,
    /// What was taken and deserves a word, such as rows that name what is not there; of the same shape.
    #[schema(value_type = Vec<Object>)]
    notes: Value,
}

impl From<Report> for ReportView {
    fn from(report: Report) -> Self {
        Self {
            added: report.added,
            updated: report.updated,
            unchanged: report.unchanged,
            removed: report.removed,
            rejected_count: report.rejected_count,
            rejected: serde_json::to_value(report.rejected).unwrap_or(Value::Null),
            notes: serde_json::to_value(report.notes).unwrap_or(Value::Null),
        }
    }
}

/// What became of one record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoredView {
    /// `added`, `updated` or `unchanged`.
    outcome: &'static str,
    /// What deserves a word, such as items that are not there, each with field and reason.
    #[schema(value_type = Vec<Object>)]
    notes: Value,
}

impl From<Report> for StoredView {
    fn from(report: Report) -> Self {
        Self {
            outcome: match (report.added, report.updated) {
                (0, 0) => "unchanged",
                (0, _) => "updated",
                _ => "added",
            },
            notes: serde_json::to_value(report.notes).unwrap_or(Value::Null),
        }
    }
}
