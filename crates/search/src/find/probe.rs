//! One segment being searched: which dictionaries are asked for what.

use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, SegmentReader};

use super::{Board, Candidate, Class, Cost, Effort};
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
    pub(super) asked: &'a Asked,
    pub(super) language: &'static str,
    pub(super) board: Board,
}

impl<'a> Probe<'a> {
    pub(super) fn new(
        segment: &'a SegmentReader,
        fields: &'a Fields,
        asked: &'a Asked,
        language: &'static str,
    ) -> Self {
        let board = Board::new(segment.max_doc());
        Self {
            segment,
            fields,
            asked,
            language,
            board,
        }
    }

    pub(super) fn look(&mut self, effort: Effort) -> Result<(), Error> {
        // Taken out so that walks can borrow the probe; they never touch its own board.
        let mut board = std::mem::replace(&mut self.board, Board::new(0));
        let result = match effort {
            Effort::Beginnings => self.beginnings(&mut board),
            Effort::AsTyped => self.as_typed(&mut board),
            Effort::NearBeginnings => self.near_titles(true, &mut board),
            Effort::Near => self
                .near_titles(false, &mut board)
                .and_then(|()| self.words(true, &mut board)),
            Effort::Parts => self.parts(&mut board),
        };
        self.board = board;
        result
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

    fn as_typed(&self, board: &mut Board) -> Result<(), Error> {
        self.beginnings(board)?;
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
        wanted: &Wanted<'_>,
        all: &mut Vec<Candidate>,
    ) -> Result<(), Error> {
        let columns = self.segment.fast_fields();
        let (keys, standings): (Column<u64>, Column<u64>) =
            (columns.u64(KEY)?, columns.u64(STANDING)?);
        let services: Column<i64> = columns.i64(SERVICE)?;
        let candidate = |(doc, cost): (DocId, Cost)| {
            if self.segment.is_deleted(doc) || services.first(doc) != Some(wanted.service) {
                return None;
            }
            let key = keys.first(doc).and_then(DocKey::unpack)?;
            let fits = wanted.kinds.is_empty() || wanted.kinds.contains(&key.kind);
            fits.then(|| Candidate {
                cost,
                standing: standings.first(doc).unwrap_or_default(),
                key,
                address: DocAddress::new(segment, doc),
            })
        };
        let mut mine: Vec<Candidate> = self.board.iter().filter_map(candidate).collect();
        if mine.len() > MAX_LIMIT {
            mine.select_nth_unstable_by_key(MAX_LIMIT, Candidate::order);
            mine.truncate(MAX_LIMIT);
        }
        all.append(&mut mine);
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
