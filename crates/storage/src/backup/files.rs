//! Plain files of a folder: pictures.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Result, StorageError};

/// The plain files of a folder by name; none when there is no folder.
pub(super) fn read_files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(files),
        Err(error) => return Err(error.into()),
    };
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if entry.file_type()?.is_file() && is_plain(&name) {
            files.insert(name, std::fs::read(entry.path())?);
        }
    }
    Ok(files)
}

/// A name that stays in its folder and is not half written.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(".part")
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// Writes a file of a backup.
pub(super) fn write_file(folder: &Path, name: &str, base64: &str) -> Result<()> {
    let bytes = STANDARD
        .decode(base64)
        .map_err(|_| StorageError::Backup(format!("file {name:?} is damaged")))?;
    if !is_plain(name) {
        return Err(StorageError::Backup(format!(
            "{name:?} is not a file name of ours"
        )));
    }
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(folder.join(name), bytes)?)
}
