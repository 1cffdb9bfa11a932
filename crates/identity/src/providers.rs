//! ID tokens of Google and Apple (OpenID Connect Core, section 3.1.3.7), checked against the keys that they publish.
//!
//! What a token says of itself chooses nothing but one of those keys: the way of signing is that of the key, and keys
//! or addresses in the token are not looked at (RFC 8725). The keys come through `egress`, and are kept in memory and
//! in the database, so that neither a restart nor an outage of the provider stops sign-ins (`published`).

mod claims;
mod keyset;
mod published;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::BoxFuture;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use marquee_domain::Timestamp;
use marquee_domain::account::Provider;
use marquee_egress::Egress;
use marquee_storage::Db;

use self::claims::IdClaims;
pub use self::published::ProviderTrouble;
use self::published::{Published, fetch};
use crate::social::{SocialClaims, SocialTokens};
use crate::{Refusal, Result};

/// Longest token; those of Google and Apple have about 1,000 bytes.
const TOKEN_MAX: usize = 16 << 10;
/// Longest name of a key.
const KID_MAX: usize = 256;
/// Longest time that fetching the keys may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a token is refused; for the log, since callers learn only that it is.
type Fault = &'static str;

/// What is known of a provider.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// Which one it is.
    pub provider: Provider,
    /// The names under which it knows our apps: whom a token has to be for.
    pub client_ids: Vec<String>,
    /// What it calls itself in tokens.
    pub issuers: Vec<String>,
    /// Where it publishes its keys.
    pub keys_url: String,
    /// Longest time that fetching the keys may take.
    pub patience: Duration,
}

impl ProviderSettings {
    /// A provider as it describes itself (`/.well-known/openid-configuration` of `accounts.google.com` and
    /// `appleid.apple.com`). Google's older libraries leave the scheme out of its name.
    #[must_use]
    pub fn usual(provider: Provider, client_ids: Vec<String>) -> Self {
        let (issuers, keys_url): (&[&str], _) = match provider {
            Provider::Google => (
                &["https://accounts.google.com", "accounts.google.com"],
                "https://www.googleapis.com/oauth2/v3/certs",
            ),
            Provider::Apple => (
                &["https://appleid.apple.com"],
                "https://appleid.apple.com/auth/keys",
            ),
        };
        Self {
            provider,
            client_ids,
            issuers: issuers.iter().map(|&issuer| issuer.to_owned()).collect(),
            keys_url: keys_url.to_owned(),
            patience: PATIENCE,
        }
    }

    /// Looks whether the provider publishes keys, and how many can be used.
    ///
    /// # Errors
    /// When they cannot be had.
    pub async fn probe(&self, egress: &Egress) -> std::result::Result<usize, ProviderTrouble> {
        let (keys, _) = fetch(egress, &self.keys_url, self.patience).await?;
        Ok(keys.len())
    }
}

/// Checks the tokens of the providers that are set up; those of others are refused.
pub struct Providers(Vec<One>);

struct One {
    settings: ProviderSettings,
    published: Arc<Published>,
}

impl Providers {
    /// The providers of these settings; one without client ids is off. Nothing is fetched before the first token.
    #[must_use]
    pub fn new(db: &Db, egress: &Egress, settings: Vec<ProviderSettings>) -> Self {
        let on = settings
            .into_iter()
            .filter(|one| !one.client_ids.is_empty());
        Self(
            on.map(|settings| One {
                published: Arc::new(Published::new(db.clone(), egress.clone(), &settings)),
                settings,
            })
            .collect(),
        )
    }
}

impl SocialTokens for Providers {
    fn check<'a>(
        &'a self,
        provider: Provider,
        id_token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<SocialClaims>> {
        Box::pin(async move {
            let one = self.0.iter().find(|one| one.settings.provider == provider);
            let one = one.ok_or(Refusal::SocialInvalid)?;
            one.check(id_token, now).await
        })
    }
}

impl One {
    async fn check(&self, token: &str, now: Timestamp) -> Result<SocialClaims> {
        let refused = |fault: Fault| {
            let provider = self.settings.provider.as_str();
            tracing::debug!(provider, fault, "an ID token was refused");
            Refusal::SocialInvalid
        };
        let (algorithm, kid) = key_name(token).map_err(refused)?;
        let key = self.published.find(algorithm, &kid, now).await?;
        let key = key.ok_or_else(|| refused("the provider has no such key"))?;
        let claims = signed(token, algorithm, &key).map_err(refused)?;
        Ok(claims.judge(&self.settings, now).map_err(refused)?)
    }
}

/// Which key a token says it is signed with.
fn key_name(token: &str) -> std::result::Result<(Algorithm, String), Fault> {
    if token.len() > TOKEN_MAX {
        return Err("it is too long");
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| "it is no token")?;
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256) {
        return Err("it is signed in a way that the provider does not use");
    }
    // Other kinds of tokens are signed with the same keys. Apple leaves the type out.
    let typ = header.typ.as_deref();
    if typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) || header.cty.is_some() {
        return Err("it is another kind of token");
    }
    // Whatever is critical there, we do not know it (RFC 7515, section 4.1.11).
    if header.crit.is_some() {
        return Err("it has critical members");
    }
    let kid = header.kid.ok_or("it names no key")?;
    if kid.is_empty() || kid.len() > KID_MAX {
        return Err("it names no key");
    }
    Ok((header.alg, kid))
}

/// What a token says, when this key has signed it.
fn signed(
    token: &str,
    algorithm: Algorithm,
    key: &DecodingKey,
) -> std::result::Result<IdClaims, Fault> {
    // Members that are passed over are not looked into; the whole has to be text all the same (RFC 7519, section 3).
    let payload = token.split('.').nth(1).unwrap_or_default();
    let payload = URL_SAFE_NO_PAD.decode(payload);
    if !payload.is_ok_and(|payload| std::str::from_utf8(&payload).is_ok()) {
        return Err("it is no text");
    }
    let mut rules = Validation::new(algorithm);
    // By our own clock and rules, see `IdClaims::judge`.
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_aud = false;
    let decoded = jsonwebtoken::decode::<IdClaims>(token, key, &rules);
    Ok(decoded
        .map_err(|_| "its signature or its members are not right")?
        .claims)
}
