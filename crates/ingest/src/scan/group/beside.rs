//! Files beside media: pictures, subtitles and NFO files, and whose they are.

use super::{Found, plain, show_key};
use crate::scan::names::{base, season_folder, titled};
use crate::scan::walk::{File, Kind, Tree};

/// Files beside media.
#[derive(Debug, Default)]
pub(in crate::scan) struct Beside {
    pub(in crate::scan) nfo: Option<File>,
    pub(in crate::scan) posters: Vec<File>,
    pub(in crate::scan) thumbnails: Vec<File>,
    pub(in crate::scan) subtitles: Vec<File>,
}

impl Beside {
    /// All of them, for the digest.
    pub(in crate::scan) fn files(&self) -> impl Iterator<Item = &File> {
        self.nfo
            .iter()
            .chain(&self.posters)
            .chain(&self.thumbnails)
            .chain(&self.subtitles)
    }

    /// Takes over what another has; the first NFO file counts.
    pub(super) fn merge(&mut self, from: Self) {
        let join = |into: &mut Vec<File>, from: Vec<File>| {
            for file in from {
                if !into.iter().any(|known| known.path == file.path) {
                    into.push(file);
                }
            }
        };
        self.nfo = self.nfo.take().or(from.nfo);
        join(&mut self.posters, from.posters);
        join(&mut self.thumbnails, from.thumbnails);
        join(&mut self.subtitles, from.subtitles);
    }
}

const POSTERS: &[&str] = &["poster", "folder", "cover", "movie", "show"];
const THUMBNAILS: &[&str] = &[
    "fanart",
    "backdrop",
    "background",
    "landscape",
    "thumb",
    "banner",
];

/// Folders whose subtitles belong to the media in the folder above.
fn is_subtitle_folder(name: &str) -> bool {
    matches!(
        name.to_lowercase().as_str(),
        "subs" | "sub" | "subtitles" | "자막" | "字幕"
    )
}

/// The files beside one media file. A film alone in its folder owns the folder's pictures and NFO too.
pub(super) fn beside_media(
    tree: &Tree,
    folder: &str,
    files: &[File],
    media: &File,
    alone: bool,
) -> Beside {
    let stem = base(media.stem()).to_lowercase();
    let full = media.stem().to_lowercase();
    let mut beside = Beside::default();
    for file in files {
        let name = file.stem().to_lowercase();
        // `Film - 1080p.ko.srt` and `Film.ko.srt` both belong to `Film - 1080p.mkv`.
        let rest = name
            .strip_prefix(&full)
            .or_else(|| name.strip_prefix(&stem));
        match file.kind {
            Kind::Media => {}
            Kind::Nfo if rest == Some("") => beside.nfo = Some(file.clone()),
            Kind::Nfo if alone && name == "movie" && beside.nfo.is_none() => {
                beside.nfo = Some(file.clone());
            }
            Kind::Nfo => {}
            Kind::Subtitle => {
                if rest
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_', ' ']))
                {
                    beside.subtitles.push(file.clone());
                }
            }
            Kind::Picture => {
                let word = rest.map(|rest| rest.trim_start_matches(['-', '.', '_', ' ']));
                let own = |words: &[&str]| {
                    word.is_some_and(|word| words.contains(&word))
                        || (alone && words.contains(&name.as_str()))
                };
                if own(POSTERS) {
                    beside.posters.push(file.clone());
                } else if own(THUMBNAILS) || word == Some("") {
                    beside.thumbnails.push(file.clone());
                }
            }
        }
    }
    // `Subs/` below, with files of the film's name or, for a film alone, any name.
    let inner = |name: &str| {
        if folder.is_empty() {
            name.to_owned()
        } else {
            format!("{folder}/{name}")
        }
    };
    for (other, files) in tree {
        let last = other.rsplit('/').next().unwrap_or_default();
        if is_subtitle_folder(last) && *other == inner(last) {
            let fits = |file: &&File| {
                file.kind == Kind::Subtitle
                    && (alone || file.name.to_lowercase().starts_with(&stem))
            };
            beside.subtitles.extend(files.iter().filter(fits).cloned());
        }
    }
    beside
}

/// Pictures and NFO files of series and seasons, from the folders that are theirs.
pub(super) fn add_show_files(tree: &Tree, found: &mut Found) {
    for (folder, files) in tree {
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        let season = parts.last().and_then(|last| season_folder(last));
        if season.is_some() {
            parts.pop();
        }
        let Some((title, year)) = parts.last().map(|last| titled(last)) else {
            continue;
        };
        let (bare, dated) = (plain(&title), show_key(&title, year));
        let key = found
            .shows
            .keys()
            .find(|key| **key == dated || **key == bare)
            .cloned();
        let Some(show) = key.and_then(|key| found.shows.get_mut(&key)) else {
            continue;
        };
        for file in files {
            let name = file.stem().to_lowercase();
            match (file.kind, season) {
                (Kind::Nfo, None) if name == "tvshow" => show.beside.nfo = Some(file.clone()),
                (Kind::Nfo, Some(number)) if name == "season" => {
                    show.seasons.entry(number).or_default().beside.nfo = Some(file.clone());
                }
                (Kind::Picture, Some(number)) if POSTERS.contains(&name.as_str()) => show
                    .seasons
                    .entry(number)
                    .or_default()
                    .beside
                    .posters
                    .push(file.clone()),
                (Kind::Picture, Some(number)) if THUMBNAILS.contains(&name.as_str()) => show
                    .seasons
                    .entry(number)
                    .or_default()
                    .beside
                    .thumbnails
                    .push(file.clone()),
                (Kind::Picture, None) if POSTERS.contains(&name.as_str()) => {
                    show.beside.posters.push(file.clone());
                }
                (Kind::Picture, None) if THUMBNAILS.contains(&name.as_str()) => {
                    show.beside.thumbnails.push(file.clone());
                }
                // `season01-poster.jpg` beside the show's own pictures.
                (Kind::Picture, None) => {
                    let number = name
                        .strip_prefix("season")
                        .and_then(|rest| rest.split('-').next())
                        .and_then(|digits| digits.parse().ok());
                    if let Some(season) =
                        number.and_then(|number: i64| show.seasons.get_mut(&number))
                    {
                        season.beside.posters.push(file.clone());
                    }
                }
                _ => {}
            }
        }
    }
}
