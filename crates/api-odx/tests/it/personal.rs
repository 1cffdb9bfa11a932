//! Favorites and progress of a device, as an app sees them.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, NOW, TestApp};
use crate::schema::validate;

const TV: &[(&str, &str)] = &[("service-name", "amasian"), ("did", "test-device-001")];
const PHONE: &[(&str, &str)] = &[("service-name", "amasian"), ("did", "phone")];

async fn id(app: &TestApp, operation: &str, path: &str) -> i64 {
    app.ok(operation, path, "en").await["id"].as_i64().unwrap()
}

async fn send(
    app: &TestApp,
    method: Method,
    path: &str,
    who: &[(&str, &str)],
    body: Value,
) -> Answer {
    let json = [("content-type", "application/json")];
    let headers: Vec<(&str, &str)> = who.iter().copied().chain(json).collect();
    app.send(method, path, &headers, body.to_string()).await
}

async fn favorites(app: &TestApp, who: &[(&str, &str)]) -> Vec<(i64, String)> {
    let answer = app.call(Method::GET, "/favorites/", who).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let body = answer.json();
    validate("listFavorites", 200, &body);
    let items = body["result"].as_array().unwrap();
    items
        .iter()
        .map(|item| {
            (
                item["source_id"].as_i64().unwrap(),
                item["type"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

#[tokio::test]
async fn favorites_are_kept_per_device_newest_first() {
    let app = TestApp::with_catalog().await;
    let film = id(&app, "getContent", "/content/the-long-tide/").await;
    let season = id(&app, "getSeason", "/season/harbor-lights-s1/").await;
    let (film_body, season_body) = (
        json!({"source_id": film, "type": "content"}),
        json!({"source_id": season, "type": "season"}),
    );
    assert!(favorites(&app, TV).await.is_empty());
    let added = send(&app, Method::POST, "/favorites/", TV, film_body.clone()).await;
    assert_eq!((added.status, added.bytes.len()), (201, 0));
    app.clock.advance(1000);
    assert_eq!(
        send(&app, Method::POST, "/favorites/", TV, season_body.clone())
            .await
            .status,
        201
    );
    app.clock.advance(1000);
    let again = send(&app, Method::POST, "/favorites/", TV, film_body.clone()).await;
    assert_eq!(again.status, 201, "twice is no error");
    assert_eq!(
        favorites(&app, TV).await,
        [(season, "season".to_owned()), (film, "content".to_owned())],
        "the first time counts"
    );
    assert!(favorites(&app, PHONE).await.is_empty());
    let removed = send(&app, Method::DELETE, "/favorites/", TV, film_body.clone()).await;
    assert_eq!((removed.status, removed.bytes.len()), (204, 0));
    let twice = send(&app, Method::DELETE, "/favorites/", TV, film_body).await;
    assert_eq!(
        (twice.status, twice.code().as_str()),
        (404, "FAVORITE_NOT_FOUND")
    );
    validate("removeFavorite", 404, &twice.json());
    assert_eq!(favorites(&app, TV).await.len(), 1);
}

#[tokio::test]
async fn only_what_is_published_can_be_a_favorite() {
    let app = TestApp::with_catalog().await;
    let film = id(&app, "getContent", "/content/the-long-tide/").await;
    for (id, kind) in [
        (film, "season"),
        (999_999, "content"),
        (-1, "content"),
        (1, "channel"),
    ] {
        let body = json!({"source_id": id, "type": kind});
        let answer = send(&app, Method::POST, "/favorites/", TV, body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "NOT_FOUND"),
            "{id} {kind}"
        );
        validate("addFavorite", 404, &answer.json());
    }
}

#[tokio::test]
async fn progress_is_saved_and_the_newest_call_wins() {
    let app = TestApp::with_catalog().await;
    let film = id(&app, "getContent", "/content/the-long-tide/").await;
    let save = async |who: &[(&str, &str)], position: i64| {
        let body = json!({"content_id": film, "last_position": position});
        let answer = send(&app, Method::POST, "/continue-watching/", who, body).await;
        assert_eq!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&answer.bytes)
        );
        validate("saveContinueWatching", 200, &answer.json());
        answer.json()["result"]["data"].clone()
    };
    app.clock.advance(100_000);
    let saved = save(TV, 1200).await;
    assert_eq!(
        saved,
        json!({"cache_key": format!("cw:device:test-device-001:{film}"), "content_id": film,
            "last_position": 1200, "updated": (NOW + 100_000) / 1000, "device_id": "test-device-001"})
    );
    app.clock.advance(5000);
    assert_eq!(save(TV, 60).await["last_position"], 60, "also when lower");
    app.clock.advance(-65_000);
    assert_eq!(
        save(TV, 900).await["last_position"],
        60,
        "a clock that runs backwards is older"
    );
    app.clock.advance(66_000);
    assert_eq!(
        save(PHONE, i64::MAX).await["last_position"],
        5400,
        "the film has no more"
    );
}

#[tokio::test]
async fn what_is_watched_becomes_popular() {
    let app = TestApp::with_catalog().await;
    let list = async || {
        let page = app
            .ok(
                "listContent",
                "/content/?order=popularity&types=movie",
                "en",
            )
            .await;
        let results = page["results"].as_array().unwrap().clone();
        let id = |item: &Value| item["data"]["info"]["content_id"].as_i64().unwrap();
        results.iter().map(id).collect::<Vec<_>>()
    };
    let before = list().await;
    let last = *before.last().unwrap();
    let body = json!({"content_id": last, "last_position": 1});
    assert_eq!(
        send(&app, Method::POST, "/continue-watching/", TV, body)
            .await
            .status,
        200
    );
    // Hot answers follow within a minute.
    app.clock.advance(61_000);
    assert_eq!(list().await[0], last);
}

#[tokio::test]
async fn nobody_in_particular_keeps_nothing() {
    let app = TestApp::with_catalog().await;
    let service = [("service-name", "amasian")];
    let code = app
        .fails("listFavorites", "/favorites/", &service, 400)
        .await;
    assert_eq!(code, "DEVICE_ID_REQUIRED");
    let token = [
        ("service-name", "amasian"),
        ("did", "tv"),
        ("authorization", "Bearer x.y.z"),
    ];
    let code = app.fails("listFavorites", "/favorites/", &token, 401).await;
    assert_eq!(
        code, "TOKEN_INVALID",
        "a bad token is not silently anonymous"
    );
    let long = "x".repeat(129);
    for did in ["", " ", long.as_str(), "a b"] {
        let headers = [("service-name", "amasian"), ("did", did)];
        let answer = app.call(Method::GET, "/favorites/", &headers).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "VALIDATION_ERROR"),
            "{did:?}"
        );
        assert!(answer.json()["messages"]["did"].is_object());
    }
}

#[tokio::test]
async fn bodies_at_fault_name_every_member() {
    let app = TestApp::with_catalog().await;
    let body = json!({"content_id": "7", "last_position": -1});
    let answer = send(&app, Method::POST, "/continue-watching/", TV, body).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "VALIDATION_ERROR")
    );
    validate("saveContinueWatching", 400, &answer.json());
    let messages = answer.json()["messages"].clone();
    assert!(
        messages["content_id"].is_object() && messages["last_position"].is_object(),
        "{messages}"
    );
    for bad in [
        json!({"content_id": 0, "last_position": 0}),
        json!({"content_id": 1.5, "last_position": 0}),
        json!({"content_id": 1}),
        json!({}),
        json!([]),
        json!(null),
        json!("x"),
        json!({"content_id": 1e30, "last_position": 1}),
    ] {
        let answer = send(&app, Method::POST, "/continue-watching/", TV, bad.clone()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "VALIDATION_ERROR"),
            "{bad}"
        );
    }
    for (text, status, code) in [
        ("{", 400, "VALIDATION_ERROR"),
        ("", 400, "VALIDATION_ERROR"),
        (
            "{\"content_id\": 1, \"last_position\": \"\\ud800\"}",
            400,
            "VALIDATION_ERROR",
        ),
        (
            &format!("[{}]", "1,".repeat(40_000)),
            413,
            "PAYLOAD_TOO_LARGE",
        ),
        (&"[".repeat(60_000), 400, "VALIDATION_ERROR"),
    ] {
        let answer = app
            .send(Method::POST, "/continue-watching/", TV, text.to_owned())
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{text:.40}",
        );
    }
    let form = [
        ("service-name", "amasian"),
        ("did", "tv"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let answer = app
        .send(Method::POST, "/continue-watching/", &form, "content_id=1")
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (415, "UNSUPPORTED_MEDIA_TYPE")
    );
    let kinds = json!({"source_id": 1, "type": "series"});
    let answer = send(&app, Method::POST, "/favorites/", TV, kinds).await;
    assert!(answer.json()["messages"]["type"].is_object());
    let answer = app.call(Method::PUT, "/favorites/", TV).await;
    assert_eq!(answer.status, 405);
    assert!(
        answer.header("allow").contains("DELETE"),
        "{}",
        answer.header("allow")
    );
}
