//! The keys that access tokens are signed with: Ed25519, replaced every 90 days, sealed at rest.
//!
//! A key is published a day before it signs first and stays published until the last token that it
//! signed has lapsed, so nobody who keeps the published keys for a day meets one that they do not
//! know. Nodes share the keys by the database; a node that meets an unknown key reads them again.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use marquee_domain::Timestamp;
use marquee_storage::Db;
use marquee_storage::signing_keys::{self, SigningKey};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::chance::{self, Chance};
use crate::seal::Sealer;
use crate::{IdentityError, Result};

const DAY: i64 = 86_400_000;
/// How long a key signs.
const SIGNS: i64 = 90 * DAY;
/// How long before its first signature a key is published, and the margin with which the next one is made.
const AHEAD: i64 = DAY;
/// How long after its last signature a key stays published: a day, a token's life and the skew of clocks.
const BEHIND: i64 = DAY + 900_000 + 60_000;
/// How often unknown names make a node read the keys again, at most.
const REREAD: i64 = 5_000;

/// The keys in force.
pub(crate) struct Ring {
    signing: Option<(String, EncodingKey)>,
    checking: HashMap<String, DecodingKey>,
    read_at: Timestamp,
    /// When there is something to do: another key signs, or the next one is to be made.
    due_at: Timestamp,
}

/// The keys of this node.
pub(crate) struct Keys {
    db: Db,
    sealer: Arc<Sealer>,
    chance: Arc<dyn Chance>,
    ring: RwLock<Arc<Ring>>,
}

impl Keys {
    /// Nothing is read before the first use.
    pub(crate) fn new(db: Db, sealer: Arc<Sealer>, chance: Arc<dyn Chance>) -> Self {
        let ring = Ring {
            signing: None,
            checking: HashMap::new(),
            read_at: i64::MIN,
            due_at: i64::MIN,
        };
        Self {
            db,
            sealer,
            chance,
            ring: RwLock::new(Arc::new(ring)),
        }
    }

    fn ring(&self) -> Arc<Ring> {
        self.ring
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Signs claims with the key in force; the header names it.
    pub(crate) async fn sign<T: serde::Serialize>(
        &self,
        typ: &str,
        claims: &T,
        now: Timestamp,
    ) -> Result<String> {
        let mut ring = self.ring();
        if now >= ring.due_at {
            ring = self.refresh(now).await?;
        }
        let none = IdentityError::Crypto("there is no key to sign with");
        let (kid, key) = ring.signing.as_ref().ok_or(none)?;
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
        header.typ = Some(typ.to_owned());
        header.kid = Some(kid.clone());
        jsonwebtoken::encode(&header, claims, key)
            .map_err(|_| IdentityError::Crypto("a token could not be signed"))
    }

    /// The key of a name.
    pub(crate) async fn find(&self, kid: &str, now: Timestamp) -> Result<Option<DecodingKey>> {
        let ring = self.ring();
        if let Some(key) = ring.checking.get(kid) {
            return Ok(Some(key.clone()));
        }
        // Another node may have begun to use it just now.
        if now.saturating_sub(ring.read_at) < REREAD {
            return Ok(None);
        }
        Ok(self.refresh(now).await?.checking.get(kid).cloned())
    }

    /// The published keys (RFC 7517).
    pub(crate) async fn published(&self, now: Timestamp) -> Result<serde_json::Value> {
        let keys = signing_keys::published(&mut self.db.reader(), now).await?;
        let keys: Vec<serde_json::Value> = keys
            .iter()
            .filter_map(|key| {
                let mut jwk: serde_json::Value = serde_json::from_str(&key.public_key).ok()?;
                let members = jwk.as_object_mut()?;
                members.insert("kid".to_owned(), json!(key.kid));
                members.insert("alg".to_owned(), json!(key.algorithm));
                members.insert("use".to_owned(), json!("sig"));
                Some(jwk)
            })
            .collect();
        Ok(json!({ "keys": keys }))
    }

    /// Reads the keys, and makes the first or the next one when it is time.
    async fn refresh(&self, now: Timestamp) -> Result<Arc<Ring>> {
        let mut keys = signing_keys::published(&mut self.db.reader(), now).await?;
        let last = keys.iter().map(|key| key.signs_until).max();
        let next = match last {
            None => Some(now),
            Some(until) if until <= now => Some(now),
            Some(until) if until - 2 * AHEAD <= now => Some(until),
            Some(_) => None,
        };
        if let Some(signs_from) = next {
            let new = self.make(signs_from)?;
            let mut unit = self.db.begin().await?;
            signing_keys::purge(&mut unit, now).await?;
            signing_keys::add(&mut unit, &new).await?;
            unit.save().await?;
            keys.push(new);
        }
        let ring = Arc::new(self.ring_of(&keys, now)?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring.clone();
        Ok(ring)
    }

    fn make(&self, signs_from: Timestamp) -> Result<SigningKey> {
        let fail = |_| IdentityError::Crypto("a signing key could not be made");
        let seed: [u8; 32] = chance::bytes(self.chance.as_ref())?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
            .map_err(|_| IdentityError::Crypto("a signing key could not be made"))?;
        let private = pair.to_pkcs8v1().map_err(fail)?;
        let (kid, public_key) = public(pair.public_key().as_ref());
        Ok(SigningKey {
            sealed_private: self
                .sealer
                .seal(self.chance.as_ref(), &kid, private.as_ref())?,
            kid,
            algorithm: "EdDSA".to_owned(),
            public_key,
            signs_from,
            signs_until: signs_from + SIGNS,
            published_until: signs_from + SIGNS + BEHIND,
        })
    }

    fn ring_of(&self, keys: &[SigningKey], now: Timestamp) -> Result<Ring> {
        let mut checking = HashMap::new();
        for key in keys {
            let bad = || IdentityError::Crypto("a stored signing key cannot be read");
            let jwk: serde_json::Value =
                serde_json::from_str(&key.public_key).map_err(|_| bad())?;
            let x = jwk.get("x").and_then(|x| x.as_str()).ok_or_else(bad)?;
            let public = DecodingKey::from_ed_components(x).map_err(|_| bad())?;
            checking.insert(key.kid.clone(), public);
        }
        // Two nodes may have made a key at the same moment: all take the same one of them.
        let current = keys
            .iter()
            .filter(|key| key.signs_from <= now && now < key.signs_until)
            .max_by(|a, b| (a.signs_from, &a.kid).cmp(&(b.signs_from, &b.kid)));
        let signing = current
            .map(|key| {
                let private = self
                    .sealer
                    .open("the signing key", &key.kid, &key.sealed_private)?;
                Ok::<_, IdentityError>((key.kid.clone(), EncodingKey::from_ed_der(&private)))
            })
            .transpose()?;
        let coming = keys
            .iter()
            .map(|key| key.signs_from)
            .filter(|at| *at > now)
            .min();
        let renewed = keys.iter().map(|key| key.signs_until - 2 * AHEAD).max();
        let due_at = [coming, renewed.filter(|at| *at > now)]
            .into_iter()
            .flatten()
            .min();
        Ok(Ring {
            signing,
            checking,
            read_at: now,
            due_at: due_at.unwrap_or(now + 3_600_000),
        })
    }
}

/// Name and public half of an Ed25519 key (RFC 8037, RFC 7638).
fn public(bytes: &[u8]) -> (String, String) {
    let x = URL_SAFE_NO_PAD.encode(bytes);
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(jwk.as_bytes()));
    (kid, jwk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_thumbprints() {
        // RFC 8037, appendix A.3.
        let bytes = URL_SAFE_NO_PAD
            .decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
            .unwrap();
        assert_eq!(
            public(&bytes).0,
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }
}
