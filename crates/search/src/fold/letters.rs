//! Single characters: accents, ligatures, kana, and the Han table applied.

use unicode_normalization::char::decompose_canonical;

use super::{han, hangul};

/// Combining marks that carry no meaning of their own: accents, Hebrew points, Arabic vowel signs.
///
/// Vowel signs of Indic scripts are marks too, but letters to their readers; they stay.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

/// Characters inside words that are not alphanumeric by themselves: vowel signs of Indic and
/// South-East Asian scripts, the voicing marks of kana.
pub(super) fn is_joiner(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Hiragana, katakana and the sound mark between them.
pub(super) fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309e}' | '\u{30a1}'..='\u{30fe}')
}

/// Appends the folded form of a lower-case, composed character.
pub(super) fn push(c: char, out: &mut String) {
    match c {
        'a'..='z' | '0'..='9' => out.push(c),
        'ß' => out.push_str("ss"),
        'æ' | 'ǽ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        'ø' | 'ǿ' => out.push('o'),
        'đ' | 'ð' => out.push('d'),
        'ł' => out.push('l'),
        'ħ' => out.push('h'),
        'ı' => out.push('i'),
        'ŋ' => out.push('n'),
        'ς' => out.push('σ'),
        // Katakana lies 0x60 above hiragana.
        '\u{30a1}'..='\u{30f6}' | '\u{30fd}'..='\u{30fe}' => {
            out.push(char::from_u32(c as u32 - 0x60).unwrap_or(c));
        }
        c if is_kana(c) || hangul::is_syllable(c) => out.push(c),
        c if hangul::compatible(c).is_some() => out.extend(hangul::compatible(c)),
        c if han::is_han(c) => out.push(han::simplified(c)),
        c => decompose_canonical(c, |part| {
            if !is_mark(part) {
                out.push(part);
            }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pushed(text: &str) -> String {
        let mut out = String::new();
        text.chars().for_each(|c| push(c, &mut out));
        out
    }

    #[test]
    fn one_rule_each() {
        for (from, to) in [
            ("éñçãü", "encau"),
            ("ßæœþ", "ssaeoeth"),
            ("アー", "あー"),
            ("関際國", "关际国"),
            ("й", "и"),
            ("ή", "η"),
            ("ᄉ", "ㅅ"),
            ("가", "가"),
            ("कि", "कि"),
        ] {
            assert_eq!(pushed(from), to, "{from}");
        }
    }
}
