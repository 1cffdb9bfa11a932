//! How rows are filled, and what of them depends on who asks.

use axum::http::Method;
use marquee_domain::home::{Fill, QueryKind, QueryOrder, RowQuery};
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::home::{app, row_of, slugs};
use crate::home_fixture::row;
use crate::schema::validate;

const TV: &[(&str, &str)] = &[("service-name", "amasian"), ("did", "tv")];

async fn row_for(app: &TestApp, slug: &str, who: &[(&str, &str)]) -> Value {
    let path = format!("/carousel/?slug={slug}");
    let answer = app.call(Method::GET, &path, who).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let body = answer.json();
    validate("listCarousel", 200, &body);
    body["result"].clone()
}

async fn watch(app: &TestApp, who: &[(&str, &str)], content: i64, position: i64) {
    let json = [("content-type", "application/json")];
    let headers: Vec<(&str, &str)> = who.iter().copied().chain(json).collect();
    let body = json!({"content_id": content, "last_position": position}).to_string();
    let answer = app
        .send(Method::POST, "/continue-watching/", &headers, body)
        .await;
    assert_eq!(answer.status, 200);
    app.clock.advance(1000);
}

async fn id(app: &TestApp, slug: &str) -> i64 {
    let path = format!("/content/{slug}/");
    app.ok("getContent", &path, "en").await["id"]
        .as_i64()
        .unwrap()
}

#[tokio::test]
async fn queries_fill_rows_in_their_order() {
    let app = app().await;
    let newest = row_of(&app, "dramas").await;
    assert_eq!(
        newest.len(),
        2,
        "series and movies of the category: {newest:?}"
    );
    let add = async |slug: &str, query: RowQuery| {
        app.import(
            "amasian",
            vec![row(slug, "g-home", 90, Fill::Query { query })],
        )
        .await;
        row_of(&app, slug).await
    };
    let query = |change: &dyn Fn(&mut RowQuery)| {
        let mut query = RowQuery {
            limit: 50,
            ..RowQuery::default()
        };
        change(&mut query);
        query
    };
    let of_tag = add("q1", query(&|q| q.tag = Some("sea".into()))).await;
    assert_eq!(of_tag, ["harbor-lights"]);
    let korean = add("q2", query(&|q| q.language = Some("ko".into()))).await;
    assert_eq!(korean, ["harbor-lights"]);
    let episodes = query(&|q| {
        q.types = vec![QueryKind::Episode];
        q.tag = Some("sea".into());
        q.limit = 3;
    });
    assert_eq!(add("q3", episodes).await.len(), 3, "as their series is");
    let korean_episodes = query(&|q| {
        q.types = vec![QueryKind::Episode];
        q.language = Some("ko".into());
    });
    assert_eq!(add("q4", korean_episodes).await.len(), 5);
    assert!(
        add("q5", query(&|q| q.category = Some("nowhere".into())))
            .await
            .is_empty()
    );
    assert_eq!(
        add("q6", query(&|_| {})).await.len(),
        3,
        "clips of a season do not stand alone"
    );
    let both = query(&|q| {
        q.category = Some("cat-drama".into());
        q.tag = Some("sea".into());
    });
    assert_eq!(add("q7", both).await, ["harbor-lights"]);
    let film = app.ok("getContent", "/content/the-long-tide/", "en").await["id"].clone();
    watch(&app, TV, film.as_i64().unwrap(), 5).await;
    let popular = query(&|q| q.order = QueryOrder::Popularity);
    assert_eq!(add("q8", popular).await[0], "the-long-tide");
}

#[tokio::test]
async fn what_was_begun_comes_back_newest_first() {
    let app = app().await;
    assert_eq!(
        row_of(&app, "go-on").await,
        [""; 0],
        "for nobody in particular"
    );
    assert_eq!(row_for(&app, "go-on", TV).await["count"], 0);
    let film = id(&app, "the-long-tide").await;
    let (e1, e2, e3) = (
        id(&app, "harbor-lights-s1e1").await,
        id(&app, "harbor-lights-s1e2").await,
        id(&app, "harbor-lights-s1e3").await,
    );
    watch(&app, TV, film, 1200).await;
    watch(&app, TV, e1, 100).await;
    let row = row_for(&app, "go-on", TV).await;
    assert_eq!(slugs(&row), ["harbor-lights-s1e1", "the-long-tide"]);
    let position = |row: &Value, n: usize| row["results"][n]["data"]["last_position"].clone();
    assert_eq!(
        (position(&row, 0), position(&row, 1)),
        (json!(100), json!(1200))
    );
    // 95 % of 3480 s: finished, so the next one takes its place.
    watch(&app, TV, e1, 3306).await;
    let row = row_for(&app, "go-on", TV).await;
    assert_eq!(slugs(&row), ["harbor-lights-s1e2", "the-long-tide"]);
    assert!(position(&row, 0).is_null(), "nobody has begun it");
    // What is finished already is passed over, into the next season.
    watch(&app, TV, e3, 3480).await;
    watch(&app, TV, e2, 3480).await;
    let row = row_for(&app, "go-on", TV).await;
    assert_eq!(slugs(&row), ["harbor-lights-s2e1", "the-long-tide"]);
    watch(&app, TV, film, 5400).await;
    let row = row_for(&app, "go-on", TV).await;
    assert_eq!(
        slugs(&row),
        ["harbor-lights-s2e1"],
        "nothing follows a film"
    );
    let phone = [("service-name", "amasian"), ("did", "phone")];
    assert_eq!(row_for(&app, "go-on", &phone).await["count"], 0);
    // Positions show on tiles of every row, for whoever asks.
    let picks = row_for(&app, "picks", TV).await;
    assert_eq!(position(&picks, 0), 5400);
    assert!(position(&picks, 1).is_null(), "only contents");
}

#[tokio::test]
async fn favorites_and_near_titles_fill_rows() {
    let app = app().await;
    let film = id(&app, "the-long-tide").await;
    let headers = [
        ("service-name", "amasian"),
        ("did", "tv"),
        ("content-type", "application/json"),
    ];
    let body = json!({"source_id": film, "type": "content"}).to_string();
    app.send(Method::POST, "/favorites/", &headers, body).await;
    assert_eq!(slugs(&row_for(&app, "marked", TV).await), ["the-long-tide"]);
    assert_eq!(
        row_of(&app, "like-harbor").await,
        ["the-long-tide"],
        "they share a category"
    );
    assert_eq!(row_of(&app, "because").await, [""; 0]);
    watch(&app, TV, id(&app, "harbor-lights-s1e1").await, 100).await;
    let because = row_for(&app, "because", TV).await;
    assert_eq!(slugs(&because), ["the-long-tide"]);
    assert!(
        !row_of(&app, "for-you").await.is_empty(),
        "popular ones for everybody"
    );
    let mine = slugs(&row_for(&app, "for-you", TV).await);
    assert!(
        mine[0] == "the-long-tide" && !mine.contains(&"harbor-lights".to_owned()),
        "{mine:?}"
    );
}

#[tokio::test]
async fn tiles_are_cut_as_their_row_is() {
    let app = app().await;
    let mut tall = row(
        "tall",
        "g-home",
        0,
        Fill::Items {
            items: vec![crate::home_fixture::named("show")],
        },
    );
    if let marquee_catalog::record::Body::Row { doc, .. } = &mut tall.body {
        doc.orientation = marquee_domain::catalog::Orientation::Portrait;
    }
    app.import("amasian", vec![tall]).await;
    let all = app.ok("listCarousel", "/carousel/?page_size=4", "en").await;
    let cut = |n: usize| all["results"][n]["data"]["view"]["image"]["orientation"].clone();
    assert_eq!((cut(0), cut(2)), (json!("portrait"), json!("landscape")));
    assert_eq!(slugs(&all)[2], "harbor-lights");
}
