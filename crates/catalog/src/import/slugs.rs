//! Slugs: what an item would like to be called in addresses, and what it gets when that is taken.

use std::collections::HashMap;

use marquee_domain::UiLanguage;
use marquee_domain::catalog::ContentKind;
use marquee_domain::slug::{MAX_CHARS, slugify};

use super::titles::Parent;
use crate::record::{Body, Record, Title};

/// The slug an item would like: the author's, else one made of its place and title.
pub(super) fn wanted_slug(record: &Record, title: &Title, parent: Option<&Parent>) -> String {
    if let Some(slug) = &record.slug {
        return slug.clone();
    }
    let name = title
        .doc
        .titles
        .pick(UiLanguage::En, title.doc.original_language.as_ref())
        .unwrap_or_default();
    match (&record.body, parent) {
        (Body::Season { number, .. }, Some(parent)) => format!("{}-s{number}", parent.slug),
        (
            Body::Content {
                kind: ContentKind::TvSeries,
                number: Some(number),
                ..
            },
            Some(parent),
        ) => {
            format!("{}-s{}e{number}", parent.slug, parent.order)
        }
        _ => slugify(name),
    }
}

/// What is tried before a spare slug: the year behind the wanted one, as people tell films apart.
pub(super) fn with_year(slug: &str, title: &Title) -> Option<String> {
    title.doc.year.map(|year| format!("{slug}-{year}"))
}

/// What a slug becomes when it is taken and the author did not insist: the id behind it, then more of it.
pub(super) fn spare_slugs(wanted: &str, id: i64) -> [String; 3] {
    let stem: String = wanted.chars().take(MAX_CHARS - 63).collect();
    let first = if stem.is_empty() {
        id.to_string()
    } else {
        format!("{stem}-{id}")
    };
    let second = format!("{first}-{id}");
    let third = format!("{second}-{id}");
    [first, second, third]
}

/// Picks a free slug: the wanted one, or a spare one. None when somebody has taken even those.
pub(super) fn free_slug(wanted: &str, taken: impl Fn(&str) -> bool, id: i64) -> Option<String> {
    if !wanted.is_empty() && !taken(wanted) {
        return Some(wanted.to_owned());
    }
    spare_slugs(wanted, id)
        .into_iter()
        .find(|slug| !taken(slug))
}

/// Who has which slug: keys of items by slug.
pub(super) struct Owners(HashMap<String, String>);

/// Why a record gets no slug.
pub(super) enum NoSlug {
    /// The one its author chose is another item's.
    Taken(String),
    /// So is everything that could be made.
    Exhausted,
}

impl NoSlug {
    /// The reason for people; `word` is what such an item is called, `source` what its slugs are made of.
    pub(super) fn reason(&self, word: &str, source: &str) -> String {
        match self {
            Self::Taken(slug) => format!("{slug:?} is the slug of another {word}"),
            Self::Exhausted => format!("every slug made of this {source} is taken; give one"),
        }
    }
}

impl Owners {
    /// What is stored.
    pub(super) fn new(taken: HashMap<String, String>) -> Self {
        Self(taken)
    }

    /// Chooses a record's slug and notes it as taken: the author's, else the `kept` one, else `wanted`, else `second`,
    /// else a spare one made with the id.
    pub(super) fn choose(
        &mut self,
        record: &Record,
        kept: Option<&str>,
        wanted: String,
        second: Option<String>,
        id: i64,
    ) -> Result<String, NoSlug> {
        let taken = |slug: &str| self.0.get(slug).is_some_and(|owner| *owner != record.key);
        let slug = match (&record.slug, kept) {
            (Some(chosen), _) if taken(chosen) => return Err(NoSlug::Taken(chosen.clone())),
            (None, Some(kept)) => kept.to_owned(),
            _ => {
                let wanted = second.filter(|_| taken(&wanted)).unwrap_or(wanted);
                free_slug(&wanted, taken, id).ok_or(NoSlug::Exhausted)?
            }
        };
        self.0.insert(slug.clone(), record.key.clone());
        Ok(slug)
    }
}

/// The id of each item: its own where it has one, else the next from `fresh` on.
pub(super) fn numbered(fresh: i64, known: impl Iterator<Item = Option<i64>>) -> Vec<i64> {
    let mut next = fresh;
    known
        .map(|known| {
            known.unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        })
        .collect()
}
