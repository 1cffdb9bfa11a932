//! Signing in with a provider, from its published keys to the account.

use std::process::{Command, Stdio};

use marquee_identity::testing::{Behaviour, FakeProvider, TestKey};
use serde_json::{Value, json};

use crate::binary::{Answer, Server, folder, marquee, said};

/// The server's command with Google at a provider of ours.
fn command(dir: &std::path::Path, google: &FakeProvider) -> Command {
    let mut command = marquee(dir);
    command
        .env("MARQUEE_SOCIAL__GOOGLE__CLIENT_IDS", "web-app,tv-app")
        .env("MARQUEE_SOCIAL__GOOGLE__KEYS_URL", google.keys_url())
        .env("MARQUEE_EGRESS__ALLOWED_HOSTS", "127.0.0.1");
    command
}

/// Claims about somebody, good now.
fn claims(subject: &str, email: &str) -> Value {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    json!({
        "iss": "https://accounts.google.com", "aud": "web-app", "sub": subject, "email": email,
        "email_verified": true, "name": "Sam Kim", "iat": now, "exp": now + 3600,
    })
}

fn sign_in(server: &Server, provider: &str, token: &str) -> Answer {
    let path = format!("/odx/api/v4/auth/social/{provider}/");
    let headers = [
        ("content-type", "application/json"),
        ("service-name", "amasian"),
    ];
    let body = json!({"id_token": token}).to_string();
    server.call("POST", &path, &headers, body.as_bytes())
}

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.json()["code"], code);
    assert!(!answer.headers.contains_key("set-cookie"));
}

/// The user of a sign-in, who is new or not, linked or not.
fn signed_in(answer: &Answer, is_new: bool, linked: bool) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let result = &answer.json()["result"];
    assert_eq!(
        (&result["is_new_user"], &result["auto_linked"]),
        (&json!(is_new), &json!(linked)),
        "{result}"
    );
    assert!(answer.headers["set-cookie"].starts_with("refresh_token="));
    result["user"].clone()
}

#[test]
fn google_makes_an_account_and_finds_it_again() {
    let dir = folder();
    let (key, next) = (TestKey::rsa("one"), TestKey::ec("two"));
    let google = FakeProvider::start(&[&key]);
    let sam = claims("1084", "Sam@gmail.com");
    let uuid = {
        let server = Server::with(command(dir.path(), &google));
        assert_eq!(google.asked(), 0);
        let user = signed_in(&sign_in(&server, "google", &key.token(&sam)), true, false);
        assert_eq!(user["email"], "Sam@gmail.com");
        assert_eq!(user["display_name"], "Sam Kim");
        // The subject counts, not the address.
        let moved = key.token(&claims("1084", "sam@elsewhere.example"));
        let again = signed_in(&sign_in(&server, "google", &moved), false, false);
        assert_eq!(again["uuid"], user["uuid"]);
        assert_eq!(again["email"], "Sam@gmail.com");
        assert_eq!(google.asked(), 1);
        user["uuid"].clone()
    };
    // A restart while the provider is away; and one that finds a new key at once.
    google.behave(Behaviour::Down);
    {
        let server = Server::with(command(dir.path(), &google));
        let again = signed_in(&sign_in(&server, "google", &key.token(&sam)), false, false);
        assert_eq!(again["uuid"], uuid);
        assert_eq!(google.asked(), 1);
    }
    google.behave(Behaviour::Publishes);
    google.publish(vec![next.jwk()]);
    let server = Server::with(command(dir.path(), &google));
    let again = signed_in(&sign_in(&server, "google", &next.token(&sam)), false, false);
    assert_eq!(again["uuid"], uuid);
    refused(
        &sign_in(&server, "google", &key.token(&sam)),
        401,
        "SOCIAL_TOKEN_INVALID",
    );
}

#[test]
fn an_account_is_linked_where_the_providers_word_is_final() {
    let dir = folder();
    let key = TestKey::rsa("one");
    let google = FakeProvider::start(&[&key]);
    for address in ["sam@gmail.com", "kim@school.example", "lee@gmail.com"] {
        let mut add = command(dir.path(), &google);
        add.args(["user", "add", address, "--password-stdin"])
            .stdout(Stdio::null());
        let mut child = add.stdin(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, b"correct horse battery\n").unwrap();
        drop(input);
        assert!(child.wait().unwrap().success());
    }
    let server = Server::with(command(dir.path(), &google));
    let google_says = |claims: &Value| sign_in(&server, "google", &key.token(claims));
    let user = signed_in(&google_says(&claims("1", "SAM@gmail.com")), false, true);
    assert_eq!(user["email"], "sam@gmail.com");
    signed_in(&google_says(&claims("1", "SAM@gmail.com")), false, false);
    // Anybody can have a Google account with an address of elsewhere; an organisation's own is another thing.
    let mut kim = claims("2", "kim@school.example");
    refused(&google_says(&kim), 409, "EMAIL_ALREADY_REGISTERED");
    kim["hd"] = json!("other.example");
    refused(&google_says(&kim), 409, "EMAIL_ALREADY_REGISTERED");
    kim["hd"] = json!("school.example");
    let user = signed_in(&google_says(&kim), false, true);
    assert_eq!(user["email"], "kim@school.example");
    // An address that Google has not verified is none.
    let mut lee = claims("3", "lee@gmail.com");
    lee["email_verified"] = json!(false);
    refused(&google_says(&lee), 401, "SOCIAL_TOKEN_INVALID");
}

#[test]
fn what_cannot_be_checked_is_not_the_callers_fault() {
    let dir = folder();
    let key = TestKey::rsa("one");
    let google = FakeProvider::start(&[&key]);
    google.behave(Behaviour::Down);
    let server = Server::with(command(dir.path(), &google));
    let good = key.token(&claims("1", "sam@gmail.com"));
    let answer = sign_in(&server, "google", &good);
    refused(&answer, 503, "SERVICE_UNAVAILABLE");
    let wait: u64 = answer.headers["retry-after"].parse().unwrap();
    assert!((1..=5).contains(&wait), "{wait}");
    // What can be said without the provider is said.
    refused(
        &sign_in(&server, "google", "no.token.at-all"),
        401,
        "SOCIAL_TOKEN_INVALID",
    );
    let asked = google.asked();
    refused(
        &sign_in(&server, "apple", &good),
        401,
        "SOCIAL_TOKEN_INVALID",
    );
    let large = sign_in(&server, "google", &"a".repeat(1 << 20));
    assert!(matches!(large.status, 400 | 413), "{}", large.status);
    assert_eq!(google.asked(), asked);
}

#[test]
fn the_doctor_asks_providers_for_their_keys() {
    let dir = folder();
    let google = FakeProvider::start(&[&TestKey::ec("one")]);
    let doctor = || {
        let output = command(dir.path(), &google).arg("doctor").output();
        said(&output.unwrap()).1
    };
    let found = doctor();
    assert!(
        found.contains("ok   google: 1 of its keys can be used"),
        "{found}"
    );
    assert!(!found.contains("apple"), "{found}");
    google.behave(Behaviour::Down);
    let found = doctor();
    assert!(found.contains("BAD  google: "), "{found}");
}
