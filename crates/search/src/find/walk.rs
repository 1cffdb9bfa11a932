//! Walks over one dictionary of one segment.

use std::sync::Arc;

use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::termdict::TermStreamer;
use tantivy::{DocId, DocSet, InvertedIndexReader};
use tantivy_fst::Automaton;

use super::probe::Probe;
use super::{Board, Class, Cost};
use crate::automaton::{END, Near};
use crate::index::Error;
use crate::terms::{self, Dictionary};

/// Terms that one walk takes; a walk that has more was for too short a beginning to rank well
/// anyway.
const MAX_TERMS: usize = 20_000;
/// Terms that one walk with typos takes.
const MAX_NEAR_TERMS: usize = 2_000;
/// Longest text, in bytes, that is looked for with typos: the automaton grows with it.
const MAX_NEAR_BYTES: usize = 192;

/// Reads the documents of one term after the other, in memory that is used again: a beginning that
/// thousands of titles share is thousands of terms with a document each.
pub(super) struct Lists {
    index: Arc<InvertedIndexReader>,
    open: Option<BlockSegmentPostings>,
}

impl Lists {
    /// The list of exactly this term.
    pub(super) fn find(&self, term: &str) -> Result<Option<TermInfo>, Error> {
        Ok(self.index.terms().get(term)?)
    }

    pub(super) fn each(
        &mut self,
        info: &TermInfo,
        mut each: impl FnMut(DocId),
    ) -> Result<(), Error> {
        let list = match &mut self.open {
            Some(list) => {
                self.index.reset_block_postings_from_terminfo(info, list)?;
                list
            }
            none => {
                let basic = IndexRecordOption::Basic;
                none.insert(self.index.read_block_postings_from_terminfo(info, basic)?)
            }
        };
        while list.block_len() > 0 {
            list.docs().iter().copied().for_each(&mut each);
            list.advance();
        }
        Ok(())
    }
}

impl Probe<'_> {
    pub(super) fn lists(&self, dictionary: Dictionary) -> Result<Lists, Error> {
        let index = self.segment.inverted_index(self.fields.of(dictionary))?;
        Ok(Lists { index, open: None })
    }

    /// Terms that are this text, in whatever language.
    pub(super) fn whole(&self, text: &str, class: Class, board: &mut Board) -> Result<(), Error> {
        self.whole_in(Dictionary::Title, text, class, board)
    }

    pub(super) fn whole_in(
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

    pub(super) fn prefix(
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
        let mut lists = self.lists(dictionary)?;
        let index = lists.index.clone();
        // No UTF-8 text goes on with 0xff.
        let mut end = bytes.to_vec();
        end.push(0xff);
        let stream = index.terms().range().ge(bytes).lt(&end).into_stream()?;
        drain(stream, &mut lists, MAX_TERMS, board, |term| {
            Cost::new(class, 0, self.other_language(dictionary, term))
        })
    }

    /// All terms within some errors. The second error is only looked for behind a first letter that
    /// is right, or that the second one took the place of: walking everything that is two errors
    /// away costs ten times as much and finds little that people mean.
    pub(super) fn near(
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
        let mut lists = self.lists(dictionary)?;
        let index = lists.index.clone();
        let mut walk = index.terms().search(near);
        if let Some(start) = start {
            let first = start.to_string();
            let mut end = first.clone().into_bytes();
            end.push(0xff);
            walk = walk.ge(&first).lt(&end);
        }
        let stream = walk.into_stream()?;
        drain(stream, &mut lists, MAX_NEAR_TERMS, board, |term| {
            Cost::new(
                class,
                near.errors(term),
                self.other_language(dictionary, term),
            )
        })
    }

    /// Documents that hold every character and pair of the text. That they stand in this order is
    /// checked when titles are read.
    pub(super) fn grams(&self, text: &str, class: Class, board: &mut Board) -> Result<(), Error> {
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
        let mut opened = self.lists(Dictionary::Gram)?;
        let index = opened.index.clone();
        let pairs = text.chars().count() > 1;
        let mut lists = Vec::new();
        for gram in terms::grams(text) {
            // Pairs say all that their characters say.
            if pairs && gram.chars().nth(1).is_none() {
                continue;
            }
            match opened.find(gram)? {
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
        opened.each(&first, |doc| documents.push(doc))?;
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

    pub(super) fn other_language(&self, dictionary: Dictionary, term: &[u8]) -> bool {
        use Dictionary as D;
        matches!(dictionary, D::Title | D::Typed | D::Word | D::Edge)
            && !term.ends_with(self.language.as_bytes())
    }
}

/// Notes the documents of the first `limit` terms.
fn drain<A: Automaton>(
    mut stream: TermStreamer<'_, A>,
    lists: &mut Lists,
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
        lists.each(stream.value(), |doc| board.note(doc, cost))?;
        left -= 1;
    }
    Ok(())
}
