//! What links in mails lead to: opening them changes nothing.

use marquee_domain::letter::Letter;
use marquee_identity::{Address, Password, Proof};

use crate::harness::{HOME, PASSWORD, SAM, TestApp, client};

#[tokio::test]
async fn a_mailed_link_shows_a_session_and_its_button_ends_it() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    app.letters().await;
    let from = client("203.0.113.9", "</dd><script>alert(1)</script>");
    let address = Address::parse(SAM).unwrap();
    let password = Password::new(PASSWORD);
    let identity = &app.identity;
    let other = identity
        .sign_in(&address, &password, None, &from)
        .await
        .unwrap();
    let link = match app.letters().await.pop() {
        Some(Letter::NewDevice { revoke, .. }) => revoke.as_str().to_owned(),
        _ => panic!("no notice was mailed"),
    };
    let mut browser = app.browser();
    for _ in 0..2 {
        let shown = browser.get(&link).await;
        shown.says("Sign this device out?");
        shown.says("203.0.113.0/24");
        shown.says("2023-11-14 22:13 UTC");
        shown.says("&lt;/dd&gt;&lt;script&gt;");
        assert!(!shown.text().contains("<script"));
    }
    identity.viewer(other.access_token.expose()).await.unwrap();
    let token = link.split("token=").nth(1).unwrap().to_owned();
    // Good for this and for nothing else.
    assert!(identity.page_viewer(&token).await.is_err());
    let page = identity.page_token(&other.sid).expose().to_owned();
    assert!(identity.revocable(&page).await.unwrap().is_none());
    let done = browser.post("/end-session", &[("token", &token)]).await;
    done.leads_to("/end-session");
    browser
        .get("/end-session")
        .await
        .says("The device is signed out.");
    assert!(identity.viewer(other.access_token.expose()).await.is_err());
    for page in [
        browser.get(&link).await,
        browser.post("/end-session", &[("token", &token)]).await,
        browser.get("/end-session?token=x").await,
        browser.get("/end-session").await,
    ] {
        assert_eq!(page.status, 404);
        page.says("signed out already, or the link is too old");
    }
}

#[tokio::test]
async fn a_mailed_link_shows_a_merge_and_its_button_undoes_it() {
    let app = TestApp::new().await;
    let sam = app.person(SAM).await;
    app.clock.advance(120_000);
    app.person("two@example.com").await;
    let identity = &app.identity;
    let viewer = identity.viewer(sam.access_token.expose()).await.unwrap();
    let two = Address::parse("two@example.com").unwrap();
    let password = Password::new(PASSWORD);
    let from = client(HOME, "");
    app.letters().await;
    let proof = (Proof::Password(&two, &password), None);
    identity
        .merge_accounts(&viewer, proof, &from)
        .await
        .unwrap();
    let letters = app.letters().await;
    let link = letters.iter().find_map(|letter| match letter {
        Letter::AccountsMerged { undo, .. } => Some(undo.as_str().to_owned()),
        _ => None,
    });
    let link = link.expect("a link was mailed");
    let token = link.split("token=").nth(1).unwrap().to_owned();
    let mut browser = app.browser();
    browser
        .get(&link)
        .await
        .says("two@example.com went into another account");
    assert!(
        identity
            .sign_in(&two, &password, None, &from)
            .await
            .is_err()
    );
    let done = browser.post("/undo-merge", &[("token", &token)]).await;
    done.leads_to("/undo-merge");
    browser.get("/undo-merge").await.says("Taken apart");
    identity
        .sign_in(&two, &password, None, &from)
        .await
        .unwrap();
    let again = browser.post("/undo-merge", &[("token", &token)]).await;
    assert_eq!(again.status, 404);
    assert_eq!(browser.get("/undo-merge?token=1.2.3").await.status, 404);
}
