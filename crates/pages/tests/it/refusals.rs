//! What goes wrong without anybody attacking: each becomes a sentence, and says when to try again.

use crate::harness::{Browser, PASSWORD, Page, SAM, TestApp};

async fn with_code(browser: &mut Browser<'_>) {
    browser.get("/sign-up").await;
    browser.post("/sign-up", &[("email", SAM)]).await;
    browser.get("/sign-up").await.says("Enter the code");
}

#[tokio::test]
async fn pages_know_people_on_both_databases() {
    for app in TestApp::each().await {
        let mut browser = app.browser();
        with_code(&mut browser).await;
        let code = app.code().await;
        browser.post("/sign-up", &[("code", &code)]).await;
        let fields = [("password", PASSWORD), ("name", "Sam")];
        browser.post("/sign-up", &fields).await.leads_to("/");
        browser.get("/sign-in").await.says("You are signed in as");
        browser.post("/sign-out", &[]).await.leads_to("/sign-in");
        browser.get("/sign-in").await.says("You are signed out.");
        let session = browser.sign_in("/sign-in").await;
        session.leads_to("/");
        browser
            .get("/activate")
            .await
            .says("Code on the television");
    }
}

#[tokio::test]
async fn codes_end_and_are_burnt() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    with_code(&mut browser).await;
    let code = app.code().await;
    app.clock.advance(601_000);
    let ended = browser.post("/sign-up", &[("code", &code)]).await;
    assert_eq!(ended.status, 422);
    ended.says("This code has ended.");
    let mut browser = app.browser();
    with_code(&mut browser).await;
    let code = app.code().await;
    for _ in 0..5 {
        browser.post("/sign-up", &[("code", "x")]).await;
    }
    let burnt = browser.post("/sign-up", &[("code", &code)]).await;
    assert_eq!(burnt.status, 429);
    assert!(!burnt.header("retry-after").is_empty());
}

#[tokio::test]
async fn a_proven_address_makes_one_account() {
    let app = TestApp::new().await;
    let mut first = app.browser();
    with_code(&mut first).await;
    let code = app.code().await;
    first.post("/sign-up", &[("code", &code)]).await;
    // The same step in the same browser, twice.
    let before = first.cookies.clone();
    let token = first.token.clone();
    let fields = [("password", PASSWORD)];
    first.post("/sign-up", &fields).await.leads_to("/");
    first.cookies = before;
    first.token = token;
    let second = first.post("/sign-up", &fields).await;
    assert_eq!(second.status, 422);
    second.says("This address has an account already.");
    assert_eq!(first.cookie("session"), None);
}

#[tokio::test]
async fn a_suspended_account_is_told_so_and_no_page_knows_it() {
    let app = TestApp::new().await;
    let signed_in = app.person(SAM).await;
    let mut browser = app.browser();
    browser.sign_in("/sign-in").await.leads_to("/");
    let account = &signed_in.account;
    app.identity.set_suspended(account, true).await.unwrap();
    browser
        .get("/sign-in")
        .await
        .says("Forgotten your password?");
    let refused = browser.sign_in("/sign-in").await;
    assert_eq!(refused.status, 403);
    refused.says("This account is suspended.");
}

fn unavailable(page: &Page) {
    assert_eq!(page.status, 503, "{}", page.text());
    assert_eq!(page.header("retry-after"), "5");
    page.says("This does not work at the moment.");
    assert!(!page.text().contains("storage"));
}

#[tokio::test]
async fn without_a_database_pages_ask_for_patience() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    let mut browser = app.browser();
    browser.sign_in("/sign-in").await;
    let mut stranger = app.browser();
    stranger.get("/sign-in").await;
    let token = app.identity.page_token("x").expose().to_owned();
    app.clock.advance(120_000);
    app.test.db.close().await;
    unavailable(&browser.get("/sign-in").await);
    unavailable(&browser.get("/activate").await);
    let fields = [("email", SAM), ("password", PASSWORD), ("token", &token)];
    for path in [
        "/sign-in",
        "/sign-up",
        "/forgot-password",
        "/reset-password",
    ] {
        unavailable(&stranger.post(path, &fields).await);
    }
    // Those that need no database are there.
    stranger
        .get("/sign-in")
        .await
        .says("Forgotten your password?");
}
