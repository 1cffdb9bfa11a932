//! Bad input about accounts as only the whole program meets it: headers of a megabyte, and what its log tells.

use std::process::Stdio;

use marquee_identity::pages;
use serde_json::json;

use crate::binary::{Server, call, folder, marquee};

const SERVICE: (&str, &str) = ("service-name", "amasian");
const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn headers_and_cookies_of_a_megabyte_are_refused_and_others_go_on() {
    let dir = folder();
    let server = Server::start(dir.path());
    let million = "x".repeat(1 << 20);
    let bearer = format!("Bearer {million}");
    let cookie = format!("refresh_token={million}");
    let many = format!("{}refresh_token=x", "a=b; ".repeat(200_000));
    for (name, value) in [
        ("authorization", bearer.as_str()),
        ("cookie", &cookie),
        ("cookie", &many),
        ("did", &million),
        ("x-device-type", &million),
        ("user-agent", &million),
        ("accept-language", &million),
    ] {
        for (method, path) in [
            ("POST", "/odx/api/v4/auth/refresh/"),
            ("GET", "/odx/api/v4/account/profile/"),
            ("GET", "/sign-in"),
        ] {
            // It may hang up before all of it is sent.
            let answer = call(server.address, method, path, &[SERVICE, (name, value)], b"");
            if let Ok(answer) = answer {
                assert_eq!(answer.status, 431, "{name} at {path}");
            }
            assert_eq!(server.get("/healthz").status, 200);
        }
    }
}

#[test]
fn secrets_that_are_sent_are_not_in_the_log_however_much_it_tells() {
    const SECRET: &str = "hushhush";
    let dir = folder();
    let log = dir.path().join("stderr");
    let mut command = marquee(dir.path());
    command
        .env("MARQUEE_LOG__LEVEL", "trace")
        .env("MARQUEE_LOG__ACCESS", "true")
        .stderr(Stdio::from(std::fs::File::create(&log).unwrap()));
    let server = Server::with(command);
    let bearer = format!("Bearer {SECRET}.{SECRET}.{SECRET}");
    let cookie = format!("refresh_token={SECRET}; session={SECRET}");
    let headers = [
        SERVICE,
        JSON,
        ("authorization", bearer.as_str()),
        ("cookie", cookie.as_str()),
    ];
    let body = json!({
        "email": "sam@example.com", "password": SECRET, "current_password": SECRET, "new_password": SECRET,
        "code": SECRET, "otp": SECRET, "token": SECRET, "id_token": SECRET, "provider": "google",
    });
    for (method, path) in [
        ("POST", "/auth/sign-in/"),
        ("POST", "/auth/sign-up/verify/"),
        ("POST", "/auth/sign-up/complete/"),
        ("POST", "/auth/refresh/"),
        ("POST", "/auth/password-reset/confirm/"),
        ("POST", "/auth/social/google/"),
        ("POST", "/auth/ctv/activation/confirm/"),
        ("GET", "/auth/ctv/activation/?code=hushhush"),
        ("POST", "/account/password/change/"),
        ("POST", "/account/email-change/verify/"),
        ("POST", "/account/merge/"),
        ("DELETE", "/account/"),
        ("GET", "/favorites/"),
    ] {
        for headers in [&headers[..], &headers[..2]] {
            let path = format!("/odx/api/v4{path}");
            let answer = server.call(method, &path, headers, body.to_string().as_bytes());
            assert!(answer.status < 500, "{path}: {}", answer.text());
        }
    }
    let qr = format!("{}/qr.svg", pages::ACTIVATE);
    for path in [
        pages::RESET,
        pages::REVOKE,
        pages::UNDO_MERGE,
        pages::ACTIVATE,
        &qr,
    ] {
        for name in ["token", "code"] {
            let answer = server.get(&format!("{path}?{name}={SECRET}"));
            assert!(answer.status < 500, "{path}: {}", answer.text());
        }
    }
    drop(server);
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("/auth/sign-in/"), "it does log: {text}");
    let line = text.lines().find(|line| line.contains(SECRET));
    assert_eq!(line, None);
}
