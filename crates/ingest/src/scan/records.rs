//! From grouped files to catalog records.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use marquee_catalog::record::{Body, NewImage, Record, Title};
use marquee_domain::catalog::{ContentKind, Orientation, Role, TitleDoc};
use marquee_domain::language::{LanguageTag, UiLanguage};
use marquee_domain::media::{SourceInfo, SourceRole, SourceState};
use marquee_domain::{FolderId, Texts};
use marquee_engine::open::file_location;
use marquee_storage::sources::NewSource;

use super::Item;
use super::group::{Beside, Episode, Found, Season, Show, Single};
use super::names::{Recognised, base, season_folder};
use super::nfo::{self, Nfo};
use super::walk::{File, about};
use crate::art::ArtFolder;
use crate::report::Report;

/// Raised when records are made differently, so that everything is made anew once.
const VERSION: u32 = 1;

/// The key under which the catalog knows a title of a folder.
pub(super) fn external_key(folder: FolderId, key: &str) -> String {
    let whole = format!("folder:{folder}:{key}");
    if whole.chars().count() <= 200 {
        return whole;
    }
    let mut hasher = DefaultHasher::new();
    whole.hash(&mut hasher);
    let head: String = whole.chars().take(160).collect();
    format!("{head}~{:016x}", hasher.finish())
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

fn digest<'a>(name: &str, files: impl Iterator<Item = &'a File>) -> i64 {
    let mut hasher = DefaultHasher::new();
    (VERSION, name).hash(&mut hasher);
    for file in files {
        (&file.path, file.size, &file.revision).hash(&mut hasher);
    }
    ((hasher.finish() >> 1) as i64).max(1)
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
    let make = move |art: &ArtFolder, report: &mut Report| {
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
    let make = move |art: &ArtFolder, report: &mut Report| {
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
    let make = move |art: &ArtFolder, report: &mut Report| {
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
    let make = move |art: &ArtFolder, report: &mut Report| {
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

fn unknown() -> Option<LanguageTag> {
    LanguageTag::parse("und")
}

fn one(text: &str) -> Texts {
    unknown()
        .map(|und| (und, text.to_owned()))
        .into_iter()
        .collect()
}

/// A title from its name, its NFO file and its pictures. The NFO file wins: somebody cared to write it.
fn filled(
    name: &str,
    year: Option<i32>,
    beside: &Beside,
    art: &ArtFolder,
    report: &mut Report,
) -> Title {
    let nfo: Nfo = beside
        .nfo
        .as_ref()
        .and_then(|file| nfo::read(&file.path))
        .unwrap_or_default();
    let mut doc = TitleDoc {
        titles: one(nfo.title.as_deref().unwrap_or(name)),
        ..TitleDoc::default()
    };
    doc.synopses = one(nfo.plot.as_deref().unwrap_or_default());
    doc.aliases = nfo
        .original_title
        .into_iter()
        .filter(|original| Some(original) != nfo.title.as_ref())
        .collect();
    // A named file and an NFO title that differ: both find it.
    doc.aliases.extend(
        nfo.title
            .as_ref()
            .filter(|title| !name.is_empty() && title.as_str() != name)
            .map(|_| name.to_owned()),
    );
    doc.year = nfo.year.or(year).or_else(|| {
        nfo.date
            .as_ref()
            .and_then(|date| date.get(..4))
            .and_then(|year| year.parse().ok())
    });
    doc.date = nfo.date;
    doc.age_rating = nfo.age_rating;
    let roles = [
        (nfo.actors, Role::Cast),
        (nfo.directors, Role::Director),
        (nfo.writers, Role::Writer),
    ];
    let credits = roles
        .into_iter()
        .flat_map(|(people, role)| people.into_iter().map(move |person| (person, role)))
        .collect();
    let mut images = Vec::new();
    for (files, orientation) in [
        (&beside.posters, Orientation::Portrait),
        (&beside.thumbnails, Orientation::Landscape),
    ] {
        for file in files {
            match (art.take(&file.path), unknown()) {
                (Ok(taken), Some(language)) => images.push(NewImage {
                    location: taken.location,
                    orientation,
                    language,
                    representative: images.is_empty(),
                }),
                (Err(reason), _) => report.note(about(&file.path, reason)),
                (Ok(_), None) => {}
            }
        }
    }
    Title {
        doc,
        categories: nfo.genres,
        tags: nfo.tags,
        credits,
        images,
    }
}

/// Media, largest first, then subtitles.
fn sources(media: &[File], beside: &Beside, report: &mut Report) -> Vec<NewSource> {
    let mut media: Vec<&File> = media.iter().collect();
    media.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.path.cmp(&b.path)));
    let stems: Vec<String> = media
        .iter()
        .flat_map(|file| [file.stem().to_lowercase(), base(file.stem()).to_lowercase()])
        .collect();
    let files = media
        .into_iter()
        .map(|file| (file, SourceRole::Rendition))
        .chain(
            beside
                .subtitles
                .iter()
                .map(|file| (file, SourceRole::Subtitle)),
        );
    let mut sources = Vec::new();
    for (file, role) in files {
        let Some(location) = file_location(&file.path) else {
            report.reject(about(
                &file.path,
                "the path cannot be used as an address".to_owned(),
            ));
            continue;
        };
        let info = if role == SourceRole::Subtitle {
            subtitle_info(file.stem(), &stems)
        } else {
            SourceInfo::default()
        };
        let size_bytes = i64::try_from(file.size).unwrap_or(i64::MAX);
        sources.push(NewSource {
            role,
            location,
            size_bytes,
            revision: file.revision.clone(),
            state: SourceState::Pending,
            info,
        });
    }
    sources
}

/// Language, name and purpose from a subtitle's name: `Film.ko.forced.srt`, `Film.zh-Hant.srt`, `2_English.srt`.
fn subtitle_info(stem: &str, media: &[String]) -> SourceInfo {
    let lower = stem.to_lowercase();
    let rest = media
        .iter()
        .find_map(|media| lower.strip_prefix(media.as_str()))
        .unwrap_or(&lower);
    let mut info = SourceInfo::default();
    let mut named = Vec::new();
    for word in rest
        .split(['.', '_', ' ', '(', ')', '[', ']'])
        .filter(|word| !word.is_empty())
    {
        match word {
            "forced" => info.forced = true,
            "sdh" | "cc" | "hi" => named.push(word.to_uppercase()),
            "default" | "full" => {}
            word => {
                if let (None, Some(tag)) = (&info.language, language_of(word)) {
                    info.language = LanguageTag::parse(tag);
                }
            }
        }
    }
    if info.language.is_some() && !named.is_empty() {
        info.name = Some(named.join(" "));
    }
    info
}

/// A language from a tag, an ISO 639-2 code or its own or English name.
fn language_of(word: &str) -> Option<&'static str> {
    let known: &[(&str, &[&str])] = &[
        ("ko", &["ko", "kor", "kr", "korean", "한국어", "ko-kr"]),
        ("en", &["en", "eng", "english", "en-us", "en-gb"]),
        (
            "es",
            &[
                "es", "spa", "esp", "spanish", "español", "es-es", "es-419", "es-mx", "lat",
            ],
        ),
        (
            "zh-hans",
            &[
                "zh",
                "chi",
                "zho",
                "chs",
                "sc",
                "zh-cn",
                "zh-hans",
                "zh-sg",
                "chinese",
                "simplified",
                "简体",
                "简中",
            ],
        ),
        (
            "zh-hant",
            &[
                "cht",
                "tc",
                "zh-tw",
                "zh-hk",
                "zh-hant",
                "traditional",
                "繁體",
                "繁中",
            ],
        ),
        (
            "pt",
            &["pt", "por", "pt-br", "pt-pt", "portuguese", "português"],
        ),
        ("ja", &["ja", "jpn", "jp", "japanese", "日本語"]),
        ("fr", &["fr", "fre", "fra", "french", "français"]),
        ("de", &["de", "ger", "deu", "german", "deutsch"]),
        ("it", &["it", "ita", "italian"]),
        ("ru", &["ru", "rus", "russian"]),
        ("vi", &["vi", "vie", "vietnamese"]),
        ("th", &["th", "tha", "thai"]),
        ("id", &["id", "ind", "indonesian"]),
        ("ar", &["ar", "ara", "arabic"]),
        ("nl", &["nl", "dut", "nld", "dutch"]),
        ("pl", &["pl", "pol", "polish"]),
        ("sv", &["sv", "swe", "swedish"]),
        ("tr", &["tr", "tur", "turkish"]),
    ];
    known
        .iter()
        .find(|(_, words)| words.contains(&word))
        .map(|(tag, _)| *tag)
}

fn season_titles(number: i64) -> Texts {
    debug_assert!(season_folder(&format!("Season {number}")).is_some());
    in_all(|language| match (number, language) {
        (0, UiLanguage::Ko) => "스페셜".to_owned(),
        (0, UiLanguage::Es) => "Especiales".to_owned(),
        (0, UiLanguage::ZhHans) => "特别篇".to_owned(),
        (0, UiLanguage::ZhHant) => "特別篇".to_owned(),
        (0, UiLanguage::Pt) => "Especiais".to_owned(),
        (0, UiLanguage::En) => "Specials".to_owned(),
        (n, UiLanguage::Ko) => format!("시즌 {n}"),
        (n, UiLanguage::En) => format!("Season {n}"),
        (n, UiLanguage::Es | UiLanguage::Pt) => format!("Temporada {n}"),
        (n, UiLanguage::ZhHans | UiLanguage::ZhHant) => format!("第 {n} 季"),
    })
}

fn episode_titles(number: i64) -> Texts {
    in_all(|language| match language {
        UiLanguage::Ko => format!("{number}화"),
        UiLanguage::En => format!("Episode {number}"),
        UiLanguage::Es => format!("Episodio {number}"),
        UiLanguage::ZhHans | UiLanguage::ZhHant => format!("第 {number} 集"),
        UiLanguage::Pt => format!("Episódio {number}"),
    })
}

fn in_all(text: impl Fn(UiLanguage) -> String) -> Texts {
    let all: BTreeMap<LanguageTag, String> = UiLanguage::ALL
        .into_iter()
        .map(|language| (language.into(), text(language)))
        .collect();
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtitle_names_tell_language_and_purpose() {
        let check = |stem: &str, language: Option<&str>, forced: bool| {
            let info = subtitle_info(stem, &["film (2020)".to_owned()]);
            assert_eq!(
                (info.language.as_ref().map(LanguageTag::as_str), info.forced),
                (language, forced),
                "{stem}"
            );
        };
        check("Film (2020).ko", Some("ko"), false);
        check("Film (2020).en.forced", Some("en"), true);
        check("Film (2020).zh-Hant", Some("zh-hant"), false);
        check("Film (2020).chs", Some("zh-hans"), false);
        check("Film (2020)", None, false);
        check("2_English", Some("en"), false);
        check("Film (2020).pt-BR.sdh", Some("pt"), false);
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
