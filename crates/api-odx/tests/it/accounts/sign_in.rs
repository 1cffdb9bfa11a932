//! What opens an account: its password, a second factor beside it, a provider's word.

use axum::http::Method;
use marquee_domain::account;
use serde_json::{Value, json};

use super::{PASSWORD, SAM, Session, account_id};
use crate::harness::{Answer, TestApp};

#[tokio::test]
async fn wrong_passwords_and_unknown_addresses_read_the_same() {
    let app = TestApp::new().await;
    app.sign_up(SAM, &[]).await;
    let wrong = app.sign_in(SAM, "not this one").await;
    let unknown = app.sign_in("nobody@example.com", PASSWORD).await;
    wrong.refuses(401, "INVALID_CREDENTIALS");
    assert_eq!(
        (unknown.status, &unknown.bytes),
        (wrong.status, &wrong.bytes)
    );
    // After ten of them an address has to wait, whether it has an account or not.
    for _ in 0..9 {
        app.sign_in(SAM, "not this one").await;
    }
    let answer = app.sign_in(SAM, PASSWORD).await;
    answer.refuses(429, "TOO_MANY_ATTEMPTS");
}

#[tokio::test]
async fn an_account_with_a_second_factor_asks_for_it_wherever_tokens_or_credentials_are_at_stake() {
    let app = TestApp::new().await;
    let session = app.sign_up(SAM, &[]).await;
    let id = account_id(&session);
    let factor = app.identity.enable_second_factor(id).await.unwrap();
    app.letters().await;
    let needed = |answer: Answer| answer.refuses(403, "MFA_REQUIRED");
    let with_code = async |code: &str| {
        let body = json!({"email": SAM, "password": PASSWORD, "otp": code});
        app.sign_in_with(&[], body).await
    };
    needed(app.sign_in(SAM, PASSWORD).await);
    needed(with_code("000000").await);
    // The session from before shows one factor: it can neither go on nor change anything.
    assert_eq!(
        app.refresh(&session.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    let change = (Method::POST, "/account/password/change/");
    let body = json!({"current_password": PASSWORD, "new_password": "a better one"});
    needed(
        app.post(
            "changePassword",
            change.clone(),
            &session.bearer(),
            body.clone(),
        )
        .await,
    );
    let email = (Method::POST, "/account/email-change/request/");
    let new = json!({"new_email": "new@example.com"});
    needed(
        app.post("requestEmailChange", email, &session.bearer(), new)
            .await,
    );
    let verify = (Method::POST, "/account/email-change/verify/");
    needed(
        app.post(
            "verifyEmailChange",
            verify,
            &session.bearer(),
            json!({"code": "123456"}),
        )
        .await,
    );
    let unlink = (Method::DELETE, "/account/linked-accounts/google/");
    needed(
        app.post("unlinkSocialAccount", unlink, &session.bearer(), json!({}))
            .await,
    );
    needed(app.confirm_code(&session, "ACDF3467").await);
    needed(app.sign_in_social("google", &[], &format!("s {SAM}")).await);
    let token = app.reset_token(SAM).await;
    let reset = (Method::POST, "/auth/password-reset/confirm/");
    let body_of_reset = json!({"token": token, "new_password": "a better one"});
    needed(app.post("resetPassword", reset, &[], body_of_reset).await);

    // A recovery code opens, once.
    app.clock.advance(700_000);
    let code = factor.recovery_codes[3].expose().to_lowercase();
    let answer = with_code(&code).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    needed(with_code(&code).await);
    let both = Session::of(&answer);
    assert_eq!(app.refresh(&both.refresh).await.status, 200);
    assert_eq!(
        app.post("changePassword", change, &both.bearer(), body)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_provider_opens_makes_and_links_accounts() {
    let app = TestApp::new().await;
    let sign_in =
        async |provider: &str, token: &str| app.sign_in_social(provider, &[], token).await;
    let answer = sign_in("google", "g1 new@gmail.com").await;
    assert_eq!(
        answer.json()["result"]["is_new_user"],
        true,
        "{:?}",
        answer.json()
    );
    let session = Session::of(&answer);
    let answer = sign_in("google", "g1 other@gmail.com").await;
    assert_eq!(answer.json()["result"]["is_new_user"], false);
    assert_eq!(
        answer.json()["result"]["user"]["uuid"],
        session.user["uuid"]
    );
    assert_eq!(
        sign_in("google", "bad").await.code(),
        "SOCIAL_TOKEN_INVALID"
    );
    // Linked by itself only where the provider's word on the address is final.
    app.sign_up(SAM, &[]).await;
    let answer = sign_in("apple", &format!("a1 !{SAM}")).await;
    answer.refuses(409, "EMAIL_ALREADY_REGISTERED");
    let answer = sign_in("apple", &format!("a1 {SAM}")).await;
    assert_eq!(answer.json()["result"]["auto_linked"], true);
    let session_of_sam = Session::of(&answer);
    let path = (Method::GET, "/account/linked-accounts/");
    let answer = app
        .post(
            "listLinkedAccounts",
            path,
            &session_of_sam.bearer(),
            json!({}),
        )
        .await;
    let types: Vec<Value> = answer.json()["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["type"].clone())
        .collect();
    assert_eq!(types, ["email", "apple"]);
    // The last way to sign in stays.
    let unlink = async |session: &Session, provider: &str| {
        let path = format!("/account/linked-accounts/{provider}/");
        app.post(
            "unlinkSocialAccount",
            (Method::DELETE, &path),
            &session.bearer(),
            json!({}),
        )
        .await
    };
    assert_eq!(unlink(&session, "google").await.code(), "LAST_LOGIN_METHOD");
    assert_eq!(
        unlink(&session, "apple").await.code(),
        "LINKED_ACCOUNT_NOT_FOUND"
    );
    assert_eq!(unlink(&session, "myspace").await.code(), "VALIDATION_ERROR");
    assert_eq!(unlink(&session_of_sam, "apple").await.status, 200);
    assert_eq!(account::Provider::ALL.len(), 2);
}
