//! Language tags: whatever containers write, as BCP 47 in lower case.

/// ISO 639-2 codes (both forms) of languages that have a two-letter code, which BCP 47 demands
/// to be used (RFC 5646, 2.2.1).
const SHORT: [(&str, &str); 93] = [
    ("afr", "af"),
    ("alb", "sq"),
    ("sqi", "sq"),
    ("amh", "am"),
    ("ara", "ar"),
    ("arm", "hy"),
    ("hye", "hy"),
    ("aze", "az"),
    ("baq", "eu"),
    ("eus", "eu"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bos", "bs"),
    ("bul", "bg"),
    ("bur", "my"),
    ("mya", "my"),
    ("cat", "ca"),
    ("chi", "zh"),
    ("zho", "zh"),
    ("hrv", "hr"),
    ("cze", "cs"),
    ("ces", "cs"),
    ("dan", "da"),
    ("dut", "nl"),
    ("nld", "nl"),
    ("eng", "en"),
    ("est", "et"),
    ("fin", "fi"),
    ("fre", "fr"),
    ("fra", "fr"),
    ("geo", "ka"),
    ("kat", "ka"),
    ("ger", "de"),
    ("deu", "de"),
    ("gle", "ga"),
    ("glg", "gl"),
    ("gre", "el"),
    ("ell", "el"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hun", "hu"),
    ("ice", "is"),
    ("isl", "is"),
    ("ind", "id"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kaz", "kk"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lao", "lo"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mac", "mk"),
    ("mkd", "mk"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("may", "ms"),
    ("msa", "ms"),
    ("mon", "mn"),
    ("nep", "ne"),
    ("nor", "no"),
    ("nob", "nb"),
    ("nno", "nn"),
    ("pan", "pa"),
    ("per", "fa"),
    ("fas", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("rum", "ro"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("srp", "sr"),
    ("sin", "si"),
    ("slo", "sk"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("spa", "es"),
    ("swa", "sw"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tib", "bo"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("vie", "vi"),
    ("wel", "cy"),
    ("cym", "cy"),
];

/// A tag as BCP 47 in lower case; `None` for undetermined or no tag at all.
pub(crate) fn normalise(tag: &str) -> Option<String> {
    let lower = tag.trim().replace('_', "-").to_ascii_lowercase();
    let (primary, rest) = lower
        .split_once('-')
        .map_or((lower.as_str(), None), |(head, tail)| (head, Some(tail)));
    let letters =
        (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_lowercase());
    if !letters || matches!(primary, "und" | "mis" | "mul" | "zxx" | "qaa") {
        return None;
    }
    let sound = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let primary = SHORT
        .iter()
        .find(|(long, _)| *long == primary)
        .map_or(primary, |(_, short)| short);
    match rest {
        Some(rest) if rest.split('-').all(sound) => Some(format!("{primary}-{rest}")),
        _ => Some(primary.to_owned()),
    }
}

/// The three packed letters of `mdhd` (ISO/IEC 14496-12, 8.4.2.3).
pub(crate) fn from_packed(packed: u16) -> Option<String> {
    // Values below 0x400 are QuickTime's Macintosh codes; 0 is English there, and the default.
    if packed < 0x400 {
        return None;
    }
    let letter = |shift: u16| char::from(((packed >> shift) & 0x1F) as u8 + 0x60);
    normalise(
        &[letter(10), letter(5), letter(0)]
            .iter()
            .collect::<String>(),
    )
}

/// Chinese without a script is made exact when the track's name tells which.
pub(crate) fn refine(language: Option<String>, name: Option<&str>) -> Option<String> {
    let language = language?;
    let region = match language.as_str() {
        "zh" => name.unwrap_or_default(),
        "zh-cn" | "zh-sg" => "simplified",
        "zh-tw" | "zh-hk" | "zh-mo" => "traditional",
        _ => return Some(language),
    };
    let lower = region.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if any(&["simplified", "hans", "简", "chs"]) {
        return Some("zh-hans".to_owned());
    }
    if any(&["traditional", "hant", "繁", "cht"]) {
        return Some("zh-hant".to_owned());
    }
    Some(language)
}

/// What a language calls itself, for menus; the tag itself when we do not know.
pub(crate) fn display_name(tag: &str) -> String {
    let exact = match tag {
        "zh-hans" => Some("简体中文"),
        "zh-hant" => Some("繁體中文"),
        "pt-br" => Some("Português (Brasil)"),
        "es-419" => Some("Español (Latinoamérica)"),
        _ => None,
    };
    let primary = tag.split('-').next().unwrap_or(tag);
    let general = match primary {
        "ko" => "한국어",
        "en" => "English",
        "es" => "Español",
        "pt" => "Português",
        "zh" => "中文",
        "ja" => "日本語",
        "fr" => "Français",
        "de" => "Deutsch",
        "it" => "Italiano",
        "ru" => "Русский",
        "uk" => "Українська",
        "pl" => "Polski",
        "nl" => "Nederlands",
        "sv" => "Svenska",
        "da" => "Dansk",
        "no" | "nb" => "Norsk",
        "fi" => "Suomi",
        "tr" => "Türkçe",
        "ar" => "العربية",
        "he" => "עברית",
        "fa" => "فارسی",
        "hi" => "हिन्दी",
        "th" => "ไทย",
        "vi" => "Tiếng Việt",
        "id" => "Bahasa Indonesia",
        "cs" => "Čeština",
        "hu" => "Magyar",
        "el" => "Ελληνικά",
        "ro" => "Română",
        _ => return tag.to_owned(),
    };
    match exact {
        Some(exact) => exact.to_owned(),
        None if primary == tag => general.to_owned(),
        None => format!(
            "{general} ({})",
            tag.get(primary.len() + 1..)
                .unwrap_or_default()
                .to_uppercase()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_short_and_lower_case() {
        let cases = [
            ("eng", Some("en")),
            ("chi", Some("zh")),
            ("zh-Hans", Some("zh-hans")),
            ("pt_BR", Some("pt-br")),
            ("und", None),
            ("", None),
            ("x\"y", None),
            ("fil", Some("fil")),
        ];
        for (tag, expected) in cases {
            assert_eq!(normalise(tag).as_deref(), expected, "{tag}");
        }
        assert_eq!(from_packed(0x2DF2).as_deref(), Some("ko"));
    }

    #[test]
    fn chinese_gets_its_script_from_the_name() {
        assert_eq!(
            refine(Some("zh".into()), Some("繁體")).as_deref(),
            Some("zh-hant")
        );
        assert_eq!(
            refine(Some("zh-cn".into()), None).as_deref(),
            Some("zh-hans")
        );
        assert_eq!(display_name("es-mx"), "Español (MX)");
    }
}
