//! Header rules: service, language, region, members, caching, CORS.

use axum::http::Method;
use marquee_http::region::Regions;

use crate::fixture::{movie, title};
use crate::harness::{NOW, TestApp};

#[tokio::test]
async fn a_service_must_be_named_where_the_contract_says_so() {
    let app = TestApp::with_catalog().await;
    for (operation, path) in [
        ("listContent", "/content/"),
        ("getContent", "/content/the-long-tide/"),
        ("listSeasons", "/season/"),
        ("getSeason", "/season/harbor-lights-s1/"),
        ("listSeries", "/series/"),
        ("getSeries", "/series/harbor-lights/"),
        ("getPlayback", "/playback/1/"),
        ("getPlaybackMedia", "/playback/1/media/"),
    ] {
        assert_eq!(
            app.fails(operation, path, &[], 400).await,
            "SERVICE_NAME_REQUIRED",
            "{path}"
        );
        assert_eq!(
            app.fails(operation, path, &[("service-name", "other")], 400)
                .await,
            "INVALID_SERVICE_NAME"
        );
    }
    assert_eq!(
        app.call(Method::GET, "/category/drama/contents/", &[])
            .await
            .status,
        200,
        "the first configured service applies"
    );
    assert_eq!(
        app.fails(
            "listCategoryContents",
            "/category/drama/contents/",
            &[("service-name", "other")],
            400
        )
        .await,
        "INVALID_SERVICE_NAME"
    );
    let lenient = TestApp::with(Regions::default(), Some("amasian")).await;
    assert_eq!(
        lenient.call(Method::GET, "/content/", &[]).await.status,
        200
    );
}

#[tokio::test]
async fn a_members_service_answers_401_to_every_call() {
    let app = TestApp::with_catalog().await;
    let paths = [
        "/content/",
        "/content/x/",
        "/season/",
        "/season/x/",
        "/series/",
        "/series/x/",
        "/category/x/contents/",
        "/category/",
        "/playback/1/",
        "/playback/1/media/",
    ];
    for path in paths {
        let answer = app
            .call(Method::GET, path, &[("service-name", "club")])
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "AUTHENTICATION_REQUIRED"),
            "{path}"
        );
        let answer = app
            .call(
                Method::GET,
                path,
                &[("service-name", "club"), ("authorization", "Bearer x")],
            )
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "TOKEN_INVALID"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn blocked_regions_get_403_everywhere() {
    let regions = Regions::new(&["KR".to_owned()], Some("x-country".to_owned()), None).unwrap();
    let app = TestApp::with(regions, None).await;
    for path in [
        "/content/",
        "/season/",
        "/series/",
        "/category/",
        "/carousel/",
        "/carousel/group/",
        "/carousel/browser/group/",
        "/carousel/channel/",
        "/carousel/channel/group/",
        "/cover/",
    ] {
        let blocked = app.get_with(path, &[("x-country", "FR")]).await;
        assert_eq!(
            (blocked.status, blocked.code().as_str()),
            (403, "REGION_BLOCK"),
            "{path}"
        );
        assert_eq!(
            app.get_with(path, &[]).await.status,
            403,
            "an unknown country is not an allowed one"
        );
        assert_eq!(app.get_with(path, &[("x-country", "kr")]).await.status, 200);
    }
}

#[tokio::test]
async fn answers_are_cached_with_a_tag_and_follow_changes_at_once() {
    let app = TestApp::with_catalog().await;
    let first = app.get_with("/content/", &[]).await;
    let etag = first.header("etag").to_owned();
    assert!(
        first
            .header("vary")
            .contains("Service-Name, Accept-Language, Accept-Encoding, Origin")
    );
    let same = app.get_with("/content/", &[("if-none-match", &etag)]).await;
    assert_eq!((same.status, same.bytes.len()), (304, 0));
    let other = app
        .get_with(
            "/content/",
            &[("if-none-match", &etag), ("accept-language", "ko")],
        )
        .await;
    assert_eq!(other.status, 200, "another language is another answer");
    app.import("amasian", vec![movie("fresh", title(&[("en", "Fresh")]))])
        .await;
    let after = app.get_with("/content/", &[("if-none-match", &etag)]).await;
    assert_eq!(after.status, 200);
    assert_eq!(after.json()["result"]["count"], 9);
    for encoding in ["gzip", "br"] {
        let packed = app
            .get_with("/content/", &[("accept-encoding", encoding)])
            .await;
        assert_eq!(packed.header("content-encoding"), encoding);
        assert!(packed.bytes.len() < after.bytes.len() / 2);
    }
    let head = app
        .call(Method::HEAD, "/content/", &[("service-name", "amasian")])
        .await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    let _ = NOW;
}

#[tokio::test]
async fn configured_origins_may_call() {
    let app = TestApp::with_catalog().await;
    let preflight = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "service-name,did"),
    ];
    let answer = app.call(Method::OPTIONS, "/content/", &preflight).await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (204, "https://app.example")
    );
    for name in [
        "Service-Name",
        "Accept-Language",
        "Authorization",
        "did",
        "X-Device-Type",
    ] {
        assert!(
            answer.header("access-control-allow-headers").contains(name),
            "{name}"
        );
    }
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    let stranger = app
        .get_with("/content/", &[("origin", "https://evil.example")])
        .await;
    assert_eq!(stranger.header("access-control-allow-origin"), "");
}
