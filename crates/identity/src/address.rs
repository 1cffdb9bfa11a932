//! Mail addresses: stored as typed, compared by their folded form.

use unicode_normalization::UnicodeNormalization as _;

/// Longest address, in bytes (RFC 5321).
const MAX: usize = 254;
const LOCAL_MAX: usize = 64;

/// A mail address.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    typed: String,
    key: String,
}

impl Address {
    /// Reads an address: blanks around it go; the domain is folded to lower-case ASCII (IDNA), the
    /// part before it compared without regard to case. What has no place in a mail's header is
    /// refused, and so are quoted local parts, which nobody has.
    ///
    /// Other forms of the same letters (full width, ligatures) become the usual ones before anything is mailed: a code
    /// must not go to one mailbox and prove another one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let typed: String = text.trim().nfc().collect();
        if typed.len() > MAX || typed.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return None;
        }
        let (local, host) = typed.rsplit_once('@')?;
        let local: String = local.nfkc().collect();
        let good = !local.is_empty()
            && local.len() <= LOCAL_MAX
            && local.chars().all(allowed)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        if !good {
            return None;
        }
        let domain = idna::domain_to_ascii_strict(host).ok()?;
        // One label is a machine's own name; addresses in brackets are nobody's mailbox.
        if domain.len() > 253 || !domain.contains('.') {
            return None;
        }
        let typed = format!("{local}@{host}");
        let folded: String = local.chars().flat_map(char::to_lowercase).collect();
        let key = format!("{folded}@{domain}");
        (typed.len() <= MAX && key.len() <= 2 * MAX).then_some(Self { typed, key })
    }

    /// As typed, in its usual letters and without blanks around it: where mail goes.
    #[must_use]
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// What makes two of them the same.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// RFC 5322 `atext`, the dot, and letters and digits of all scripts (RFC 6531).
fn allowed(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
    } else {
        c.is_alphanumeric()
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[address]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_the_same() {
        let key = |text: &str| Address::parse(text).map(|a| a.key().to_owned());
        assert_eq!(key(" Sam.O@Example.COM "), key("sam.o@example.com"));
        assert_eq!(key("sam@bücher.example"), key("SAM@xn--bcher-kva.example"));
        // Composed or not, full width or not.
        assert_eq!(key("jose\u{301}@example.com"), key("josé@example.com"));
        assert_eq!(key("ｓａｍ@example.com"), key("sam@example.com"));
        // What the usual letters stand for is where mail goes, too.
        let typed = |text: &str| Address::parse(text).map(|a| a.typed().to_owned());
        assert_eq!(typed("ªnn2@x.example"), typed("ann2@x.example"));
        assert_eq!(typed("Ｓａｍ@example.com"), typed("Sam@example.com"));
        // Look-alikes of other scripts are others.
        assert_ne!(key("sаm@example.com"), key("sam@example.com"));
        assert_eq!(
            Address::parse(" Sam@Example.com").unwrap().typed(),
            "Sam@Example.com"
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        let longer = format!("a@{}.com", "b".repeat(250));
        for bad in [
            "",
            "@",
            "a@",
            "@example.com",
            "a b@example.com",
            "a@example",
            "a@@example.com",
            ".a@example.com",
            "a.@example.com",
            "a..b@example.com",
            "a@-example.com",
            "a@exa mple.com",
            "⒈@example.com",
            "℀@example.com.",
            "a﹫example.com",
            "a@[127.0.0.1]",
            "a\r\nBcc: b@example.com",
            "a@example.com\r\nx",
            "\"a b\"@example.com",
            "a,b@example.com",
            "a<b@example.com>",
            "a@example.com,b@example.com",
            "a\u{0}@example.com",
            "a\u{202e}@example.com",
            &long,
            &longer,
        ] {
            assert_eq!(Address::parse(bad), None, "{bad}");
        }
    }
}
