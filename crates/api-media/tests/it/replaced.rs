//! A file replaced under its name: never a byte of the new one under an address of the old one, and
//! the new one plays as soon as it has been looked into.

use std::path::Path;
use std::time::{Duration, Instant};

use marquee_domain::ContentId;
use marquee_domain::media::SourceState;
use marquee_storage::sources;

use crate::bench::{Bench, demo};

/// Puts another file in its place: `over` writes into the old one, else it is swapped for a new one.
fn replace(path: &Path, with: &str, over: bool) {
    if over {
        std::fs::write(path, std::fs::read(demo(with)).unwrap()).unwrap();
    } else {
        let beside = path.with_extension("new");
        std::fs::copy(demo(with), &beside).unwrap();
        std::fs::rename(beside, path).unwrap();
    }
}

/// Waits until the source is to be looked at again, asking for the old address meanwhile.
async fn noticed(bench: &Bench, film: ContentId, old: &str, bytes: &[u8]) {
    let started = Instant::now();
    loop {
        let answer = bench.get(old).await;
        match answer.status {
            // Either what it always was (from a handle that is still open) or broken off.
            200 => assert!(
                answer.body.is_none_or(|body| body == bytes),
                "bytes of another file"
            ),
            404 | 503 => {}
            other => panic!("{other}"),
        }
        let stored = sources::of_content(&mut bench.test.db.reader(), film)
            .await
            .unwrap();
        if stored
            .iter()
            .any(|source| source.state == SourceState::Pending)
        {
            return;
        }
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "nobody looks at the file again"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn a_replaced_film_is_noticed(over: bool) {
    let bench = Bench::new().await;
    let film = bench.film(1, &["tide-360.mp4"]).await;
    let old = bench.a_segment(film).await;
    let bytes = bench.ok(&old).await.bytes().to_vec();
    replace(
        &bench.dir.path().join("tide-360.mp4"),
        "orbit-360.mp4",
        over,
    );
    noticed(&bench, film, &old, &bytes).await;
    bench.probe(film).await;
    let new = bench.a_segment(film).await;
    assert_ne!(new, old, "new bytes have new addresses");
    assert_ne!(bench.ok(&new).await.bytes(), bytes);
    assert_eq!(bench.get(&old).await.status, 404);
    let original = bench
        .ok(&format!("{}/original/0/x.mp4", bench.below(film)))
        .await;
    assert!(original.bytes() == std::fs::read(demo("orbit-360.mp4")).unwrap());
}

#[tokio::test]
async fn a_film_swapped_for_another_is_noticed() {
    a_replaced_film_is_noticed(false).await;
}

#[tokio::test]
async fn a_film_written_over_in_place_is_noticed() {
    a_replaced_film_is_noticed(true).await;
}

#[tokio::test]
async fn replaced_subtitles_are_noticed() {
    let bench = Bench::new().await;
    let film = bench.film(1, &["tide-360.mp4", "tide.en.vtt"]).await;
    let master = bench
        .named(&format!("{}/master.m3u8", bench.below(film)))
        .await;
    let playlist = master
        .iter()
        .find(|path| path.contains("/s0-"))
        .unwrap()
        .clone();
    replace(&bench.dir.path().join("tide.en.vtt"), "orbit.en.vtt", false);
    // Nobody has asked for the text before, so none of it is in memory.
    let parts = playlist.replace("index.m3u8", "0.vtt");
    noticed(&bench, film, &parts, b"").await;
    bench.probe(film).await;
    let master = bench
        .named(&format!("{}/master.m3u8", bench.below(film)))
        .await;
    let now = master.iter().find(|path| path.contains("/s0-")).unwrap();
    assert_ne!(*now, playlist);
    bench.ok(now).await;
}

#[tokio::test]
async fn a_film_that_is_gone_is_an_error_that_says_nothing_about_the_machine() {
    let bench = Bench::new().await;
    let film = bench.film(1, &["tide-360.mp4"]).await;
    let segment = bench.a_segment(film).await;
    std::fs::remove_file(bench.dir.path().join("tide-360.mp4")).unwrap();
    let started = Instant::now();
    loop {
        let answer = bench.get(&segment).await;
        if answer.status != 200 {
            assert_eq!(answer.status, 503);
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(
                !answer.text().contains("tide") && !answer.text().contains('/'),
                "{}",
                answer.text()
            );
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn an_index_that_is_lost_or_damaged_is_made_again() {
    let bench = Bench::new().await;
    let film = bench.film(1, &["tide-360.mp4"]).await;
    let old = bench.a_segment(film).await;
    for damage in [&b""[..], b"nonsense"] {
        for entry in std::fs::read_dir(bench.dir.path().join("indexes")).unwrap() {
            std::fs::write(entry.unwrap().path(), damage).unwrap();
        }
        // Another node, with nothing in memory.
        let egress = marquee_egress::Egress::new(marquee_egress::Allowed::default()).unwrap();
        let opener = marquee_engine::Opener::new(egress, marquee_engine::ObjectStores::default());
        let other = marquee_engine::Library::new(
            bench.test.db.clone(),
            opener,
            bench.dir.path().join("indexes"),
            8 << 20,
        );
        let presentation = other.presentation(film).await.unwrap();
        assert!(old.contains(&presentation.renditions[0].key()), "{old}");
    }
}
