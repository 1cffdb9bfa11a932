//! Signing in and out, with one factor and with two.

use std::time::Duration;

use marquee_domain::letter::Letter;
use marquee_identity::HasherSettings;

use crate::harness::{PASSWORD, SAM, TestApp, cheap, client};

#[tokio::test]
async fn address_and_password_open_an_account_and_signing_out_closes_it() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    let mut browser = app.browser();
    let form = browser.get("/sign-in?next=%2Fwatch%2Fa%3Ft%3D5").await;
    for part in [
        "autocomplete=\"username\"",
        "autocomplete=\"current-password\"",
        "<label for=\"email\">",
        "action=\"/sign-in?next=%2Fwatch%2Fa%3Ft%3D5\"",
    ] {
        form.says(part);
    }
    let wrong = browser
        .post("/sign-in", &[("email", SAM), ("password", "wrong enough")])
        .await;
    assert_eq!(wrong.status, 422);
    wrong.says("Address and password do not fit together.");
    let nobody = browser
        .post(
            "/sign-in",
            &[("email", "no@example.com"), ("password", PASSWORD)],
        )
        .await;
    // Whether there is such an account cannot be told apart.
    let blank = |page: &crate::harness::Page, address: &str| page.text().replace(address, "");
    assert_eq!(blank(&wrong, SAM), blank(&nobody, "no@example.com"));
    let empty = browser.post("/sign-in", &[]).await;
    empty.says("id=\"email-trouble\"");
    empty.says("id=\"password-trouble\"");
    let done = browser.sign_in("/sign-in?next=%2Fwatch%2Fa%3Ft%3D5").await;
    done.leads_to("/watch/a?t=5");
    let first = browser.cookie("session").unwrap().to_owned();
    let home = browser.get("/sign-in").await;
    home.says("You are signed in as Sam@Example.com.");
    let out = browser.post("/sign-out", &[]).await;
    out.leads_to("/sign-in");
    assert_eq!(browser.cookie("session"), None);
    assert_eq!(browser.cookie("refresh_token"), None);
    assert_eq!(browser.cookie("signed_in"), None);
    assert!(app.identity.page_viewer(&first).await.is_err());
    browser.get("/sign-in").await.says("You are signed out.");
    let once = browser.get("/sign-in").await;
    assert!(!once.text().contains("You are signed out."));
    browser.sign_in("/sign-in").await.leads_to("/");
    assert_ne!(browser.cookie("session").unwrap(), first);
}

#[tokio::test]
async fn a_page_knows_nobody_whose_session_ended_or_whose_cookie_is_old_or_altered() {
    let app = TestApp::new().await;
    let signed_in = app.person(SAM).await;
    let token = app.identity.page_token(&signed_in.sid).expose().to_owned();
    let viewer = app.identity.page_viewer(&token).await.unwrap();
    for bad in [
        String::new(),
        token.replace(&signed_in.sid, "01890000-0000-7000-8000-000000000000"),
        token.replacen('.', ".9", 1),
        token.to_uppercase(),
        "a.b.c".to_owned(),
        "x".repeat(100_000),
    ] {
        assert!(app.identity.page_viewer(&bad).await.is_err(), "{bad:.80}");
    }
    app.clock.advance(15 * 86_400_000);
    assert!(app.identity.page_viewer(&token).await.is_err());
    let token = app.identity.page_token(&signed_in.sid).expose().to_owned();
    assert!(app.identity.page_viewer(&token).await.is_ok());
    let from = client("192.168.1.7", "");
    app.identity
        .sign_out_everywhere(&viewer, &from)
        .await
        .unwrap();
    assert!(app.identity.page_viewer(&token).await.is_err());
}

#[tokio::test]
async fn a_second_factor_is_asked_for_without_the_password_in_the_page() {
    let app = TestApp::new().await;
    let signed_in = app.person(SAM).await;
    let factor = app
        .identity
        .enable_second_factor(signed_in.account.id)
        .await
        .unwrap();
    let mut browser = app.browser();
    browser
        .sign_in("/sign-in?next=%2Ffind")
        .await
        .leads_to("/sign-in?next=%2Ffind");
    assert_eq!(browser.cookie("session"), None);
    let asks = browser.get("/sign-in?next=%2Ffind").await;
    asks.says("One more step");
    assert!(!asks.text().contains(PASSWORD));
    assert!(!browser.cookie("step").unwrap().contains(PASSWORD));
    let none = browser.post("/sign-in", &[("step", "factor")]).await;
    none.says("Enter the code.");
    let wrong = browser
        .post("/sign-in", &[("step", "factor"), ("otp", "000000")])
        .await;
    assert_eq!(wrong.status, 422);
    wrong.says("This code is not right, or was used before.");
    let code = factor.recovery_codes[0].expose();
    // In another browser, what this one keeps says nothing.
    let mut thief = app.browser();
    thief.get("/sign-in").await;
    let step = browser.cookie("step").unwrap().to_owned();
    thief.cookies.insert("step".to_owned(), step);
    thief.get("/sign-in").await.says("Forgotten your password?");
    thief
        .post("/sign-in", &[("step", "factor"), ("otp", code)])
        .await
        .leads_to("/sign-in");
    assert_eq!(thief.cookie("session"), None);
    let done = browser
        .post(
            "/sign-in?next=%2Ffind",
            &[("step", "factor"), ("otp", code)],
        )
        .await;
    done.leads_to("/find");
    let viewer = app
        .identity
        .page_viewer(browser.cookie("session").unwrap())
        .await;
    assert!(viewer.unwrap().factors.two());
    // A session from before the second factor is not enough.
    let old = app.identity.page_token(&signed_in.sid);
    assert!(app.identity.page_viewer(old.expose()).await.is_err());
    // Five minutes, then from the beginning.
    let mut slow = app.browser();
    slow.sign_in("/sign-in").await;
    app.clock.advance(301_000);
    let code = factor.recovery_codes[1].expose();
    slow.post("/sign-in", &[("step", "factor"), ("otp", code)])
        .await
        .leads_to("/sign-in");
    slow.get("/sign-in").await.says("Forgotten your password?");
}

#[tokio::test]
async fn too_many_tries_say_how_long_to_wait() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    browser.get("/sign-in").await;
    let fields = [("email", SAM), ("password", "wrong enough")];
    for _ in 0..10 {
        assert_eq!(browser.post("/sign-in", &fields).await.status, 422);
    }
    let slow = browser.post("/sign-in", &fields).await;
    assert_eq!(slow.status, 429);
    assert!(slow.header("retry-after").parse::<u64>().unwrap() > 0);
    slow.says("That was tried too often. Please try again in");
    browser.headers[0].1 = "ko".to_owned();
    let korean = browser.post("/sign-in", &fields).await;
    korean.says("시도 횟수가 너무 많습니다.");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_pool_asks_for_patience() {
    let one_hand = HasherSettings {
        memory_kib: 64 * 1024,
        passes: 4,
        hands: 1,
        waiting: 0,
    };
    let app = TestApp::with("http://test.example", one_hand).await;
    let mut first = app.browser();
    let mut second = app.browser();
    first.get("/sign-in").await;
    second.get("/sign-in").await;
    let fields = [("email", SAM), ("password", PASSWORD)];
    let later = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        second.post("/sign-in", &fields).await
    };
    let (one, other) = tokio::join!(first.post("/sign-in", &fields), later);
    let busy = if one.status == 503 { one } else { other };
    assert_eq!(busy.status, 503);
    assert!(busy.header("retry-after").parse::<u64>().unwrap() > 0);
    busy.says("Many people are signing in at the moment.");
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_a_link_that_opening_does_not_spend() {
    let app = TestApp::with("http://test.example", cheap()).await;
    app.person(SAM).await;
    let mut elsewhere = app.browser();
    elsewhere.sign_in("/sign-in").await.leads_to("/");
    app.letters().await;
    let mut browser = app.browser();
    browser
        .get("/forgot-password")
        .await
        .says("Forgotten password");
    for address in ["nobody@example.com", SAM] {
        let asked = browser
            .post("/forgot-password", &[("email", address)])
            .await;
        asked.leads_to("/forgot-password");
        let answer = browser.get("/forgot-password").await;
        answer.says("If the address has an account");
        browser.get("/forgot-password").await;
    }
    browser
        .post("/forgot-password", &[("email", "nobody")])
        .await
        .says("This is not an e-mail address");
    app.identity.work_off().await.unwrap();
    let link = match app.letters().await.pop() {
        Some(Letter::PasswordReset { page, .. }) => page.as_str().to_owned(),
        _ => panic!("no link was mailed"),
    };
    let token = link.split("token=").nth(1).unwrap().to_owned();
    for _ in 0..3 {
        assert_eq!(browser.get(&link).await.status, 200);
    }
    let fields = |password| [("token", token.as_str()), ("password", password)];
    let common = browser.post("/reset-password", &fields("password1")).await;
    assert_eq!(common.status, 422);
    common.says("among the first that anybody would try");
    let set = browser
        .post("/reset-password", &fields("a better one"))
        .await;
    set.leads_to("/sign-in");
    browser
        .get("/sign-in")
        .await
        .says("The new password is set");
    elsewhere
        .get("/sign-in")
        .await
        .says("Forgotten your password?");
    let again = browser
        .post("/reset-password", &fields("a third one"))
        .await;
    assert_eq!(again.status, 422);
    again.says("This link is no longer good");
    browser
        .get("/reset-password")
        .await
        .says("This link is no longer good");
    let done = browser
        .post("/sign-in", &[("email", SAM), ("password", "a better one")])
        .await;
    done.leads_to("/");
}
