//! Han characters: simplified, traditional and Japanese forms as one; pinyin.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::ToPinyin;

/// Form to the form it counts as; the file says where it comes from.
static FORMS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let lines = include_str!("han.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| {
            let mut chars = line.chars();
            let one = chars.next().unwrap_or_default();
            chars.map(move |other| (other, one))
        })
        .collect()
});

/// Whether this is a Han character.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}' | '々' | '〇')
}

/// The one form that stands for a character's forms: 关 for 關 and 関.
#[must_use]
pub fn simplified(c: char) -> char {
    FORMS.get(&c).copied().unwrap_or(c)
}

/// A text with at least one Han character in pinyin without tones: whole (`jinjidejuren`) and by
/// first letters (`jjdjr`). A character with several readings has its most common one.
#[must_use]
pub fn pinyin(text: &str) -> Option<(String, String)> {
    if !text.chars().any(is_han) {
        return None;
    }
    let (mut whole, mut first) = (String::new(), String::new());
    for c in text.chars() {
        match c.to_pinyin() {
            Some(syllable) => {
                let plain = syllable.plain().replace('ü', "u");
                first.push_str(plain.get(..1).unwrap_or_default());
                whole.push_str(&plain);
            }
            None => {
                whole.push(c);
                first.push(c);
            }
        }
    }
    Some((whole, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simple(text: &str) -> String {
        text.chars().map(simplified).collect()
    }

    #[test]
    fn forms_are_one() {
        for (a, b) in [
            ("進擊的巨人", "进击的巨人"),
            ("関西国際空港", "关西国际空港"),
            ("關西國際機場", "关西国际机场"),
            ("東京特許許可局", "东京特许许可局"),
            ("刀劍神域", "刀剑神域"),
            ("龍龙竜", "龙龙龙"),
            ("戰戦战", "战战战"),
        ] {
            assert_eq!(simple(a), simple(b), "{a}");
        }
        assert_ne!(simple("人"), simple("入"));
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for (other, one) in FORMS.iter() {
            assert_eq!(simplified(*one), *one, "{other}");
        }
        assert!(FORMS.len() > 3000);
    }

    #[test]
    fn pinyin_whole_and_first_letters() {
        let (whole, first) = pinyin("进击的巨人").unwrap();
        assert_eq!((whole.as_str(), first.as_str()), ("jinjidejuren", "jjdjr"));
        assert_eq!(pinyin("头文字d").unwrap().1, "twzd");
        assert_eq!(pinyin("abc"), None);
    }
}
