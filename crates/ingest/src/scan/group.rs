//! From files to titles: which media belong together, and which pictures, subtitles and NFO files
//! belong to them.

use std::collections::BTreeMap;

use super::names::{Recognised, base, is_sample, recognise, season_folder, titled};
use super::walk::{File, Kind, Tree};

/// Everything found in a tree.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Films and clips.
    pub(super) singles: BTreeMap<String, Single>,
    /// Series by key.
    pub(super) shows: BTreeMap<String, Show>,
}

/// A film or a clip.
#[derive(Debug)]
pub(super) struct Single {
    pub(super) what: Recognised,
    pub(super) media: Vec<File>,
    pub(super) beside: Beside,
}

/// A series.
#[derive(Debug)]
pub(super) struct Show {
    pub(super) title: String,
    pub(super) year: Option<i32>,
    pub(super) beside: Beside,
    pub(super) seasons: BTreeMap<i64, Season>,
}

/// A season.
#[derive(Debug, Default)]
pub(super) struct Season {
    pub(super) beside: Beside,
    pub(super) episodes: BTreeMap<i64, Episode>,
}

/// An episode.
#[derive(Debug)]
pub(super) struct Episode {
    pub(super) title: Option<String>,
    pub(super) date: Option<String>,
    pub(super) media: Vec<File>,
    pub(super) beside: Beside,
}

/// Files beside media.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) nfo: Option<File>,
    pub(super) posters: Vec<File>,
    pub(super) thumbnails: Vec<File>,
    pub(super) subtitles: Vec<File>,
}

impl Beside {
    /// All of them, for the digest.
    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.nfo
            .iter()
            .chain(&self.posters)
            .chain(&self.thumbnails)
            .chain(&self.subtitles)
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

/// Groups a tree.
pub(super) fn group(tree: &Tree) -> Found {
    let mut found = Found::default();
    for (folder, files) in tree {
        let folders: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        let media: Vec<&File> = files
            .iter()
            .filter(|file| file.kind == Kind::Media && !is_sample(file.stem()))
            .collect();
        let recognised: Vec<Recognised> = media
            .iter()
            .map(|file| recognise(&folders, file.stem()))
            .collect();
        // Renditions of one film share what lies in its folder; so does a file that is the only one.
        let alone = match recognised.split_first() {
            Some((first @ Recognised::Movie { .. }, rest)) => rest.iter().all(|what| what == first),
            _ => recognised.len() == 1,
        };
        for (file, what) in media.iter().zip(recognised) {
            let beside = beside(tree, folder, files, file, alone);
            found.add(folder, &folders, what, (*file).clone(), beside);
        }
    }
    for show in found.shows.values_mut() {
        show.beside.posters.dedup_by(|a, b| a.path == b.path);
    }
    add_show_files(tree, &mut found);
    found
}

/// A key that survives renaming within what it names: letters and digits, lower-case.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn show_key(title: &str, year: Option<i32>) -> String {
    year.map_or_else(|| plain(title), |year| format!("{}-{year}", plain(title)))
}

impl Found {
    fn add(
        &mut self,
        folder: &str,
        folders: &[&str],
        what: Recognised,
        file: File,
        beside: Beside,
    ) {
        match what {
            Recognised::Episode {
                show,
                year,
                season,
                number,
                title,
                date,
            } => {
                // The same show with and without its year is one show.
                let bare = plain(&show);
                let known = self
                    .shows
                    .keys()
                    .find(|key| {
                        **key == bare || (year.is_none() && key.starts_with(&format!("{bare}-")))
                    })
                    .cloned();
                let key = known.unwrap_or_else(|| show_key(&show, year));
                let entry = self.shows.entry(key).or_insert_with(|| Show {
                    title: show,
                    year,
                    beside: Beside::default(),
                    seasons: BTreeMap::new(),
                });
                entry.year = entry.year.or(year);
                let episode = entry
                    .seasons
                    .entry(season)
                    .or_default()
                    .episodes
                    .entry(number)
                    .or_insert_with(|| Episode {
                        title: None,
                        date: None,
                        media: Vec::new(),
                        beside: Beside::default(),
                    });
                episode.title = episode.title.take().or(title);
                episode.date = episode.date.take().or(date);
                episode.media.push(file);
                merge(&mut episode.beside, beside);
            }
            Recognised::Movie { ref title, year } => {
                // Files of one title in one folder are its renditions; a folder of its own adds nothing to the key.
                let own_folder = folders
                    .last()
                    .is_some_and(|last| plain(&titled(last).0) == plain(title));
                let place = if own_folder {
                    String::new()
                } else {
                    format!("{}/", plain(folder))
                };
                self.single(
                    format!("movie:{place}{}", show_key(title, year)),
                    what,
                    file,
                    beside,
                );
            }
            Recognised::Clip { ref title } => self.single(
                format!("clip:{}:{}", plain(folder), plain(title)),
                what,
                file,
                beside,
            ),
        }
    }

    fn single(&mut self, key: String, what: Recognised, file: File, beside: Beside) {
        let entry = self.singles.entry(key).or_insert_with(|| Single {
            what,
            media: Vec::new(),
            beside: Beside::default(),
        });
        entry.media.push(file);
        merge(&mut entry.beside, beside);
    }
}

fn merge(into: &mut Beside, from: Beside) {
    let join = |into: &mut Vec<File>, from: Vec<File>| {
        for file in from {
            if !into.iter().any(|known| known.path == file.path) {
                into.push(file);
            }
        }
    };
    into.nfo = into.nfo.take().or(from.nfo);
    join(&mut into.posters, from.posters);
    join(&mut into.thumbnails, from.thumbnails);
    join(&mut into.subtitles, from.subtitles);
}

/// The files beside one media file. A film alone in its folder owns the folder's pictures and NFO too.
fn beside(tree: &Tree, folder: &str, files: &[File], media: &File, alone: bool) -> Beside {
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
fn add_show_files(tree: &Tree, found: &mut Found) {
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
