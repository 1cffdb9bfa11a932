//! Rows of the channel screen.

use axum::http::Method;
use serde_json::json;

use crate::home::{SERVICE, app, slugs};

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
