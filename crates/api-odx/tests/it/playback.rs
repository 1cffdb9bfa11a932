//! Playback.

use crate::harness::TestApp;

const SERVICE: &[(&str, &str)] = &[("service-name", "amasian")];

async fn id(app: &TestApp, slug: &str) -> i64 {
    app.ok("getContent", &format!("/content/{slug}/"), "en")
        .await["id"]
        .as_i64()
        .unwrap()
}

#[tokio::test]
async fn a_film_plays_with_cue_points_and_ads() {
    let app = TestApp::with_catalog().await;
    let film = id(&app, "the-long-tide").await;
    let playback = app
        .ok("getPlayback", &format!("/playback/{film}/"), "en")
        .await;
    assert_eq!(playback["duration"], 5_400_000);
    assert_eq!(playback["manifests"][0]["type"], "hls");
    assert_eq!(
        playback["manifests"][0]["stream_url"],
        format!("http://test.example/media/token{film}/master.m3u8")
    );
    let times: Vec<f64> = playback["cue_points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cue| cue["timecode"].as_f64().unwrap())
        .collect();
    assert_eq!(times, [30.0, 600.5], "rising");
    assert_eq!(playback["ad_tag"], "https://ads.example/vast");
    assert_eq!(
        playback["next_episode"],
        serde_json::json!({"is_last_episode": true})
    );
    let answer = app.get_with(&format!("/playback/{film}/"), &[]).await;
    assert_eq!(answer.header("cache-control"), "private, no-store");
}

#[tokio::test]
async fn the_next_episode_crosses_seasons() {
    let app = TestApp::with_catalog().await;
    let next = async |slug: &str| {
        let id = id(&app, slug).await;
        let next = app
            .ok("getPlayback", &format!("/playback/{id}/"), "en")
            .await["next_episode"]
            .clone();
        (
            next["is_last_episode"].as_bool().unwrap(),
            next["content_slug"].as_str().map(str::to_owned),
        )
    };
    assert_eq!(
        next("harbor-lights-s1e1").await,
        (false, Some("harbor-lights-s1e2".into()))
    );
    assert_eq!(
        next("harbor-lights-s1e3").await,
        (true, Some("harbor-lights-s2e1".into()))
    );
    assert_eq!(next("harbor-lights-s2e2").await, (true, None));
}

#[tokio::test]
async fn what_has_no_stream_is_not_found() {
    let app = TestApp::with_catalog().await;
    let clip = id(&app, "behind-the-lights").await;
    assert_eq!(
        app.fails("getPlayback", &format!("/playback/{clip}/"), SERVICE, 404)
            .await,
        "NOT_FOUND"
    );
    assert_eq!(
        app.fails("getPlayback", "/playback/99999/", SERVICE, 404)
            .await,
        "NOT_FOUND"
    );
    for bad in ["x", "1.5", "99999999999999999999", "-"] {
        assert_eq!(
            app.fails("getPlayback", &format!("/playback/{bad}/"), SERVICE, 400)
                .await,
            "VALIDATION_ERROR",
            "{bad}"
        );
    }
}

#[tokio::test]
async fn the_files_behind_a_content_are_told() {
    let app = TestApp::with_catalog().await;
    let film = id(&app, "the-long-tide").await;
    let media = app
        .ok(
            "getPlaybackMedia",
            &format!("/playback/{film}/media/"),
            "en",
        )
        .await;
    assert_eq!(media["original"][0]["name"], "film one.mp4");
    assert_eq!(
        media["original"][0]["url"],
        format!("http://test.example/media/token{film}/original/0/film%2520one%2Emp4")
    );
    assert_eq!(media["subtitles"][0]["language"], "ko");
}
