//! What a folder says of a title in words and pictures: names, NFO files, and made-up names in all languages.

use std::collections::BTreeMap;

use marquee_catalog::record::{NewImage, Title};
use marquee_domain::Texts;
use marquee_domain::catalog::{Orientation, Role, TitleDoc};
use marquee_domain::language::{LanguageTag, UiLanguage};

use crate::art::take;
use crate::report::Report;
use crate::scan::group::Beside;
use crate::scan::names::season_folder;
use crate::scan::nfo::{self, Nfo};
use crate::scan::walk::about;
use marquee_artwork::Gallery;

/// A title from its name, its NFO file and its pictures. The NFO file wins: somebody cared to write it.
pub(super) fn filled(
    name: &str,
    year: Option<i32>,
    beside: &Beside,
    art: &Gallery,
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
            match (take(art, &file.path), unknown()) {
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

/// What a season is called when nobody has named it.
pub(super) fn season_titles(number: i64) -> Texts {
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

/// What an episode is called when nobody has named it.
pub(super) fn episode_titles(number: i64) -> Texts {
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

fn unknown() -> Option<LanguageTag> {
    LanguageTag::parse("und")
}

fn one(text: &str) -> Texts {
    unknown()
        .map(|und| (und, text.to_owned()))
        .into_iter()
        .collect()
}
