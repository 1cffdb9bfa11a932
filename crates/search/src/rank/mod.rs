//! The precise order: the titles of the best candidates are read and compared with the question.

mod fit;

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use tantivy::schema::Value;
use tantivy::{DocAddress, TantivyDocument};

use crate::document::DocKey;
use crate::find::{self, Candidate, Class, Reading, Sought};
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
    /// Where it is kept; by then the order is decided.
    address: DocAddress,
}

/// What answers a question, best first: at most `hits` keys and `completions` titles.
pub(crate) fn look(
    reading: &Reading<'_>,
    text: &str,
    wanted: &Wanted<'_>,
    hits: usize,
    completions: usize,
) -> Result<(Vec<Hit>, Vec<Completion>), Error> {
    let Some(asked) = Asked::new(text) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let sought = Sought {
        hits: hits > 0,
        completions: completions > 0,
    };
    let found = find::candidates(reading, &asked, wanted, sought)?;
    // The same documents are found and completed: each is read once.
    let mut read = HashMap::new();
    let (near, far) = found.all.split_at(found.all.len().min(READ));
    let places = place_all(reading, &asked, wanted, near, &mut read)?;
    let near = places.into_iter().map(|place| Hit {
        key: place.key,
        reason: place.class.into(),
    });
    let far = far.iter().map(|candidate| Hit {
        key: candidate.key,
        reason: candidate.cost.class().into(),
    });
    let hits = near.chain(far).take(hits).collect();

    let near = found.beginning.get(..READ).unwrap_or(&found.beginning);
    let places = place_all(reading, &asked, wanted, near, &mut read)?;
    let mut seen = HashSet::new();
    let completions = places
        .iter()
        .filter_map(|place| {
            let text = &read.get(&place.address)?.get(place.title)?.title;
            seen.insert(fold::literal(text)).then(|| Completion {
                text: text.clone(),
                key: place.key,
            })
        })
        .take(completions)
        .collect();
    Ok((hits, completions))
}

/// The titles of documents that were read, by address.
type Read = HashMap<DocAddress, Vec<StoredTitle>>;

/// Candidates in their precise order.
fn place_all(
    reading: &Reading<'_>,
    asked: &Asked,
    wanted: &Wanted<'_>,
    candidates: &[Candidate],
    read: &mut Read,
) -> Result<Vec<Place>, Error> {
    let mut places = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let titles = match read.entry(candidate.address) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(titles(reading, candidate.address)?),
        };
        places.push(place(asked, wanted, candidate, titles));
    }
    places.sort_unstable();
    Ok(places)
}

/// The titles of a document.
fn titles(reading: &Reading<'_>, address: DocAddress) -> Result<Vec<StoredTitle>, Error> {
    let entry: TantivyDocument = reading.searcher.doc(address)?;
    let bytes = entry.get_first(reading.fields.titles);
    let bytes = bytes.as_ref().and_then(|value| value.as_bytes());
    Ok(bytes
        .and_then(|bytes| postcard::from_bytes(bytes).ok())
        .unwrap_or_default())
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
        address: candidate.address,
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
