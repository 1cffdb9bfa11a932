//! From a question to candidates: walks over the dictionaries of every segment.
//!
//! First what matches as typed; when no title is exactly that, also what matches with typos; when
//! there is still nothing, what matches in parts.

mod board;
mod probe;
mod walk;
mod words;

use tantivy::DocAddress;

use crate::document::DocKey;
use crate::index::{Error, Fields};
use crate::query::{Asked, MAX_LIMIT, Wanted};

use probe::Probe;

pub(crate) use board::{Board, Class, Cost};

/// One state of the index.
pub(crate) struct Reading {
    pub(crate) searcher: tantivy::Searcher,
    pub(crate) fields: Fields,
}

/// A document that matches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) cost: Cost,
    pub(crate) standing: u64,
    pub(crate) key: DocKey,
    pub(crate) address: DocAddress,
}

impl Candidate {
    /// Lower is better; the key makes the order total, so that pages agree.
    fn order(&self) -> (Cost, std::cmp::Reverse<u64>, DocKey) {
        (self.cost, std::cmp::Reverse(self.standing), self.key)
    }
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Titles that begin like this.
    Beginnings,
    /// Everything that matches as typed.
    AsTyped,
    /// Beginnings with typos.
    NearBeginnings,
    /// With typos.
    Near,
    /// In parts.
    Parts,
}

/// The best candidates for a question, at most [`MAX_LIMIT`], best first. With `completing`, only
/// titles that begin with it.
pub(crate) fn candidates(
    reading: &Reading,
    asked: &Asked,
    wanted: &Wanted<'_>,
    completing: bool,
) -> Result<Vec<Candidate>, Error> {
    let mut probes: Vec<Probe<'_>> = reading
        .searcher
        .segment_readers()
        .iter()
        .map(|segment| Probe::new(segment, &reading.fields, asked, wanted.language.code()))
        .collect();
    let efforts: &[Effort] = if completing {
        &[Effort::Beginnings, Effort::NearBeginnings]
    } else {
        &[Effort::AsTyped, Effort::Near, Effort::Parts]
    };
    let mut all = Vec::new();
    for effort in efforts {
        for probe in &mut probes {
            probe.look(*effort)?;
        }
        all.clear();
        for (ordinal, probe) in probes.iter().enumerate() {
            probe.best(ordinal as u32, wanted, &mut all)?;
        }
        all.sort_unstable_by_key(Candidate::order);
        all.truncate(MAX_LIMIT);
        let enough = match effort {
            Effort::AsTyped => is_exact(&all) || is_full(&all),
            _ => !all.is_empty(),
        };
        if enough {
            break;
        }
    }
    Ok(all)
}

/// Whether a title is exactly what was asked.
fn is_exact(all: &[Candidate]) -> bool {
    all.first()
        .is_some_and(|first| first.cost.class() == Class::Exact)
}

/// Whether nothing that is found with typos could have a place any more.
fn is_full(all: &[Candidate]) -> bool {
    all.get(MAX_LIMIT - 1)
        .is_some_and(|last| last.cost.class() < Class::Near)
}
