//! Documents that hold all words of a question, wherever: in titles, names, categories, tags.

use tantivy::DocId;

use super::probe::{Probe, errors_in};
use super::{Board, Class, Cost};
use crate::fold::is_dense;
use crate::index::Error;
use crate::segment;
use crate::terms::{Dictionary, WORD_EDGE};

/// Words for which typos are looked for; with more, the right ones find enough.
const MAX_NEAR_WORDS: usize = 8;
/// Keys from which a word being typed may be the beginning of a name; fewer fit half of all names.
const NAME_BEGINNING: usize = 3;

/// How many words each document holds, and the worst reason among them.
struct Tally {
    found: Vec<u8>,
    worst: Vec<Option<Cost>>,
}

impl Tally {
    fn new(documents: DocId) -> Self {
        Self {
            found: vec![0; documents as usize],
            worst: vec![None; documents as usize],
        }
    }

    fn add(&mut self, word: &Board) {
        for (document, cost) in word.iter() {
            let at = document as usize;
            self.found[at] += 1;
            self.worst[at] = self.worst[at].max(Some(cost));
        }
    }

    fn with(&self, least: u8) -> impl Iterator<Item = (DocId, Cost)> {
        let pairs = self.found.iter().zip(&self.worst).enumerate();
        pairs.filter_map(move |(doc, (found, worst))| {
            worst
                .filter(|_| *found >= least)
                .map(|cost| (doc as DocId, cost))
        })
    }
}

impl Probe<'_> {
    /// Documents with all words. With `typos`, each may have some.
    pub(super) fn words(&self, typos: bool, board: &mut Board) -> Result<(), Error> {
        let words = &self.asked.words;
        let mut one = self.boards.lend(self.segment.max_doc());
        if let [_] = words.as_slice() {
            self.word(0, typos, &mut one)?;
            one.iter().for_each(|(doc, cost)| board.note(doc, cost));
            return Ok(());
        }
        // Each word narrows what the words before it left.
        let mut left: Option<Vec<(DocId, Cost)>> = None;
        for at in 0..words.len() {
            one.clear();
            self.word(at, typos, &mut one)?;
            let next: Vec<(DocId, Cost)> = match left {
                None => one.iter().collect(),
                Some(known) => known
                    .into_iter()
                    .filter_map(|(doc, cost)| one.get(doc).map(|this| (doc, cost.max(this))))
                    .collect(),
            };
            if next.is_empty() {
                return Ok(());
            }
            left = Some(next);
        }
        for (doc, cost) in left.unwrap_or_default() {
            board.note(doc, cost);
        }
        Ok(())
    }

    /// Documents with most of the words, or with the words of a text without spaces.
    pub(super) fn parts(&self, board: &mut Board) -> Result<(), Error> {
        let compact = self.asked.compact.as_str();
        let mut one = self.boards.lend(self.segment.max_doc());
        let mut tally = Tally::new(self.segment.max_doc());
        let mut count = 0_u8;
        if segment::may_cut(compact) {
            for word in segment::words(compact)
                .into_iter()
                .take(usize::from(u8::MAX))
            {
                one.clear();
                self.cut_word(word, &mut one)?;
                tally.add(&one);
                count += 1;
            }
        } else {
            for at in 0..self.asked.words.len() {
                one.clear();
                self.word(at, false, &mut one)?;
                tally.add(&one);
                count += 1;
            }
        }
        // Two of three; less says nothing.
        let least = (u16::from(count) * 2).div_ceil(3).max(2) as u8;
        for (doc, _) in tally.with(least) {
            let class = if tally.found[doc as usize] == count {
                Class::Scattered
            } else {
                Class::Partly
            };
            board.note(
                doc,
                Cost::new(class, count - tally.found[doc as usize].min(count), false),
            );
        }
        Ok(())
    }

    /// One word that the segmenter cut out.
    fn cut_word(&self, word: &str, board: &mut Board) -> Result<(), Error> {
        if word.chars().any(is_dense) {
            self.grams(word, Class::Scattered, board)
        } else {
            self.whole_in(Dictionary::Word, word, Class::Scattered, board)
        }
    }

    /// Documents that hold one word of the question.
    fn word(&self, at: usize, typos: bool, board: &mut Board) -> Result<(), Error> {
        let (typed, folded) = &self.asked.words[at];
        let typing = at + 1 == self.asked.words.len() && !self.asked.ended;
        let keys = typed.chars().count();
        self.whole_in(Dictionary::Word, typed, Class::Words, board)?;
        if typing && keys <= WORD_EDGE {
            self.whole_in(Dictionary::Edge, typed, Class::Words, board)?;
        } else if typing {
            self.prefix(Dictionary::Word, typed, Class::Words, board)?;
        }
        if folded.chars().any(is_dense) {
            self.grams(folded, Class::Infix, board)?;
        }
        for (dictionary, class) in [
            (Dictionary::Person, Class::Person),
            (Dictionary::About, Class::About),
        ] {
            if typing && keys >= NAME_BEGINNING {
                self.prefix(dictionary, typed, class, board)?;
            } else {
                self.term(dictionary, typed, class, board)?;
            }
        }
        if typos && self.asked.words.len() <= MAX_NEAR_WORDS {
            let errors = errors_in(typed);
            for dictionary in [Dictionary::Word, Dictionary::Person] {
                self.near(dictionary, typed, errors, false, Class::NearWords, board)?;
            }
        }
        Ok(())
    }

    /// Documents with exactly this term, in a dictionary without languages.
    fn term(
        &self,
        dictionary: Dictionary,
        text: &str,
        class: Class,
        board: &mut Board,
    ) -> Result<(), Error> {
        let mut lists = self.lists(dictionary)?;
        if let Some(info) = lists.find(text)? {
            let cost = Cost::new(class, 0, false);
            lists.each(&info, |doc| board.note(doc, cost))?;
        }
        Ok(())
    }
}
