//! Access tokens: what is refused, and keys that are replaced while tokens of theirs are good.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use marquee_identity::Refusal;
use marquee_storage::testing::{TestDb, on_both};
use serde_json::{Value, json};

use crate::fixture::{House, refusal, sign_in, somebody};

on_both!(
    forged_and_foreign_tokens_are_refused,
    keys_are_replaced_without_a_gap,
);

fn parts(token: &str) -> (Value, Value, String) {
    let mut parts = token.split('.');
    let mut json = || {
        let bytes = URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    let (header, claims) = (json(), json());
    (header, claims, parts.next().unwrap().to_owned())
}

fn joined(header: &Value, claims: &Value, signature: &str) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", encode(header), encode(claims))
}

async fn forged_and_foreign_tokens_are_refused(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let signed_in = somebody(&node, "sam@example.com").await;
    let token = signed_in.access_token.expose();
    let (header, claims, signature) = parts(token);
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&json!("EdDSA"), &json!("at+jwt"))
    );
    assert_eq!(claims["sub"], signed_in.account.uuid.as_str());
    assert!(node.viewer(token).await.is_ok());

    let with = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        joined(&header, &changed, &signature)
    };
    let head = |name: &str, value: Value| {
        let mut changed = header.clone();
        changed[name] = value;
        joined(&changed, &claims, &signature)
    };
    let keys = node.published_keys().await.unwrap();
    let x = keys["keys"][0]["x"].as_str().unwrap();
    // The public key as the secret of a symmetric signature (RFC 8725, section 2.1).
    let mut symmetric = Header::new(Algorithm::HS256);
    symmetric.kid = Some(header["kid"].as_str().unwrap().to_owned());
    symmetric.typ = Some("at+jwt".to_owned());
    let secret = EncodingKey::from_secret(x.as_bytes());
    let confused = jsonwebtoken::encode(&symmetric, &claims, &secret).unwrap();
    let mut none = header.clone();
    none["alg"] = json!("none");
    let long = format!("{token}{}", "A".repeat(1 << 20));
    for bad in [
        String::new(),
        ".".to_owned(),
        "a.b.c".to_owned(),
        token[..token.len() - 4].to_owned(),
        joined(&none, &claims, ""),
        head("typ", json!("JWT")),
        head("kid", json!("another")),
        head("kid", Value::Null),
        with("exp", json!(4_000_000_000_i64)),
        with("sub", json!("somebody")),
        with("roles", json!(["operator"])),
        confused,
        long,
    ] {
        let shown = bad.get(..40).unwrap_or(&bad).to_owned();
        assert_eq!(
            refusal(node.viewer(&bad).await),
            Some(Refusal::TokenInvalid),
            "{shown}"
        );
    }
    house.clock.advance(899_000);
    assert!(node.viewer(token).await.is_ok());
    house.clock.advance(1_000);
    assert_eq!(
        refusal(node.viewer(token).await),
        Some(Refusal::TokenExpired)
    );
}

async fn keys_are_replaced_without_a_gap(test: TestDb) {
    const HOUR: i64 = 3_600_000;
    let house = House::new(test);
    let (one, other) = (house.node(), house.node());
    somebody(&one, "sam@example.com").await;
    let mut kids: Vec<String> = Vec::new();
    for _ in 0..(200 * 24 / 6) {
        house.clock.advance(6 * HOUR);
        let published = one.published_keys().await.unwrap();
        let token = sign_in(&one, "sam@example.com").await.access_token;
        let kid = parts(token.expose()).0["kid"].as_str().unwrap().to_owned();
        // Whoever keeps the published keys has known it for a while, but for the very first one.
        let known = published["keys"].as_array().unwrap();
        assert!(kids.is_empty() || known.iter().any(|key| key["kid"] == kid.as_str()));
        if kids.last() != Some(&kid) {
            kids.push(kid);
        }
        assert!(other.viewer(token.expose()).await.is_ok());
        house.clock.advance(899_000);
        assert!(other.viewer(token.expose()).await.is_ok());
    }
    assert_eq!(kids.len(), 3, "a new key every 90 days");
}
