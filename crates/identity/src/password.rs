//! Rules for passwords. A password set at one face signs in at both.

use unicode_normalization::UnicodeNormalization as _;

use crate::address::Address;

/// Longest password, in code points, at both faces.
pub(crate) const MAX: usize = 128;
/// A password over this many bytes is not even normalised.
const MAX_BYTES: usize = 4096;

/// A password on its way to be hashed or compared; prints redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// As typed, composed (NFC, RFC 8265), neither trimmed nor cut.
    #[must_use]
    pub fn new(text: &str) -> Self {
        if text.len() > MAX_BYTES {
            // Longer than any that was ever set: the first bytes will do to be wrong.
            return Self(text.chars().take(MAX + 1).collect());
        }
        Self(text.nfc().collect())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether it could have been set at all.
    pub(crate) fn plausible(&self) -> bool {
        self.0.chars().count() <= MAX
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What a face asks of a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordRule {
    /// The experience API: 8 characters.
    Experience,
    /// The auth API: 10, with an upper-case and a lower-case letter, a digit and another character.
    Auth,
}

/// What is wrong with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer characters than this.
    Short(usize),
    /// More than [`MAX`] characters.
    Long(usize),
    /// Without an upper-case or lower-case letter, a digit or another character.
    Plain,
    /// On the list of passwords that everybody tries first.
    Common,
    /// The person's own address or name.
    Own,
}

impl std::fmt::Display for PasswordFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Short(least) => write!(f, "it needs at least {least} characters"),
            Self::Long(most) => write!(f, "it may have at most {most} characters"),
            Self::Plain => f.write_str(
                "it needs an upper-case and a lower-case letter, a digit and another character",
            ),
            Self::Common => f.write_str("it is among the first that anybody would try"),
            Self::Own => f.write_str("one's own address or name is no password"),
        }
    }
}

/// Words that passwords everybody tries first are made of, folded; one a line. Put together from what published
/// lists of leaked passwords have in common.
const COMMON: &str = include_str!("common-passwords.txt");

impl PasswordRule {
    /// Checks a new password of somebody.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(
        self,
        password: &Password,
        address: &Address,
        name: &str,
    ) -> Result<(), PasswordFault> {
        let text = &password.0;
        let least = match self {
            Self::Experience => 8,
            Self::Auth => 10,
        };
        let length = text.chars().count();
        if length < least {
            return Err(PasswordFault::Short(least));
        }
        if length > MAX {
            return Err(PasswordFault::Long(MAX));
        }
        let has = |kind: fn(char) -> bool| text.chars().any(kind);
        let mixed = has(char::is_uppercase)
            && has(char::is_lowercase)
            && has(char::is_numeric)
            && has(|c| !c.is_alphanumeric());
        if self == Self::Auth && !mixed {
            return Err(PasswordFault::Plain);
        }
        let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
        let local = address.key().split('@').next().unwrap_or_default();
        let name: String = name.trim().nfkc().flat_map(char::to_lowercase).collect();
        if folded == address.key() || folded == local || (!name.is_empty() && folded == name) {
            return Err(PasswordFault::Own);
        }
        if common(&folded) {
            return Err(PasswordFault::Common);
        }
        Ok(())
    }
}

/// One character over and over, a run along the keyboard or the alphabet, digits alone, or a word of the list with
/// the usual digits for letters and the usual digits and signs around it.
fn common(folded: &str) -> bool {
    let mut characters = folded.chars();
    let first = characters.next();
    if characters.all(|c| Some(c) == first) {
        return true;
    }
    const RUNS: [&str; 5] = [
        "01234567890123456789",
        "98765432109876543210",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiopasdfghjklzxcvbnm",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    ];
    if RUNS.iter().any(|run| run.contains(folded)) {
        return true;
    }
    let unlike = |c: char| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    // What stands around the word goes before signs become letters: `password1` is no `passwordi`.
    let word = folded.trim_matches(|c: char| !c.is_alphabetic() && !"@$".contains(c));
    let word: String = word.chars().map(unlike).collect();
    word.is_empty() && folded.chars().all(|c| c.is_numeric()) && folded.len() <= 10
        || COMMON.lines().any(|line| line == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: PasswordRule, text: &str) -> Result<(), PasswordFault> {
        let address = Address::parse("Sam.Oliver@example.com").unwrap();
        rule.check(&Password::new(text), &address, "Samantha Oliver")
    }

    #[test]
    fn each_face_has_its_floor() {
        use PasswordRule::{Auth, Experience};
        assert_eq!(check(Experience, "long enough"), Ok(()));
        assert_eq!(check(Experience, "korréct"), Err(PasswordFault::Short(8)));
        assert_eq!(check(Experience, "비밀번호는여덟자"), Ok(()));
        assert_eq!(check(Auth, "long enough"), Err(PasswordFault::Plain));
        assert_eq!(check(Auth, "Long enough 1"), Ok(()));
        assert_eq!(check(Auth, "Short 1."), Err(PasswordFault::Short(10)));
        assert_eq!(
            check(Experience, &"x".repeat(128)),
            Err(PasswordFault::Common)
        );
        assert_eq!(check(Experience, &"xy".repeat(64)), Ok(()));
        assert_eq!(
            check(Experience, &"xy".repeat(65)),
            Err(PasswordFault::Long(128))
        );
        assert_eq!(
            check(Experience, &"xy".repeat(9_000)),
            Err(PasswordFault::Long(128))
        );
    }

    #[test]
    fn what_anybody_would_guess_is_refused() {
        for (text, fault) in [
            ("Password1", PasswordFault::Common),
            ("12345678", PasswordFault::Common),
            ("qwertyuiop", PasswordFault::Common),
            ("P@ssw0rd!", PasswordFault::Common),
            ("letmein2024", PasswordFault::Common),
            ("19851985", PasswordFault::Common),
            ("ａaaaaaaaa", PasswordFault::Common),
            ("SAM.OLIVER@example.com", PasswordFault::Own),
            ("sam.oliver", PasswordFault::Own),
            ("samantha oliver", PasswordFault::Own),
        ] {
            assert_eq!(check(PasswordRule::Experience, text), Err(fault), "{text}");
        }
    }

    #[test]
    fn composed_and_decomposed_are_the_same_password() {
        assert_eq!(
            Password::new("e\u{301}cole e\u{301}t"),
            Password::new("école ét")
        );
        assert_ne!(Password::new(" école"), Password::new("école"));
        assert_eq!(format!("{:?}", Password::new("x")), "[redacted]");
    }
}
