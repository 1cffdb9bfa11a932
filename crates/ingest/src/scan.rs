//! Folders of media.

use marquee_domain::Clock;
use marquee_storage::Db;
use marquee_storage::folders::Folder;

use crate::IngestError;
use crate::art::ArtFolder;
use crate::report::{Progress, Report};

/// How a folder is scanned.
pub struct Options {
    /// Where pictures are stored.
    pub art: ArtFolder,
}

/// Whether a lower-case name is one of a media file.
#[must_use]
pub fn is_media_name(_name: &str) -> bool {
    false
}

/// Scans a folder.
///
/// # Errors
/// When the folder cannot be read or storage fails.
pub async fn scan(
    _db: &Db,
    _clock: &dyn Clock,
    _folder: &Folder,
    _options: &Options,
    _progress: &dyn Progress,
) -> Result<Report, IngestError> {
    Ok(Report::default())
}
