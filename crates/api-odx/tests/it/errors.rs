//! Failures in the contract's shape.

use axum::http::Method;
use serde_json::Value;

use crate::harness::TestApp;
use crate::schema::validate;

const SERVICE: &[(&str, &str)] = &[("service-name", "amasian")];

#[tokio::test]
async fn a_path_without_its_slash_is_not_found() {
    let app = TestApp::with_catalog().await;
    for path in [
        "/content",
        "/content/the-long-tide",
        "/season",
        "/series",
        "/playback/1",
        "/category/drama/contents",
        "/recommendation",
        "/nothing/",
        "",
    ] {
        let answer = app.call(Method::GET, path, SERVICE).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "NOT_FOUND"),
            "{path}"
        );
        validate("listContent", 404, &answer.json());
    }
}

#[tokio::test]
async fn other_methods_are_405_in_shape() {
    let app = TestApp::with_catalog().await;
    for path in ["/content/", "/content/x/", "/playback/1/"] {
        let answer = app.call(Method::POST, path, SERVICE).await;
        assert_eq!(
            (
                answer.status,
                answer.code().as_str(),
                answer.header("allow")
            ),
            (405, "METHOD_NOT_ALLOWED", "GET,HEAD"),
            "{path}"
        );
        validate("listContent", 405, &answer.json());
    }
}

#[tokio::test]
async fn whoever_is_too_fast_is_told_when_to_come_again() {
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("accept-language", "pt".parse().unwrap());
    let slow = marquee_limits::Slow {
        rule: marquee_limits::Rule::CatalogReads,
        retry_after_s: 7,
    };
    let response = marquee_api_odx::slow(&headers, slow);
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "7");
    let body = axum::body::to_bytes(response.into_body(), 10_000).await;
    let json: Value = serde_json::from_slice(&body.unwrap()).unwrap();
    assert_eq!(json["code"], "RATE_LIMITED");
    validate("listContent", 429, &json);
}

#[tokio::test]
async fn unknown_and_odd_slugs_are_not_found() {
    let app = TestApp::with_catalog().await;
    for slug in [
        "unknown",
        "%00",
        "%FF%FE",
        "..%2F..",
        "%2e%2e",
        &"x".repeat(5000),
    ] {
        assert_eq!(
            app.fails("getContent", &format!("/content/{slug}/"), SERVICE, 404)
                .await,
            "NOT_FOUND",
            "{slug:.20}"
        );
        assert_eq!(
            app.fails("getSeries", &format!("/series/{slug}/"), SERVICE, 404)
                .await,
            "NOT_FOUND"
        );
        assert_eq!(
            app.fails("getSeason", &format!("/season/{slug}/"), SERVICE, 404)
                .await,
            "NOT_FOUND"
        );
    }
}

#[tokio::test]
async fn failures_speak_the_callers_language_and_carry_an_id() {
    let app = TestApp::with_catalog().await;
    let mut texts = Vec::new();
    for language in ["ko", "en", "es", "zh-Hans", "zh-Hant", "pt"] {
        let answer = app
            .get_with("/content/unknown/", &[("accept-language", language)])
            .await;
        let body = answer.json();
        assert_eq!(body["title"], body["messages"]["__default"]["title"]);
        assert_eq!(body["result"], Value::Null);
        assert_eq!(answer.header("x-request-id").len(), 16);
        texts.push(body["title"].as_str().unwrap().to_owned());
    }
    texts.dedup();
    assert_eq!(texts.len(), 6);
}

#[tokio::test]
async fn long_and_broken_parameters_are_refused() {
    let app = TestApp::with_catalog().await;
    let long = format!("/content/?search={}", "x".repeat(401));
    assert_eq!(
        app.fails("listContent", &long, SERVICE, 400).await,
        "VALIDATION_ERROR"
    );
    assert_eq!(
        app.fails("listContent", "/content/?search=%00", SERVICE, 400)
            .await,
        "VALIDATION_ERROR"
    );
    assert_eq!(
        app.get_with("/content/?search=%FF&%FF=1&=&&&", &[])
            .await
            .status,
        200,
        "invalid UTF-8 becomes replacement characters"
    );
    assert_eq!(
        app.get_with("/content/", &[("accept-language", ";;;,q=,*")])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_broken_database_answers_503_in_shape() {
    let app = TestApp::with_catalog().await;
    app.test.db.close().await;
    assert_eq!(
        app.fails("getContent", "/content/unknown/", SERVICE, 503)
            .await,
        "SERVICE_UNAVAILABLE"
    );
}
