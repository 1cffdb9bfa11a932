//! Groups of rows, rows and their tiles, as an app sees them.

use axum::http::Method;
use marquee_catalog::record::Outcome;
use marquee_domain::home::{Fill, Publication, Surface};
use serde_json::{Value, json};

use crate::harness::{NOW, TestApp};
use crate::home_fixture::{self as home, channel, group, named, row, screen};

pub(crate) const SERVICE: &[(&str, &str)] = &[("service-name", "amasian")];

pub(crate) async fn app() -> TestApp {
    let app = TestApp::with_catalog().await;
    let outcomes = app.import("amasian", screen()).await;
    assert!(
        outcomes.iter().all(|outcome| *outcome == Outcome::Added),
        "{outcomes:?}"
    );
    app
}

/// The slugs of what tiles open.
pub(crate) fn slugs(list: &Value) -> Vec<String> {
    let tiles = list["results"].as_array().unwrap();
    let slug = |tile: &Value| {
        let kind = tile["type"].as_str().unwrap();
        let slug = &tile["data"]["info"][format!("{kind}_slug")];
        slug.as_str().unwrap().to_owned()
    };
    tiles.iter().map(slug).collect()
}

pub(crate) async fn row_of(app: &TestApp, slug: &str) -> Vec<String> {
    let path = format!("/carousel/?slug={slug}");
    slugs(&app.ok("listCarousel", &path, "en").await)
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
