//! The six languages of the platform, language tags of texts, and what `Accept-Language` resolves to.

use serde::{Deserialize, Serialize};

/// A language that the platform answers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UiLanguage {
    /// Korean.
    Ko,
    /// English, the default.
    En,
    /// Spanish.
    Es,
    /// Chinese in simplified characters.
    ZhHans,
    /// Chinese in traditional characters.
    ZhHant,
    /// Portuguese.
    Pt,
}

impl UiLanguage {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 6] = [
        Self::Ko,
        Self::En,
        Self::Es,
        Self::ZhHans,
        Self::ZhHant,
        Self::Pt,
    ];

    /// The code that the contract uses: `ko`, `en`, `es`, `zh-hans`, `zh-hant`, `pt`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
            Self::Es => "es",
            Self::ZhHans => "zh-hans",
            Self::ZhHant => "zh-hant",
            Self::Pt => "pt",
        }
    }

    /// The language of a code that [`UiLanguage::code`] gave.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The language that one tag asks for, by its primary subtag when the whole does not fit.
    fn from_tag(tag: &str) -> Option<Self> {
        let lower = tag.to_ascii_lowercase();
        let mut parts = lower.split(['-', '_']);
        match parts.next()? {
            "ko" => Some(Self::Ko),
            "en" => Some(Self::En),
            "es" => Some(Self::Es),
            "pt" => Some(Self::Pt),
            "zh" => {
                let rest: Vec<&str> = parts.collect();
                let traditional = rest.contains(&"hant")
                    || (!rest.contains(&"hans")
                        && rest.iter().any(|part| matches!(*part, "tw" | "hk" | "mo")));
                Some(if traditional {
                    Self::ZhHant
                } else {
                    Self::ZhHans
                })
            }
            _ => None,
        }
    }

    /// Resolves an `Accept-Language` value (RFC 9110 section 12.5.4) by weight; never fails: what fits nothing is English.
    ///
    /// Only the first 32 entries are looked at, so that a hostile header costs nothing.
    #[must_use]
    pub fn negotiate(header: &str) -> Self {
        let mut best: Option<(u32, Self)> = None;
        for entry in header.split(',').take(32) {
            let mut parts = entry.split(';');
            let Some(language) = parts.next().map(str::trim).and_then(Self::from_tag) else {
                continue;
            };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q=").map(quality))
                .unwrap_or(1000);
            if weight > 0 && best.is_none_or(|(known, _)| weight > known) {
                best = Some((weight, language));
            }
        }
        best.map_or(Self::En, |(_, language)| language)
    }
}

/// A weight in thousandths; nonsense weighs nothing.
fn quality(text: &str) -> u32 {
    text.trim()
        .parse::<f32>()
        .ok()
        .filter(|q| (0.0..=1.0).contains(q))
        .map_or(0, |q| (q * 1000.0).round() as u32)
}

/// The language of a stored text or picture: a lower-case BCP 47 tag, `und` when unknown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageTag(Box<str>);

impl LanguageTag {
    /// Checks and folds a tag: letters, digits and hyphens, at most 35 characters; `zh-Hans` becomes `zh-hans`.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let fits = (2..=35).contains(&tag.len())
            && tag.split('-').all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
            });
        fits.then(|| Self(tag.to_ascii_lowercase().into()))
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<UiLanguage> for LanguageTag {
    fn from(language: UiLanguage) -> Self {
        Self(language.code().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negotiation_follows_the_notes() {
        let check = |header: &str, expected: UiLanguage| {
            assert_eq!(UiLanguage::negotiate(header), expected, "{header}");
        };
        check("ko", UiLanguage::Ko);
        check("zh-Hans", UiLanguage::ZhHans);
        check("ZH-HANT", UiLanguage::ZhHant);
        check("zh-TW", UiLanguage::ZhHant);
        check("zh-HK,zh;q=0.9", UiLanguage::ZhHant);
        check("zh-Hans-HK", UiLanguage::ZhHans);
        check("zh", UiLanguage::ZhHans);
        check("en-US,en;q=0.9", UiLanguage::En);
        check("fr-FR,fr;q=0.9,pt-BR;q=0.8,es;q=0.7", UiLanguage::Pt);
        check("es;q=0.3, ko;q=0.7", UiLanguage::Ko);
        check("ko;q=0, es;q=0.1", UiLanguage::Es);
        check("ko;q=nonsense, es;q=0.1", UiLanguage::Es);
        check("", UiLanguage::En);
        check("*", UiLanguage::En);
        check("xx;;;q=,,,;", UiLanguage::En);
    }

    #[test]
    fn tags_are_checked_and_folded() {
        assert_eq!(LanguageTag::parse("zh-Hans").unwrap().as_str(), "zh-hans");
        for bad in ["", "a", "ko kr", "日本", "-ko", "abcdefghi", "en--us"] {
            assert_eq!(LanguageTag::parse(bad), None, "{bad}");
        }
    }
}
