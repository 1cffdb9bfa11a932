//! Listing a folder: names, sizes and modification times of everything that concerns us, sorted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use marquee_engine::open::revision_of;

use crate::report::{Rejection, Report};

/// Deepest nesting of folders.
const MAX_DEPTH: usize = 16;
/// Most files of one folder tree.
const MAX_FILES: usize = 2_000_000;

/// Media containers that we look into. What is in them is decided by their bytes later.
const MEDIA: &[&str] = &[
    "mp4", "m4v", "mov", "mkv", "webm", "3gp", "ts", "m2ts", "avi", "flv", "wmv", "mpg", "mpeg",
];
const SUBTITLES: &[&str] = &["vtt", "srt", "ass", "ssa", "smi"];
const PICTURES: &[&str] = &["jpg", "jpeg", "png", "webp"];

/// What a file is by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Media,
    Subtitle,
    Picture,
    Nfo,
}

/// Kind of a file by its extension.
pub(super) fn kind_of(name: &str) -> Option<Kind> {
    let extension = name.rsplit_once('.')?.1.to_lowercase();
    let is = |list: &[&str]| list.contains(&extension.as_str());
    match () {
        () if is(MEDIA) => Some(Kind::Media),
        () if is(SUBTITLES) => Some(Kind::Subtitle),
        () if is(PICTURES) => Some(Kind::Picture),
        () if extension == "nfo" => Some(Kind::Nfo),
        () => None,
    }
}

/// A file that concerns us.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// Its name.
    pub(super) name: String,
    /// Kind by its name.
    pub(super) kind: Kind,
    /// Absolute path.
    pub(super) path: PathBuf,
    /// Length in bytes.
    pub(super) size: u64,
    /// Revision as sources carry it.
    pub(super) revision: String,
}

impl File {
    /// The name without its extension.
    pub(super) fn stem(&self) -> &str {
        self.name
            .rsplit_once('.')
            .map_or(self.name.as_str(), |(stem, _)| stem)
    }
}

/// Files by the folder they are in, as a path relative to the root with `/`.
pub(super) type Tree = BTreeMap<String, Vec<File>>;

/// A listing, and what could not be listed.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) tree: Tree,
    /// Folders of which something could not be read: what they held may still be there.
    pub(super) unread: Vec<PathBuf>,
}

/// Lists a folder tree. Blocking. Hidden files are passed over; links are followed to files inside the tree only.
pub(super) fn list(root: &Path, report: &mut Report) -> std::io::Result<Listing> {
    let canonical = root.canonicalize()?;
    let mut tree = Tree::new();
    let mut unread = Vec::new();
    let mut open = vec![(root.to_owned(), String::new(), 0)];
    let mut count = 0;
    while let Some((folder, relative, depth)) = open.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(error),
            Err(error) => {
                report.reject(about(
                    &folder,
                    format!("this folder cannot be read: {error}"),
                ));
                unread.push(folder);
                continue;
            }
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    report.reject(about(
                        &folder,
                        format!("a part of this folder cannot be read: {error}"),
                    ));
                    unread.push(folder.clone());
                    break;
                }
            };
            let path = entry.path();
            let Ok(name) = entry.file_name().into_string() else {
                report.reject(about(&path, "the name is not UTF-8; rename it".to_owned()));
                continue;
            };
            if name.starts_with('.') || name == "@eaDir" || name == "lost+found" {
                continue;
            }
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() {
                if depth < MAX_DEPTH {
                    let inner = if relative.is_empty() {
                        name
                    } else {
                        format!("{relative}/{name}")
                    };
                    open.push((path, inner, depth + 1));
                } else {
                    report.reject(about(
                        &path,
                        format!("folders nest deeper than {MAX_DEPTH} here"),
                    ));
                }
                continue;
            }
            let Some(kind_of_name) = kind_of(&name) else {
                continue;
            };
            if kind.is_symlink()
                && !path
                    .canonicalize()
                    .is_ok_and(|real| real.starts_with(&canonical))
            {
                report.reject(about(&path, "this link leads out of the folder".to_owned()));
                continue;
            }
            // Follows the link, if it is one.
            let Ok(meta) = std::fs::metadata(&path) else {
                continue;
            };
            if !meta.is_file() {
                continue;
            }
            count += 1;
            if count > MAX_FILES {
                report.reject(about(
                    &folder,
                    format!("there are more than {MAX_FILES} files; the rest was passed over"),
                ));
                unread.push(root.to_owned());
                return Ok(Listing { tree, unread });
            }
            let file = File {
                name,
                kind: kind_of_name,
                path,
                size: meta.len(),
                revision: revision_of(&meta),
            };
            tree.entry(relative.clone()).or_default().push(file);
        }
    }
    for files in tree.values_mut() {
        files.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(Listing { tree, unread })
}

pub(super) fn about(path: &Path, reason: String) -> Rejection {
    Rejection {
        path: path.display().to_string(),
        line: None,
        id: None,
        field: None,
        reason,
    }
}
