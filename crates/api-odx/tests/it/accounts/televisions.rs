//! A television is let in by somebody who is signed in elsewhere.

use marquee_domain::letter::Letter;
use serde_json::json;

use super::SAM;
use crate::harness::TestApp;

#[tokio::test]
async fn a_television_is_let_in_once() {
    let app = TestApp::with_catalog().await;
    let session = app.sign_up(SAM, &[("did", "phone")]).await;
    let tv = [
        ("did", "tv"),
        ("x-device-type", "ctv"),
        ("user-agent", "TV app"),
    ];
    let shown = app.show_code(&tv).await;
    let code = shown["code"].as_str().unwrap().to_owned();
    assert_eq!(shown["activation_url"], "http://test.example/activate");
    assert_eq!(
        shown["qr_url"],
        format!("http://test.example/activate?code={code}")
    );
    let poll = format!("/auth/ctv/activation/?code={}", code.to_lowercase());
    let result = app.ok("pollCtvActivation", &poll, "en").await;
    assert_eq!(result, json!({"status": "pending"}));
    let typed = format!("{}-{}", &code[..4].to_lowercase(), &code[4..]);
    let answer = app.confirm_code(&session, &typed).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    let answer = app.confirm_code(&session, &typed).await;
    assert_eq!(answer.code(), "ACTIVATION_CODE_ALREADY_USED");
    app.clock.advance(5_000);
    let result = app.ok("pollCtvActivation", &poll, "en").await;
    assert_eq!(result["status"], "confirmed");
    assert_eq!(result["user"]["uuid"], session.user["uuid"]);
    app.clock.advance(5_000);
    let service = [("service-name", "amasian")];
    assert_eq!(
        app.fails("pollCtvActivation", &poll, &service, 404).await,
        "ACTIVATION_CODE_NOT_FOUND"
    );
    // A television sends the token in the cookie itself.
    let refreshed = app.refresh(result["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.status, 200);
    let letters = app.letters().await;
    assert!(
        matches!(letters.last(), Some((_, Letter::NewDevice { from, .. })) if from.app == "TV app")
    );
    let answer = app.confirm_code(&session, "ACDF3467").await;
    assert_eq!(answer.code(), "ACTIVATION_CODE_NOT_FOUND");
}
