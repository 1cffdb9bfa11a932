//! Words of text that is written without spaces.

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;

use crate::fold::is_dense;

/// The words of a folded text by the dictionary compiled into `icu_segmenter`.
///
/// Only queries are cut, and only when nothing holds them whole: what is indexed are pairs of
/// characters, which need no dictionary and cannot disagree with one.
pub(crate) fn words(text: &str) -> Vec<&str> {
    let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let mut words = Vec::new();
    let mut start = 0;
    for end in segmenter.segment_str(text) {
        if let Some(word) = text.get(start..end).filter(|word| !word.is_empty()) {
            words.push(word);
        }
        start = end;
    }
    words
}

/// Whether a text is long enough, and of a script, to be cut.
pub(crate) fn may_cut(text: &str) -> bool {
    text.chars().filter(|c| is_dense(*c)).nth(2).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictionary_words() {
        assert_eq!(words("关西国际机场").concat(), "关西国际机场");
        assert!(words("关西国际机场").len() >= 2);
        assert_eq!(words(""), [""; 0]);
        assert!(may_cut("进击的巨人") && !may_cut("进击 abc"));
    }
}
