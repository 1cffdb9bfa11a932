//! One segment being searched: which dictionaries are asked for what.

use std::cmp::Reverse;

use tantivy::{DocAddress, DocId, SegmentReader};

use super::{Board, Boards, Candidate, Class, Effort};
use crate::automaton::allowed_errors;
use crate::document::DocKey;
use crate::fold::is_dense;
use crate::index::{Error, Fields, KEY, SERVICE, STANDING};
use crate::query::{Asked, MAX_LIMIT, Wanted};
use crate::terms::{Dictionary, PINYIN, START, TITLE_EDGE};

/// One segment being searched.
pub(super) struct Probe<'a> {
    pub(super) segment: &'a SegmentReader,
    pub(super) fields: &'a Fields,
    pub(super) boards: &'a Boards,
    pub(super) asked: &'a Asked,
    pub(super) language: &'static str,
}

impl Probe<'_> {
    /// Adds what this effort finds to what was found before.
    pub(super) fn look(&self, effort: Effort, board: &mut Board) -> Result<(), Error> {
        match effort {
            Effort::Beginnings => self.beginnings(board),
            Effort::Inside => self.inside(board),
            Effort::NearBeginnings => self.near_titles(true, board),
            Effort::Near => {
                self.near_titles(false, board)?;
                self.words(true, board)
            }
            Effort::Parts => self.parts(board),
        }
    }

    fn beginnings(&self, board: &mut Board) -> Result<(), Error> {
        let asked = self.asked;
        self.whole(&asked.compact, Class::Exact, board)?;
        let keys = asked.typed.chars().count();
        if keys <= TITLE_EDGE {
            let edge = format!("{START}{}", asked.typed);
            self.whole_in(Dictionary::Edge, &edge, Class::Prefix, board)?;
        } else {
            // Titles without Hangul are typed as they are written.
            let (dictionary, text) = if asked.typed == asked.compact {
                (Dictionary::Title, &asked.compact)
            } else {
                (Dictionary::Typed, &asked.typed)
            };
            self.prefix(dictionary, text, Class::Prefix, board)?;
        }
        // One initial consonant is what the first key of a title types: found above.
        if let Some(initials) = asked.initials.as_ref().filter(|_| keys > 1) {
            self.prefix(Dictionary::Initials, initials, Class::Initials, board)?;
        }
        if asked.latin {
            for sort in PINYIN {
                let text = format!("{sort}{}", asked.compact);
                self.prefix(Dictionary::Pinyin, &text, Class::Pinyin, board)?;
            }
        }
        Ok(())
    }

    fn inside(&self, board: &mut Board) -> Result<(), Error> {
        if self.asked.dense {
            self.grams(&self.asked.compact, Class::Infix, board)?;
        }
        self.words(false, board)
    }

    /// Whole titles, or beginnings of them, with typos.
    fn near_titles(&self, beginning: bool, board: &mut Board) -> Result<(), Error> {
        let asked = self.asked;
        let class = if beginning {
            Class::NearWords
        } else {
            Class::Near
        };
        let letters = errors_in(&asked.compact);
        let fewer = |errors: u8| if beginning { errors.min(1) } else { errors };
        self.near(
            Dictionary::Title,
            &asked.compact,
            fewer(letters),
            beginning,
            class,
            board,
        )?;
        if asked.typed != asked.compact {
            let keys = allowed_errors(asked.typed.chars().count());
            self.near(
                Dictionary::Typed,
                &asked.typed,
                fewer(keys),
                beginning,
                class,
                board,
            )?;
        }
        Ok(())
    }

    /// The best candidates of this segment, with their columns.
    pub(super) fn best(
        &self,
        segment: u32,
        board: &Board,
        wanted: &Wanted<'_>,
        all: &mut Vec<Candidate>,
    ) -> Result<(), Error> {
        let columns = self.segment.fast_fields();
        let keys = columns.u64(KEY)?.first_or_default_col(u64::MAX);
        let standings = columns.u64(STANDING)?.first_or_default_col(0);
        let services = columns.i64(SERVICE)?.first_or_default_col(0);
        let one_service = services.min_value() == services.max_value();
        if one_service && services.max_value() != wanted.service {
            return Ok(());
        }
        // A beginning of one letter fits half of a catalog: what is done for each counts.
        let place = |doc: DocId| {
            let ours = one_service || services.get_val(doc) == wanted.service;
            if !ours || self.segment.is_deleted(doc) {
                return None;
            }
            let packed = keys.get_val(doc);
            let fits = wanted.kinds.is_empty()
                || DocKey::unpack(packed).is_some_and(|key| wanted.kinds.contains(&key.kind));
            // Packed keys order like keys.
            fits.then(|| (Reverse(standings.get_val(doc)), packed, doc))
        };
        let mut left = MAX_LIMIT;
        // Cheapest first: columns of what cannot be among the best are not read.
        for cost in board.costs() {
            let these = board.iter().filter(|(_, it)| *it == cost);
            let mut places: Vec<_> = these.filter_map(|(doc, _)| place(doc)).collect();
            if places.len() > left {
                places.select_nth_unstable(left);
                places.truncate(left);
            }
            left -= places.len();
            all.extend(places.into_iter().filter_map(|(standing, packed, doc)| {
                Some(Candidate {
                    cost,
                    standing: standing.0,
                    key: DocKey::unpack(packed)?,
                    address: DocAddress::new(segment, doc),
                })
            }));
            if left == 0 {
                break;
            }
        }
        Ok(())
    }
}

/// Errors that a folded text may have. A character of a dense script says more than a letter, so
/// three are enough for one and six for two.
pub(super) fn errors_in(text: &str) -> u8 {
    let letters = text.chars().count();
    if text.chars().all(is_dense) {
        match letters {
            0..=2 => 0,
            3..=5 => 1,
            _ => 2,
        }
    } else {
        allowed_errors(letters)
    }
}
