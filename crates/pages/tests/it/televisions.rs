//! Letting televisions in, and keeping strangers' out.

use marquee_domain::personal::DeviceId;
use marquee_identity::{Client, Poll};

use crate::harness::{HOME, SAM, TestApp, client};

fn television(ip: &str, app: &str) -> (DeviceId, Client) {
    let device = DeviceId::parse("tv-1").unwrap();
    let client = Client {
        device: Some(device.clone()),
        device_type: "ctv".to_owned(),
        ..client(ip, app)
    };
    (device, client)
}

impl TestApp {
    async fn tv_code(&self, ip: &str, app: &str) -> String {
        let (device, client) = television(ip, app);
        let asked = self.identity.request_activation(&device, &client).await;
        asked.unwrap().0
    }

    async fn let_in(&self, code: &str) -> bool {
        self.clock.advance(2_000);
        let polled = self.identity.poll_activation(code, &client(HOME, "")).await;
        matches!(polled, Ok(Poll::Confirmed(_)))
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_signs_in_first_and_comes_back() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    let code = app.tv_code(HOME, "Marquee for TV").await;
    let mut browser = app.browser();
    let path = format!("/activate?code={code}&lang=pt");
    let first = browser.get(&path).await;
    let back = format!("/sign-in?lang=pt&next=%2Factivate%3Fcode%3D{code}%26lang%3Dpt");
    first.leads_to(&back);
    let done = browser.sign_in(&back).await;
    done.leads_to(&path);
    browser
        .get(&path)
        .await
        .says("Deixar entrar este dispositivo?");
    // Nothing happened by looking.
    assert!(!app.let_in(&code).await);
}

#[tokio::test]
async fn yes_lets_it_in_once() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    let mut browser = app.browser();
    browser.sign_in("/sign-in").await;
    let code = app.tv_code(HOME, "Marquee for TV").await;
    browser
        .get("/activate")
        .await
        .says("Code on the television");
    // As people type them.
    let typed = format!("{}-{}", &code[..4], &code[4..]).to_lowercase();
    let asks = browser.get(&format!("/activate?code=%20{typed}")).await;
    for text in [
        "Let this device in?",
        &code,
        "Sam@Example.com",
        "Television",
        "Marquee for TV",
        "192.168.1.0/24",
        "It is in the same network as you.",
        "We never send such codes.",
        "value=\"yes\"",
        "value=\"no\"",
    ] {
        asks.says(text);
    }
    let unclear = browser.post("/activate", &[("code", &typed)]).await;
    unclear.says("Let this device in?");
    assert!(!app.let_in(&code).await);
    let yes = browser
        .post("/activate", &[("code", &typed), ("answer", "yes")])
        .await;
    yes.leads_to("/activate");
    browser
        .get("/activate")
        .await
        .says("signed in within a few seconds");
    browser
        .get("/activate")
        .await
        .says("Code on the television");
    let twice = browser
        .post("/activate", &[("code", &typed), ("answer", "yes")])
        .await;
    assert_eq!(twice.status, 422);
    twice.says("was let in already");
    assert!(app.let_in(&code).await);
}

#[tokio::test]
async fn no_turns_it_away_for_good() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    let mut browser = app.browser();
    browser.sign_in("/sign-in").await;
    let code = app
        .tv_code("203.0.113.5", "<script>alert(1)</script>")
        .await;
    let asks = browser.get(&format!("/activate?code={code}")).await;
    asks.says("It is not in the same network as you.");
    asks.says("&lt;script&gt;alert(1)&lt;/script&gt;");
    assert!(!asks.text().contains("<script"));
    let no = browser
        .post("/activate", &[("code", &code), ("answer", "no")])
        .await;
    no.leads_to("/activate");
    browser.get("/activate").await.says("Turned away");
    let gone = browser.get(&format!("/activate?code={code}")).await;
    assert_eq!(gone.status, 422);
    gone.says("No television shows this code.");
    assert!(!app.let_in(&code).await);
}

#[tokio::test]
async fn guesses_are_counted_and_codes_end() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    let mut browser = app.browser();
    browser.sign_in("/sign-in").await;
    let code = app.tv_code("2001:db8::5", "TV").await;
    let asks = browser.get(&format!("/activate?code={code}")).await;
    asks.says("cannot be told");
    app.clock.advance(601_000);
    let ended = browser.get(&format!("/activate?code={code}")).await;
    ended.says("No television shows this code.");
    for _ in 0..9 {
        let wrong = browser.get("/activate?code=ACDF3467").await;
        assert_eq!(wrong.status, 422);
    }
    let slow = browser.get("/activate?code=ACDF3467").await;
    assert_eq!(slow.status, 429);
    slow.says("That was tried too often.");
    assert!(!slow.header("retry-after").is_empty());
}

#[tokio::test]
async fn a_session_with_one_factor_does_not_answer_for_an_account_with_two() {
    let app = TestApp::new().await;
    let signed_in = app.person(SAM).await;
    let mut browser = app.browser();
    browser.sign_in("/sign-in").await;
    let code = app.tv_code(HOME, "TV").await;
    browser.get(&format!("/activate?code={code}")).await;
    let id = signed_in.account.id;
    app.identity.enable_second_factor(id).await.unwrap();
    let yes = browser
        .post("/activate", &[("code", &code), ("answer", "yes")])
        .await;
    assert_eq!(yes.status, 303);
    assert!(yes.header("location").starts_with("/sign-in?next="));
    assert!(!app.let_in(&code).await);
}
