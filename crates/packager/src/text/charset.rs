//! Which characters bytes stand for.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251,
    WINDOWS_1252,
};

/// Decodes a file. Never fails: what cannot be read becomes replacement characters.
pub(super) fn decode(bytes: &[u8], language: Option<&str>) -> String {
    let text = if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        encoding
            .decode_without_bom_handling(bytes.get(mark..).unwrap_or_default())
            .0
            .into_owned()
    } else if let Some(encoding) = utf16_without_mark(bytes) {
        encoding.decode_without_bom_handling(bytes).0.into_owned()
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        text.to_owned()
    } else {
        guess(bytes, language)
            .decode_without_bom_handling(bytes)
            .0
            .into_owned()
    };
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Subtitles are mostly ASCII punctuation and digits, so in UTF-16 every other byte is zero.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..64.min(bytes.len() & !1))?;
    let zeros = |offset: usize| {
        head.iter()
            .skip(offset)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let half = head.len() / 2;
    if half < 4 {
        return None;
    }
    match (zeros(0), zeros(1)) {
        (high, 0) if high * 4 > half * 3 => Some(UTF_16BE),
        (0, low) if low * 4 > half * 3 => Some(UTF_16LE),
        _ => None,
    }
}

/// The legacy encoding of a language.
fn legacy(language: &str) -> Option<&'static Encoding> {
    let primary = language.split('-').next().unwrap_or(language);
    Some(match primary {
        "ko" => EUC_KR,
        "zh" if language.contains("hant")
            || language.ends_with("tw")
            || language.ends_with("hk") =>
        {
            BIG5
        }
        "zh" => GB18030,
        "ja" => SHIFT_JIS,
        "ru" | "uk" | "bg" | "be" | "sr" | "mk" => WINDOWS_1251,
        "en" | "es" | "pt" | "fr" | "de" | "it" | "nl" | "sv" | "da" | "no" | "nb" | "fi"
        | "ca" => WINDOWS_1252,
        _ => return Encoding::for_label(primary.as_bytes()).filter(|encoding| *encoding != UTF_8),
    })
}

/// The encoding whose reading of the bytes looks most like language: the hint first, then by how
/// many of the characters beyond ASCII are common ones.
fn guess(bytes: &[u8], language: Option<&str>) -> &'static Encoding {
    if let Some(encoding) = language.and_then(legacy) {
        let (_, errors) = encoding.decode_without_bom_handling(bytes);
        if !errors {
            return encoding;
        }
    }
    // On equal scores the earlier wins: all of Hangul reads as frequent Chinese characters, too,
    // while Chinese hardly ever reads as nothing but Hangul.
    let mut best = (0, WINDOWS_1252);
    for encoding in [EUC_KR, SHIFT_JIS, GB18030, BIG5] {
        let score = score(bytes, encoding);
        if score > best.0 {
            best = (score, encoding);
        }
    }
    if best.0 >= 60 {
        best.1
    } else {
        language.and_then(legacy).unwrap_or(WINDOWS_1252)
    }
}

/// How plausible a reading is, from 0 to 100.
fn score(bytes: &[u8], encoding: &'static Encoding) -> u32 {
    let head = bytes.get(..bytes.len().min(32 << 10)).unwrap_or_default();
    let (text, _) = encoding.decode_without_bom_handling(head);
    let (mut good, mut all) = (0u32, 0u32);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        all += 1;
        good += u32::from(match c {
            '\u{AC00}'..='\u{D7A3}' => encoding == EUC_KR && is_first_level(c, encoding),
            '\u{3041}'..='\u{30FF}' => encoding == SHIFT_JIS,
            // Han characters count fully only where the whole text may be made of them, and only
            // when they are of the commoner first level of the set.
            '\u{4E00}'..='\u{9FFF}' if encoding == SHIFT_JIS => false,
            '\u{4E00}'..='\u{9FFF}' if encoding == EUC_KR => false,
            '\u{4E00}'..='\u{9FFF}' => is_first_level(c, encoding),
            '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FF60}' | '\u{2010}'..='\u{2026}' | '·' => {
                true
            }
            _ => false,
        });
    }
    (good * 100).checked_div(all).unwrap_or(0)
}

/// Whether a character lies in the rows of frequent ones of its set.
fn is_first_level(c: char, encoding: &'static Encoding) -> bool {
    static HANGUL: LazyLock<HashSet<char>> = LazyLock::new(|| first_level(EUC_KR, 0xB0..=0xD7));
    static SIMPLIFIED: LazyLock<HashSet<char>> =
        LazyLock::new(|| first_level(GB18030, 0xB0..=0xD7));
    static TRADITIONAL: LazyLock<HashSet<char>> = LazyLock::new(|| first_level(BIG5, 0xA4..=0xC6));
    // Looked up in sets: asking the encoding itself is a search through its whole table.
    if encoding == EUC_KR {
        HANGUL.contains(&c)
    } else if encoding == GB18030 {
        SIMPLIFIED.contains(&c)
    } else {
        encoding == BIG5 && TRADITIONAL.contains(&c)
    }
}

/// The characters of these rows.
fn first_level(encoding: &'static Encoding, rows: RangeInclusive<u8>) -> HashSet<char> {
    // Big5 uses a lower half of each row as well; in the others that belongs to extensions.
    let first = if encoding == BIG5 { 0x40 } else { 0xA1 };
    rows.flat_map(|lead| (first..=0xFE).map(move |trail| [lead, trail]))
        .filter_map(|pair| {
            let (text, errors) = encoding.decode_without_bom_handling(&pair);
            let mut characters = text.chars();
            let c = characters.next().filter(|_| !errors)?;
            characters.next().is_none().then_some(c)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sets_hold_what_the_standards_put_there() {
        // KS X 1001 has 2,350 syllables, GB 2312 3,755 frequent characters and five private places behind them.
        assert_eq!(first_level(GB18030, 0xB0..=0xD7).len(), 3755 + 5);
        assert_eq!(first_level(EUC_KR, 0xB0..=0xC8).len(), 2350);
        let traditional = first_level(BIG5, 0xA4..=0xC6);
        assert!(traditional.contains(&'一') && traditional.contains(&'籲'));
    }

    #[test]
    fn legacy_bytes_are_recognised_with_and_without_a_hint() {
        let cases = [
            ("안녕하세요, 오늘 날씨가 좋네요.", EUC_KR, "ko"),
            ("你好,今天天气很好。我们一起走吧!", GB18030, "zh"),
            ("你好,今天天氣很好。我們一起走吧!", BIG5, "zh-hant"),
            ("こんにちは、今日はいい天気ですね。", SHIFT_JIS, "ja"),
            ("¡Qué mañana tan bonita!", WINDOWS_1252, "es"),
        ];
        for (text, encoding, language) in cases {
            let (bytes, _, _) = encoding.encode(text);
            assert_eq!(decode(&bytes, Some(language)), text);
            assert_eq!(decode(&bytes, None), text, "without a hint");
        }
    }

    #[test]
    fn marks_win() {
        assert_eq!(decode(b"\xFF\xFEa\0b\0", None), "ab");
        assert_eq!(decode(b"\xEF\xBB\xBFa\r\nb\rc", Some("ko")), "a\nb\nc");
    }
}
