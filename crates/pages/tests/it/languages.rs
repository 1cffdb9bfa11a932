//! Six languages: asked for by the browser or by name, and nothing left in another.

use std::collections::BTreeSet;

use crate::harness::{PASSWORD, SAM, TestApp};

/// Texts between tags, and those of attributes that people hear.
fn texts(html: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for piece in html.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        let footer = tag.contains("hreflang=");
        if !text.trim().is_empty() && !footer {
            found.insert(text.trim().to_owned());
        }
        if let Some(label) = tag.split("aria-label=\"").nth(1) {
            found.insert(label.split('"').next().unwrap().to_owned());
        }
    }
    found
}

/// What has no language.
fn neutral(text: &str) -> bool {
    text == "Testhouse" || text.contains('@') && !text.contains(' ')
}

#[tokio::test]
async fn every_page_is_in_one_language() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    let mut english = Vec::new();
    for language in ["en", "ko", "es", "zh-hans", "zh-hant", "pt"] {
        let mut browser = app.browser();
        browser.headers[0].1 = language.to_owned();
        let mut pages = Vec::new();
        for path in [
            "/sign-in",
            "/sign-up",
            "/forgot-password",
            "/reset-password?token=x",
            "/reset-password",
            "/end-session?token=x",
            "/undo-merge?token=x",
        ] {
            pages.push(browser.get(path).await);
        }
        pages.push(browser.post("/sign-in", &[]).await);
        pages.push(
            browser
                .post("/sign-in", &[("email", "x"), ("password", "y")])
                .await,
        );
        pages.push(
            browser
                .post("/reset-password", &[("token", "x"), ("password", "y")])
                .await,
        );
        let mut stranger = app.browser();
        stranger.headers[0].1 = language.to_owned();
        pages.push(stranger.post("/sign-in", &[]).await);
        browser.get("/sign-in").await;
        let fields = [("email", SAM), ("password", PASSWORD)];
        assert_eq!(browser.post("/sign-in", &fields).await.status, 303);
        pages.push(browser.get("/sign-in").await);
        pages.push(browser.get("/activate").await);
        pages.push(browser.get("/activate?code=nonsense").await);
        browser.post("/sign-out", &[]).await;
        pages.push(browser.get("/sign-in").await);
        let tag = match language {
            "zh-hans" => "zh-Hans",
            "zh-hant" => "zh-Hant",
            other => other,
        };
        for page in &pages {
            page.says(&format!("<html lang=\"{tag}\">"));
            assert!(!page.text().contains("{who}") && !page.text().contains("{n}"));
        }
        let said: Vec<_> = pages.iter().map(|page| texts(page.text())).collect();
        if language == "en" {
            english = said;
            continue;
        }
        for (here, there) in said.iter().zip(&english) {
            assert_eq!(here.len(), there.len(), "{language}: {here:?} {there:?}");
            let left: Vec<_> = here.intersection(there).filter(|t| !neutral(t)).collect();
            assert!(left.is_empty(), "{language}: {left:?}");
        }
    }
}

#[tokio::test]
async fn a_language_that_is_chosen_stays() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    let mut browser = app.browser();
    let page = browser.get("/sign-in?lang=es&next=%2Ffind").await;
    page.says("<html lang=\"es\">");
    page.says("action=\"/sign-in?lang=es&amp;next=%2Ffind\"");
    page.says("href=\"/forgot-password?lang=es&amp;next=%2Ffind\"");
    page.says("href=\"/sign-in?lang=zh-hant&amp;next=%2Ffind\"");
    // What is not a language of ours is no choice.
    let page = browser.get("/sign-in?lang=xx").await;
    page.says("<html lang=\"en\">");
    page.says("action=\"/sign-in\"");
    let page = browser.get("/reset-password?token=abc").await;
    page.says("href=\"/reset-password?token=abc&amp;lang=ko\"");
}
