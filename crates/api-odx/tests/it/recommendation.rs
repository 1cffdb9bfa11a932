//! What everybody is recommended, as an app sees it.

use axum::http::Method;
use marquee_domain::Visibility;
use marquee_domain::catalog::TitleKey;
use marquee_domain::recommend::{Neighbour, Reason};
use marquee_storage::neighbours::{self, Training, input};
use marquee_storage::services;
use serde_json::{Value, json};

use crate::fixture::{movie, title};
use crate::harness::{NOW, TestApp};
use crate::schema::validate;

const PATH: &str = "/recommendation/";
const OPERATION: &str = "listRecommendations";

/// What each tile opens: `series:<slug>` or `content:<slug>`.
fn slugs(result: &Value) -> Vec<String> {
    let slug = |item: &Value| {
        let kind = item["type"].as_str().unwrap();
        let slug = &item["data"]["info"][format!("{kind}_slug")];
        format!("{kind}:{}", slug.as_str().unwrap())
    };
    result.as_array().unwrap().iter().map(slug).collect()
}

async fn watch(app: &TestApp, device: &str, slug: &str) {
    let path = format!("/content/{slug}/");
    let id = app.ok("getContent", &path, "en").await["id"].clone();
    let headers = [
        ("service-name", "amasian"),
        ("did", device),
        ("content-type", "application/json"),
    ];
    let body = json!({"content_id": id, "last_position": 60}).to_string();
    let answer = app
        .send(Method::POST, "/continue-watching/", &headers, body)
        .await;
    assert!(
        answer.status < 300,
        "{}",
        String::from_utf8_lossy(&answer.bytes)
    );
}

#[tokio::test]
async fn series_and_films_are_recommended_and_neither_episodes_nor_clips() {
    let app = TestApp::with_catalog().await;
    let result = app.ok(OPERATION, PATH, "en").await;
    let mut found = slugs(&result);
    found.sort();
    assert_eq!(
        found,
        [
            "content:the-long-tide",
            "content:無題",
            "series:harbor-lights"
        ]
    );
}

#[tokio::test]
async fn what_is_watched_comes_first_and_texts_follow_the_language() {
    let app = TestApp::with_catalog().await;
    watch(&app, "a", "the-long-tide").await;
    app.clock.advance(61_000);
    let result = app.ok(OPERATION, PATH, "es").await;
    assert_eq!(slugs(&result)[0], "content:the-long-tide");
    let english = app.ok(OPERATION, PATH, "en").await;
    let shown = |result: &Value| {
        result[0]["data"]["view"]["title"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_ne!(shown(&result), shown(&english));
}

#[tokio::test]
async fn it_is_the_same_for_everybody_and_kept() {
    let app = TestApp::with_catalog().await;
    let first = app
        .call(Method::GET, PATH, &[("service-name", "amasian")])
        .await;
    validate(OPERATION, 200, &first.json());
    assert!(!first.header("etag").is_empty());
    assert_ne!(first.header("cache-control"), "private, no-store");
    let named = [("service-name", "amasian"), ("did", "somebody")];
    let other = app
        .call(Method::GET, &format!("{PATH}?page=7&x=y"), &named)
        .await;
    assert_eq!((other.status, &other.bytes), (200, &first.bytes));
    let headers = [
        ("service-name", "amasian"),
        ("if-none-match", first.header("etag")),
    ];
    assert_eq!(app.call(Method::GET, PATH, &headers).await.status, 304);
    let head = app.call(Method::HEAD, PATH, &named).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
}

#[tokio::test]
async fn the_service_may_be_left_out_and_a_wrong_one_is_named() {
    let app = TestApp::with_catalog().await;
    assert_eq!(app.call(Method::GET, PATH, &[]).await.status, 200);
    let code = app
        .fails(OPERATION, PATH, &[("service-name", "nobody")], 400)
        .await;
    assert_eq!(code, "INVALID_SERVICE_NAME");
    let code = app
        .fails(OPERATION, PATH, &[("service-name", "club")], 401)
        .await;
    assert_eq!(code, "AUTHENTICATION_REQUIRED");
}

#[tokio::test]
async fn a_training_changes_the_order_at_once() {
    let app = TestApp::with_catalog().await;
    let extra = (0..5).map(|n| {
        movie(
            &format!("extra-{n}"),
            title(&[("en", &format!("Extra {n}"))]),
        )
    });
    app.import("amasian", extra.collect()).await;
    watch(&app, "a", "the-long-tide").await;
    app.clock.advance(61_000);
    let before = slugs(&app.ok(OPERATION, PATH, "en").await);
    assert_eq!(before.len(), 8);
    // What was last goes with what is popular.
    let db = &app.test.db;
    let reader = &mut db.reader();
    let service = services::find_by_name(reader, "amasian")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(service.visibility, Visibility::Public);
    let order = input::popular(reader, service.id, NOW + 61_000, 10)
        .await
        .unwrap();
    let (popular, last) = (order[0].0, order[7].0);
    let mut unit = db.begin().await.unwrap();
    let number = neighbours::take_number(&mut unit).await.unwrap();
    let near = |title: TitleKey| Neighbour {
        title,
        score: 1.0,
        reason: Reason::WatchedTogether,
    };
    let lists = [(popular, vec![near(last)])];
    neighbours::put(&mut unit, service.id, number, &lists)
        .await
        .unwrap();
    let training = Training {
        number,
        trained_at: NOW,
        input: String::new(),
        report: String::new(),
    };
    assert!(
        neighbours::publish(&mut unit, service.id, &training)
            .await
            .unwrap()
    );
    unit.save().await.unwrap();
    let after = slugs(&app.ok(OPERATION, PATH, "en").await);
    assert_eq!((&after[0], &after[1]), (&before[0], &before[7]));
}
