//! Folding: what counts as the same text when people search.
//!
//! Both what is indexed and what is asked goes through [`fold`], so a rule holds for both or for
//! neither. Lost on purpose: case, accents, width, spaces, punctuation, composed or decomposed
//! form, simplified, traditional or Japanese form of a Han character, hiragana or katakana.

pub mod han;
pub mod hangul;
mod letters;

use unicode_normalization::UnicodeNormalization;

/// Characters of one text that are looked at; titles and queries longer than that are cut here.
pub const MAX_CHARS: usize = 256;

/// A folded text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// Its words, in order.
    pub words: Vec<String>,
    /// Words that the writer joined with a hyphen, dot or other mark, as one: `spiderman` of
    /// `Spider-Man`.
    pub joined: Vec<String>,
    /// All words in one.
    pub compact: String,
}

/// What a character does to the words around it.
enum Part {
    Letter(char),
    /// Dropped as if it were not there: apostrophes, marks without a width.
    Nothing,
    /// Ends a word whose neighbour could also be written together with it.
    Mark,
    Space,
}

fn part(c: char) -> Part {
    match c {
        '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '＇' => Part::Nothing,
        // Soft hyphen, zero-width characters, direction marks, variation selectors.
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => Part::Nothing,
        '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => Part::Nothing,
        c if letters::is_mark(c) => Part::Nothing,
        c if c.is_alphanumeric() || letters::is_joiner(c) => Part::Letter(c),
        c if c.is_whitespace() || c.is_control() => Part::Space,
        _ => Part::Mark,
    }
}

/// Folds a text. Never fails; a text without letters or digits keeps its symbols, so that a title
/// like `+` or `???` can be found too.
#[must_use]
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded::default();
    let mut word = String::new();
    // How the running chain of marks began: index of its first word.
    let mut chain: Option<usize> = None;
    let mut marked = false;
    let cut = text.chars().take(MAX_CHARS);
    for c in cut
        .clone()
        .nfkc()
        .take(2 * MAX_CHARS)
        .flat_map(char::to_lowercase)
    {
        match part(c) {
            Part::Letter(c) => {
                if word.is_empty() && !marked {
                    close_chain(&mut folded, &mut chain);
                }
                letters::push(c, &mut word);
                marked = false;
            }
            Part::Nothing => {}
            Part::Mark => {
                if !word.is_empty() {
                    chain.get_or_insert(folded.words.len());
                    folded.words.push(std::mem::take(&mut word));
                    marked = true;
                }
            }
            Part::Space => {
                if !word.is_empty() {
                    folded.words.push(std::mem::take(&mut word));
                }
                marked = false;
            }
        }
    }
    if !word.is_empty() {
        folded.words.push(word);
    }
    close_chain(&mut folded, &mut chain);
    folded.compact = folded.words.concat();
    if folded.compact.is_empty() {
        folded.compact = symbols(cut);
        if !folded.compact.is_empty() {
            folded.words.push(folded.compact.clone());
        }
    }
    folded
}

/// Ends a chain of words joined by marks and keeps it as one word.
fn close_chain(folded: &mut Folded, chain: &mut Option<usize>) {
    if let Some(first) = chain.take()
        && folded.words.len() - first > 1
    {
        let joined = folded.words[first..].concat();
        folded.joined.push(joined);
    }
}

fn symbols(text: impl Iterator<Item = char>) -> String {
    let seen =
        |c: &char| !c.is_whitespace() && !c.is_control() && !matches!(part(*c), Part::Nothing);
    text.nfkc().filter(seen).take(MAX_CHARS).collect()
}

/// The text as its writer meant it, apart from case, composition and runs of spaces: tells `año`
/// from `ano` when both are found.
#[must_use]
pub fn literal(text: &str) -> String {
    let lower: String = text
        .chars()
        .take(MAX_CHARS)
        .nfc()
        .flat_map(char::to_lowercase)
        .collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character belongs to a script that is written without spaces or whose words are
/// looked for by their parts: Han, kana, Hangul.
#[must_use]
pub fn is_dense(c: char) -> bool {
    hangul::is_syllable(c) || han::is_han(c) || letters::is_kana(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compact(text: &str) -> String {
        fold(text).compact
    }

    #[test]
    fn accents_case_width_and_punctuation_do_not_count() {
        for (a, b) in [
            ("Recuérdame", "recuerdame"),
            (
                "Príncipe da Pérsia: As Areias",
                "principe da persia as areias",
            ),
            ("L'Arnacœur", "larnacoeur"),
            ("Isn't It Romantic", "ISNT IT ROMANTIC"),
            ("ＷＡＬＬ・Ｅ", "wall-e"),
            ("Straße Øst Łódź Æon", "strasse ost lodz aeon"),
            ("Ёлки", "елки"),
            ("İstanbul", "istanbul"),
            ("ﬁn", "fin"),
            ("家庭教师HITMAN REBORN！", "家庭教师 hitman reborn"),
        ] {
            assert_eq!(compact(a), compact(b), "{a}");
        }
        assert_ne!(compact("papa"), compact("pape"));
    }

    #[test]
    fn decomposed_is_composed() {
        let nfd: String = "오로라 공주 한국".nfd().collect();
        assert_eq!(fold(&nfd), fold("오로라 공주 한국"));
        let kana: String = "ガンダム".nfd().collect();
        assert_eq!(compact(&kana), compact("ガンダム"));
        assert_ne!(compact("ガンダム"), compact("カンダム"));
        assert_eq!(compact("ｶﾞﾝﾀﾞﾑ"), compact("がんだむ"));
    }

    #[test]
    fn words_end_at_spaces_and_marks() {
        assert_eq!(
            fold("Spider-Man: No Way").words,
            ["spider", "man", "no", "way"]
        );
        assert_eq!(fold("Spider-Man No").joined, ["spiderman"]);
        assert_eq!(fold("S.W.A.T. team").joined, ["swat"]);
        assert_eq!(fold("no way").joined, [""; 0]);
    }

    #[test]
    fn symbols_alone_are_kept() {
        assert_eq!(fold("???").compact, "???");
        assert_eq!(fold(" + ").words, ["+"]);
        assert_eq!(fold("\0 \u{200f}\t").compact, "");
        assert_eq!(fold("   ").words, [""; 0]);
    }

    #[test]
    fn length_is_bounded() {
        assert!(compact(&"ﷺ".repeat(10_000)).chars().count() <= 4 * MAX_CHARS);
        assert!(literal(&"İ".repeat(10_000)).chars().count() <= 2 * MAX_CHARS);
    }

    #[test]
    fn literal_keeps_accents() {
        assert_eq!(literal("  El  Año "), "el año");
        assert_ne!(literal("año"), literal("ano"));
    }
}
