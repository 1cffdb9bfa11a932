//! The folded form in which titles are compared: compatibility-composed and lower-case.

use unicode_normalization::UnicodeNormalization;

/// Folds a text for comparison. Characters that only decorate (controls, soft hyphens) are dropped, white space is single.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkc() {
        if c.is_whitespace() {
            if !folded.is_empty() && !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else if !c.is_control() && c != '\u{ad}' {
            folded.extend(c.to_lowercase());
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_ignores_case_width_and_composition() {
        assert_eq!(fold("Ｈａｒｂｏｒ  LIGHTS\n"), "harbor lights");
        assert_eq!(fold("Ame\u{301}lie"), fold("AMÉLIE"));
        assert_eq!(fold("\u{1112}\u{1161}\u{11ab}"), "한");
    }
}
