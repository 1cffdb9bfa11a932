//! The data folder: made for its owner alone, and who else gets at what is in it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Result};
use std::path::Path;

/// Makes the data folder where there is none, for the owner of the process alone: it holds addresses, hashed passwords
/// and the secret that media links are signed with. A folder that is there stays as it is: somebody may share it on
/// purpose. Folders above it are made as usual.
///
/// # Errors
/// When it is not there and cannot be made.
pub(crate) fn make(folder: &Path) -> Result<()> {
    let above = folder.parent();
    if let Some(above) = above.filter(|above| !above.as_os_str().is_empty()) {
        std::fs::create_dir_all(above)?;
    }
    match builder().create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    }
}

/// Makes a file anew that holds as much as the data folder does, for the owner of the process alone.
///
/// # Errors
/// When what was there cannot be removed, or the file cannot be made.
pub(crate) fn create_private(file: &Path) -> Result<File> {
    // One that is there would keep its mode.
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

#[cfg(unix)]
fn builder() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;

    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn builder() -> DirBuilder {
    DirBuilder::new()
}

/// Whether everybody on the machine can read or change a file: its mode lets them, and every folder on the way to it
/// lets them through. Groups are not looked at, nor lists of access rights.
///
/// # Errors
/// When the file is not there, or the way to it cannot be looked at.
#[cfg(unix)]
pub(crate) fn is_open_to_all(file: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = |path: &Path| Ok::<_, std::io::Error>(std::fs::metadata(path)?.permissions().mode());
    let file = file.canonicalize()?;
    if mode(&file)? & 0o006 == 0 {
        return Ok(false);
    }
    for folder in file.ancestors().skip(1) {
        if mode(folder)? & 0o001 == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Elsewhere folders inherit who gets at them, and there is no mode to tell it by.
#[cfg(not(unix))]
pub(crate) fn is_open_to_all(_: &Path) -> Result<bool> {
    Ok(false)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{Permissions, metadata, set_permissions, write};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        metadata(path)
            .expect("the file is there")
            .permissions()
            .mode()
            & 0o777
    }

    fn set(path: &Path, mode: u32) {
        set_permissions(path, Permissions::from_mode(mode)).expect("the file is ours");
    }

    #[test]
    fn a_folder_is_made_for_its_owner_and_one_that_is_there_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("above").join("data");
        make(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        set(&folder, 0o750);
        make(&folder).unwrap();
        assert_eq!(mode(&folder), 0o750);
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        make(&link).unwrap();
        let file = dir.path().join("file");
        write(&file, "").unwrap();
        assert!(make(&file).is_err());
        assert!(make(&file.join("data")).is_err());
    }

    #[test]
    fn a_private_file_is_its_owners_whoever_could_read_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("backup.part");
        write(&file, "left behind").unwrap();
        set(&file, 0o644);
        drop(create_private(&file).unwrap());
        assert_eq!((mode(&file), metadata(&file).unwrap().len()), (0o600, 0));
    }

    #[test]
    fn a_file_is_open_where_its_mode_and_every_folder_on_the_way_say_so() {
        // A folder that all may enter: the usual one for temporary files is.
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("data");
        make(&folder).unwrap();
        let file = folder.join("marquee.db");
        write(&file, "").unwrap();
        for (above, around, own, open) in [
            (0o755, 0o755, 0o644, true),
            (0o711, 0o711, 0o602, true),
            (0o755, 0o755, 0o640, false),
            (0o755, 0o750, 0o644, false),
            (0o700, 0o755, 0o644, false),
        ] {
            set(dir.path(), above);
            set(&folder, around);
            set(&file, own);
            assert_eq!(
                is_open_to_all(&file).unwrap(),
                open,
                "{above:o} {around:o} {own:o}"
            );
        }
        assert!(is_open_to_all(&folder.join("nowhere")).is_err());
    }
}
