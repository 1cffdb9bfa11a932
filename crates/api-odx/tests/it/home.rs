//! Groups of rows, rows and their tiles, as an app sees them.

use axum::http::Method;
use marquee_catalog::record::Outcome;
use marquee_domain::home::{Fill, Publication, RowQuery, Surface};
use serde_json::{Value, json};

use crate::harness::{NOW, TestApp};
use crate::home_fixture::{self as home, channel, group, named, row, screen};
use crate::schema::validate;

const SERVICE: &[(&str, &str)] = &[("service-name", "amasian")];
const TV: &[(&str, &str)] = &[("service-name", "amasian"), ("did", "tv")];

async fn app() -> TestApp {
    let app = TestApp::with_catalog().await;
    let outcomes = app.import("amasian", screen()).await;
    assert!(
        outcomes.iter().all(|outcome| *outcome == Outcome::Added),
        "{outcomes:?}"
    );
    app
}

/// The slugs of what tiles open.
fn slugs(list: &Value) -> Vec<String> {
    let tiles = list["results"].as_array().unwrap();
    let slug = |tile: &Value| {
        let kind = tile["type"].as_str().unwrap();
        let slug = &tile["data"]["info"][format!("{kind}_slug")];
        slug.as_str().unwrap().to_owned()
    };
    tiles.iter().map(slug).collect()
}

async fn row_of(app: &TestApp, slug: &str) -> Vec<String> {
    let path = format!("/carousel/?slug={slug}");
    slugs(&app.ok("listCarousel", &path, "en").await)
}

async fn row_for(app: &TestApp, slug: &str, who: &[(&str, &str)]) -> Value {
    let path = format!("/carousel/?slug={slug}");
    let answer = app.call(Method::GET, &path, who).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let body = answer.json();
    validate("listCarousel", 200, &body);
    body["result"].clone()
}

#[tokio::test]
async fn a_client_goes_from_groups_to_rows_to_tiles() {
    let app = app().await;
    let live = app
        .ok("getActiveCarouselGroup", "/carousel/group/", "en")
        .await;
    assert_eq!(live, json!({"browser": "home", "channel": "live"}));
    let rows = app
        .ok("getCarouselBrowserGroup", "/carousel/browser/group/", "ko")
        .await;
    assert_eq!(rows["code"], "SUCCESS");
    assert_eq!(rows["title"], "성공");
    assert_eq!(rows["result"]["refresh_time"], 600_000);
    let rows = rows["result"]["results"].as_array().unwrap().clone();
    let first = &rows[0];
    assert_eq!(
        *first,
        json!({"id": first["id"], "title": "고른 것", "slug": "picks", "image_orientation": "landscape", "kind": "curated"})
    );
    let kinds: Vec<&str> = rows
        .iter()
        .map(|row| row["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "curated",
            "curated",
            "continue_watching",
            "favorites",
            "curated",
            "continue_watching",
            "continue_watching"
        ]
    );
    let tiles = app.ok("listCarousel", "/carousel/?slug=picks", "en").await;
    assert_eq!(
        slugs(&tiles),
        [
            "the-long-tide",
            "harbor-lights",
            "harbor-lights-s2",
            "harbor-lights-s1e1"
        ],
        "by key and by slug, in the editor's order, without channels and what is not there"
    );
    assert_eq!(
        tiles["results"][1]["data"]["view"]["title"],
        "Harbor Lights"
    );
    assert!(tiles["results"][0]["data"].get("last_position").is_none());
    let all = app
        .ok("listCarousel", "/carousel/?page_size=3&page=2", "en")
        .await;
    assert_eq!(slugs(&all)[0], "harbor-lights-s1e1", "row by row");
    assert_eq!(all["page_previous"], 1);
    let next = all["next"].as_str().unwrap();
    assert!(
        next.contains("/odx/api/v4/carousel/?page_size=3&page=3"),
        "{next}"
    );
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
    use marquee_domain::home::{QueryKind, QueryOrder};
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
async fn rows_and_groups_keep_their_windows() {
    let app = app().await;
    let mut holiday = group("g-holiday", Surface::Browser, 0);
    home::publish(
        &mut holiday,
        Publication {
            off: false,
            publish_start: Some(NOW + 10_000),
            publish_end: Some(NOW + 20_000),
        },
    );
    app.import(
        "amasian",
        vec![
            holiday,
            row(
                "gifts",
                "g-holiday",
                1,
                Fill::Items {
                    items: vec![named("film")],
                },
            ),
        ],
    )
    .await;
    let live = async || {
        let path = "/carousel/group/";
        app.ok("getActiveCarouselGroup", path, "en").await["browser"].clone()
    };
    assert_eq!(live().await, "home");
    let code = app
        .fails("listCarousel", "/carousel/?slug=gifts", SERVICE, 404)
        .await;
    assert_eq!(code, "NOT_FOUND", "its group is not open yet");
    app.clock.advance(10_000);
    assert_eq!(live().await, "g-holiday", "a boundary ends the kept answer");
    assert_eq!(row_of(&app, "gifts").await, ["the-long-tide"]);
    let rows = app
        .ok("getCarouselBrowserGroup", "/carousel/browser/group/", "en")
        .await;
    assert_eq!(rows["result"]["results"].as_array().unwrap().len(), 1);
    let rows = app
        .ok(
            "getCarouselBrowserGroup",
            "/carousel/browser/group/?group=home",
            "en",
        )
        .await;
    assert_eq!(
        rows["result"]["results"].as_array().unwrap().len(),
        7,
        "by name"
    );
    app.clock.advance(10_000);
    assert_eq!(live().await, "home");
    for path in [
        "/carousel/browser/group/?group=g-holiday",
        "/carousel/browser/group/?group=live",
        "/carousel/browser/group/?group=nothing",
    ] {
        let code = app
            .fails("getCarouselBrowserGroup", path, SERVICE, 404)
            .await;
        assert_eq!(code, "NOT_FOUND", "{path}");
    }
    let mut off = row("picks", "g-home", 1, Fill::ContinueWatching);
    home::publish(
        &mut off,
        Publication {
            off: true,
            ..Publication::default()
        },
    );
    off.digest += 1;
    app.import("amasian", vec![off]).await;
    app.fails("listCarousel", "/carousel/?slug=picks", SERVICE, 404)
        .await;
}

#[tokio::test]
async fn channels_and_bundles_fill_rows_of_their_screen() {
    let app = app().await;
    let rows = app
        .ok("getCarouselChannelGroup", "/carousel/channel/group/", "es")
        .await;
    assert_eq!(rows[0]["slug"], "all-channels");
    let all = app
        .ok(
            "listCarouselChannels",
            "/carousel/channel/?slug=all-channels",
            "en",
        )
        .await;
    assert_eq!(slugs(&all), ["news-one", "news-two"]);
    assert!(all["results"][0]["data"]["now_playing"].is_null());
    let bundles = app
        .ok(
            "listCarouselChannels",
            "/carousel/channel/?slug=bundles",
            "ko",
        )
        .await;
    assert_eq!(slugs(&bundles), ["news-pack"], "no titles on this screen");
    let inside = bundles["results"][0]["data"]["channels"]
        .as_array()
        .unwrap();
    assert_eq!(inside.len(), 1);
    assert_eq!(inside[0]["info"]["channel_slug"], "news-one");
    for (operation, path) in [
        ("listCarousel", "/carousel/?slug=all-channels"),
        ("listCarouselChannels", "/carousel/channel/?slug=picks"),
        (
            "getCarouselChannelGroup",
            "/carousel/channel/group/?group=home",
        ),
    ] {
        let code = app.fails(operation, path, SERVICE, 404).await;
        assert_eq!(code, "NOT_FOUND", "{path}: of the other screen");
    }
    // A channel can be a favorite by now.
    let news = all["results"][0]["data"]["info"]["channel_id"].clone();
    let headers = [
        ("service-name", "amasian"),
        ("did", "tv"),
        ("content-type", "application/json"),
    ];
    let body = json!({"source_id": news, "type": "channel"}).to_string();
    let answer = app.send(Method::POST, "/favorites/", &headers, body).await;
    assert_eq!(answer.status, 201);
}

#[tokio::test]
async fn an_empty_catalog_has_an_empty_home_screen() {
    let app = TestApp::new().await;
    let live = app
        .ok("getActiveCarouselGroup", "/carousel/group/", "en")
        .await;
    assert_eq!(live, json!({"browser": "", "channel": ""}));
    let rows = app
        .ok("getCarouselBrowserGroup", "/carousel/browser/group/", "en")
        .await;
    assert_eq!(rows["result"]["results"], json!([]));
    let rows = app
        .ok("getCarouselChannelGroup", "/carousel/channel/group/", "en")
        .await;
    assert_eq!(rows, json!([]));
    for (operation, path) in [
        ("listCarousel", "/carousel/"),
        ("listCarouselChannels", "/carousel/channel/"),
        ("listCovers", "/cover/"),
    ] {
        let page = app.ok(operation, path, "en").await;
        assert_eq!((&page["count"], &page["results"]), (&json!(0), &json!([])));
        let path = format!("{path}?page=2");
        let code = app.fails(operation, &path, SERVICE, 404).await;
        assert_eq!(code, "PAGE_NOT_FOUND", "{path}");
    }
}

#[tokio::test]
async fn who_asks_is_checked_and_answers_are_kept_for_nobody_in_particular() {
    let app = app().await;
    let token = [("service-name", "amasian"), ("authorization", "Bearer x")];
    let code = app.fails("listCarousel", "/carousel/", &token, 401).await;
    assert_eq!(code, "TOKEN_INVALID");
    for (headers, code) in [
        (
            &[("service-name", "amasian"), ("did", "a b")][..],
            "VALIDATION_ERROR",
        ),
        (&[], "SERVICE_NAME_REQUIRED"),
        (&[("service-name", "nobody")], "INVALID_SERVICE_NAME"),
    ] {
        assert_eq!(
            app.fails("listCarousel", "/carousel/", headers, 400).await,
            code
        );
    }
    for path in [
        "/carousel/?page=0",
        "/carousel/?page_size=101",
        "/carousel/?page=x",
    ] {
        let code = app.fails("listCarousel", path, SERVICE, 400).await;
        assert_eq!(code, "VALIDATION_ERROR", "{path}");
    }
    for path in [
        "/carousel/group/",
        "/carousel/browser/group/",
        "/carousel/",
        "/carousel/channel/group/",
        "/carousel/channel/",
        "/cover/",
        "/cover/front/",
    ] {
        let answer = app.get_with(path, &[]).await;
        assert_eq!(answer.status, 200, "{path}");
        let tag = answer.header("etag").to_owned();
        assert!(!tag.is_empty(), "{path}");
        let again = app.get_with(path, &[("if-none-match", &tag)]).await;
        assert_eq!(again.status, 304, "{path}");
        let head = app.call(Method::HEAD, path, SERVICE).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0), "{path}");
        let bare = app.get_with(path.trim_end_matches('/'), &[]).await;
        assert_eq!(bare.status, 404, "{path} without its slash");
        let club = [("service-name", "club")];
        assert_eq!(
            app.call(Method::GET, path, &club).await.status,
            401,
            "{path}"
        );
    }
    let odd = "/carousel/?slug=%00";
    assert_eq!(
        app.fails("listCarousel", odd, SERVICE, 400).await,
        "VALIDATION_ERROR"
    );
    let unknown = channel("c-late", None, 9);
    app.import("amasian", vec![unknown]).await;
    let path = "/carousel/channel/?slug=all-channels";
    let all = app.ok("listCarouselChannels", path, "en").await;
    assert_eq!(slugs(&all).len(), 3, "a write ends kept answers");
}
