//! Details: contents, seasons, series.

use serde_json::json;

use crate::fixture::{movie, title};
use crate::harness::{NOW, TestApp};

#[tokio::test]
async fn a_content_detail_carries_what_it_sits_in() {
    let app = TestApp::with_catalog().await;
    let detail = app
        .ok("getContent", "/content/harbor-lights-s1e2/", "ko")
        .await;
    assert_eq!(detail["title"], "에피소드 e2");
    assert_eq!(detail["season"]["slug"], "harbor-lights-s1");
    assert_eq!(detail["duration"], "3480");
    assert_eq!(detail["display_duration"], "58m");
    assert_eq!(detail["episode_order"], 2);
    assert_eq!(detail["casts"][0]["name"], "김도");
    assert_eq!(detail["casts"][0]["name_en"], "Kim Doe");
    assert_eq!(detail["categories"][0]["title"], "드라마");
    assert_eq!(detail["genres"], "드라마");
    assert_eq!(detail["tags"], json!(["sea"]));
    assert_eq!(detail["subtitles"], json!(["ko"]));
    assert_eq!(detail["age_rating"], "15");
    assert_eq!(
        detail["thumbnail"]["url"], "http://test.example/art/b.webp",
        "the picture in the asked language"
    );
    let english = app
        .ok("getContent", "/content/harbor-lights-s1e2/", "en")
        .await;
    assert_eq!(
        english["thumbnail"]["url"],
        "http://test.example/art/c.webp"
    );
}

#[tokio::test]
async fn texts_fall_back_by_the_rule() {
    let app = TestApp::with_catalog().await;
    let detail = app.ok("getContent", "/content/the-long-tide/", "pt").await;
    assert_eq!(detail["title"], "The Long Tide");
    let slug = "%E7%84%A1%E9%A1%8C";
    let detail = app
        .ok("getContent", &format!("/content/{slug}/"), "ko")
        .await;
    assert_eq!(detail["title"], "無題", "never an empty title");
    assert_eq!(detail["synopsis"], "");
    assert!(detail.get("season").is_none() && detail.get("thumbnail").is_none());
}

#[tokio::test]
async fn a_series_opens_on_its_first_season() {
    let app = TestApp::with_catalog().await;
    let detail = app
        .ok("getSeries", "/series/harbor-lights/", "zh-TW,zh;q=0.9")
        .await;
    assert_eq!(detail["series"]["title"], "港口之光");
    assert_eq!(detail["slug"], "harbor-lights-s1");
    assert_eq!(detail["total_number_of_seasons"], 2);
    assert_eq!(detail["direct_play_content_slug"], "harbor-lights-s1e1");
    assert_eq!(detail["types_of_contents"], json!(["tv-series", "clip"]));
    let seasons = detail["seasons"].as_array().unwrap();
    assert_eq!(
        seasons
            .iter()
            .map(|s| s["total_content_count"].as_i64().unwrap())
            .collect::<Vec<_>>(),
        [4, 2]
    );
    assert_eq!(
        seasons
            .iter()
            .map(|s| s["is_current_season"].as_bool().unwrap())
            .collect::<Vec<_>>(),
        [true, false]
    );
    assert_eq!(seasons[1]["short_title"], "S2");
    let second = app.ok("getSeason", "/season/harbor-lights-s2/", "en").await;
    assert_eq!(
        (
            second["season_order"].as_i64(),
            second["direct_play_content_slug"].as_str()
        ),
        (Some(2), Some("harbor-lights-s2e1"))
    );
}

#[tokio::test]
async fn publish_windows_open_and_close_on_time_also_from_the_cache() {
    let app = TestApp::with_catalog().await;
    let mut timed = title(&[("en", "Timed")]);
    timed.doc.publish_start = Some(NOW + 1000);
    timed.doc.publish_end = Some(NOW + 2000);
    app.import("amasian", vec![movie("timed", timed)]).await;
    let status = async || app.get_with("/content/timed/", &[]).await.status;
    let listed = async || {
        app.ok("listContent", "/content/?types=movie", "en").await["count"]
            .as_i64()
            .unwrap()
    };
    assert_eq!((status().await, listed().await), (404, 2));
    app.clock.advance(1000);
    assert_eq!((status().await, listed().await), (200, 3));
    assert_eq!(
        app.ok("getContent", "/content/timed/", "en").await["publish_start"],
        "2023-11-14T22:13:21Z"
    );
    app.clock.advance(1000);
    assert_eq!((status().await, listed().await), (404, 2));
}
