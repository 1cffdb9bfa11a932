//! Hangul by arithmetic (The Unicode Standard, section 3.12): syllables into the keys that type
//! them, and into their initial consonants.

const INITIALS: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ',
    'ㅌ', 'ㅍ', 'ㅎ',
];
/// Vowels as they are typed: compound ones take two keys.
const VOWELS: [&str; 21] = [
    "ㅏ", "ㅐ", "ㅑ", "ㅒ", "ㅓ", "ㅔ", "ㅕ", "ㅖ", "ㅗ", "ㅗㅏ", "ㅗㅐ", "ㅗㅣ", "ㅛ", "ㅜ",
    "ㅜㅓ", "ㅜㅔ", "ㅜㅣ", "ㅠ", "ㅡ", "ㅡㅣ", "ㅣ",
];
/// Final consonants as they are typed; the first stands for none.
const FINALS: [&str; 28] = [
    "", "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ",
    "ㄹㅌ", "ㄹㅍ", "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ",
    "ㅎ",
];
const FIRST: u32 = 0xac00;
const LAST: u32 = 0xd7a3;

/// Whether this is a composed syllable.
#[must_use]
pub fn is_syllable(c: char) -> bool {
    (FIRST..=LAST).contains(&(c as u32))
}

/// Whether this is a letter by itself, as keyboards type it (`ㄱ` to `ㅣ`).
#[must_use]
pub fn is_letter(c: char) -> bool {
    matches!(c, 'ㄱ'..='ㅣ')
}

/// Whether any of the text is Hangul.
#[must_use]
pub fn any(text: &str) -> bool {
    text.chars().any(|c| is_syllable(c) || is_letter(c))
}

/// Initial, vowel and final of a syllable, as positions in the tables.
fn parts(c: char) -> Option<(usize, usize, usize)> {
    let index = (c as u32).checked_sub(FIRST).filter(|_| is_syllable(c))? as usize;
    Some((index / 588, index % 588 / 28, index % 28))
}

/// The keyboard's letter for a conjoining one: composing tears `ㅅㅇ` into conjoining letters.
#[must_use]
pub(super) fn compatible(c: char) -> Option<char> {
    let code = c as u32;
    match code {
        0x1100..=0x1112 => Some(INITIALS[(code - 0x1100) as usize]),
        // Vowels are in the same order in both blocks.
        0x1161..=0x1175 => char::from_u32(code - 0x1161 + 'ㅏ' as u32),
        0x11a8..=0x11c2 => {
            // Finals in their own order; in the other block the initials-only letters come between.
            const KEYS: [char; 27] = [
                'ㄱ', 'ㄲ', 'ㄳ', 'ㄴ', 'ㄵ', 'ㄶ', 'ㄷ', 'ㄹ', 'ㄺ', 'ㄻ', 'ㄼ', 'ㄽ', 'ㄾ', 'ㄿ',
                'ㅀ', 'ㅁ', 'ㅂ', 'ㅄ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ',
            ];
            Some(KEYS[(code - 0x11a8) as usize])
        }
        _ if is_letter(c) => Some(c),
        _ => None,
    }
}

/// A letter that takes two keys, as those.
fn keys(c: char) -> Option<&'static str> {
    Some(match c {
        'ㄳ' => "ㄱㅅ",
        'ㄵ' => "ㄴㅈ",
        'ㄶ' => "ㄴㅎ",
        'ㄺ' => "ㄹㄱ",
        'ㄻ' => "ㄹㅁ",
        'ㄼ' => "ㄹㅂ",
        'ㄽ' => "ㄹㅅ",
        'ㄾ' => "ㄹㅌ",
        'ㄿ' => "ㄹㅍ",
        'ㅀ' => "ㄹㅎ",
        'ㅄ' => "ㅂㅅ",
        'ㅏ'..='ㅣ' => VOWELS[(c as u32 - 'ㅏ' as u32) as usize],
        _ => return None,
    })
}

/// The keys that type a text: `달비` is then a beginning of `달빛`, and `닭` differs from `달` by one.
///
/// What is not Hangul stays.
#[must_use]
pub fn typed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for c in text.chars() {
        if let Some((initial, vowel, end)) = parts(c) {
            out.push(INITIALS[initial]);
            out.push_str(VOWELS[vowel]);
            out.push_str(FINALS[end]);
        } else if let Some(keys) = keys(c) {
            out.push_str(keys);
        } else {
            out.push(c);
        }
    }
    out
}

/// The initial consonants of a text: `ㅇㄹㄹㄱㅈ` of `오로라공주`. What is not Hangul stays.
#[must_use]
pub fn initials(text: &str) -> String {
    text.chars()
        .map(|c| parts(c).map_or(c, |(initial, _, _)| INITIALS[initial]))
        .collect()
}

/// The text as a question for initial consonants: at least one, no syllable, no vowel.
#[must_use]
pub fn asks_initials(text: &str) -> Option<String> {
    let consonant = |c: char| matches!(c, 'ㄱ'..='ㅎ');
    let fits = text.chars().any(consonant)
        && text
            .chars()
            .all(|c| consonant(c) || c.is_ascii_alphanumeric());
    fits.then(|| typed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_become_keys() {
        assert_eq!(typed("달빛"), "ㄷㅏㄹㅂㅣㅊ");
        assert_eq!(typed("값왜"), "ㄱㅏㅂㅅㅇㅗㅐ");
        assert_eq!(typed("학교 2013"), "ㅎㅏㄱㄱㅛ 2013");
        assert_eq!(typed("힣가"), "ㅎㅣㅎㄱㅏ");
    }

    #[test]
    fn half_typed_syllables_are_beginnings() {
        for (half, whole) in [
            ("나비부이", "나비부인"),
            ("달비", "달빛"),
            ("이승후", "이승훈"),
            ("각", "가구"),
            ("과", "광해"),
            ("고", "과거"),
            ("사랑ㅎ", "사랑해"),
            ("달ㄱ", "닭"),
        ] {
            assert!(typed(whole).starts_with(&typed(half)), "{half}");
        }
    }

    #[test]
    fn initial_consonants() {
        assert_eq!(initials("오로라공주"), "ㅇㄹㄹㄱㅈ");
        assert_eq!(initials("학교2013"), "ㅎㄱ2013");
        assert_eq!(asks_initials("ㅅㅇㅈㅇ").as_deref(), Some("ㅅㅇㅈㅇ"));
        assert_eq!(asks_initials("ㄳ").as_deref(), Some("ㄱㅅ"));
        assert_eq!(asks_initials("ㅎㄱ2013").as_deref(), Some("ㅎㄱ2013"));
        for other in ["", "사랑ㅎ", "ㅏㅏ", "abc"] {
            assert_eq!(asks_initials(other), None, "{other}");
        }
    }

    #[test]
    fn conjoining_letters_find_their_keys() {
        assert_eq!(compatible('\u{1112}'), Some('ㅎ'));
        assert_eq!(compatible('\u{1175}'), Some('ㅣ'));
        assert_eq!(compatible('\u{11a8}'), Some('ㄱ'));
        assert_eq!(compatible('\u{11c2}'), Some('ㅎ'));
        assert_eq!(compatible('a'), None);
    }
}
