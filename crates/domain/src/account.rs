//! People: their accounts, sessions and ways to sign in, and the states that these may be in.

use crate::Timestamp;
use crate::ids::AccountId;

/// Words that are stored and shown, one for each variant.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $word:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$item])* $variant),+ }

        impl $name {
            /// Every one, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that is stored and shown.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    )+};
}

words! {
    /// Whether an account can be used.
    AccountState {
        /// It can.
        Active = "active",
        /// An operator closed it.
        Suspended = "suspended",
        /// It went into another account, and can still be taken out of it.
        Merged = "merged",
    }

    /// What an account may do beside watching.
    Role {
        /// Nothing.
        Viewer = "viewer",
        /// Everything that the operator token may.
        Operator = "operator",
    }

    /// Others whose word on who somebody is we take.
    Provider {
        /// Sign in with Google.
        Google = "google",
        /// Sign in with Apple.
        Apple = "apple",
    }

    /// A way to sign in, or to have made an account.
    LoginMethod {
        /// Address and password.
        Email = "email",
        /// Google's word.
        Google = "google",
        /// Apple's word.
        Apple = "apple",
    }

    /// What somebody has shown of themselves (RFC 8176 `amr`).
    Factor {
        /// The password.
        Password = "pwd",
        /// The word of a provider.
        Federated = "fed",
        /// A time-based code.
        Otp = "otp",
        /// A recovery code.
        Recovery = "rcv",
        /// Another device on which they were signed in.
        Device = "dev",
    }

    /// Why a session ended.
    EndReason {
        /// Its owner signed out.
        SignedOut = "signed_out",
        /// Its owner signed out everywhere.
        SignedOutEverywhere = "signed_out_everywhere",
        /// Its owner ended it from elsewhere.
        Revoked = "revoked",
        /// The password was changed.
        PasswordChanged = "password_changed",
        /// The password was set anew with a mailed token.
        PasswordReset = "password_reset",
        /// A refresh token came back that had been traded before.
        Replayed = "replayed",
        /// The account was suspended.
        Suspended = "suspended",
        /// The account went into another one.
        Merged = "merged",
        /// The account was deleted.
        Deleted = "deleted",
        /// An operator ended it.
        Operator = "operator",
    }
}

impl AccountState {
    /// Whether an account may go from this state to another.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use AccountState::{Active, Merged, Suspended};
        matches!(
            (self, next),
            (Active, Suspended | Merged) | (Suspended | Merged, Active)
        )
    }
}

impl From<Provider> for LoginMethod {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Google => Self::Google,
            Provider::Apple => Self::Apple,
        }
    }
}

/// The factors of a session, in the order in which they were shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Factors(Vec<Factor>);

impl Factors {
    /// These factors.
    #[must_use]
    pub fn new(factors: &[Factor]) -> Self {
        let mut unique = Self::default();
        for factor in factors {
            unique = unique.and(*factor);
        }
        unique
    }

    /// With one more.
    #[must_use]
    pub fn and(mut self, factor: Factor) -> Self {
        if !self.0.contains(&factor) {
            self.0.push(factor);
        }
        self
    }

    /// Whether a second factor is among them.
    #[must_use]
    pub fn two(&self) -> bool {
        self.0
            .iter()
            .any(|f| matches!(f, Factor::Otp | Factor::Recovery))
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Factor> + '_ {
        self.0.iter().copied()
    }

    /// The words, parted by blanks, as they are stored.
    #[must_use]
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.iter().map(Factor::as_str).collect();
        words.join(" ")
    }

    /// Reads the words.
    #[must_use]
    pub fn parse(words: &str) -> Option<Self> {
        let factors = words.split_ascii_whitespace().map(Factor::parse);
        factors.collect::<Option<Vec<_>>>().map(Self)
    }
}

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its integer id.
    pub id: AccountId,
    /// Its public id, a UUID of version 7.
    pub uuid: String,
    /// Its address as typed.
    pub email: String,
    /// Whether the address was shown to be theirs.
    pub email_verified: bool,
    /// Empty when never set.
    pub display_name: String,
    /// Whether it can be used.
    pub state: AccountState,
    /// What it may do beside watching.
    pub role: Role,
    /// How it was made.
    pub made_with: LoginMethod,
    /// Code of the language that mails are written in.
    pub language: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Who is asking: somebody whose session is live. Only `identity` makes one, and hands it across.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The account.
    pub id: AccountId,
    /// Its public id.
    pub uuid: String,
    /// The session.
    pub sid: String,
    /// What the account may do beside watching.
    pub role: Role,
    /// What was shown when the session began.
    pub factors: Factors,
    /// When that was.
    pub signed_in_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for state in AccountState::ALL {
            assert_eq!(AccountState::parse(state.as_str()), Some(*state));
        }
        assert_eq!(AccountState::parse("gone"), None);
        let factors = Factors::new(&[Factor::Password, Factor::Otp, Factor::Password]);
        assert_eq!(factors.words(), "pwd otp");
        assert_eq!(Factors::parse("pwd otp"), Some(factors));
        assert_eq!(Factors::parse("pwd hat"), None);
    }

    #[test]
    fn only_some_changes_of_state_are_allowed() {
        use AccountState::{Active, Merged, Suspended};
        assert!(Active.may_become(Merged) && Merged.may_become(Active));
        assert!(Active.may_become(Suspended) && Suspended.may_become(Active));
        assert!(!Suspended.may_become(Merged) && !Merged.may_become(Suspended));
        assert!(!Active.may_become(Active));
    }

    #[test]
    fn a_code_or_a_recovery_code_is_a_second_factor() {
        assert!(!Factors::new(&[Factor::Password, Factor::Device]).two());
        assert!(Factors::new(&[Factor::Federated, Factor::Recovery]).two());
    }
}
