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

use board::{Board, Lent};
pub(crate) use board::{Boards, Class, Cost};

/// One state of the index.
pub(crate) struct Reading<'a> {
    pub(crate) searcher: tantivy::Searcher,
    pub(crate) fields: &'a Fields,
    pub(crate) boards: &'a Boards,
}

/// What is wanted of a question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sought {
    pub(crate) hits: bool,
    pub(crate) completions: bool,
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
enum Effort {
    /// Titles that begin like this.
    Beginnings,
    /// What else matches as typed.
    Inside,
    /// Beginnings with typos.
    NearBeginnings,
    /// With typos.
    Near,
    /// In parts.
    Parts,
}

/// What there is for a question, best first.
pub(crate) struct Candidates {
    /// Whatever matches, at most [`MAX_LIMIT`].
    pub(crate) all: Vec<Candidate>,
    /// Titles that begin with it, at most [`MAX_LIMIT`].
    pub(crate) beginning: Vec<Candidate>,
}

/// The best candidates for a question. Who looks for whatever matches looks at beginnings first:
/// one walk serves both.
pub(crate) fn candidates(
    reading: &Reading<'_>,
    asked: &Asked,
    wanted: &Wanted<'_>,
    sought: Sought,
) -> Result<Candidates, Error> {
    let search = Search::new(reading, asked, wanted);
    let mut boards = search.boards();
    search.look(Effort::Beginnings, &mut boards)?;
    let (mut all, mut beginning) = (Vec::new(), Vec::new());
    let found: usize = boards.iter().map(|board| board.len()).sum();
    if sought.completions || found >= MAX_LIMIT {
        search.best(&boards, &mut beginning)?;
    }
    // What is inside of titles costs more than any of these: none of it would be among the best.
    if sought.hits && is_full(&beginning, Class::Prefix) {
        all.clone_from(&beginning);
    }
    if sought.completions && beginning.is_empty() {
        let mut boards = search.boards();
        search.look(Effort::NearBeginnings, &mut boards)?;
        search.best(&boards, &mut beginning)?;
    }
    if sought.hits && all.is_empty() {
        for effort in [Effort::Inside, Effort::Near, Effort::Parts] {
            search.look(effort, &mut boards)?;
            search.best(&boards, &mut all)?;
            let enough = match effort {
                Effort::Inside => is_exact(&all) || is_full(&all, Class::Pinyin),
                _ => !all.is_empty(),
            };
            if enough {
                break;
            }
        }
    }
    Ok(Candidates { all, beginning })
}

/// A question to all segments.
struct Search<'a> {
    probes: Vec<Probe<'a>>,
    wanted: &'a Wanted<'a>,
}

impl<'a> Search<'a> {
    fn new(reading: &'a Reading<'_>, asked: &'a Asked, wanted: &'a Wanted<'a>) -> Self {
        let segments = reading.searcher.segment_readers().iter();
        let probe = |segment| Probe {
            segment,
            fields: reading.fields,
            boards: reading.boards,
            asked,
            language: wanted.language.code(),
        };
        Self {
            probes: segments.map(probe).collect(),
            wanted,
        }
    }

    /// An empty board for each segment.
    fn boards(&self) -> Vec<Lent<'a>> {
        let probes = self.probes.iter();
        let lend = |probe: &Probe<'a>| probe.boards.lend(probe.segment.max_doc());
        probes.map(lend).collect()
    }

    fn look(&self, effort: Effort, boards: &mut [Lent<'_>]) -> Result<(), Error> {
        let mut pairs = self.probes.iter().zip(boards);
        pairs.try_for_each(|(probe, board)| probe.look(effort, board))
    }

    fn best(&self, boards: &[Lent<'_>], all: &mut Vec<Candidate>) -> Result<(), Error> {
        all.clear();
        for (ordinal, (probe, board)) in self.probes.iter().zip(boards).enumerate() {
            probe.best(ordinal as u32, board, self.wanted, all)?;
        }
        all.sort_unstable_by_key(Candidate::order);
        all.truncate(MAX_LIMIT);
        Ok(())
    }
}

/// Whether a title is exactly what was asked.
fn is_exact(all: &[Candidate]) -> bool {
    all.first()
        .is_some_and(|first| first.cost.class() == Class::Exact)
}

/// Whether there are as many as there is place for, all of this class or a better one.
fn is_full(all: &[Candidate], worst: Class) -> bool {
    all.get(MAX_LIMIT - 1)
        .is_some_and(|last| last.cost.class() <= worst)
}
