//! What opens an account is changed: a forgotten password, another address.

use axum::http::Method;
use marquee_domain::letter::Letter;
use serde_json::json;

use super::{PASSWORD, SAM};
use crate::harness::TestApp;

#[tokio::test]
async fn a_forgotten_password_is_set_anew_and_ends_every_session() {
    let app = TestApp::new().await;
    let session = app.sign_up(SAM, &[]).await;
    let request = (Method::POST, "/auth/password-reset/request/");
    let known = app
        .post(
            "requestPasswordReset",
            request.clone(),
            &[],
            json!({"email": SAM}),
        )
        .await;
    let unknown = json!({"email": "nobody@example.com"});
    let unknown = app
        .post("requestPasswordReset", request, &[], unknown)
        .await;
    assert_eq!((known.status, known.bytes), (200, unknown.bytes));
    assert_eq!(app.identity.work_off().await.unwrap(), 2);
    assert_eq!(app.identity.work_off().await.unwrap(), 0);
    let letters = app.letters().await;
    let [(to, Letter::PasswordReset { page, .. })] = letters.as_slice() else {
        panic!("{letters:?}");
    };
    assert_eq!(to, SAM);
    let token = page.as_str().split_once("token=").unwrap().1;
    let confirm = (Method::POST, "/auth/password-reset/confirm/");
    let body = |password: &str| json!({"token": token, "new_password": password});
    let answer = app
        .post("resetPassword", confirm.clone(), &[], body("password1"))
        .await;
    assert_eq!(answer.code(), "VALIDATION_ERROR");
    assert!(answer.json()["messages"]["new_password"].is_object());
    let answer = app
        .post("resetPassword", confirm.clone(), &[], body("a better one"))
        .await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    let answer = app
        .post("resetPassword", confirm, &[], body("another one still"))
        .await;
    assert_eq!(answer.code(), "RESET_TOKEN_INVALID");
    assert_eq!(app.profile(&session.bearer()).await.code(), "TOKEN_INVALID");
    assert_eq!(app.sign_in(SAM, PASSWORD).await.status, 401);
    assert_eq!(app.sign_in(SAM, "a better one").await.status, 200);
}

#[tokio::test]
async fn an_address_is_changed_by_a_code_to_the_new_one() {
    let app = TestApp::new().await;
    let session = app.sign_up(SAM, &[]).await;
    let request = (Method::POST, "/account/email-change/request/");
    let body = json!({"new_email": "new@example.com"});
    let answer = app
        .post("requestEmailChange", request, &session.bearer(), body)
        .await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    let code = app.code().await;
    let verify = (Method::POST, "/account/email-change/verify/");
    let answer = app
        .post(
            "verifyEmailChange",
            verify,
            &session.bearer(),
            json!({"code": code}),
        )
        .await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    let letters = app.letters().await;
    let [(to, Letter::AddressChanged { address, .. })] = letters.as_slice() else {
        panic!("{letters:?}");
    };
    assert_eq!((to.as_str(), address.as_str()), (SAM, "new@example.com"));
    assert_eq!(
        app.profile(&session.bearer()).await.json()["result"]["email"],
        "new@example.com"
    );
    assert_eq!(app.sign_in(SAM, PASSWORD).await.status, 401);
}
