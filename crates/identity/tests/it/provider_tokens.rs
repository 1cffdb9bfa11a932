//! ID tokens: what is taken of a good one.

use std::sync::LazyLock;

use marquee_domain::account::Provider;
use marquee_egress::{Allowed, Egress};
use marquee_identity::testing::{FakeProvider, TestKey};
use marquee_identity::{
    IdentityError, ProviderSettings, Providers, Refusal, Result, SocialClaims, SocialTokens,
};
use marquee_storage::testing::{TestDb, on_both};
use serde_json::{Value, json};

on_both!(
    what_google_says_is_taken,
    what_apple_says_is_taken,
    providers_are_not_mixed_up,
);

pub(crate) const NOW: i64 = 1_800_000_000_000;
pub(crate) const NOW_S: i64 = NOW / 1000;

pub(crate) static RSA: LazyLock<TestKey> = LazyLock::new(|| TestKey::rsa("rsa-1"));
pub(crate) static EC: LazyLock<TestKey> = LazyLock::new(|| TestKey::ec("ec-1"));

/// A client that reaches this machine.
pub(crate) fn egress() -> Egress {
    Egress::new(Allowed::new(&["127.0.0.1".to_owned()])).unwrap()
}

pub(crate) fn google(test: &TestDb, fake: &FakeProvider) -> Providers {
    let settings = fake.settings(Provider::Google, &["web-app", "tv-app"]);
    Providers::new(&test.db, &egress(), vec![settings])
}

/// Claims as Google makes them.
pub(crate) fn claims() -> Value {
    json!({
        "iss": "https://accounts.google.com", "aud": "web-app", "azp": "android-app", "sub": "1084",
        "email": "Sam@gmail.com", "email_verified": true, "name": " Sam Kim ", "nonce": "n", "at_hash": "x",
        "iat": NOW_S - 10, "exp": NOW_S + 3590,
    })
}

/// The claims with one of them changed; taken out by `null`.
pub(crate) fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    match value {
        Value::Null => {
            claims.as_object_mut().unwrap().remove(name);
        }
        value => claims[name] = value,
    }
    claims
}

pub(crate) fn is_invalid(result: &Result<SocialClaims>) -> bool {
    matches!(result, Err(IdentityError::Refused(Refusal::SocialInvalid)))
}

async fn what_google_says_is_taken(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA, &EC]);
    let providers = google(&test, &fake);
    let check = async |claims: &Value| {
        let token = RSA.token(claims);
        providers.check(Provider::Google, &token, NOW).await
    };
    let said = check(&claims()).await.unwrap();
    assert_eq!(said.subject, "1084");
    assert_eq!(said.address.as_ref().unwrap().typed(), "Sam@gmail.com");
    assert!(said.authoritative);
    assert_eq!(said.name, "Sam Kim");
    let by_ec = providers
        .check(Provider::Google, &EC.token(&claims()), NOW)
        .await;
    assert_eq!(by_ec.unwrap(), said);

    let edge = "é".repeat(300);
    let long = "s".repeat(255);
    for good in [
        with("iss", json!("accounts.google.com")),
        with("aud", json!("tv-app")),
        with("aud", json!(["web-app"])),
        with("azp", Value::Null),
        with("nonce", Value::Null),
        with("exp", json!(NOW_S - 59)),
        with("iat", json!(NOW_S + 60)),
        with("nbf", json!(NOW_S + 60)),
        with("sub", json!("a b")),
        with("sub", json!(long)),
        with("name", json!(edge)),
        with("name", json!({"no": "text"})),
        with("amr", json!([["unknown"]])),
    ] {
        let said = check(&good).await;
        assert!(said.is_ok_and(|said| said.address.is_some()), "{good}");
    }
    let mut several = with("aud", json!(["web-app", "tv-app"]));
    several["azp"] = json!("tv-app");
    assert!(check(&several).await.is_ok());

    for (unproved, address) in [
        (with("email_verified", json!(false)), None),
        (with("email_verified", json!("false")), None),
        (with("email_verified", json!("TRUE")), None),
        (with("email_verified", json!(1)), None),
        (with("email_verified", Value::Null), None),
        (with("email", Value::Null), None),
        (with("email", json!(["sam@gmail.com"])), None),
        (with("email", json!("sam@gmail.com\r\nBcc: x@y.zz")), None),
        (with("email_verified", json!("true")), Some("sam@gmail.com")),
        (
            with("email", json!("sam@school.example")),
            Some("sam@school.example"),
        ),
    ] {
        let said = check(&unproved).await.unwrap();
        let key = said.address.as_ref().map(|address| address.key());
        assert_eq!(key, address, "{unproved}");
        assert_eq!(said.authoritative, address == Some("sam@gmail.com"));
    }
    let mut hosted = with("email", json!("sam@school.example"));
    hosted["hd"] = json!("school.example");
    assert!(check(&hosted).await.unwrap().authoritative);
    assert_eq!(fake.asked(), 1);
}

async fn what_apple_says_is_taken(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA]);
    let settings = fake.settings(Provider::Apple, &["tv.example.app"]);
    let providers = Providers::new(&test.db, &egress(), vec![settings]);
    let claims = json!({
        "iss": "https://appleid.apple.com", "aud": "tv.example.app", "sub": "001.ab.02",
        "email": "x9@privaterelay.appleid.com", "email_verified": "true", "is_private_email": "true",
        "name": "Not from here", "nonce_supported": true, "iat": NOW_S, "exp": NOW_S + 86_400,
    });
    // Apple leaves the type out.
    let header = json!({"kid": "rsa-1", "alg": "RS256"});
    let token = RSA.sign(&header, claims.to_string().as_bytes());
    let said = providers.check(Provider::Apple, &token, NOW).await.unwrap();
    assert_eq!(said.subject, "001.ab.02");
    assert_eq!(
        said.address.as_ref().unwrap().typed(),
        "x9@privaterelay.appleid.com"
    );
    assert!(said.authoritative);
    assert_eq!(said.name, "");
}

async fn providers_are_not_mixed_up(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA]);
    let token = RSA.token(&claims());
    // Without client ids a provider is off, and nobody asks it anything.
    let off = ProviderSettings {
        client_ids: Vec::new(),
        ..fake.settings(Provider::Google, &[])
    };
    let apple = fake.settings(Provider::Apple, &["web-app"]);
    let providers = Providers::new(&test.db, &egress(), vec![off, apple]);
    let result = providers.check(Provider::Google, &token, NOW).await;
    assert!(is_invalid(&result), "{result:?}");
    assert_eq!(fake.asked(), 0);
    let result = providers.check(Provider::Apple, &token, NOW).await;
    assert!(is_invalid(&result), "{result:?}");
}
