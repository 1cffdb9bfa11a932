//! Programs on the search path.

use std::path::{Path, PathBuf};

/// Where a program is: the path itself when it has folders, else the first place on `PATH` that
/// has such a file. Children are started by this full path, so that they need no environment.
pub(crate) fn find(name: &Path) -> Option<PathBuf> {
    if name.as_os_str().is_empty() {
        return None;
    }
    if name.components().count() > 1 {
        return name.is_file().then(|| name.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_name_and_by_path() {
        let shell = find(Path::new("sh")).expect("every system has one");
        assert!(shell.is_absolute());
        assert_eq!(find(&shell), Some(shell));
        assert_eq!(find(Path::new("no-such-program-anywhere")), None);
        assert_eq!(find(Path::new("")), None);
    }
}
