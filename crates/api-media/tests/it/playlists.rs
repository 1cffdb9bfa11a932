//! Playlists and everything they name.

use std::collections::BTreeSet;

use axum::http::Method;

use crate::bench::Bench;

const FOREVER: &str = "public, max-age=31536000, immutable";

#[tokio::test]
async fn everything_that_a_playlist_names_is_there() {
    let bench = Bench::new().await;
    for (id, names) in [
        (
            1,
            &["tide-360.mp4", "tide-720.mp4", "tide.en.vtt", "tide.ko.srt"][..],
        ),
        (2, &["lattice-360.mkv"]),
        (3, &["strata-360.mp4", "strata-720.mp4", "strata.es.vtt"]),
    ] {
        let film = bench.film(id, names).await;
        let master = format!("{}/master.m3u8", bench.below(film));
        let answer = bench.ok(&master).await;
        assert_eq!(
            answer.header("content-type"),
            "application/vnd.apple.mpegurl"
        );
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let playlists: BTreeSet<String> = bench.named(&master).await.into_iter().collect();
        assert!(playlists.len() >= names.len(), "{playlists:?}");
        let mut kinds = BTreeSet::new();
        for playlist in playlists {
            let answer = bench.ok(&playlist).await;
            assert_eq!(answer.header("cache-control"), FOREVER, "{playlist}");
            assert!(answer.text().ends_with("#EXT-X-ENDLIST\n"), "{playlist}");
            let parts: BTreeSet<String> = bench.named(&playlist).await.into_iter().collect();
            assert!(!parts.is_empty(), "{playlist}");
            for part in parts {
                let answer = bench.ok(&part).await;
                assert_eq!(answer.header("cache-control"), FOREVER, "{part}");
                assert!(answer.header("etag").starts_with('"'), "{part}");
                let bytes = answer.bytes();
                let (kind, content_type) = match part.rsplit('/').next().unwrap() {
                    "init.mp4" => ("init", "video/mp4"),
                    name if name.ends_with(".m4s") => ("segment", "video/mp4"),
                    name if name.ends_with(".vtt") => ("text", "text/vtt; charset=utf-8"),
                    other => panic!("{other}"),
                };
                match kind {
                    "init" => assert_eq!(&bytes[4..8], b"ftyp", "{part}"),
                    "text" => assert!(bytes.starts_with(b"WEBVTT"), "{part}"),
                    _ => assert!(
                        matches!(
                            &bytes[4..8],
                            b"styp" | b"moof" | b"prft" | b"sidx" | b"emsg"
                        ),
                        "{part}"
                    ),
                }
                assert_eq!(answer.header("content-type"), content_type);
                kinds.insert(kind);
            }
        }
        assert!(
            kinds.contains("init") && kinds.contains("segment"),
            "{kinds:?}"
        );
        assert!(kinds.contains("text") || names.len() == 1, "{kinds:?}");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let bench = Bench::new().await;
    let film = bench.film(1, &["tide-360.mp4", "tide.en.vtt"]).await;
    let below = bench.below(film);
    let segment = bench.a_segment(film).await;
    let track = segment.rsplit_once('/').unwrap().0;
    let file = track.rsplit_once('/').unwrap().0;
    for path in [
        format!("{below}/master.m3u"),
        format!("{below}/nothing/at/all"),
        format!("{track}/9999.m4s"),
        format!("{track}/4294967296.m4s"),
        format!("{track}/01.m4s"),
        format!("{track}/k9999.m4s"),
        format!("{track}/0.vtt"),
        format!("{file}/v99/index.m3u8"),
        format!("{file}/v0/init.mp4"),
        format!("{file}/a1/../v1/init.mp4"),
        format!("{below}/f7-0000000000/v1/init.mp4"),
        format!("{below}/f0-0000000000/v1/init.mp4"),
        format!("{below}/s0-0000000000/0.vtt"),
        format!("{below}/original/1/x.mp4"),
        format!("{below}/original/0"),
        format!("{below}/%2e%2e/%2e%2e/etc/passwd"),
        format!("{below}/original/..%2f..%2fetc%2fpasswd/x"),
    ] {
        let answer = bench.get(&path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert!(
            !answer.header("cache-control").contains("immutable"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn conditional_requests_head_and_ranges_work_on_segments() {
    let bench = Bench::new().await;
    let film = bench.film(1, &["tide-360.mp4"]).await;
    let path = bench.a_segment(film).await;
    let whole = bench.ok(&path).await;
    let (etag, bytes) = (whole.header("etag").to_owned(), whole.bytes().to_vec());
    assert_eq!(
        bench.ok(&path).await.bytes(),
        bytes,
        "the same bytes every time"
    );
    let ask =
        async |method: Method, headers: &[(&str, &str)]| bench.call(method, &path, headers).await;

    let same = ask(Method::GET, &[("if-none-match", &etag)]).await;
    assert_eq!((same.status, same.bytes().len()), (304, 0));
    assert_eq!(
        (same.header("etag"), same.header("cache-control")),
        (etag.as_str(), FOREVER)
    );
    let other = ask(Method::GET, &[("if-none-match", "\"other\"")]).await;
    assert_eq!(other.status, 200);

    let head = ask(Method::HEAD, &[]).await;
    assert_eq!((head.status, head.bytes().len()), (200, 0));
    for name in [
        "content-length",
        "content-type",
        "etag",
        "accept-ranges",
        "cache-control",
    ] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }

    let total = bytes.len();
    for (range, expected) in [
        ("bytes=0-0".to_owned(), 0..1),
        ("bytes=10-19".to_owned(), 10..20),
        ("bytes=-500".to_owned(), total - 500..total),
        (format!("bytes=-{}", total + 1), 0..total),
        ("bytes=1000-".to_owned(), 1000..total),
        (format!("bytes=5-{}", total * 2), 5..total),
    ] {
        let part = ask(Method::GET, &[("range", &range)]).await;
        assert_eq!(part.status, 206, "{range}");
        assert_eq!(
            part.header("content-range"),
            format!("bytes {}-{}/{total}", expected.start, expected.end - 1)
        );
        assert_eq!(part.bytes(), &bytes[expected], "{range}");
    }
    for range in [format!("bytes={total}-"), "bytes=-0".to_owned()] {
        let answer = ask(Method::GET, &[("range", &range)]).await;
        assert_eq!(
            (answer.status, answer.header("content-range")),
            (416, format!("bytes */{total}").as_str()),
            "{range}"
        );
    }
    for range in [
        "bytes=9-3",
        "bytes=x-y",
        "lines=1-2",
        "bytes=",
        "bytes=1-2-3",
    ] {
        assert_eq!(
            ask(Method::GET, &[("range", range)]).await.status,
            200,
            "{range}"
        );
    }
    let fresh = ask(Method::GET, &[("range", "bytes=0-9"), ("if-range", &etag)]).await;
    let stale = ask(
        Method::GET,
        &[("range", "bytes=0-9"), ("if-range", "\"other\"")],
    )
    .await;
    assert_eq!((fresh.status, stale.status), (206, 200));
    assert_eq!(ask(Method::POST, &[]).await.status, 405);
}
