//! Published keys (JSON Web Key Sets, RFC 7517 and 7518), as far as they are of use here.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jsonwebtoken::{Algorithm, DecodingKey};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Most keys that are looked at; providers publish two or three.
const KEYS_MAX: usize = 64;

/// A public key as published; the members that matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
}

impl Jwk {
    /// The one way of signing that the key is for, and the key; none when it is not for signing, or in another way.
    fn usable(&self) -> Option<(Algorithm, DecodingKey)> {
        let (algorithm, word, key) = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", None) => {
                let key = DecodingKey::from_rsa_components(self.n.as_ref()?, self.e.as_ref()?);
                (Algorithm::RS256, "RS256", key)
            }
            ("EC", Some("P-256")) => {
                let key = DecodingKey::from_ec_components(self.x.as_ref()?, self.y.as_ref()?);
                (Algorithm::ES256, "ES256", key)
            }
            _ => return None,
        };
        let for_this = self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self.alg.as_deref().is_none_or(|alg| alg == word);
        key.ok().filter(|_| for_this).map(|key| (algorithm, key))
    }
}

/// The keys of a provider that tokens may be signed with.
pub(super) struct KeySet {
    keys: HashMap<(Algorithm, String), DecodingKey>,
    used: Vec<Jwk>,
}

impl KeySet {
    /// Reads a published set. Keys that are of no use here are passed over, and so are different ones under one name:
    /// nobody could say which of them is meant. None when nothing is left.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Published {
            keys: Vec<serde_json::Value>,
        }
        let published: Published = serde_json::from_slice(bytes).ok()?;
        let jwks = published.keys.into_iter().take(KEYS_MAX);
        let mut found: HashMap<(Algorithm, String), Option<(Jwk, DecodingKey)>> = HashMap::new();
        for jwk in jwks.filter_map(|jwk| serde_json::from_value::<Jwk>(jwk).ok()) {
            let Some((algorithm, key)) = jwk.usable() else {
                continue;
            };
            match found.entry((algorithm, jwk.kid.clone())) {
                Entry::Vacant(place) => {
                    place.insert(Some((jwk, key)));
                }
                Entry::Occupied(mut place) => {
                    if place.get().as_ref().is_none_or(|(other, _)| *other != jwk) {
                        place.insert(None);
                    }
                }
            }
        }
        let (mut keys, mut used) = (HashMap::new(), Vec::new());
        for (name, one) in found {
            if let Some((jwk, key)) = one {
                used.push(jwk);
                keys.insert(name, key);
            }
        }
        used.sort_by(|a, b| (&a.kid, &a.kty).cmp(&(&b.kid, &b.kty)));
        (!keys.is_empty()).then_some(Self { keys, used })
    }

    /// The key of a name for a way of signing.
    pub(super) fn get(&self, algorithm: Algorithm, kid: &str) -> Option<DecodingKey> {
        self.keys.get(&(algorithm, kid.to_owned())).cloned()
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The set as it is kept: what [`KeySet::parse`] reads back.
    pub(super) fn to_text(&self) -> String {
        json!({ "keys": self.used }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The keys of RFC 7515, appendices A.2 and A.3, shortened where only their names matter.
    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    fn names(keys: &serde_json::Value) -> Vec<String> {
        let text = json!({ "keys": keys }).to_string();
        let set = KeySet::parse(text.as_bytes());
        let names = |set: &KeySet| set.used.iter().map(|jwk| jwk.kid.clone()).collect();
        let found: Vec<String> = set.as_ref().map(names).unwrap_or_default();
        if let Some(set) = set {
            let again = KeySet::parse(set.to_text().as_bytes()).unwrap();
            assert_eq!(again.used, set.used);
            assert_eq!(again.keys.len(), set.keys.len());
        }
        found
    }

    #[test]
    fn only_keys_for_signatures_of_the_two_kinds_are_taken() {
        let rsa = |kid: &str| json!({"kty": "RSA", "kid": kid, "n": "AQAB", "e": "AQAB"});
        let ec = |kid: &str| json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": X, "y": Y});
        let with = |mut key: serde_json::Value, name: &str, value: &str| {
            key[name] = json!(value);
            json!([key])
        };
        assert_eq!(names(&json!([rsa("b"), ec("a")])), ["a", "b"]);
        assert_eq!(names(&with(rsa("a"), "alg", "RS256")), ["a"]);
        assert_eq!(names(&with(ec("a"), "use", "sig")), ["a"]);
        for nothing in [
            json!([]),
            json!([1, "x", {}, {"kty": "RSA"}]),
            with(rsa("a"), "alg", "RS512"),
            with(rsa("a"), "alg", "ES256"),
            with(rsa("a"), "use", "enc"),
            with(rsa("a"), "n", "not base64!"),
            with(ec("a"), "crv", "P-384"),
            with(ec("a"), "alg", "RS256"),
            json!([{"kty": "oct", "kid": "a", "k": "AAAA"}]),
            json!([{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]),
        ] {
            assert!(names(&nothing).is_empty(), "{nothing}");
        }
        for text in ["", "[]", "{}", "{\"keys\":{}}", "\u{feff}{\"keys\":[]}"] {
            assert!(KeySet::parse(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn a_name_of_two_keys_is_no_name() {
        let rsa = |n: &str| json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQAB"});
        let ec = json!({"kty": "EC", "crv": "P-256", "kid": "a", "x": X, "y": Y});
        assert_eq!(names(&json!([rsa("AQAB"), rsa("AQAB")])), ["a"]);
        assert!(names(&json!([rsa("AQAB"), rsa("AQAC")])).is_empty());
        assert!(names(&json!([rsa("AQAB"), rsa("AQAC"), rsa("AQAB")])).is_empty());
        // Of two kinds they cannot be mixed up.
        assert_eq!(names(&json!([rsa("AQAB"), ec])), ["a", "a"]);
    }

    #[test]
    fn no_more_keys_are_looked_at_than_anybody_publishes() {
        let keys: Vec<_> = (0..100)
            .map(|n| json!({"kty": "RSA", "kid": n.to_string(), "n": "AQAB", "e": "AQAB"}))
            .collect();
        assert_eq!(names(&json!(keys)).len(), KEYS_MAX);
    }
}
