//! How well one title fits a question.

use super::StoredTitle;
use crate::find::Class;
use crate::fold::{self, hangul};
use crate::query::Asked;

/// How well a title fits a question for a reason; `None` when the reason does not lie in this title.
pub(super) fn fit(asked: &Asked, class: Class, title: &StoredTitle, compact: &str) -> Option<u8> {
    match class {
        Class::Exact => (compact == asked.compact)
            .then(|| u8::from(fold::literal(&title.title) != asked.literal)),
        Class::Prefix => {
            let begins = if asked.typed == asked.compact {
                compact.starts_with(&asked.compact)
            } else {
                hangul::typed(compact).starts_with(&asked.typed)
            };
            // With a space behind it, the word is complete.
            begins.then(|| u8::from(asked.ended && !ends_word(&title.folded, &asked.compact)))
        }
        Class::Words => {
            let typed = hangul::typed(&title.folded);
            let words: Vec<&str> = typed.split(' ').collect();
            let all = asked
                .words
                .iter()
                .all(|(word, _)| words.iter().any(|w| w.starts_with(word)));
            all.then(|| u8::from(!hangul::typed(compact).contains(&asked.typed)))
        }
        Class::Infix => {
            if compact.contains(&asked.compact) {
                Some(0)
            } else {
                let held = |word: &(String, String)| compact.contains(&word.1);
                (asked.words.len() > 1 && asked.words.iter().all(held)).then_some(1)
            }
        }
        Class::Initials => {
            let initials = hangul::initials(compact);
            let wanted = asked.initials.as_deref()?;
            if initials == wanted {
                Some(0)
            } else if initials.starts_with(wanted) {
                Some(1)
            } else {
                initials.contains(wanted).then_some(2)
            }
        }
        Class::Pinyin => {
            let (whole, first) = fold::han::pinyin(compact)?;
            if whole == asked.compact || first == asked.compact {
                Some(0)
            } else {
                let begins = whole.starts_with(&asked.compact) || first.starts_with(&asked.compact);
                begins.then_some(1)
            }
        }
        Class::Person => {
            // A title that begins with one of the words is meant rather than one that has it.
            let first = hangul::typed(title.folded.split(' ').next()?);
            asked
                .words
                .iter()
                .any(|(word, _)| *word == first)
                .then_some(0)
        }
        // Typos and words elsewhere: the walk has said all there is.
        _ => None,
    }
}

/// Whether the beginning of a folded title without spaces ends where one of its words ends.
fn ends_word(folded: &str, beginning: &str) -> bool {
    let mut left = beginning;
    for word in folded.split(' ') {
        if left.is_empty() {
            return true;
        }
        match left.strip_prefix(word) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
    left.is_empty()
}

/// The title that begins most like the question: what a typo was probably meant to be.
pub(super) fn most_alike(asked: &Asked, titles: &[StoredTitle]) -> usize {
    let shared = |title: &StoredTitle| {
        let letters = title.folded.chars().filter(|c| *c != ' ');
        let mut pairs = letters.zip(asked.compact.chars());
        pairs.by_ref().take_while(|(a, b)| a == b).count()
    };
    // Of equals the first: titles are kept in the caller's order.
    let best = titles
        .iter()
        .enumerate()
        .rev()
        .max_by_key(|(_, title)| shared(title));
    best.map_or(0, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_that_end_a_word() {
        for (folded, beginning, expected) in [
            ("night life in reno", "nightlife", true),
            ("night life in reno", "nightli", false),
            ("nightly", "night", false),
            ("night", "night", true),
            ("", "x", false),
        ] {
            assert_eq!(
                ends_word(folded, beginning),
                expected,
                "{folded} {beginning}"
            );
        }
    }
}
