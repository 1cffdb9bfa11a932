//! Tokens: without the right one, nothing is there for anybody.

use marquee_domain::ContentId;
use marquee_http::link::{Links, WINDOW_MS};

use crate::bench::{Bench, NOW};

#[tokio::test]
async fn foreign_altered_and_expired_tokens_are_refused_everywhere() {
    let bench = Bench::new().await;
    let film = bench.film(1, &["orbit-360.mp4", "orbit.en.vtt"]).await;
    let good = bench.links.anonymous(film, 60_000, NOW);
    let segment = bench.a_segment(film).await;
    let inner = segment
        .strip_prefix(&format!("/media/{good}/"))
        .unwrap()
        .to_owned();
    let paths = ["master.m3u8", inner.as_str(), "original/0/x.mp4", "nothing"];

    let mut altered: Vec<String> = (0..good.len())
        .map(|at| {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            String::from_utf8(bytes).unwrap()
        })
        .filter(|token| *token != good)
        .collect();
    // The last character carries bits that no byte uses.
    altered.pop();
    let foreign = Links::new(b"another secret").anonymous(film, 60_000, NOW);
    for token in altered.iter().map(String::as_str).chain([
        foreign.as_str(),
        "x",
        "%00",
        "..",
        &good[1..],
        &good[..10],
    ]) {
        let answer = bench.get(&format!("/media/{token}/master.m3u8")).await;
        assert!(
            matches!(answer.status, 403 | 404),
            "{token}: {}",
            answer.status
        );
        if !token.contains(['.', '%']) {
            assert_eq!(answer.status, 403, "{token}");
        }
    }
    for path in paths {
        let answer = bench.get(&format!("/media/{foreign}/{path}")).await;
        assert_eq!(answer.status, 403, "{path}");
        assert_eq!(
            (
                answer.header("cache-control"),
                answer.header("access-control-allow-origin")
            ),
            ("no-store", "*")
        );
        // Not even a client that has it all is told so.
        let answer = bench
            .call(
                axum::http::Method::GET,
                &format!("/media/{foreign}/{path}"),
                &[("if-none-match", "*")],
            )
            .await;
        assert_eq!(answer.status, 403, "{path}");
    }

    // A token of one film opens no other.
    let other = bench.film(2, &["strata-360.mp4"]).await;
    let (_, wrong) = (other, bench.links.anonymous(ContentId(2), 60_000, NOW));
    assert_eq!(
        bench.get(&format!("/media/{wrong}/{inner}")).await.status,
        404
    );
    let nobody = bench.links.anonymous(ContentId(99), 60_000, NOW);
    assert_eq!(
        bench
            .get(&format!("/media/{nobody}/master.m3u8"))
            .await
            .status,
        404
    );

    bench.ok(&format!("/media/{good}/{inner}")).await;
    bench.clock.advance(60_000 + WINDOW_MS);
    bench.ok(&format!("/media/{good}/{inner}")).await;
    bench.clock.advance(WINDOW_MS);
    for path in paths {
        assert_eq!(
            bench.get(&format!("/media/{good}/{path}")).await.status,
            403,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_token_of_a_session_stops_with_it() {
    let bench = Bench::new().await;
    let film = bench.film(1, &["orbit-360.mp4", "orbit.en.vtt"]).await;
    let of = |sid: &str| bench.links.of_session(film, 60_000, sid, NOW).unwrap();
    let live = of("0198c0de-0000-7000-8000-000000000001");
    let ended = of("0198c0de-0000-7000-8000-000000000002");
    let inner = bench.a_segment(film).await;
    let inner = inner.splitn(4, '/').nth(3).unwrap().to_owned();
    let answer = bench.get(&format!("/media/{live}/{inner}")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "private, max-age=3600");
    let answer = bench.get(&format!("/media/{live}/master.m3u8")).await;
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    for path in ["master.m3u8", &inner, "original/0/x.mp4"] {
        let answer = bench.get(&format!("/media/{ended}/{path}")).await;
        assert_eq!(answer.status, 403, "{path}");
    }
}
