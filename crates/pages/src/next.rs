//! Where somebody goes on who has signed in: a path of ours, never another host.

use marquee_domain::letter::PagePath;

/// A return target, checked each time that it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Next(PagePath);

impl Next {
    /// Checks a target: one slash first, visible ASCII, no backslash, and not a second slash that browsers would
    /// take for the beginning of a host, however it is written.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let sneaky = path.contains("//") || path.to_ascii_lowercase().contains("%5c");
        PagePath::parse(text).filter(|_| !sneaky).map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_taken() {
        for good in [
            "/",
            "/watch/a?t=5",
            "/activate?code=ACDF3467",
            "/find?q=http%3A%2F%2Fx",
            "/a#b",
        ] {
            assert!(Next::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "watch",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/%5Cevil.example",
            "/%5cevil.example",
            "/.//evil.example",
            "/..//evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "\t//evil.example",
            " /a",
            "/a b",
            "/a\r\nSet-Cookie: x=y",
            "/\u{0}",
            "/é",
            "/\u{2044}evil.example",
            "/a\"><script>",
        ] {
            assert!(Next::parse(bad).is_none(), "{bad:?}");
        }
        assert!(Next::parse(&format!("/{}", "a".repeat(2000))).is_none());
    }
}
