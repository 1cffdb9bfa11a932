//! What an access token opens, and what refuses without a good one.

use axum::http::Method;
use serde_json::{Value, json};

use super::{PASSWORD, SAM, Session};
use crate::harness::TestApp;

#[tokio::test]
async fn favorites_and_members_services_follow_the_session() {
    let app = TestApp::with_catalog().await;
    let session = app.sign_up(SAM, &[]).await;
    let film = app.film().await;
    let answer = app.keep(&film, &session.bearer()).await;
    assert_eq!(answer.status, 201, "{:?}", answer.bytes);
    let kept = app.kept(&session.bearer()).await;
    assert_eq!(kept[0]["source_id"], film);
    assert_eq!(kept[0]["device_id"], Value::Null);
    // A service for members opens with a session, and its answers are nobody else's.
    let club = [("service-name", "club")];
    assert_eq!(
        app.fails("listContent", "/content/", &club, 401).await,
        "AUTHENTICATION_REQUIRED"
    );
    let with = [club[0], session.bearer()[0]];
    let answer = app.call(Method::GET, "/content/", &with).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "private, no-store");
    assert_eq!(
        app.fails("listContent", "/content/", &club, 401).await,
        "AUTHENTICATION_REQUIRED"
    );
}

/// The operations of the document that need a token: signed out they ask for one, and a token that is
/// none, has lapsed or belongs to an ended session is refused.
#[tokio::test]
async fn every_operation_that_needs_a_token_refuses_without_a_good_one() {
    let app = TestApp::new().await;
    let session = app.sign_up(SAM, &[]).await;
    let gone = Session::of(&app.sign_in(SAM, PASSWORD).await);
    let path = (Method::POST, "/auth/sign-out/");
    app.post("signOut", path, &gone.bearer(), json!({})).await;
    let document: Value = serde_json::from_str(&marquee_api_odx::openapi::json()).unwrap();
    let mut seen = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let security = operation["security"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let id = operation["operationId"].as_str().unwrap();
            let named = |scheme: &Value| scheme.get("bearerAuth").is_some();
            if !security.iter().any(named) {
                continue;
            }
            let path = path
                .replace("{provider}", "google")
                .replace("{session_id}", "x");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let required = security.iter().all(named);
            if required {
                let answer = app.post(id, (method.clone(), &path), &[], json!({})).await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (401, "AUTHENTICATION_REQUIRED"),
                    "{id}"
                );
            }
            let none = |text: &str| format!("Bearer {text}");
            for bad in [
                none("x"),
                none(""),
                none(&"x".repeat(9_000)),
                "Basic eDp5".to_owned(),
                gone.header.clone(),
            ] {
                let headers = [("authorization", bad.as_str()), ("did", "tv")];
                let answer = app
                    .post(id, (method.clone(), &path), &headers, json!({}))
                    .await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (401, "TOKEN_INVALID"),
                    "{id}: {bad}"
                );
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 21, "operations that take a token");
    app.clock.advance(900_000);
    assert_eq!(app.profile(&session.bearer()).await.code(), "TOKEN_EXPIRED");
}
