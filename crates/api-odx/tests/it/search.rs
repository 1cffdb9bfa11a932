//! Search, as an app sees it.

use serde_json::Value;

use crate::fixture::title;
use crate::harness::TestApp;
use crate::home_fixture::screen;

async fn app() -> TestApp {
    let app = TestApp::with_catalog().await;
    app.import("amasian", screen()).await;
    app.index().await;
    app
}

fn kinds(result: &Value) -> Vec<(&str, &str)> {
    let hits = result["results"].as_array().unwrap();
    let text = |value: &'_ Value| -> &str {
        Box::leak(value.as_str().unwrap().to_owned().into_boxed_str())
    };
    hits.iter()
        .map(|hit| (text(&hit["type"]), text(&hit["data"]["view"]["title"])))
        .collect()
}

#[tokio::test]
async fn hits_of_every_kind_fit_the_contract() {
    let app = app().await;
    let found = app.ok("search", "/search/?q=harbor+lights", "en").await;
    let found = kinds(&found);
    assert_eq!(found[0], ("series", "Harbor Lights"));
    let found = app.ok("search", "/search/?q=season+2", "en").await;
    assert_eq!(kinds(&found)[0].0, "season");
    let found = app.ok("search", "/search/?q=news", "en").await;
    assert_eq!(kinds(&found)[0].0, "channel");
    let found = app.ok("search", "/search/?q=epis", "en").await;
    assert_eq!(kinds(&found)[0].0, "content");
    assert!(!found["auto_complete"].as_array().unwrap().is_empty());
    let none = app.ok("search", "/search/?q=qqqqqqqqqq", "en").await;
    assert_eq!(none["results"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn something_to_look_for_is_required() {
    let app = app().await;
    let service = &[("service-name", "amasian")];
    for path in ["/search/", "/search/?q=", "/search/?q=%20%20"] {
        assert_eq!(
            app.fails("search", path, service, 400).await,
            "VALIDATION_ERROR"
        );
    }
    let long = format!("/search/?q={}", "x".repeat(5000));
    assert_eq!(
        app.fails("search", &long, service, 400).await,
        "VALIDATION_ERROR"
    );
    assert_eq!(
        app.fails("search", "/search/?q=x", &[], 400).await,
        "SERVICE_NAME_REQUIRED"
    );
}

#[tokio::test]
async fn answers_are_as_new_as_the_index() {
    let app = app().await;
    let before = app.ok("search", "/search/?q=zanzibar", "en").await;
    assert_eq!(before["results"].as_array().unwrap().len(), 0);
    let film = crate::fixture::movie("zanzibar", title(&[("en", "Zanzibar")]));
    app.import("amasian", vec![film]).await;
    // Asked again before the index has followed: the answer of the new version must not be kept.
    let early = app.ok("search", "/search/?q=zanzibar", "en").await;
    assert_eq!(early["results"].as_array().unwrap().len(), 0);
    app.index().await;
    for _ in 0..2 {
        let now = app.ok("search", "/search/?q=zanzibar", "en").await;
        assert_eq!(kinds(&now), [("content", "Zanzibar")]);
        let list = app
            .ok("listContent", "/content/?search=zanzibr", "en")
            .await;
        assert_eq!(list["count"], 1, "lists forgive typing as well");
    }
}
