//! A text in several languages, and the one rule by which a language is picked.

use serde::{Deserialize, Serialize};

use crate::language::{LanguageTag, UiLanguage};

/// A text in several languages; at most one per language, never an empty one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(Vec<(LanguageTag, Box<str>)>);

impl Texts {
    /// Sets the text of one language; blank text removes it.
    pub fn set(&mut self, language: LanguageTag, text: &str) {
        self.0.retain(|(known, _)| *known != language);
        let text = text.trim();
        if !text.is_empty() {
            self.0.push((language, text.into()));
        }
    }

    /// The text of one language.
    #[must_use]
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known.as_str() == language)
            .map(|(_, text)| &**text)
    }

    /// What a viewer reads: the asked language, then English, then the original language, then any.
    ///
    /// "Any" is the first one stored, so that the answer does not depend on chance.
    #[must_use]
    pub fn pick(&self, asked: UiLanguage, original: Option<&LanguageTag>) -> Option<&str> {
        self.get(asked.code())
            .or_else(|| self.get("en"))
            .or_else(|| original.and_then(|tag| self.get(tag.as_str())))
            .or_else(|| self.0.first().map(|(_, text)| &**text))
    }

    /// True when there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All languages with their texts, in the order they were stored.
    pub fn iter(&self) -> impl Iterator<Item = (&LanguageTag, &str)> {
        self.0.iter().map(|(language, text)| (language, &**text))
    }
}

impl FromIterator<(LanguageTag, String)> for Texts {
    fn from_iter<I: IntoIterator<Item = (LanguageTag, String)>>(items: I) -> Self {
        let mut texts = Self::default();
        for (language, text) in items {
            texts.set(language, &text);
        }
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pairs: &[(&str, &str)]) -> Texts {
        pairs
            .iter()
            .map(|(tag, text)| (LanguageTag::parse(tag).unwrap(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn fallback_is_asked_english_original_any() {
        let ja = LanguageTag::parse("ja").unwrap();
        let all = texts(&[("und", "u"), ("ja", "j"), ("en", "e"), ("ko", "k")]);
        assert_eq!(all.pick(UiLanguage::Ko, None), Some("k"));
        assert_eq!(all.pick(UiLanguage::Pt, Some(&ja)), Some("e"));
        let foreign = texts(&[("und", "u"), ("ja", "j")]);
        assert_eq!(foreign.pick(UiLanguage::Pt, Some(&ja)), Some("j"));
        assert_eq!(foreign.pick(UiLanguage::Pt, None), Some("u"));
        assert_eq!(Texts::default().pick(UiLanguage::En, None), None);
    }

    #[test]
    fn blank_texts_are_not_kept() {
        assert!(texts(&[("en", "  \n")]).is_empty());
    }
}
