//! What is asked, and what is made of it before any dictionary is opened.

use marquee_domain::UiLanguage;

use crate::document::Kind;
use crate::fold::{self, Folded, hangul, is_dense};

/// Words of a query that are looked for; further ones are left out.
pub const MAX_WORDS: usize = 12;
/// Keys that can be asked for at once.
pub const MAX_LIMIT: usize = 1000;

/// A question.
///
/// Text longer than [`fold::MAX_CHARS`] characters is cut there, not refused: what people paste
/// still finds what its beginning finds.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// What was typed.
    pub text: &'a str,
    /// Where, and of what kind.
    pub wanted: Wanted<'a>,
    /// How many keys to answer, at most [`MAX_LIMIT`]. A smaller limit gives the beginning of what
    /// a larger one gives, so a caller that drops unpublished keys can ask again for more.
    pub limit: usize,
}

/// What may answer, and in which language titles are preferred.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Titles in this language rank before equals in others.
    pub language: UiLanguage,
    /// The one service that is searched.
    pub service: i64,
    /// Kinds to answer; none means all.
    pub kinds: &'a [Kind],
}

/// A folded question.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// As meant, for telling exact titles apart.
    pub(crate) literal: String,
    /// Without spaces.
    pub(crate) compact: String,
    /// `compact` as the keys that type it.
    pub(crate) typed: String,
    /// Words as the keys that type them; the folded words beside them.
    pub(crate) words: Vec<(String, String)>,
    /// Whether the last word is complete: a space follows it.
    pub(crate) ended: bool,
    /// Initial consonants, when nothing else was typed.
    pub(crate) initials: Option<String>,
    /// Whether this can be pinyin.
    pub(crate) latin: bool,
    /// Whether any of it is of a dense script.
    pub(crate) dense: bool,
}

impl Asked {
    /// Folds the text; `None` when nothing is left that could be found.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let Folded { words, compact, .. } = fold::fold(text);
        if compact.is_empty() {
            return None;
        }
        Some(Self {
            literal: fold::literal(text),
            typed: hangul::typed(&compact),
            words: words
                .into_iter()
                .take(MAX_WORDS)
                .map(|word| (hangul::typed(&word), word))
                .collect(),
            ended: text.chars().count() <= fold::MAX_CHARS && text.ends_with(char::is_whitespace),
            initials: hangul::asks_initials(&compact),
            latin: compact.len() >= 3 && compact.bytes().all(|b| b.is_ascii_lowercase()),
            dense: compact.chars().any(is_dense),
            compact,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_ask() {
        for text in ["", "   ", "\0", "\u{200f}\u{202e}", "\n\t"] {
            assert!(Asked::new(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn everything_is_bounded() {
        let asked = Asked::new(&"가 ".repeat(5000)).unwrap();
        assert_eq!(asked.words.len(), MAX_WORDS);
        assert!(asked.typed.chars().count() <= 8 * fold::MAX_CHARS);
    }

    #[test]
    fn shape_of_a_question() {
        let asked = Asked::new("부부의 세ㄱ").unwrap();
        assert_eq!(asked.typed, "ㅂㅜㅂㅜㅇㅡㅣㅅㅔㄱ");
        assert!(!asked.ended && asked.dense && !asked.latin);
        assert!(Asked::new("하얀 ").unwrap().ended);
        assert!(Asked::new("jjdjr").unwrap().latin);
        assert_eq!(
            Asked::new("ㅅㅇ").unwrap().initials.as_deref(),
            Some("ㅅㅇ")
        );
    }
}
