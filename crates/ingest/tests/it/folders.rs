//! Folders of media: recognised, scanned again, and odd things in them.

use std::os::unix::ffi::OsStrExt;

use marquee_domain::catalog::{ContentKind, Orientation};
use marquee_domain::media::{SourceRole, SourceState};
use marquee_storage::sources;
use marquee_storage::testing::{TestDb, on_both};

use crate::bench::{Bench, counts};

on_both!(
    a_folder_becomes_films_and_series,
    scanning_again_touches_only_what_changed,
    odd_things_are_reported_and_passed_over,
);

/// One film in two renditions with everything beside it, one series, one film alone.
pub(crate) fn fill(bench: &Bench) {
    let film = "Drift (2021)";
    bench.put(
        "media/drift-540.mp4",
        &format!("{film}/Drift (2021) - 540p.mp4"),
    );
    bench.put(
        "media/orbit-360.mp4",
        &format!("{film}/Drift (2021) - 360p.mp4"),
    );
    bench.put("media/tide.ko.srt", &format!("{film}/Drift (2021).ko.srt"));
    bench.put(
        "media/tide.en.vtt",
        &format!("{film}/Drift (2021).en.forced.vtt"),
    );
    bench.put("art/m-kite-poster.webp", &format!("{film}/poster.webp"));
    bench.put("art/m-kite.webp", &format!("{film}/fanart.webp"));
    bench.write(
        &format!("{film}/movie.nfo"),
        "<movie><title>Drift Away</title><plot>It drifts.</plot><genre>Drama</genre><actor><name>Kim Doe</name></actor><year>2021</year></movie>",
    );
    for n in 1..=3 {
        bench.put(
            "media/strata-360.mp4",
            &format!("Harbor/Season 01/Harbor S01E0{n}.mp4"),
        );
    }
    bench.put("media/strata-360.mp4", "Harbor/Season 02/Harbor S02E01.mp4");
    bench.put("art/signal-s2-poster.webp", "Harbor/poster.webp");
    bench.write(
        "Harbor/tvshow.nfo",
        "<tvshow><title>Harbor Lights</title></tvshow>",
    );
    bench.put("media/lattice-360.mkv", "Lattice (2019).mkv");
}

async fn a_folder_becomes_films_and_series(test: TestDb) {
    let bench = Bench::new(test).await;
    fill(&bench);
    let report = bench.scan().await;
    assert_eq!(counts(&report), [9, 0, 0, 0, 0], "{report:#?}");

    let keys = bench.keys("contents").await;
    let key = keys.iter().find(|key| key.contains("drift")).unwrap();
    let film = bench.content(key).await.unwrap();
    assert_eq!(film.kind, ContentKind::Movie);
    assert!(film.playable);
    assert!(
        film.doc
            .titles
            .iter()
            .any(|(_, title)| title == "Drift Away")
    );
    assert_eq!(
        (
            film.doc.year,
            film.doc.credits.len(),
            film.doc.categories.len()
        ),
        (Some(2021), 1, 1)
    );
    let cuts: Vec<Orientation> = film
        .doc
        .images
        .iter()
        .map(|image| image.orientation)
        .collect();
    assert_eq!(cuts, [Orientation::Portrait, Orientation::Landscape]);
    let stored = sources::of_content(&mut bench.db().reader(), film.id)
        .await
        .unwrap();
    assert!(
        stored
            .iter()
            .all(|source| source.state == SourceState::Ready),
        "{stored:#?}"
    );
    let role = |role| stored.iter().filter(|source| source.role == role).count();
    assert_eq!(
        (role(SourceRole::Rendition), role(SourceRole::Subtitle)),
        (2, 2)
    );
    let mut languages: Vec<(String, bool)> = stored
        .iter()
        .filter_map(|s| Some((s.info.language.as_ref()?.as_str().to_owned(), s.info.forced)))
        .collect();
    languages.sort();
    assert_eq!(
        languages,
        [("en".to_owned(), true), ("ko".to_owned(), false)]
    );

    let shows = bench.keys("series").await;
    assert_eq!(shows.len(), 1);
    let show = bench.series(shows.first().unwrap()).await.unwrap();
    assert!(
        show.doc
            .titles
            .iter()
            .any(|(_, title)| title == "Harbor Lights")
    );
    assert_eq!(show.doc.images.len(), 1);
    assert_eq!(bench.keys("seasons").await.len(), 2);
    let episode = keys.iter().find(|key| key.contains("s1e3")).unwrap();
    let episode = bench.content(episode).await.unwrap();
    assert_eq!(
        (episode.order, episode.season.map(|(_, series)| series)),
        (Some(3), Some(show.id))
    );
    assert!(episode.duration_ms.is_some_and(|ms| ms > 1000));
}

async fn scanning_again_touches_only_what_changed(test: TestDb) {
    let bench = Bench::new(test).await;
    fill(&bench);
    bench.scan().await;
    let (stored, version) = (bench.essence().await, bench.db().catalog_version());
    let again = bench.scan().await;
    assert_eq!(counts(&again), [0, 0, 9, 0, 0], "{again:#?}");
    assert_eq!(
        (bench.essence().await, bench.db().catalog_version()),
        (stored.clone(), version)
    );

    // Two new files: one new title, and one more rendition of a known one.
    bench.put("media/neon-540.mp4", "Neon (2020).mp4");
    bench.put("media/orbit-720.mp4", "Lattice (2019) - 720p.mp4");
    let grown = bench.scan().await;
    assert_eq!(counts(&grown), [1, 1, 8, 0, 0], "{grown:#?}");

    // Gone again: both are undone, and everything is as it was.
    for name in ["Neon (2020).mp4", "Lattice (2019) - 720p.mp4"] {
        std::fs::remove_file(bench.media().join(name)).unwrap();
    }
    let shrunk = bench.scan().await;
    assert_eq!(counts(&shrunk), [0, 1, 8, 1, 0], "{shrunk:#?}");
    assert_eq!(
        strip_digests(&bench.essence().await),
        strip_digests(&stored)
    );

    // A file replaced under its name is looked into again.
    bench.put("media/orbit-360.mp4", "Harbor/Season 01/Harbor S01E02.mp4");
    let replaced = bench.scan().await;
    assert_eq!(counts(&replaced), [0, 1, 8, 0, 0], "{replaced:#?}");
    let keys = bench.keys("contents").await;
    let key = keys.iter().find(|key| key.contains("s1e2")).unwrap();
    let content = bench.content(key).await.unwrap();
    let sources = sources::of_content(&mut bench.db().reader(), content.id)
        .await
        .unwrap();
    let size = std::fs::metadata(crate::bench::demo("media/orbit-360.mp4"))
        .unwrap()
        .len();
    assert_eq!(
        (sources[0].size_bytes as u64, &sources[0].state),
        (size, &SourceState::Ready)
    );
}

fn strip_digests(lines: &std::collections::BTreeSet<String>) -> Vec<String> {
    let mut lines: Vec<String> = lines
        .iter()
        .map(|line| {
            let (table, json) = line.split_once(' ').unwrap();
            let mut row: serde_json::Value = serde_json::from_str(json).unwrap();
            row.as_object_mut().unwrap().remove("digest");
            format!("{table} {row}")
        })
        .collect();
    lines.sort();
    lines
}

async fn odd_things_are_reported_and_passed_over(test: TestDb) {
    let bench = Bench::new(test).await;
    bench.put("media/neon-540.mp4", "Neon (2020).mp4");
    bench.write("Broken (2001).avi", "RIFF....AVI nothing else");
    bench.write("Text (2002).mp4", "this is not a film");
    bench.write("Empty (2003).mkv", "");
    bench.write("Neon (2020).ko.srt", "no cue in here");
    bench.write("Neon (2020)-poster.jpg", "not a picture");
    bench.write("Neon (2020).nfo", "<movie><title>Unended");
    bench.write(".hidden.mp4", "x");
    let outside = bench.dir.path().join("outside.mp4");
    std::fs::write(&outside, b"x").unwrap();
    std::os::unix::fs::symlink(&outside, bench.media().join("Link (2004).mp4")).unwrap();
    std::os::unix::fs::symlink(
        bench.media().join("nowhere"),
        bench.media().join("Dangling (2005).mp4"),
    )
    .unwrap();
    std::os::unix::fs::symlink(bench.media(), bench.media().join("loop")).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"Film \xff (2006).mp4");
    std::fs::write(bench.media().join(name), b"x").unwrap();

    let report = bench.scan().await;
    let about = |what: &str| {
        let found = report
            .rejected
            .iter()
            .chain(&report.notes)
            .find(|r| r.path.contains(what));
        found
            .map(|r| r.reason.clone())
            .unwrap_or_else(|| panic!("{what} is not reported: {report:#?}"))
    };
    assert!(about("Link").contains("leads out"), "{}", about("Link"));
    assert!(about("Dangling").contains("lead"), "{}", about("Dangling"));
    assert!(about("(2006)").contains("UTF-8"));
    for bad in ["Broken", "Text", "Empty"] {
        assert!(about(bad).len() > 10, "{}", about(bad));
    }
    assert!(about(".ko.srt").contains("subtitle"));
    assert!(about("poster.jpg").contains("picture"));
    assert!(
        !report
            .rejected
            .iter()
            .any(|r| r.path.contains("hidden") || r.path.contains("loop"))
    );
    let keys = bench.keys("contents").await;
    let key = keys.iter().find(|key| key.contains("neon")).unwrap();
    assert!(bench.content(key).await.unwrap().playable);
}
