//! What an account's person is called: one rule, wherever the name comes from.

/// Longest name, in characters.
pub const MAX: usize = 100;

/// A name that may be shown: at most 100 characters, none of them one that rules how others are shown. Empty where nobody
/// gave one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DisplayName(String);

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// It is too long.
    #[error("may have at most {MAX} characters")]
    TooLong,
    /// It holds a character that rules others, see [`is_ruling`].
    #[error("holds a character that is not text")]
    NotText,
}

impl DisplayName {
    /// A name as it was typed, without the space around it.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence that begins with the field.
    pub fn parse(typed: &str) -> Result<Self, NameFault> {
        if typed.chars().count() > MAX {
            return Err(NameFault::TooLong);
        }
        if typed.chars().any(is_ruling) {
            return Err(NameFault::NotText);
        }
        Ok(Self(typed.trim().to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As text of its own.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Whether a character rules how others are shown: control characters, and those that turn the direction of writing.
#[must_use]
pub fn is_ruling(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_rule_nothing() {
        let long = "é".repeat(MAX + 1);
        for (typed, expected) in [
            ("", Ok("")),
            ("  Kim Minji ", Ok("Kim Minji")),
            ("김민지 \u{5d0}", Ok("김민지 \u{5d0}")),
            (&long[2..], Ok(&long[2..])),
            (long.as_str(), Err(NameFault::TooLong)),
            ("a\u{0}b", Err(NameFault::NotText)),
            ("a\nb", Err(NameFault::NotText)),
            ("a\u{85}b", Err(NameFault::NotText)),
            ("a\u{202e}b", Err(NameFault::NotText)),
            ("a\u{2066}b", Err(NameFault::NotText)),
        ] {
            let parsed = DisplayName::parse(typed);
            assert_eq!(
                parsed.as_ref().map(DisplayName::as_str),
                expected.as_ref().map(|text| *text),
                "{typed:?}"
            );
        }
    }
}
