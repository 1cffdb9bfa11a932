//! What is written into the index for a document: every term that it can be found by.

use crate::automaton::END;
use crate::document::Document;
use crate::fold::{Folded, fold, han, hangul, is_dense};

/// Units (letters, or keys of Hangul) of the beginnings of titles that are terms of their own,
/// because so many titles share them that walking the dictionary would be slow.
pub(crate) const TITLE_EDGE: usize = 6;
/// The same for words, which repeat: their dictionary is small.
pub(crate) const WORD_EDGE: usize = 2;
/// In front of the beginning of a whole title in the edge field; other edges are of words.
pub(crate) const START: char = '^';
/// In front of whole pinyin and of first letters, in the one field that holds both.
pub(crate) const PINYIN: [char; 2] = ['w', 'f'];

/// Texts of one document that are indexed; the rest is left out.
const MAX_TEXTS: usize = 64;
/// Names of one document that are indexed, of each sort.
const MAX_NAMES: usize = 256;

/// A dictionary of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dictionary {
    /// Whole titles, then the language.
    Title,
    /// Whole titles as the keys that type them, then the language; only those with Hangul.
    Typed,
    /// Words of titles as typed, then the language.
    Word,
    /// Beginnings of titles and words, then the language.
    Edge,
    /// Single characters and pairs of neighbours in dense scripts.
    Gram,
    /// Initial consonants of the title from each of its words on.
    Initials,
    /// Chinese titles in pinyin.
    Pinyin,
    /// Words of people's names.
    Person,
    /// Words of categories' and tags' names.
    About,
}

impl Dictionary {
    pub(crate) const ALL: [Self; 9] = [
        Self::Title,
        Self::Typed,
        Self::Word,
        Self::Edge,
        Self::Gram,
        Self::Initials,
        Self::Pinyin,
        Self::Person,
        Self::About,
    ];

    /// Its name in the index.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Typed => "typed",
            Self::Word => "word",
            Self::Edge => "edge",
            Self::Gram => "gram",
            Self::Initials => "initials",
            Self::Pinyin => "pinyin",
            Self::Person => "person",
            Self::About => "about",
        }
    }
}

/// The terms of a document with the dictionaries they belong to, in one piece of memory.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    bytes: Vec<u8>,
    /// Dictionary, beginning and end of each.
    places: Vec<(Dictionary, usize, usize)>,
}

impl Terms {
    /// Every term once, by dictionary.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Dictionary, &[u8])> {
        let places = self.places.iter();
        places.map(|(dictionary, from, to)| (*dictionary, &self.bytes[*from..*to]))
    }

    fn add(&mut self, dictionary: Dictionary, parts: &[&str]) {
        let from = self.bytes.len();
        for part in parts {
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self.places.push((dictionary, from, self.bytes.len()));
    }

    /// Adds a term that knows its language.
    fn add_in(&mut self, dictionary: Dictionary, text: &[&str], language: &str) {
        let from = self.bytes.len();
        for part in text {
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self.bytes.push(END);
        self.bytes.extend_from_slice(language.as_bytes());
        self.places.push((dictionary, from, self.bytes.len()));
    }

    /// Languages share beginnings and words: each term once.
    fn dedup(&mut self) {
        let Self { bytes, places } = self;
        let term =
            |(dictionary, from, to): &(Dictionary, usize, usize)| (*dictionary, &bytes[*from..*to]);
        places.sort_unstable_by(|a, b| term(a).cmp(&term(b)));
        places.dedup_by(|a, b| term(a) == term(b));
    }
}

/// The folded titles of a document, as many as are indexed.
pub(crate) fn titles(document: &Document) -> Vec<Folded> {
    let titles = document.texts.iter().take(MAX_TEXTS);
    titles.map(|(_, title)| fold(title)).collect()
}

/// All terms of a document with these folded titles.
pub(crate) fn of(document: &Document, folded: &[Folded]) -> Terms {
    let mut terms = Terms::default();
    for ((language, _), title) in document.texts.iter().zip(folded) {
        of_title(title, language.as_str(), &mut terms);
    }
    of_names(&document.people, Dictionary::Person, &mut terms);
    of_names(&document.categories, Dictionary::About, &mut terms);
    of_names(&document.tags, Dictionary::About, &mut terms);
    terms.dedup();
    terms
}

fn of_title(title: &Folded, language: &str, terms: &mut Terms) {
    let compact = title.compact.as_str();
    if compact.is_empty() {
        return;
    }
    terms.add_in(Dictionary::Title, &[compact], language);
    let typed = hangul::typed(compact);
    let mut start = [0; START.len_utf8()];
    let start = &*START.encode_utf8(&mut start);
    for edge in edges(&typed, TITLE_EDGE) {
        terms.add_in(Dictionary::Edge, &[start, edge], language);
    }
    if typed != compact {
        terms.add_in(Dictionary::Typed, &[&typed], language);
        let initials: Vec<String> = title
            .words
            .iter()
            .map(|word| hangul::initials(word))
            .collect();
        let initials: Vec<&str> = initials.iter().map(String::as_str).collect();
        for at in 0..initials.len() {
            terms.add(Dictionary::Initials, &initials[at..]);
        }
    }
    for word in title.words.iter().chain(&title.joined) {
        let typed = hangul::typed(word);
        for edge in edges(&typed, WORD_EDGE) {
            terms.add_in(Dictionary::Edge, &[edge], language);
        }
        terms.add_in(Dictionary::Word, &[&typed], language);
    }
    grams(compact).for_each(|gram| terms.add(Dictionary::Gram, &[gram]));
    if (language == "zh" || language.starts_with("zh-"))
        && let Some((whole, first)) = han::pinyin(compact)
    {
        for (sort, text) in PINYIN.iter().zip([whole, first]) {
            terms.add(Dictionary::Pinyin, &[sort.encode_utf8(&mut [0; 4]), &text]);
        }
    }
}

fn of_names(names: &[String], dictionary: Dictionary, terms: &mut Terms) {
    for name in names.iter().take(MAX_NAMES) {
        let folded = fold(name);
        for word in folded.words.iter().chain(&folded.joined) {
            terms.add(dictionary, &[&hangul::typed(word)]);
        }
        // 이 서진 and 이서진 are the same person.
        if folded.words.len() > 1 && folded.compact.chars().all(is_dense) {
            terms.add(dictionary, &[&hangul::typed(&folded.compact)]);
        }
    }
}

/// The beginnings of a text up to so many units.
fn edges(text: &str, longest: usize) -> impl Iterator<Item = &str> {
    text.char_indices()
        .take(longest)
        .map(|(at, c)| &text[..at + c.len_utf8()])
}

/// Single characters of dense scripts, and pairs of neighbours of which at least one is of such.
pub(crate) fn grams(text: &str) -> impl Iterator<Item = &str> {
    let mut before: Option<(usize, bool)> = None;
    text.char_indices().flat_map(move |(at, c)| {
        let dense = is_dense(c);
        let end = at + c.len_utf8();
        let pair = before
            .filter(|(_, other)| dense || *other)
            .map(|(start, _)| &text[start..end]);
        before = Some((at, dense));
        let single = dense.then(|| &text[at..end]);
        [single, pair].into_iter().flatten()
    })
}

/// Whether every pair of neighbours is a gram: runs of letters without dense characters are not,
/// so grams would say too little of such a text.
pub(crate) fn all_paired(text: &str) -> bool {
    let mut neighbours = text.chars().zip(text.chars().skip(1));
    neighbours.all(|(a, b)| is_dense(a) || is_dense(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocKey, Kind};
    use marquee_domain::LanguageTag;

    #[test]
    fn pairs_need_one_dense_character() {
        assert_eq!(
            grams("第2季").collect::<Vec<_>>(),
            ["第", "第2", "季", "2季"]
        );
        assert_eq!(grams("abc").next(), None);
        assert_eq!(grams("").next(), None);
        assert!(all_paired("第2季") && !all_paired("第12季"));
    }

    #[test]
    fn a_document_in_terms() {
        let document = Document {
            key: DocKey {
                kind: Kind::Series,
                id: 1,
            },
            service: 1,
            texts: vec![
                (LanguageTag::parse("ko").unwrap(), "달빛 소리".to_owned()),
                (LanguageTag::parse("zh-hant").unwrap(), "月光".to_owned()),
            ],
            people: vec!["Ana Díaz".to_owned()],
            categories: vec![],
            tags: vec!["Drama".to_owned()],
            popularity: 0.0,
            published_at: 0,
        };
        let terms = of(&document, &titles(&document));
        let has = |dictionary: Dictionary, text: &str| {
            terms
                .iter()
                .any(|term| term == (dictionary, text.as_bytes()))
        };
        assert!(has(Dictionary::Title, "달빛소리\0ko"));
        assert!(has(Dictionary::Typed, "ㄷㅏㄹㅂㅣㅊㅅㅗㄹㅣ\0ko"));
        assert!(has(Dictionary::Edge, "^ㄷㅏ\0ko") && has(Dictionary::Edge, "ㅅㅗ\0ko"));
        assert!(has(Dictionary::Initials, "ㄷㅂㅅㄹ") && has(Dictionary::Initials, "ㅅㄹ"));
        assert!(has(Dictionary::Gram, "빛소") && has(Dictionary::Gram, "光"));
        assert!(has(Dictionary::Pinyin, "wyueguang") && has(Dictionary::Pinyin, "fyg"));
        assert!(has(Dictionary::Person, "diaz") && has(Dictionary::About, "drama"));
        assert!(!has(Dictionary::Pinyin, "wdalbich"));
    }
}
