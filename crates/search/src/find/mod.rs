//! From a question to candidates: walks over the dictionaries of every segment.
//!
//! First what matches as typed; when no title is exactly that, also what matches with typos; when
//! there is still nothing, what matches in parts.

mod board;
mod words;

use tantivy::columnar::Column;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::termdict::TermStreamer;
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED};
use tantivy_fst::Automaton;

use crate::automaton::{END, Near, allowed_errors};
use crate::document::DocKey;
use crate::fold::is_dense;
use crate::index::{Error, Fields, KEY, SERVICE, STANDING};
use crate::query::{Asked, MAX_LIMIT, Wanted};
use crate::terms::{self, Dictionary, PINYIN, START, TITLE_EDGE};

pub(crate) use board::{Board, Class, Cost};

/// Terms that one walk takes; a walk that has more was for too short a beginning to rank well
/// anyway.
const MAX_TERMS: usize = 20_000;
/// Terms that one walk with typos takes.
const MAX_NEAR_TERMS: usize = 2_000;
/// Longest text, in bytes, that is looked for with typos: the automaton grows with it.
const MAX_NEAR_BYTES: usize = 192;

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
    for effort in efforts {
        for probe in &mut probes {
            probe.look(*effort)?;
        }
        let known = |accept: fn(Class) -> bool| {
            let mut classes = probes.iter().flat_map(|p| p.board.iter());
            classes.any(|(_, cost)| accept(cost.class()))
        };
        let enough = match effort {
            Effort::AsTyped => known(|class| class == Class::Exact),
            _ => known(|_| true),
        };
        if enough {
            break;
        }
    }
    let mut all = Vec::new();
    for (ordinal, probe) in probes.iter().enumerate() {
        probe.best(ordinal as u32, wanted, &mut all)?;
    }
    all.sort_unstable_by_key(Candidate::order);
    all.truncate(MAX_LIMIT);
    Ok(all)
}

/// One segment being searched.
struct Probe<'a> {
    segment: &'a SegmentReader,
    fields: &'a Fields,
    asked: &'a Asked,
    language: &'static str,
    board: Board,
}

impl<'a> Probe<'a> {
    fn new(
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

    fn look(&mut self, effort: Effort) -> Result<(), Error> {
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

    /// Terms that are this text, in whatever language.
    fn whole(&self, text: &str, class: Class, board: &mut Board) -> Result<(), Error> {
        self.whole_in(Dictionary::Title, text, class, board)
    }

    fn whole_in(
        &self,
        dictionary: Dictionary,
        text: &str,
        class: Class,
        board: &mut Board,
    ) -> Result<(), Error> {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(END);
        self.range(dictionary, &bytes, class, board)
    }

    fn prefix(
        &self,
        dictionary: Dictionary,
        text: &str,
        class: Class,
        board: &mut Board,
    ) -> Result<(), Error> {
        self.range(dictionary, text.as_bytes(), class, board)
    }

    /// All terms that begin with these bytes.
    fn range(
        &self,
        dictionary: Dictionary,
        bytes: &[u8],
        class: Class,
        board: &mut Board,
    ) -> Result<(), Error> {
        let index = self.segment.inverted_index(self.fields.of(dictionary))?;
        // No UTF-8 text goes on with 0xff.
        let mut end = bytes.to_vec();
        end.push(0xff);
        let stream = index.terms().range().ge(bytes).lt(&end).into_stream()?;
        self.drain(dictionary, stream, MAX_TERMS, board, |term| {
            Cost::new(class, 0, self.other_language(dictionary, term))
        })
    }

    /// All terms within some errors. The second error is only looked for behind a first letter that
    /// is right, or that the second one took the place of: walking everything that is two errors
    /// away costs ten times as much and finds little that people mean.
    fn near(
        &self,
        dictionary: Dictionary,
        text: &str,
        errors: u8,
        beginning: bool,
        class: Class,
        board: &mut Board,
    ) -> Result<(), Error> {
        if errors == 0 || text.len() > MAX_NEAR_BYTES {
            return Ok(());
        }
        let one = Near::new(text, 1, beginning);
        self.walk_near(dictionary, &one, None, class, board)?;
        if errors > 1 {
            let two = Near::new(text, 2, beginning);
            let mut starts: Vec<char> = text.chars().take(2).collect();
            starts.dedup();
            for start in starts {
                self.walk_near(dictionary, &two, Some(start), class, board)?;
            }
        }
        Ok(())
    }

    /// Terms that an automaton accepts, all or those with one first letter.
    fn walk_near(
        &self,
        dictionary: Dictionary,
        near: &Near,
        start: Option<char>,
        class: Class,
        board: &mut Board,
    ) -> Result<(), Error> {
        let index = self.segment.inverted_index(self.fields.of(dictionary))?;
        let mut walk = index.terms().search(near);
        if let Some(start) = start {
            let first = start.to_string();
            let mut end = first.clone().into_bytes();
            end.push(0xff);
            walk = walk.ge(&first).lt(&end);
        }
        let stream = walk.into_stream()?;
        self.drain(dictionary, stream, MAX_NEAR_TERMS, board, |term| {
            Cost::new(
                class,
                near.errors(term),
                self.other_language(dictionary, term),
            )
        })
    }

    fn drain<A: Automaton>(
        &self,
        dictionary: Dictionary,
        mut stream: TermStreamer<'_, A>,
        limit: usize,
        board: &mut Board,
        cost: impl Fn(&[u8]) -> Cost,
    ) -> Result<(), Error>
    where
        A::State: Clone,
    {
        let mut left = limit;
        while left > 0 && stream.advance() {
            let cost = cost(stream.key());
            self.documents(dictionary, stream.value(), |doc| board.note(doc, cost))?;
            left -= 1;
        }
        Ok(())
    }

    fn documents(
        &self,
        dictionary: Dictionary,
        info: &TermInfo,
        mut each: impl FnMut(DocId),
    ) -> Result<(), Error> {
        let index = self.segment.inverted_index(self.fields.of(dictionary))?;
        let mut postings = index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        while postings.doc() != TERMINATED {
            each(postings.doc());
            postings.advance();
        }
        Ok(())
    }

    /// Documents that hold every character and pair of the text. That they stand in this order is
    /// checked when titles are read.
    fn grams(&self, text: &str, class: Class, board: &mut Board) -> Result<(), Error> {
        if !terms::all_paired(text) {
            return Ok(());
        }
        let Some(documents) = self.all_grams(text)? else {
            return Ok(());
        };
        for document in documents {
            board.note(document, Cost::new(class, 0, false));
        }
        Ok(())
    }

    fn all_grams(&self, text: &str) -> Result<Option<Vec<DocId>>, Error> {
        let index = self
            .segment
            .inverted_index(self.fields.of(Dictionary::Gram))?;
        let pairs = text.chars().count() > 1;
        let mut lists = Vec::new();
        for gram in terms::grams(text) {
            // Pairs say all that their characters say.
            if pairs && gram.chars().nth(1).is_none() {
                continue;
            }
            match index.terms().get(gram)? {
                Some(info) => lists.push(info),
                None => return Ok(None),
            }
        }
        lists.sort_by_key(|info| info.doc_freq);
        let mut lists = lists.into_iter();
        let Some(first) = lists.next() else {
            return Ok(None);
        };
        let mut documents = Vec::new();
        self.documents(Dictionary::Gram, &first, |doc| documents.push(doc))?;
        for info in lists {
            let mut postings =
                index.read_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
            documents.retain(|doc| {
                if postings.doc() < *doc {
                    postings.seek(*doc);
                }
                postings.doc() == *doc
            });
        }
        Ok(Some(documents))
    }

    fn other_language(&self, dictionary: Dictionary, term: &[u8]) -> bool {
        use Dictionary as D;
        matches!(dictionary, D::Title | D::Typed | D::Word | D::Edge)
            && !term.ends_with(self.language.as_bytes())
    }

    /// The best candidates of this segment, with their columns.
    fn best(
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
fn errors_in(text: &str) -> u8 {
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
