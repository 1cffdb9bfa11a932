//! Signing up: codes that are counted and end, and one account for an address.

use axum::http::Method;
use serde_json::json;

use super::{PASSWORD, SAM};
use crate::harness::TestApp;

#[tokio::test]
async fn codes_are_counted_and_end() {
    let app = TestApp::new().await;
    let request = (Method::POST, "/auth/sign-up/request/");
    let resend = (Method::POST, "/auth/sign-up/resend/");
    let verify = (Method::POST, "/auth/sign-up/verify/");
    let address = json!({"email": SAM});
    app.post("requestSignUpCode", request.clone(), &[], address.clone())
        .await;
    let code = app.code().await;
    let answer = app
        .post("resendSignUpCode", resend.clone(), &[], address.clone())
        .await;
    answer.refuses(429, "RATE_LIMITED");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() <= 60);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let body = json!({"email": SAM, "code": wrong});
        let answer = app
            .post("verifySignUpCode", verify.clone(), &[], body)
            .await;
        assert_eq!(answer.code(), "VERIFICATION_CODE_INVALID");
    }
    let body = json!({"email": SAM, "code": code});
    let answer = app
        .post("verifySignUpCode", verify.clone(), &[], body)
        .await;
    answer.refuses(429, "TOO_MANY_ATTEMPTS");
    app.clock.advance(61_000);
    app.post("resendSignUpCode", resend, &[], address.clone())
        .await;
    let code = app.code().await;
    app.clock.advance(600_001);
    let body = json!({"email": SAM, "code": code});
    let answer = app.post("verifySignUpCode", verify, &[], body).await;
    assert_eq!(answer.code(), "VERIFICATION_CODE_EXPIRED");
    let complete = (Method::POST, "/auth/sign-up/complete/");
    let body = json!({"email": SAM, "password": PASSWORD});
    let answer = app.post("completeSignUp", complete, &[], body).await;
    answer.refuses(400, "EMAIL_NOT_VERIFIED");
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_spelled() {
    let app = TestApp::new().await;
    app.sign_up(SAM, &[]).await;
    app.clock.advance(61_000);
    let request = (Method::POST, "/auth/sign-up/request/");
    let body = json!({"email": " sam@EXAMPLE.com"});
    let answer = app.post("requestSignUpCode", request, &[], body).await;
    answer.refuses(409, "EMAIL_ALREADY_REGISTERED");
    let status = "/auth/registration-status/?email=SAM%40example.com";
    let result = app.ok("checkRegistration", status, "en").await;
    assert_eq!(
        result,
        json!({"registered": true, "login_methods": ["email"]})
    );
    let result = app
        .ok(
            "checkRegistration",
            "/auth/registration-status/?email=a%40b.example",
            "en",
        )
        .await;
    assert_eq!(result, json!({"registered": false, "login_methods": []}));
}
