//! From grouped files to catalog records: keys and digests, and a record per title. [`texts`] and
//! [`sources`] fill it.

mod sources;
mod texts;

use marquee_catalog::record::{Body, Record};
use marquee_domain::FolderId;
use marquee_domain::catalog::ContentKind;
use sha2::{Digest, Sha256};

use self::sources::sources;
use self::texts::{episode_titles, filled, season_titles};
use super::Item;
use super::group::{Beside, Episode, Found, Season, Show, Single};
use super::names::Recognised;
use super::walk::File;
use crate::report::Report;
use marquee_artwork::Gallery;

/// Raised when records are made differently, so that everything is made anew once.
const VERSION: u32 = 1;

/// The key under which the catalog knows a title of a folder.
pub(super) fn external_key(folder: FolderId, key: &str) -> String {
    let whole = format!("folder:{folder}:{key}");
    if whole.chars().count() <= 200 {
        return whole;
    }
    let head: String = whole.chars().take(160).collect();
    format!("{head}~{:016x}", fingerprint([whole.as_bytes()]))
}

/// All titles: series, then their seasons, then everything that plays, so that parents come first.
pub(super) fn items(folder: FolderId, found: Found) -> Vec<Item> {
    let (mut shows, mut seasons, mut contents) = (Vec::new(), Vec::new(), Vec::new());
    for (key, show) in found.shows {
        let show_key = format!("show:{key}");
        let Show {
            title,
            year,
            beside,
            seasons: inside,
        } = show;
        for (number, season) in inside {
            let season_key = format!("{show_key}:s{number}");
            let Season { beside, episodes } = season;
            for (number, episode) in episodes {
                contents.push(episode_item(folder, &season_key, number, episode));
            }
            seasons.push(season_item(folder, &show_key, season_key, number, beside));
        }
        shows.push(show_item(folder, show_key, title, year, beside));
    }
    contents.extend(
        found
            .singles
            .into_iter()
            .map(|(key, single)| single_item(folder, key, single)),
    );
    shows.into_iter().chain(seasons).chain(contents).collect()
}

/// What a title's files look like. Differs when the name, a path, a size or a revision does; never zero.
fn digest<'a>(name: &str, files: impl Iterator<Item = &'a File>) -> i64 {
    let mut parts = vec![VERSION.to_string().into_bytes(), name.as_bytes().to_vec()];
    for file in files {
        parts.push(file.path.as_os_str().as_encoded_bytes().to_vec());
        parts.push(file.size.to_string().into_bytes());
        parts.push(file.revision.as_bytes().to_vec());
    }
    ((fingerprint(parts) >> 1) as i64).max(1)
}

/// The first 64 bits of a hash over parts. Stored, so it must not change with the compiler, as the standard hasher may.
fn fingerprint(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        // Lengths keep parts from running into each other.
        let part = part.as_ref();
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    u64::from_be_bytes(first)
}

fn show_item(
    folder: FolderId,
    key: String,
    title: String,
    year: Option<i32>,
    beside: Beside,
) -> Item {
    let digest = digest(&format!("{title} {year:?}"), beside.files());
    let record_key = external_key(folder, &key);
    let make = move |art: &Gallery, report: &mut Report| {
        let title = filled(&title, year, &beside, art, report);
        Record {
            key: record_key,
            digest,
            slug: None,
            body: Body::Series(Box::new(title)),
        }
    };
    Item {
        key,
        digest,
        make: Box::new(make),
    }
}

fn season_item(folder: FolderId, show_key: &str, key: String, number: i64, beside: Beside) -> Item {
    let digest = digest(&number.to_string(), beside.files());
    let (record_key, parent) = (external_key(folder, &key), external_key(folder, show_key));
    let make = move |art: &Gallery, report: &mut Report| {
        let mut title = filled("", None, &beside, art, report);
        if title.doc.titles.is_empty() {
            title.doc.titles = season_titles(number);
        }
        Record {
            key: record_key,
            digest,
            slug: None,
            body: Body::Season {
                parent,
                number,
                title: Box::new(title),
            },
        }
    };
    Item {
        key,
        digest,
        make: Box::new(make),
    }
}

fn episode_item(folder: FolderId, season_key: &str, number: i64, episode: Episode) -> Item {
    let key = format!("{season_key}e{number}");
    let name = format!("{:?}", episode.title);
    let digest = digest(&name, episode.media.iter().chain(episode.beside.files()));
    let (record_key, parent) = (external_key(folder, &key), external_key(folder, season_key));
    let make = move |art: &Gallery, report: &mut Report| {
        let mut title = filled(
            episode.title.as_deref().unwrap_or_default(),
            None,
            &episode.beside,
            art,
            report,
        );
        if title.doc.titles.is_empty() {
            title.doc.titles = episode_titles(number);
        }
        title.doc.date = title.doc.date.take().or(episode.date);
        let sources = Some(sources(&episode.media, &episode.beside, report));
        let body = Body::Content {
            kind: ContentKind::TvSeries,
            parent: Some(parent),
            number: Some(number),
            title: Box::new(title),
            sources,
        };
        Record {
            key: record_key,
            digest,
            slug: None,
            body,
        }
    };
    Item {
        key,
        digest,
        make: Box::new(make),
    }
}

fn single_item(folder: FolderId, key: String, single: Single) -> Item {
    let digest = digest(
        &format!("{:?}", single.what),
        single.media.iter().chain(single.beside.files()),
    );
    let record_key = external_key(folder, &key);
    let make = move |art: &Gallery, report: &mut Report| {
        let (kind, name, year) = match &single.what {
            Recognised::Movie { title, year } => (ContentKind::Movie, title.as_str(), *year),
            Recognised::Clip { title } => (ContentKind::Clip, title.as_str(), None),
            Recognised::Episode { show, .. } => (ContentKind::TvSeries, show.as_str(), None),
        };
        let title = filled(name, year, &single.beside, art, report);
        let sources = Some(sources(&single.media, &single.beside, report));
        Record {
            key: record_key,
            digest,
            slug: None,
            body: Body::Content {
                kind,
                parent: None,
                number: None,
                title: Box::new(title),
                sources,
            },
        }
    };
    Item {
        key,
        digest,
        make: Box::new(make),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::walk::Kind;

    #[test]
    fn keys_and_digests_are_the_same_whatever_the_program_was_built_with() {
        let key = external_key(FolderId(1), &"x".repeat(300));
        assert_eq!(key.get(160..), Some("~65631fe00caa7b23"));
        let file = File {
            path: "/m/a.mkv".into(),
            name: "a.mkv".to_owned(),
            kind: Kind::Media,
            size: 7,
            revision: "r".to_owned(),
        };
        assert_eq!(
            digest("A", std::iter::once(&file)),
            6_385_955_413_943_747_220
        );
    }

    #[test]
    fn long_keys_stay_in_bounds_and_apart() {
        let (a, b) = (
            external_key(FolderId(1), &"x".repeat(300)),
            external_key(FolderId(1), &"x".repeat(301)),
        );
        assert!(a.chars().count() <= 200 && a != b);
    }
}
