//! From an address to an account.

use marquee_identity::Secret;

use crate::harness::{PASSWORD, SAM, TestApp, client};

#[tokio::test]
async fn an_address_a_code_a_password_and_one_is_signed_in_on_pages_and_in_the_app() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    browser
        .get("/sign-up?next=%2Ffavorites")
        .await
        .says("Create an account");
    let sent = browser
        .post("/sign-up?next=%2Ffavorites", &[("email", SAM)])
        .await;
    sent.leads_to("/sign-up?next=%2Ffavorites");
    let asks = browser.get("/sign-up?next=%2Ffavorites").await;
    asks.says("Enter the code");
    asks.says(SAM);
    asks.says("autocomplete=\"one-time-code\"");
    let code = app.code().await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let again = browser.post("/sign-up", &[("code", wrong)]).await;
    assert_eq!(again.status, 422);
    again.says("This is not the code that we mailed.");
    again.says("aria-describedby=\"code-trouble\"");
    again.says("aria-invalid=\"true\"");
    again.says("<title>Error: Enter the code");
    // As people type them.
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let right = browser
        .post("/sign-up?next=%2Ffavorites", &[("code", &spaced)])
        .await;
    right.leads_to("/sign-up?next=%2Ffavorites");
    browser.get("/sign-up").await.says("Choose a password");
    let short = browser.post("/sign-up", &[("password", "short")]).await;
    short.says("The password needs at least 8 characters.");
    let own = browser.post("/sign-up", &[("password", SAM)]).await;
    own.says("Your own address or name is no password.");
    let named = browser
        .post(
            "/sign-up",
            &[("password", PASSWORD), ("name", "a\u{202e}b")],
        )
        .await;
    named.says("A name has at most 100 ordinary characters.");
    let visitor = browser.cookie("presession").map(str::to_owned);
    let done = browser
        .post(
            "/sign-up?next=%2Ffavorites",
            &[("password", PASSWORD), ("name", "Sam O.")],
        )
        .await;
    done.leads_to("/favorites");
    assert_ne!(browser.cookie("presession").map(str::to_owned), visitor);
    assert_eq!(browser.cookie("step"), None);
    let refresh = Secret::new(browser.cookies["refresh_token"].clone());
    let from = client("192.168.1.7", "");
    let signed_in = app.identity.refresh(refresh.expose(), &from).await.unwrap();
    assert_eq!(signed_in.account.display_name, "Sam O.");
    let viewer = app
        .identity
        .page_viewer(browser.cookie("session").unwrap())
        .await
        .unwrap();
    assert_eq!(viewer.sid, signed_in.sid);
}

#[tokio::test]
async fn a_code_is_sent_again_and_another_address_taken() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    browser.get("/sign-up").await;
    browser.post("/sign-up", &[("email", SAM)]).await;
    browser.get("/sign-up").await;
    let soon = browser.post("/sign-up", &[("do", "resend")]).await;
    assert_eq!(soon.status, 429);
    assert!(soon.header("retry-after").parse::<u64>().unwrap() > 0);
    soon.says("That was tried too often.");
    soon.says("Please try again in");
    app.clock.advance(61_000);
    browser
        .post("/sign-up", &[("do", "resend")])
        .await
        .leads_to("/sign-up");
    browser
        .get("/sign-up")
        .await
        .says("A new code is on its way.");
    browser.get("/sign-up?again=1").await.leads_to("/sign-up");
    browser.get("/sign-up").await.says("Create an account");
    let bad = browser.post("/sign-up", &[("email", "nobody")]).await;
    assert_eq!(bad.status, 422);
    bad.says("href=\"#email\"");
    // What a step left ends by itself.
    app.clock.advance(61_000);
    browser
        .post("/sign-up", &[("email", "b@example.com")])
        .await;
    browser.get("/sign-up").await.says("Enter the code");
    app.clock.advance(31 * 60_000);
    browser.get("/sign-up").await.says("Create an account");
}

#[tokio::test]
async fn an_address_with_an_account_is_told() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    let mut browser = app.browser();
    browser.get("/sign-up").await;
    app.clock.advance(120_000);
    let taken = browser.post("/sign-up", &[("email", SAM)]).await;
    assert_eq!(taken.status, 422);
    taken.says("This address has an account already.");
}
