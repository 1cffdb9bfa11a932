//! What a provider's server may answer in the place of keys.

use std::time::{Duration, Instant};

use marquee_domain::account::Provider;
use marquee_identity::Providers;
use marquee_identity::testing::{Behaviour, FakeProvider};
use marquee_storage::testing::{TestDb, on_both};
use serde_json::{Value, json};

use crate::provider_keys::{HOUR, check, unreachable};
use crate::provider_tokens::{NOW, RSA, egress};

on_both!(strange_answers_change_nothing);

async fn strange_answers_change_nothing(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA]);
    let mut settings = fake.settings(Provider::Google, &["web-app"]);
    settings.patience = Duration::from_millis(300);
    let fresh = || Providers::new(&test.db, &egress(), vec![settings.clone()]);
    let answer = |head: &str, body: &[u8]| {
        let mut bytes = format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n").into_bytes();
        bytes.extend_from_slice(body);
        Behaviour::Says(bytes)
    };
    let keys = |keys: Value| json!({ "keys": keys }).to_string();
    let huge = json!({"keys": [RSA.jwk()], "padding": "x".repeat(100_000)}).to_string();
    let elsewhere = FakeProvider::start(&[&RSA]);
    let redirect = format!("302 Found\r\nlocation: {}", elsewhere.keys_url());
    let strange = [
        Behaviour::Silent,
        Behaviour::Down,
        answer("200 OK", huge.as_bytes()),
        answer("200 OK\r\ncontent-length: 9000", b"{\"keys\":"),
        answer(
            "503 Service Unavailable",
            keys(json!([RSA.jwk()])).as_bytes(),
        ),
        answer(&redirect, b""),
        answer("200 OK", b""),
        answer("200 OK", b"<html>We will be back soon</html>"),
        answer("200 OK", b"\xff\xfe\x00"),
        answer("200 OK", "[".repeat(60_000).as_bytes()),
        answer("200 OK", keys(json!([])).as_bytes()),
        answer(
            "200 OK",
            keys(json!([{"kty": "oct", "kid": "rsa-1", "k": "AAAA"}])).as_bytes(),
        ),
    ];
    for behaviour in &strange {
        fake.behave(behaviour.clone());
        let started = Instant::now();
        unreachable(&check(&fresh(), &RSA, NOW).await);
        assert!(started.elapsed() < Duration::from_secs(3), "{behaviour:?}");
    }
    assert_eq!(elsewhere.asked(), 0);
    fake.behave(Behaviour::Publishes);
    let providers = fresh();
    assert!(check(&providers, &RSA, NOW).await.is_ok());
    for (n, behaviour) in (1..).zip(&strange) {
        fake.behave(behaviour.clone());
        let now = NOW + n * 3 * HOUR;
        assert!(check(&providers, &RSA, now).await.is_ok(), "{behaviour:?}");
        assert!(check(&fresh(), &RSA, now).await.is_ok(), "{behaviour:?}");
    }
}
