//! Sessions: from their beginning through refresh tokens to their end, and the list of one's own.

use axum::http::Method;
use marquee_domain::letter::Letter;
use serde_json::json;

use super::{PASSWORD, SAM, Session};
use crate::harness::TestApp;

#[tokio::test]
async fn somebody_signs_up_signs_in_refreshes_and_signs_out() {
    let app = TestApp::with_catalog().await;
    let first = app
        .sign_up(SAM, &[("did", "phone"), ("x-device-type", "mobile")])
        .await;
    assert_eq!(first.user["email"], SAM);
    assert_eq!(first.user["is_email_verified"], true);

    let answer = app.sign_in(SAM, PASSWORD).await;
    assert_eq!(answer.status, 200);
    let cookie = answer.header("set-cookie");
    for part in [
        "Path=/odx/api/v4/auth/",
        "Max-Age=2592000",
        "HttpOnly",
        "SameSite=Lax",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let second = Session::of(&answer);
    let profile = app.profile(&second.bearer()).await;
    assert_eq!(profile.json()["result"]["uuid"], first.user["uuid"]);

    let answer = app.refresh(&second.refresh).await;
    assert_eq!(answer.status, 200);
    let third = Session::of(&answer);
    assert_ne!(third.refresh, second.refresh);
    assert_eq!(app.profile(&third.bearer()).await.status, 200);

    let path = (Method::POST, "/auth/sign-out/");
    let answer = app.post("signOut", path, &third.bearer(), json!({})).await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").starts_with("refresh_token=; "));
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    let answer = app.profile(&third.bearer()).await;
    answer.refuses(401, "TOKEN_INVALID");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    assert_eq!(
        app.refresh(&third.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    // The other session goes on.
    assert_eq!(app.profile(&first.bearer()).await.status, 200);
}

#[tokio::test]
async fn a_spent_refresh_token_gets_its_successor_for_ten_seconds_and_ends_the_session_afterwards()
{
    let app = TestApp::new().await;
    let session = app.sign_up(SAM, &[]).await;
    let next = Session::of(&app.refresh(&session.refresh).await);
    app.clock.advance(9_000);
    // The answer was lost: the same successor, again.
    let again = Session::of(&app.refresh(&session.refresh).await);
    assert_eq!(next.refresh, again.refresh);
    // Its use ends the grace.
    let after = Session::of(&app.refresh(&next.refresh).await);
    let answer = app.refresh(&session.refresh).await;
    answer.refuses(401, "REFRESH_TOKEN_INVALID");
    assert_eq!(answer.header("set-cookie"), "", "the winner's cookie stays");
    assert_eq!(
        app.refresh(&after.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    assert_eq!(app.profile(&after.bearer()).await.code(), "TOKEN_INVALID");
    let letters = app.letters().await;
    assert!(matches!(letters.last(), Some((to, Letter::SessionRevoked { .. })) if to == SAM));

    // Too late without use is a replay as well.
    let session = Session::of(&app.sign_in(SAM, PASSWORD).await);
    let next = Session::of(&app.refresh(&session.refresh).await);
    app.clock.advance(10_001);
    assert_eq!(
        app.refresh(&session.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    assert_eq!(
        app.refresh(&next.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    for bad in ["x", "", &session.refresh[1..], &"A".repeat(70)] {
        assert_eq!(app.refresh(bad).await.code(), "REFRESH_TOKEN_INVALID");
    }
}
