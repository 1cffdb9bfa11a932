//! Signing in with the word of providers: the settings, and what they come down to.

use anyhow::{Context, bail};
use marquee_domain::account::Provider;
use marquee_egress::Allowed;
use marquee_identity::ProviderSettings;
use serde::{Deserialize, Serialize};

use super::Settings;

/// Providers whose ID tokens are taken.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Social {
    pub(crate) google: SocialProvider,
    pub(crate) apple: SocialProvider,
}

/// A provider.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SocialProvider {
    /// The names under which it knows our apps; it is off while there is none.
    pub(crate) client_ids: Vec<String>,
    /// What it calls itself in tokens; its usual names when empty.
    pub(crate) issuer: String,
    /// Where it publishes its keys; the usual place when empty.
    pub(crate) keys_url: String,
}

impl Settings {
    /// Everything about providers that can be checked without asking them.
    pub(super) fn check_social(&self) -> anyhow::Result<()> {
        let allowed = Allowed::new(&self.egress.allowed_hosts);
        for provider in self.providers() {
            let name = provider.provider.as_str();
            let blank = |text: &String| text.trim().is_empty() || text.trim() != text;
            if provider.client_ids.iter().any(blank) {
                bail!("social.{name}.client_ids: one of them is empty or has blanks around it");
            }
            if provider.issuers.iter().any(blank) {
                bail!("social.{name}.issuer: it has blanks around it");
            }
            let address = url::Url::parse(&provider.keys_url)
                .with_context(|| format!("social.{name}.keys_url: this is not an address"))?;
            let host = address.host_str().unwrap_or_default();
            // Whoever could change the keys on their way could sign in as anybody.
            if address.scheme() != "https" && !(address.scheme() == "http" && allowed.has(host)) {
                bail!(
                    "social.{name}.keys_url: must be https://, or http:// on one of egress.allowed_hosts"
                );
            }
        }
        Ok(())
    }

    /// What is known of each provider.
    pub(crate) fn providers(&self) -> Vec<ProviderSettings> {
        let both = [
            (Provider::Google, &self.social.google),
            (Provider::Apple, &self.social.apple),
        ];
        both.map(|(provider, set)| {
            let mut known = ProviderSettings::usual(provider, set.client_ids.clone());
            if !set.issuer.is_empty() {
                known.issuers = vec![set.issuer.clone()];
            }
            if !set.keys_url.is_empty() {
                known.keys_url.clone_from(&set.keys_url);
            }
            known
        })
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_as_the_provider_says() {
        let settings = Settings::default();
        let [google, apple] = settings.providers().try_into().unwrap();
        assert!(google.client_ids.is_empty() && apple.client_ids.is_empty());
        assert_eq!(google.issuers.len(), 2);
        assert_eq!(apple.issuers, ["https://appleid.apple.com"]);
        settings.check_social().unwrap();
        let mut settings = Settings::default();
        settings.social.apple.client_ids = vec!["tv.example.app".to_owned()];
        settings.social.apple.issuer = "https://id.example".to_owned();
        let [_, apple] = settings.providers().try_into().unwrap();
        assert_eq!(apple.issuers, ["https://id.example"]);
        assert_eq!(apple.keys_url, "https://appleid.apple.com/auth/keys");
    }

    #[test]
    fn keys_come_over_tls_or_from_a_host_that_is_allowed() {
        let check = |keys_url: &str| {
            let mut settings = Settings::default();
            settings.egress.allowed_hosts = vec!["id.home".to_owned()];
            settings.social.google.keys_url = keys_url.to_owned();
            settings.check_social().is_ok()
        };
        for good in ["", "https://id.example/keys", "http://id.home:8000/keys"] {
            assert!(check(good), "{good}");
        }
        for bad in [
            "http://id.example/keys",
            "file:///keys",
            "ftp://id.home/",
            "keys",
        ] {
            assert!(!check(bad), "{bad}");
        }
        let mut settings = Settings::default();
        settings.social.google.client_ids = vec![" web-app".to_owned()];
        assert!(settings.check_social().is_err());
    }
}
