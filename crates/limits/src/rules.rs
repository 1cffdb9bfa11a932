//! Every limit there is, with the rate that it has unless the configuration says otherwise.

use crate::gcra::{BadRate, Rate};

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident = $name:literal: $burst:literal per $per_s:literal;)+) => {
        /// What is limited, and by what. The caller gives the key: an address in its folded form, a client's address,
        /// an account's id, a device id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])+ $rule,)+
        }

        impl Rule {
            /// All of them, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$rule),+];

            /// Its name in the configuration, in metrics and in Redis.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)+
                }
            }

            /// Its rate unless the configuration says otherwise.
            #[must_use]
            pub const fn usual(self) -> Rate {
                match self {
                    $(Self::$rule => const { Rate::new($burst, $per_s) },)+
                }
            }
        }
    };
}

rules! {
    /// Catalog reads, by client. Generous: a household or a dormitory behind one address browses freely.
    CatalogReads = "catalog_reads": 3000 per 60;
    /// A mailed sign-up code, asked for or sent again, by address: one a minute.
    SignUpMail = "sign_up_mail": 1 per 60;
    /// The same over an hour, by address.
    SignUpMailHourly = "sign_up_mail_hourly": 5 per 3600;
    /// Sign-ups and their mails, by client.
    SignUpClient = "sign_up_client": 20 per 3600;
    /// Codes of sign-ups that were typed, by client. That five wrong ones burn a code is the code's own rule.
    CodeClient = "code_client": 30 per 600;
    /// Passwords typed for an address, by address.
    SignInAddress = "sign_in_address": 10 per 600;
    /// Passwords typed, by client.
    SignInClient = "sign_in_client": 60 per 600;
    /// Second factors typed, by account.
    SecondFactor = "second_factor": 5 per 600;
    /// Whether an address is registered, by address.
    RegistrationAddress = "registration_address": 10 per 600;
    /// Whether addresses are registered, by client.
    RegistrationClient = "registration_client": 30 per 600;
    /// Mailed links for a new password, by address.
    PasswordResetAddress = "password_reset_address": 3 per 3600;
    /// Mailed links for a new password, and new passwords by them, by client.
    PasswordResetClient = "password_reset_client": 20 per 3600;
    /// Mailed codes for a new address, by account.
    AddressChange = "address_change": 5 per 3600;
    /// Passwords typed to prove oneself while signed in (a new password, merging, deletion), by account.
    ProofAccount = "proof_account": 10 per 600;
    /// Refreshes of a session, by client. A dormitory of TVs refreshes four times an hour each.
    RefreshClient = "refresh_client": 600 per 600;
    /// Sign-ins with Google or Apple, by client.
    SocialClient = "social_client": 60 per 600;
    /// Codes that a TV shows, by device.
    TvCodeDevice = "tv_code_device": 10 per 600;
    /// Codes that TVs show, by client.
    TvCodeClient = "tv_code_client": 30 per 600;
    /// A TV that asks whether it was let in, by its code: once a second, with a little room for the network.
    TvPoll = "tv_poll": 2 per 2;
    /// TVs that ask, by client: who guesses codes asks a lot.
    TvPollClient = "tv_poll_client": 600 per 600;
    /// Wrong codes of TVs that were typed, by account.
    TvWrongCode = "tv_wrong_code": 10 per 600;
    /// Devices whose favorites and progress are moved into an account, by account.
    Merge = "merge": 10 per 600;
    /// One's own data in one file, by account.
    Export = "export": 5 per 3600;
}

/// The rates in force; `None` for a rule that is switched off.
#[derive(Debug, Clone)]
pub struct Rates(Vec<Option<Rate>>);

impl Default for Rates {
    fn default() -> Self {
        Self(Rule::ALL.iter().map(|rule| Some(rule.usual())).collect())
    }
}

/// Why a setting of a rate is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRule {
    /// There is no rule of that name.
    #[error("there is no such rule")]
    Unknown,
    /// The rate cannot be read.
    #[error(transparent)]
    Rate(#[from] BadRate),
}

impl Rates {
    /// Changes the rate of a rule: a text like `5/10m`, or `off`.
    ///
    /// # Errors
    /// When there is no such rule, or the text cannot be read.
    pub fn set(&mut self, name: &str, rate: &str) -> Result<(), BadRule> {
        let known = Rule::ALL.iter().find(|rule| rule.name() == name);
        let rule = known.ok_or(BadRule::Unknown)?;
        let rate = match rate {
            "off" => None,
            text => Some(text.parse::<Rate>()?),
        };
        if let Some(slot) = self.0.get_mut(*rule as usize) {
            *slot = rate;
        }
        Ok(())
    }

    /// The rate of a rule, unless it is switched off.
    #[must_use]
    pub fn of(&self, rule: Rule) -> Option<Rate> {
        self.0.get(rule as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_changed_by_name() {
        let mut rates = Rates::default();
        for rule in Rule::ALL {
            assert_eq!(rates.of(*rule), Some(rule.usual()));
        }
        rates.set("sign_in_client", "7/1h").unwrap();
        rates.set("catalog_reads", "off").unwrap();
        assert_eq!(rates.of(Rule::SignInClient), Some(Rate::new(7, 3600)));
        assert_eq!(rates.of(Rule::CatalogReads), None);
        assert_eq!(rates.set("sign_in", "7/1h"), Err(BadRule::Unknown));
        assert_eq!(rates.set("merge", "7"), Err(BadRule::Rate(BadRate)));
    }

    #[test]
    fn names_are_told_apart() {
        let names: std::collections::BTreeSet<_> = Rule::ALL.iter().map(|r| r.name()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
    }
}
