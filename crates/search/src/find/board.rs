//! The best known reason of each document of one segment.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use tantivy::DocId;

/// Reasons from best to worst, as they order results. The gaps between public reasons are how
/// words and typos mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Class {
    Exact,
    Prefix,
    Words,
    Infix,
    Initials,
    Pinyin,
    /// The whole title, with typos.
    Near,
    /// Words of titles and of people.
    Person,
    /// Beginnings of titles and words, with typos.
    NearWords,
    /// Words of titles, people, categories and tags.
    About,
    /// Parts of a text without spaces, anywhere.
    Scattered,
    /// Most of the words.
    Partly,
}

impl Class {
    const ALL: [Self; 12] = [
        Self::Exact,
        Self::Prefix,
        Self::Words,
        Self::Infix,
        Self::Initials,
        Self::Pinyin,
        Self::Near,
        Self::Person,
        Self::NearWords,
        Self::About,
        Self::Scattered,
        Self::Partly,
    ];
}

/// Class, typos and whether the title is in another language, as one number: lower is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cost(u16);

impl Cost {
    const NONE: Self = Self(u16::MAX);

    pub(crate) fn new(class: Class, errors: u8, other_language: bool) -> Self {
        Self(
            u16::from(class as u8) << 8
                | u16::from(errors.min(127)) << 1
                | u16::from(other_language),
        )
    }

    pub(crate) fn class(self) -> Class {
        let index = usize::from(self.0 >> 8);
        Class::ALL.get(index).copied().unwrap_or(Class::Partly)
    }

    pub(crate) fn errors(self) -> u8 {
        (self.0 >> 1 & 127) as u8
    }

    pub(crate) fn other_language(self) -> bool {
        self.0 & 1 == 1
    }
}

/// Boards that wait for their next use: fresh memory for each would cost more than most questions do.
#[derive(Default)]
pub(crate) struct Boards(Mutex<Vec<Board>>);

/// Boards that are kept; more questions at once make their own.
const KEPT_BOARDS: usize = 8;

impl Boards {
    /// An empty board for the documents of a segment, until it is dropped.
    pub(crate) fn lend(&self, documents: DocId) -> Lent<'_> {
        let mut board = self.kept().pop().unwrap_or_default();
        board.grow(documents);
        Lent { board, home: self }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Board>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A board that goes back when it is dropped.
pub(crate) struct Lent<'a> {
    board: Board,
    home: &'a Boards,
}

impl Deref for Lent<'_> {
    type Target = Board;

    fn deref(&self) -> &Board {
        &self.board
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut Board {
        &mut self.board
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut board = std::mem::take(&mut self.board);
        board.clear();
        let mut kept = self.home.kept();
        if kept.len() < KEPT_BOARDS {
            kept.push(board);
        }
    }
}

/// Costs of the documents of one segment. Two bytes per document of the segment, so that noting a
/// match is a store without hashing, however many titles begin with "the".
#[derive(Default)]
pub(crate) struct Board {
    best: Vec<Cost>,
    touched: Vec<DocId>,
}

impl Board {
    /// Makes room for this many documents, at least.
    fn grow(&mut self, documents: DocId) {
        let room = self.best.len().max(documents as usize);
        self.best.resize(room, Cost::NONE);
    }

    /// Notes that a document matches at a cost, unless it is known to match at a lower one.
    pub(crate) fn note(&mut self, document: DocId, cost: Cost) {
        let Some(best) = self.best.get_mut(document as usize) else {
            return;
        };
        if *best == Cost::NONE {
            self.touched.push(document);
        }
        *best = cost.min(*best);
    }

    pub(crate) fn get(&self, document: DocId) -> Option<Cost> {
        self.best
            .get(document as usize)
            .copied()
            .filter(|cost| *cost != Cost::NONE)
    }

    /// All documents that match, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (DocId, Cost)> {
        self.touched
            .iter()
            .map(|document| (*document, self.best[*document as usize]))
    }

    /// How many documents match.
    pub(crate) fn len(&self) -> usize {
        self.touched.len()
    }

    /// The costs that occur, lowest first.
    pub(crate) fn costs(&self) -> Vec<Cost> {
        let mut costs: Vec<Cost> = Vec::new();
        for (_, cost) in self.iter() {
            // Few differ, and neighbours rarely do.
            if costs.last() != Some(&cost) && !costs.contains(&cost) {
                costs.push(cost);
            }
        }
        costs.sort_unstable();
        costs
    }

    /// Forgets everything, at the price of what was noted.
    pub(crate) fn clear(&mut self) {
        for document in self.touched.drain(..) {
            self.best[document as usize] = Cost::NONE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_order_by_class_then_errors_then_language() {
        let exact = Cost::new(Class::Exact, 2, true);
        let near = Cost::new(Class::Near, 1, true);
        let nearer = Cost::new(Class::Near, 1, false);
        assert!(exact < nearer && nearer < near && near < Cost::new(Class::Near, 2, false));
        assert_eq!(
            (near.class(), near.errors(), near.other_language()),
            (Class::Near, 1, true)
        );
        for (index, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, index);
        }
    }

    #[test]
    fn the_best_cost_stays() {
        let boards = Boards::default();
        let mut board = boards.lend(3);
        board.note(1, Cost::new(Class::Words, 0, true));
        board.note(1, Cost::new(Class::Prefix, 0, false));
        board.note(1, Cost::new(Class::About, 0, false));
        board.note(99, Cost::new(Class::Exact, 0, false));
        let all: Vec<_> = board.iter().collect();
        assert_eq!(all, [(1, Cost::new(Class::Prefix, 0, false))]);
        // Whoever is next finds it empty, with room for more.
        drop(board);
        let mut board = boards.lend(100);
        assert!(board.iter().next().is_none() && board.get(1).is_none());
        board.note(99, Cost::new(Class::Words, 0, true));
        assert!(board.get(99).is_some() && boards.lend(3).get(99).is_none());
    }
}
