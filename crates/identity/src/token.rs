//! Access tokens: JWTs of RFC 9068 for our own resource server.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Validation};
use marquee_domain::account::{Account, Factors, Role, Viewer};
use marquee_domain::{AccountId, Timestamp};
use marquee_storage::sessions::Session;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::chance;
use crate::core::Identity;
use crate::live::Known;
use crate::{Refusal, Result, Secret};

/// How long an access token is good, in milliseconds.
pub(crate) const LIFE_MS: i64 = 900_000;
/// A longer text is no token of ours.
const MAX: usize = 4096;
const TYP: &str = "at+jwt";
/// Most verified tokens that are remembered.
pub(crate) const REMEMBERED: u64 = 32_768;

/// Tokens whose signature was checked, by their hash, until they lapse.
pub(crate) type Verified = moka::sync::Cache<[u8; 32], Arc<Good>>;

/// A token whose signature and claims are right.
pub(crate) struct Good {
    viewer: Viewer,
    expires_at: Timestamp,
    /// The public address that it was checked under.
    issuer: Arc<str>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    client_id: String,
    iat: i64,
    exp: i64,
    jti: String,
    scope: String,
    auth_time: i64,
    amr: Vec<String>,
    sid: String,
    roles: Vec<String>,
    /// The account's integer id; for us alone.
    aid: i64,
}

impl Identity {
    /// An access token for a session.
    pub(crate) async fn access_token(
        &self,
        account: &Account,
        session: &Session,
        now: Timestamp,
    ) -> Result<Secret> {
        let core = &self.0;
        let jti: [u8; 16] = chance::bytes(core.chance.as_ref())?;
        let issuer = core.settings.issuer.current();
        let claims = Claims {
            iss: issuer.to_string(),
            aud: issuer.to_string(),
            sub: account.uuid.clone(),
            client_id: "experience".to_owned(),
            iat: now.div_euclid(1000),
            exp: (now + LIFE_MS).div_euclid(1000),
            jti: URL_SAFE_NO_PAD.encode(jti),
            scope: String::new(),
            auth_time: session.created_at.div_euclid(1000),
            amr: session
                .factors
                .iter()
                .map(|f| f.as_str().to_owned())
                .collect(),
            sid: session.sid.clone(),
            roles: vec![account.role.as_str().to_owned()],
            aid: account.id.0,
        };
        core.keys.sign(TYP, &claims, now).await.map(Secret::new)
    }

    /// Who presents a token, when it is good and its session live. Cost with a token that was seen
    /// before: a hash of it and two look-ups in memory.
    ///
    /// # Errors
    /// [`Refusal::TokenInvalid`], [`Refusal::TokenExpired`] or, for the session of a suspended
    /// account, [`Refusal::AccountDisabled`]; otherwise when the database fails.
    pub async fn viewer(&self, token: &str) -> Result<Viewer> {
        let core = &self.0;
        let now = core.clock.now();
        if token.len() > MAX {
            return Err(Refusal::TokenInvalid.into());
        }
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        // Tokens of an address that was in force before are looked at again, and refused.
        let issuer = core.settings.issuer.current();
        let known = core.verified.get(&hash);
        let good = match known.filter(|good| good.issuer == issuer) {
            Some(good) => good,
            None => {
                let good = Arc::new(self.verify(token, issuer, now).await?);
                core.verified.insert(hash, good.clone());
                good
            }
        };
        if now >= good.expires_at {
            core.verified.invalidate(&hash);
            return Err(Refusal::TokenExpired.into());
        }
        self.goes_on(&good.viewer).await?;
        Ok(good.viewer.clone())
    }

    /// Refuses a viewer whose session has ended. Cost: a look-up in memory.
    ///
    /// # Errors
    /// [`Refusal::TokenInvalid`] or, for the session of a suspended account,
    /// [`Refusal::AccountDisabled`]; otherwise when the database fails.
    pub async fn goes_on(&self, viewer: &Viewer) -> Result<()> {
        let core = &self.0;
        let now = core.clock.now();
        match core.ended.check(&core.db, &viewer.sid, now).await? {
            Known::Live => Ok(()),
            Known::Ended(marquee_domain::account::EndReason::Suspended) => {
                Err(Refusal::AccountDisabled.into())
            }
            Known::Ended(_) => Err(Refusal::TokenInvalid.into()),
        }
    }

    async fn verify(&self, token: &str, issuer: Arc<str>, now: Timestamp) -> Result<Good> {
        let core = &self.0;
        let invalid = || Refusal::TokenInvalid;
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        // Pinned before any key is looked at (RFC 8725, section 3.1).
        let ours = header.alg == Algorithm::EdDSA
            && header
                .typ
                .as_deref()
                .is_some_and(|typ| typ.eq_ignore_ascii_case(TYP));
        let kid = header.kid.filter(|_| ours).ok_or_else(invalid)?;
        let key = core.keys.find(&kid, now).await?.ok_or_else(invalid)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[&issuer]);
        rules.set_audience(&[&issuer]);
        rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        // By our own clock, below.
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &rules)
            .map_err(|_| invalid())?
            .claims;
        let words = claims.amr.join(" ");
        let role = claims.roles.iter().find_map(|word| Role::parse(word));
        if claims.iat.saturating_mul(1000) > now + 60_000 {
            return Err(invalid().into());
        }
        Ok(Good {
            viewer: Viewer {
                id: AccountId(claims.aid),
                uuid: claims.sub,
                sid: claims.sid,
                role: role.ok_or_else(invalid)?,
                factors: Factors::parse(&words).ok_or_else(invalid)?,
                signed_in_at: claims.auth_time.saturating_mul(1000),
            },
            expires_at: claims.exp.saturating_mul(1000),
            issuer,
        })
    }

    /// The keys that tokens are signed with, for those who check them (RFC 7517).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published_keys(&self) -> Result<serde_json::Value> {
        self.0.keys.published(self.0.clock.now()).await
    }
}
