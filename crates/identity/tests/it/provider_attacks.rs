//! Everything that is no good ID token, though it may look like one.

use std::sync::LazyLock;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use marquee_domain::account::Provider;
use marquee_identity::SocialTokens;
use marquee_identity::testing::{FakeProvider, TestKey, unsigned};
use marquee_storage::testing::{TestDb, on_both};
use serde_json::{Value, json};

use crate::provider_tokens::{EC, NOW, NOW_S, RSA, claims, google, is_invalid, with};

on_both!(no_attack_gets_through);

static STRANGER: LazyLock<TestKey> = LazyLock::new(|| TestKey::rsa("rsa-1"));

/// Tokens that were made for somebody else, at another time, or in a way that has to be refused.
fn attacks() -> Vec<(&'static str, String)> {
    let header = |name: &str, value: Value| {
        let mut header = json!({"alg": "RS256", "kid": "rsa-1", "typ": "JWT"});
        match value {
            Value::Null => {
                header.as_object_mut().unwrap().remove(name);
            }
            value => header[name] = value,
        }
        header
    };
    let good = claims().to_string();
    let good = good.as_bytes();
    let signed = |name: &str, value: Value| RSA.sign(&header(name, value), good);
    let mac = |secret: &[u8]| {
        let message = unsigned(&header("alg", json!("HS256")), good);
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let tag = hmac::sign(&key, message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
    };
    let der = RSA.public();
    let pem = format!(
        "-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n",
        STANDARD.encode(&der)
    );
    let whole = RSA.token(&claims());
    let (message, signature) = whole.rsplit_once('.').unwrap();
    let (head, payload) = message.split_once('.').unwrap();
    let none = |word: &str| unsigned(&json!({"alg": word, "typ": "JWT"}), good);
    let named_none = unsigned(&header("alg", json!("none")), good);
    let deep = |open: &str, close: &str, depth: usize| {
        let claims = claims().to_string();
        let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        let claims = claims.replacen('{', &format!("{{\"email\":{nested},"), 1);
        RSA.sign(&header("typ", json!("JWT")), claims.as_bytes())
    };
    let twice = claims()
        .to_string()
        .replacen('{', "{\"sub\":\"root\",", 1)
        .into_bytes();
    let mut not_utf8 = good.to_vec();
    not_utf8.splice(1..1, *b"\"x\":\"\xff\xfe\",");
    let claim = |name: &str, value: Value| RSA.token(&with(name, value));
    let mut azp = with("aud", json!(["web-app", "tv-app"]));
    azp["azp"] = json!("other-app");
    let mut among = with("aud", json!(["web-app", "other-app"]));
    among["azp"] = json!("web-app");
    let mut no_azp = azp.clone();
    no_azp.as_object_mut().unwrap().remove("azp");
    vec![
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
        ("more dots", format!("{whole}.x")),
        ("no signature", format!("{message}.")),
        ("no parts", "a".repeat(500)),
        ("alg none", format!("{}.", none("none"))),
        ("alg none, signed", format!("{}.{signature}", none("none"))),
        ("alg none with a key", format!("{named_none}.")),
        ("alg None", format!("{}.", none("None"))),
        ("alg empty", format!("{}.", none(""))),
        ("HS256 with the DER", mac(&der)),
        ("HS256 with the PEM", mac(pem.as_bytes())),
        ("HS256 with the JWK", mac(RSA.jwk().to_string().as_bytes())),
        (
            "HS256 with the modulus",
            mac(RSA.jwk()["n"].as_str().unwrap().as_bytes()),
        ),
        ("HS256 with nothing", mac(b"")),
        ("RS512 named", signed("alg", json!("RS512"))),
        ("PS256 named", signed("alg", json!("PS256"))),
        ("ES256 named", signed("alg", json!("ES256"))),
        (
            "ES256 with the RSA key's name",
            EC.sign(&header("alg", json!("ES256")), good),
        ),
        ("RS256 with the EC key's name", signed("kid", json!("ec-1"))),
        ("kid missing", signed("kid", Value::Null)),
        ("kid empty", signed("kid", json!(""))),
        ("kid foreign", signed("kid", json!("rsa-2"))),
        ("kid a number", signed("kid", json!(1))),
        ("kid a path", signed("kid", json!("../../dev/null"))),
        ("kid long", signed("kid", json!("k".repeat(300)))),
        ("typ of an access token", signed("typ", json!("at+jwt"))),
        ("typ of a logout token", signed("typ", json!("logout+jwt"))),
        ("a token in a token", signed("cty", json!("JWT"))),
        ("crit unknown", signed("crit", json!(["exp"]))),
        ("crit empty", signed("crit", json!([]))),
        ("own key along", {
            let header = json!({"alg": "RS256", "kid": "rsa-1", "jwk": STRANGER.jwk(), "jku": "http://127.0.0.1:1/"});
            STRANGER.sign(&header, good)
        }),
        ("signed by a stranger", STRANGER.token(&claims())),
        (
            "another payload",
            format!(
                "{head}.{}.{signature}",
                URL_SAFE_NO_PAD.encode(with("sub", json!("1")).to_string())
            ),
        ),
        (
            "signature cut",
            format!("{message}.{}", &signature[..signature.len() - 4]),
        ),
        ("signature padded", format!("{message}.{signature}==")),
        ("payload padded", format!("{head}.{payload}=.{signature}")),
        ("blank before", format!(" {whole}")),
        ("line end behind", format!("{whole}\n")),
        (
            "foreign issuer",
            claim("iss", json!("https://accounts.google.example")),
        ),
        (
            "issuer with a slash",
            claim("iss", json!("https://accounts.google.com/")),
        ),
        (
            "issuer plain",
            claim("iss", json!("http://accounts.google.com")),
        ),
        (
            "issuers in a list",
            claim("iss", json!(["https://accounts.google.com"])),
        ),
        (
            "Apple's issuer",
            claim("iss", json!("https://appleid.apple.com")),
        ),
        ("issuer missing", claim("iss", Value::Null)),
        ("foreign audience", claim("aud", json!("other-app"))),
        ("audience of azp only", claim("aud", json!("android-app"))),
        ("audience missing", claim("aud", Value::Null)),
        ("audience empty", claim("aud", json!([]))),
        ("audience blank", claim("aud", json!(""))),
        (
            "a foreign one among audiences",
            claim("aud", json!(["web-app", "other-app"])),
        ),
        ("several, asked for by another", RSA.token(&azp)),
        ("several, asked for by nobody", RSA.token(&no_azp)),
        ("expired", claim("exp", json!(NOW_S - 60))),
        ("expired long ago", claim("exp", json!(i64::MIN))),
        ("expiry missing", claim("exp", Value::Null)),
        ("expiry a text", claim("exp", json!("9999999999"))),
        ("from the future", claim("iat", json!(NOW_S + 61))),
        ("from the far future", claim("iat", json!(i64::MAX))),
        ("iat missing", claim("iat", Value::Null)),
        ("not yet", claim("nbf", json!(NOW_S + 61))),
        ("subject missing", claim("sub", Value::Null)),
        ("subject empty", claim("sub", json!(""))),
        ("subject long", claim("sub", json!("s".repeat(256)))),
        ("subject of letters", claim("sub", json!("é"))),
        ("subject with a zero", claim("sub", json!("a\u{0}b"))),
        ("subject a number", claim("sub", json!(1084))),
        (
            "subject twice",
            RSA.sign(&header("typ", json!("JWT")), &twice),
        ),
        ("a foreign audience, asked for by us", RSA.token(&among)),
        ("one megabyte", claim("name", json!("n".repeat(1 << 20)))),
        (
            "not UTF-8",
            RSA.sign(&header("typ", json!("JWT")), &not_utf8),
        ),
        ("deep lists", deep("[", "]", 5_000)),
        ("deep objects", deep("{\"a\":", "}", 1_500)),
        ("no object", RSA.sign(&header("typ", json!("JWT")), b"[]")),
        (
            "no JSON",
            RSA.sign(&header("typ", json!("JWT")), b"sub=1084"),
        ),
        ("letters of others", "é.ü.ß".to_owned()),
    ]
}

async fn no_attack_gets_through(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA, &EC]);
    let providers = google(&test, &fake);
    // The table is good but for what each line changes.
    let good = RSA.token(&claims());
    assert!(providers.check(Provider::Google, &good, NOW).await.is_ok());
    for (name, token) in attacks() {
        let result = providers.check(Provider::Google, &token, NOW).await;
        assert!(is_invalid(&result), "{name}: {result:?}");
    }
    // Foreign names of keys have asked once more at most.
    assert!(fake.asked() <= 2, "{}", fake.asked());

    // Nobody could say which of two keys of one name is meant, neither of them is.
    let twins = FakeProvider::start(&[&RSA, &STRANGER, &EC]);
    let providers = google(&test, &twins);
    for key in [&*RSA, &*STRANGER] {
        let result = providers
            .check(Provider::Google, &key.token(&claims()), NOW)
            .await;
        assert!(is_invalid(&result), "{result:?}");
    }
    let by_ec = EC.token(&claims());
    assert!(providers.check(Provider::Google, &by_ec, NOW).await.is_ok());
}
