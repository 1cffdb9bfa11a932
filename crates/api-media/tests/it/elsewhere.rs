//! Media on another server, read by ranges, through the guarded client.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::get;
use marquee_engine::PresentationError;

use crate::bench::{Bench, demo};

/// Serves two films, one after the other, under one address.
#[derive(Default)]
struct Elsewhere {
    replaced: AtomicBool,
    sent: AtomicU64,
}

fn film(replaced: bool) -> Vec<u8> {
    std::fs::read(demo(if replaced {
        "strata-360.mp4"
    } else {
        "orbit-360.mp4"
    }))
    .unwrap()
}

async fn part(State(state): State<Arc<Elsewhere>>, headers: HeaderMap) -> Response<Body> {
    let replaced = state.replaced.load(Ordering::SeqCst);
    let bytes = film(replaced);
    let range = headers
        .get("range")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (from, to) = range
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
        .expect("only ranges are asked for");
    let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
    let to = (to + 1).min(bytes.len());
    let from = from.min(to);
    state.sent.fetch_add((to - from) as u64, Ordering::SeqCst);
    Response::builder()
        .status(StatusCode::PARTIAL_CONTENT)
        .header(
            "content-range",
            format!("bytes {from}-{}/{}", to.max(1) - 1, bytes.len()),
        )
        .header("etag", format!("\"{replaced}\""))
        .body(Body::from(bytes[from..to].to_vec()))
        .unwrap()
}

async fn serve() -> (Arc<Elsewhere>, u16) {
    let state = Arc::new(Elsewhere::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let app = Router::new()
        .route("/film.mp4", get(part))
        .route("/whole.mp4", get(|| async { film(false) }))
        .with_state(state.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (state, port)
}

#[tokio::test]
async fn a_film_elsewhere_is_read_by_the_ranges_it_needs() {
    let (state, port) = serve().await;
    let bench = Bench::allowing(&["127.0.0.1"]).await;
    let film = bench
        .stored(1, &[format!("http://127.0.0.1:{port}/film.mp4")])
        .await;
    let local = bench.film(2, &["orbit-360.mp4"]).await;
    let probed = state.sent.load(Ordering::SeqCst);
    let whole = std::fs::metadata(demo("orbit-360.mp4")).unwrap().len();
    assert!(probed < whole / 2, "probing read {probed} of {whole} bytes");

    let (here, there) = (bench.a_segment(local).await, bench.a_segment(film).await);
    let segment = bench.ok(&there).await;
    assert!(
        segment.bytes() == bench.ok(&here).await.bytes(),
        "the same film, the same segment"
    );
    let read = state.sent.load(Ordering::SeqCst) - probed;
    assert!(
        read < segment.bytes().len() as u64 * 2 + 10_000,
        "{read} bytes for a segment of {}",
        segment.bytes().len()
    );
    let original = format!("{}/original/0/x.mp4", bench.below(film));
    let tail = bench
        .call(
            axum::http::Method::GET,
            &original,
            &[("range", "bytes=-500")],
        )
        .await;
    assert_eq!(
        tail.bytes(),
        &std::fs::read(demo("orbit-360.mp4")).unwrap()[whole as usize - 500..]
    );
}

#[tokio::test]
async fn a_film_replaced_elsewhere_is_never_taken_for_the_old_one() {
    let (state, port) = serve().await;
    let bench = Bench::allowing(&["127.0.0.1"]).await;
    let film = bench
        .stored(1, &[format!("http://127.0.0.1:{port}/film.mp4")])
        .await;
    let segment = bench.a_segment(film).await;
    let bytes = bench.ok(&segment).await.bytes().to_vec();
    state.replaced.store(true, Ordering::SeqCst);
    // At once: what is known about the file is moments old.
    let answer = bench.get(&segment).await;
    assert!(
        answer.status != 200 || answer.body.is_none_or(|body| body == bytes),
        "bytes of another file"
    );
}

#[tokio::test]
async fn servers_without_ranges_and_inner_addresses_are_refused() {
    let (_, port) = serve().await;
    let bench = Bench::allowing(&["127.0.0.1"]).await;
    let why = async |bench: &Bench, address: String| match bench.library.probe(&address).await {
        Err(PresentationError::Open(error)) => error.to_string(),
        other => panic!("{address}: {:?}", other.err()),
    };
    let said = why(&bench, format!("http://127.0.0.1:{port}/whole.mp4")).await;
    assert!(said.contains("does not serve parts"), "{said}");
    let said = why(&bench, format!("http://127.0.0.1:{port}/nothing.mp4")).await;
    assert!(said.contains("404"), "{said}");

    let closed = Bench::new().await;
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "127.1",
        "0x7f000001",
        "[::ffff:127.0.0.1]",
    ] {
        let said = why(&closed, format!("http://{host}:{port}/film.mp4")).await;
        assert!(said.contains("public internet"), "{host}: {said}");
    }
}
