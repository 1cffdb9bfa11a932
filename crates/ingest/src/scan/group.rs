//! From files to titles: which media belong together. What lies [`beside`] them follows.

mod beside;

use std::collections::BTreeMap;

pub(super) use self::beside::Beside;
use self::beside::{add_show_files, beside_media};
use super::names::{Recognised, is_sample, recognise, titled};
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
            let beside = beside_media(tree, folder, files, file, alone);
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
                episode.beside.merge(beside);
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
        entry.beside.merge(beside);
    }
}
