//! Slugs: the names of things in addresses.

/// Longest slug, in characters.
pub const MAX_CHARS: usize = 120;

/// Makes a slug of a text: letters and digits of any script, lower-case, joined by single hyphens.
///
/// Empty when the text has neither letter nor digit; the caller then falls back to an id.
#[must_use]
pub fn slugify(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut chars = 0;
    for c in text.chars() {
        if matches!(c, '\'' | '’' | '‘') {
            continue; // "Bob's" reads better as "bobs" than as "bob-s".
        }
        if c.is_alphanumeric() {
            for lower in c.to_lowercase() {
                slug.push(lower);
                chars += 1;
            }
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
            chars += 1;
        }
        if chars >= MAX_CHARS {
            break;
        }
    }
    while slug.ends_with('-') {
        slug.pop();
    }
    slug
}

/// True for a slug that an author may choose: not blank, within the length, no slash, no control or white space.
#[must_use]
pub fn is_valid(slug: &str) -> bool {
    !slug.is_empty()
        && slug.chars().count() <= MAX_CHARS
        && !matches!(slug, "." | "..")
        && !slug
            .chars()
            .any(|c| c == '/' || c == '\\' || c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_keep_every_script() {
        assert_eq!(slugify("Harbor Lights: E1"), "harbor-lights-e1");
        assert_eq!(slugify("  Bob’s “Café”!  "), "bobs-café");
        assert_eq!(slugify("육룡이 나르샤"), "육룡이-나르샤");
        assert_eq!(slugify("東京特許許可局"), "東京特許許可局");
        assert_eq!(slugify("***"), "");
        assert!(slugify(&"x".repeat(10_000)).chars().count() <= MAX_CHARS);
    }

    #[test]
    fn chosen_slugs_are_checked() {
        assert!(is_valid("harbor-lights"));
        for bad in ["", ".", "..", "a/b", "a b", "a\0", "a\\b"] {
            assert!(!is_valid(bad), "{bad:?}");
        }
    }
}
