//! The precise order: the titles of the best candidates are read and compared with the question.

mod fit;

use std::cmp::Reverse;
use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;
use tantivy::schema::Value;

use crate::document::DocKey;
use crate::find::{self, Candidate, Class, Reading};
use crate::fold;
use crate::index::Error;
use crate::query::{Asked, Wanted};

use fit::{fit, most_alike};

/// Candidates whose titles are read; those behind them keep their coarse order.
const READ: usize = 200;

/// Why something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A title is this.
    Exact,
    /// A title begins with it.
    Prefix,
    /// A title has all the words.
    Words,
    /// A title has it inside.
    Infix,
    /// The initial consonants of a Korean title.
    Initials,
    /// A Chinese title in pinyin.
    Pinyin,
    /// A title, or words of it, with typos.
    Typo,
    /// Words of people's names, and of titles for the rest.
    Person,
    /// Words of categories or tags.
    About,
    /// Only parts of it.
    Partly,
}

impl From<Class> for Reason {
    fn from(class: Class) -> Self {
        match class {
            Class::Exact => Self::Exact,
            Class::Prefix => Self::Prefix,
            Class::Words => Self::Words,
            Class::Infix => Self::Infix,
            Class::Initials => Self::Initials,
            Class::Pinyin => Self::Pinyin,
            Class::Near | Class::NearWords => Self::Typo,
            Class::Person => Self::Person,
            Class::About => Self::About,
            Class::Scattered | Class::Partly => Self::Partly,
        }
    }
}

/// One thing found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// What was found.
    pub key: DocKey,
    /// Why.
    pub reason: Reason,
}

/// A title that continues what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The title as its document has it.
    pub text: String,
    /// A document that has it.
    pub key: DocKey,
}

/// A title as the index keeps it for ranking.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredTitle {
    pub(crate) language: String,
    pub(crate) title: String,
    /// Folded words with single spaces between.
    pub(crate) folded: String,
}

/// A candidate with everything that orders it. Fields compare in this order; lower is better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    class: Class,
    errors: u8,
    /// How well it fits within its class.
    fit: u8,
    other_language: bool,
    standing: Reverse<u64>,
    /// Letters of the title that matched.
    length: usize,
    key: DocKey,
    /// Which title matched.
    title: usize,
}

pub(crate) fn search(
    reading: &Reading,
    text: &str,
    wanted: &Wanted<'_>,
    limit: usize,
) -> Result<Vec<Hit>, Error> {
    let Some(asked) = Asked::new(text) else {
        return Ok(Vec::new());
    };
    let candidates = find::candidates(reading, &asked, wanted, false)?;
    let (near, far) = candidates.split_at(candidates.len().min(READ));
    let placed = place_all(reading, &asked, wanted, near)?;
    let hits = placed.iter().map(|(place, _)| Hit {
        key: place.key,
        reason: place.class.into(),
    });
    let rest = far.iter().map(|candidate| Hit {
        key: candidate.key,
        reason: candidate.cost.class().into(),
    });
    Ok(hits.chain(rest).take(limit).collect())
}

pub(crate) fn complete(
    reading: &Reading,
    beginning: &str,
    wanted: &Wanted<'_>,
    limit: usize,
) -> Result<Vec<Completion>, Error> {
    let Some(asked) = Asked::new(beginning) else {
        return Ok(Vec::new());
    };
    let mut candidates = find::candidates(reading, &asked, wanted, true)?;
    candidates.truncate(READ);
    let mut seen = HashSet::new();
    let completions = place_all(reading, &asked, wanted, &candidates)?
        .into_iter()
        .filter_map(|(place, mut titles)| {
            let fits = place.title < titles.len();
            fits.then(|| Completion {
                text: titles.swap_remove(place.title).title,
                key: place.key,
            })
        })
        .filter(|completion| seen.insert(fold::literal(&completion.text)));
    Ok(completions.take(limit).collect())
}

/// Candidates in their precise order, with their titles.
fn place_all(
    reading: &Reading,
    asked: &Asked,
    wanted: &Wanted<'_>,
    candidates: &[Candidate],
) -> Result<Vec<(Place, Vec<StoredTitle>)>, Error> {
    let mut placed = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let entry: TantivyDocument = reading.searcher.doc(candidate.address)?;
        let bytes = entry.get_first(reading.fields.titles);
        let titles: Vec<StoredTitle> = bytes
            .as_ref()
            .and_then(|value| value.as_bytes())
            .and_then(|bytes| postcard::from_bytes(bytes).ok())
            .unwrap_or_default();
        placed.push((place(asked, wanted, candidate, &titles), titles));
    }
    placed.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(placed)
}

/// The best place that any title gives a candidate.
fn place(
    asked: &Asked,
    wanted: &Wanted<'_>,
    candidate: &Candidate,
    titles: &[StoredTitle],
) -> Place {
    let class = candidate.cost.class();
    let base = Place {
        class: if class == Class::Infix {
            Class::Scattered
        } else {
            class
        },
        errors: candidate.cost.errors(),
        fit: u8::MAX,
        other_language: candidate.cost.other_language(),
        standing: Reverse(candidate.standing),
        length: usize::MAX,
        key: candidate.key,
        title: 0,
    };
    let of_title = |(index, title): (usize, &StoredTitle)| {
        let compact = title.folded.replace(' ', "");
        let fit = fit(asked, class, title, &compact)?;
        Some(Place {
            class,
            fit,
            other_language: title.language != wanted.language.code(),
            length: compact.chars().count(),
            title: index,
            ..base.clone()
        })
    };
    let best = titles.iter().enumerate().filter_map(of_title).min();
    best.unwrap_or_else(|| Place {
        title: most_alike(asked, titles),
        ..base
    })
}
