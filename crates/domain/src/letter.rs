//! The mails that the platform writes: what each of them tells, not how it is worded.
//!
//! Whoever has something to tell puts a [`Letter`] into the outbox in its own unit of work
//! (`storage::outbox`); it is worded, in the reader's language, when it is sent.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Longest [`PagePath`], in bytes.
const PATH_MAX: usize = 1024;

/// A page of ours that a letter leads to: path, query and fragment below the public address.
///
/// It begins with one `/` and holds visible ASCII without quotes, angle brackets and backslashes, so that a
/// letter cannot lead to another host.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PagePath(String);

impl PagePath {
    /// Checks a path, such as `/reset#token=…`; `None` when it could lead elsewhere.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let clean =
            |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'\\');
        let good = text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= PATH_MAX
            && text.bytes().all(clean);
        good.then(|| Self(text.to_owned()))
    }

    /// The path as text. It may hold a token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PagePath {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not the path of a page")
    }
}

impl From<PagePath> for String {
    fn from(path: PagePath) -> Self {
        path.0
    }
}

/// What is known of a device, in words that its owner recognises. What is unknown is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// The device, such as `Living room TV`.
    pub device: String,
    /// The app on it, such as `Marquee for TV` or a browser's name.
    pub app: String,
    /// A coarse place, such as a country or a network. Worked out by us, never what a client said.
    pub place: String,
}

/// What became of a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum FactorChange {
    /// It was removed: the password alone signs in now.
    Removed,
    /// A recovery code took its place once.
    RecoveryCodeUsed {
        /// Recovery codes that are left.
        left: u32,
    },
}

/// A mail, by what it tells. Codes and links in it are secrets until they were used: `Debug` shows the name
/// alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "letter")]
pub enum Letter {
    /// The code that proves the address of a sign-up.
    SignUpCode {
        /// The code.
        code: String,
        /// Minutes that it is good for.
        minutes: u32,
    },
    /// Somebody signed up with an address that has an account: nothing happened.
    SignUpKnown {
        /// Where to sign in.
        sign_in: PagePath,
        /// Where to ask for a new password.
        reset: PagePath,
    },
    /// The link that sets a new password.
    PasswordReset {
        /// The page, with the token.
        page: PagePath,
        /// Minutes that it is good for.
        minutes: u32,
    },
    /// The code that proves a new address; goes to the new address.
    AddressChangeCode {
        /// The code.
        code: String,
        /// Public id of the account that asks; empty in mails of a version before it was noted.
        #[serde(default)]
        account: String,
        /// Minutes that it is good for.
        minutes: u32,
    },
    /// Notice: the password was changed.
    PasswordChanged {
        /// When.
        at: Timestamp,
        /// Where to ask for a new password, if it was somebody else.
        reset: PagePath,
    },
    /// Notice to the old address: the account has another one now.
    AddressChanged {
        /// The new address.
        address: String,
        /// When.
        at: Timestamp,
    },
    /// Notice: a device signed in that was not known.
    NewDevice {
        /// Which, and from where.
        from: Whereabouts,
        /// When.
        at: Timestamp,
        /// The page that signs it out with one tap.
        revoke: PagePath,
    },
    /// Notice: a device was signed out because its refresh token came twice.
    SessionRevoked {
        /// Which device.
        from: Whereabouts,
        /// When.
        at: Timestamp,
        /// Where to ask for a new password, should it be known to somebody else.
        reset: PagePath,
    },
    /// Notice: another account was merged into this one.
    AccountsMerged {
        /// The address of the account that was merged into this one.
        address: String,
        /// When.
        at: Timestamp,
        /// The page that undoes it.
        undo: PagePath,
        /// Days that it can be undone.
        days: u32,
    },
    /// Notice: the account is deleted.
    AccountDeleted {
        /// When.
        at: Timestamp,
    },
    /// Notice: the second factor was removed, or a recovery code was used.
    SecondFactor {
        /// What happened.
        change: FactorChange,
        /// When.
        at: Timestamp,
        /// Where to ask for a new password, if it was somebody else.
        reset: PagePath,
    },
    /// What `marquee mail test` sends: mail works.
    Test {
        /// When it was asked for.
        at: Timestamp,
    },
}

impl Letter {
    /// The name of its kind, as in its serialised form.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::SignUpCode { .. } => "sign_up_code",
            Self::SignUpKnown { .. } => "sign_up_known",
            Self::PasswordReset { .. } => "password_reset",
            Self::AddressChangeCode { .. } => "address_change_code",
            Self::PasswordChanged { .. } => "password_changed",
            Self::AddressChanged { .. } => "address_changed",
            Self::NewDevice { .. } => "new_device",
            Self::SessionRevoked { .. } => "session_revoked",
            Self::AccountsMerged { .. } => "accounts_merged",
            Self::AccountDeleted { .. } => "account_deleted",
            Self::SecondFactor { .. } => "second_factor",
            Self::Test { .. } => "test",
        }
    }
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Letter").field(&self.name()).finish()
    }
}

impl std::fmt::Debug for PagePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What stands behind the path may be a token.
        let shown = self.0.split(['?', '#']).next().unwrap_or_default();
        f.debug_tuple("PagePath").field(&shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_on_our_pages() {
        for good in ["/", "/reset#token=a-b_c.d", "/activate?code=ABC"] {
            assert_eq!(PagePath::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "reset",
            "//other.example/",
            "https://other.example/",
            "/a b",
            "/a\r\nBcc: x",
            "/a\"onclick=",
            "/<b>",
            "/\\other.example",
            "/é",
        ] {
            assert_eq!(PagePath::parse(bad), None, "{bad}");
        }
        let stored: Result<PagePath, _> = serde_json::from_str("\"//other.example\"");
        assert!(stored.is_err());
    }

    #[test]
    fn letters_are_stored_under_their_name_and_do_not_show_their_secrets() {
        let letter = Letter::PasswordReset {
            page: PagePath::parse("/reset#token=hunter2").unwrap(),
            minutes: 15,
        };
        let stored = serde_json::to_value(&letter).unwrap();
        assert_eq!(stored["letter"], letter.name());
        assert_eq!(serde_json::from_value::<Letter>(stored).unwrap(), letter);
        assert!(!format!("{letter:?}").contains("hunter2"));
        let Letter::PasswordReset { page, .. } = letter else {
            panic!("it was one");
        };
        assert_eq!(format!("{page:?}"), "PagePath(\"/reset\")");
    }
}
