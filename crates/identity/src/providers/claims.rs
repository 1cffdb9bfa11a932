//! What an ID token says, and whether it is for us.

use marquee_domain::account::Provider;
use marquee_domain::{Timestamp, display_name};
use serde::Deserialize;
use serde_json::Value;

use super::{Fault, ProviderSettings};
use crate::address::Address;
use crate::social::SocialClaims;

/// How far apart clocks may stand, in milliseconds.
const SKEW: i64 = 60_000;
const SUBJECT_MAX: usize = 255;

/// The members of a token that matter. A `nonce` is none of them: it proves a token to whoever asked for it, which are
/// our apps, and the contract has no member in which they could tell it.
#[derive(Debug, Deserialize)]
pub(super) struct IdClaims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    #[serde(default)]
    email: Value,
    #[serde(default)]
    email_verified: Value,
    #[serde(default)]
    hd: Value,
    #[serde(default)]
    name: Value,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl IdClaims {
    /// What the provider says by this token to us.
    pub(super) fn judge(
        self,
        settings: &ProviderSettings,
        now: Timestamp,
    ) -> Result<SocialClaims, Fault> {
        if !settings.issuers.contains(&self.iss) {
            return Err("it is of another issuer");
        }
        self.check_audience(&settings.client_ids)?;
        if now >= self.exp.saturating_mul(1000).saturating_add(SKEW) {
            return Err("it has expired");
        }
        let begins = self.iat.max(self.nbf.unwrap_or(i64::MIN));
        if begins.saturating_mul(1000) > now + SKEW {
            return Err("it is from the future");
        }
        let printable = |b: u8| b.is_ascii_graphic() || b == b' ';
        if !(1..=SUBJECT_MAX).contains(&self.sub.len()) || !self.sub.bytes().all(printable) {
            return Err("its subject is no name");
        }
        let address = self.address();
        let hosted = self.hd.as_str().unwrap_or_default();
        let authoritative = address
            .as_ref()
            .is_some_and(|address| gives_out(settings.provider, address, hosted));
        let name = match settings.provider {
            Provider::Google => self.name.as_str().map(tidy).unwrap_or_default(),
            // Apple tells it to the app once, outside of the token.
            Provider::Apple => String::new(),
        };
        Ok(SocialClaims {
            subject: self.sub,
            address,
            authoritative,
            name,
        })
    }

    /// All whom a token is for have to be us, and so has who asked for it when it is for several: others could use
    /// what they were given (OpenID Connect Core, section 3.1.3.7, steps 3 to 5). For one, `azp` may be an app of
    /// ours that is not listed, such as Google's on Android.
    fn check_audience(&self, ours: &[String]) -> Result<(), Fault> {
        const OTHERS: Fault = "it is for another app";
        match &self.aud {
            Audience::One(one) if ours.contains(one) => Ok(()),
            Audience::One(_) => Err(OTHERS),
            Audience::Several(several) => {
                let good = !several.is_empty() && several.iter().all(|one| ours.contains(one));
                let asked = self.azp.as_ref().is_some_and(|azp| ours.contains(azp));
                if good && (several.len() == 1 || asked) {
                    Ok(())
                } else {
                    Err(OTHERS)
                }
            }
        }
    }

    /// The address, when the provider has verified it; Apple says so in a text.
    fn address(&self) -> Option<Address> {
        let verified = match &self.email_verified {
            Value::Bool(verified) => *verified,
            Value::String(word) => word == "true",
            _ => false,
        };
        let email = self.email.as_str().filter(|_| verified)?;
        Address::parse(email)
    }
}

/// Whether a provider gives an address out itself, so that nobody else can have it. `hosted` is the domain that
/// Google hosts for the person's organisation.
fn gives_out(provider: Provider, address: &Address, hosted: &str) -> bool {
    let domain = address.key().rsplit_once('@').map(|(_, domain)| domain);
    let domain = domain.unwrap_or_default();
    match provider {
        Provider::Google => {
            matches!(domain, "gmail.com" | "googlemail.com")
                || idna::domain_to_ascii_strict(hosted).is_ok_and(|hosted| hosted == domain)
        }
        Provider::Apple => matches!(
            domain,
            "privaterelay.appleid.com" | "icloud.com" | "me.com" | "mac.com"
        ),
    }
}

/// A name as it may be shown: one line, in the order in which it is written.
fn tidy(name: &str) -> String {
    let plain = |c: &char| !display_name::is_ruling(*c);
    let kept = name.trim().chars().filter(plain);
    let name: String = kept.take(display_name::MAX).collect();
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gives_addresses_out() {
        use Provider::{Apple, Google};
        for (provider, address, hosted, expected) in [
            (Google, "a@gmail.com", "", true),
            (Google, "A@GMAIL.com", "", true),
            (Google, "a@googlemail.com", "", true),
            (Google, "a@mail.gmail.com", "", false),
            (Google, "a@notgmail.com", "", false),
            (Google, "a@school.example", "school.example", true),
            (Google, "a@School.Example", "sCHOOL.example", true),
            (Google, "a@bücher.example", "xn--bcher-kva.example", true),
            (Google, "a@xn--bcher-kva.example", "bücher.example", true),
            (Google, "a@other.example", "school.example", false),
            (Google, "a@sub.school.example", "school.example", false),
            (Google, "a@school.example", "", false),
            (Google, "a@icloud.com", "", false),
            (Apple, "x1@privaterelay.appleid.com", "", true),
            (Apple, "a@icloud.com", "", true),
            (Apple, "a@me.com", "", true),
            (Apple, "a@mac.com", "", true),
            (Apple, "a@gmail.com", "", false),
            (Apple, "a@school.example", "school.example", false),
        ] {
            let parsed = Address::parse(address).unwrap();
            let given = gives_out(provider, &parsed, hosted);
            assert_eq!(given, expected, "{provider:?} {address} {hosted}");
        }
    }

    #[test]
    fn names_are_one_short_line() {
        assert_eq!(tidy("  Kim Minji \n"), "Kim Minji");
        assert_eq!(tidy("a\u{0}b\u{7f}\u{85}c\u{202e}d\r\n"), "abcd");
        assert_eq!(tidy(&"é".repeat(200)), "é".repeat(100));
        assert_eq!(tidy(&format!("{}  b", "a".repeat(99))), "a".repeat(99));
        assert_eq!(tidy("\u{0}"), "");
    }
}
