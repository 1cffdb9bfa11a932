//! Good records: added, updated, left alone, taken away.

use std::path::Path;

use marquee_domain::catalog::LabelKind;
use marquee_ingest::{NoProgress, catalog};
use marquee_storage::testing::{TestDb, on_both};

use crate::bench::{Bench, NOW, demo};

on_both!(
    records_are_added_once_and_updated_in_place,
    children_may_come_before_their_parents,
    a_parent_that_never_comes_is_reported_with_its_key,
    mentions_make_placeholders_that_their_records_fill,
    removal_takes_the_item_and_what_is_in_it,
    the_same_title_twice_gets_two_slugs,
    a_slug_that_looks_like_a_made_one_stops_nothing,
    a_dry_run_stores_nothing,
    the_demo_catalog_comes_in_whole,
    the_large_sample_comes_in_without_a_rejection,
);

const SHOW: &str = r#"{"id":"drama","kind":"category","titles":{"en":"Drama","ko":"드라마"},"order":1}
{"id":"show","kind":"series","titles":{"en":"Harbor Lights"},"categories":["drama"],"cast":["Kim Doe"]}
{"id":"s1","kind":"season","parent":"show","number":1,"titles":{"en":"Season 1"}}
{"id":"e1","kind":"episode","parent":"s1","number":1,"titles":{"en":"The Last Ferry"}}
{"id":"film","kind":"movie","titles":{"en":"The Long Tide"},"year":2021,"runtime_min":90}
"#;

async fn records_are_added_once_and_updated_in_place(test: TestDb) {
    let bench = Bench::new(test).await;
    bench.counts(SHOW, [5, 0, 0, 0, 0]).await;
    let (stored, version) = (bench.essence().await, bench.db().catalog_version());
    let film = bench.content("film").await.unwrap();
    assert_eq!(film.head.slug, "the-long-tide");
    assert_eq!(film.duration_ms, Some(5_400_000));

    bench.clock.advance(1000);
    bench.counts(SHOW, [0, 0, 5, 0, 0]).await;
    assert_eq!(bench.essence().await, stored);
    assert_eq!(bench.db().catalog_version(), version, "nothing was touched");

    let changed = SHOW.replace("The Long Tide", "The Longer Tide");
    bench.counts(changed, [0, 1, 4, 0, 0]).await;
    let updated = bench.content("film").await.unwrap();
    assert_eq!(updated.id, film.id);
    assert_eq!(updated.head.slug, film.head.slug, "addresses stay");
    assert_eq!(updated.head.created_at, NOW);
    assert!(bench.db().catalog_version() > version);
    bench.counts(SHOW, [0, 1, 4, 0, 0]).await;
    assert_eq!(bench.essence().await, stored, "and back");
}

async fn children_may_come_before_their_parents(test: TestDb) {
    let bench = Bench::new(test).await;
    // More than one batch lies between a child and its parent.
    let mut lines = Vec::new();
    for n in 1..=450 {
        lines.push(format!(
            r#"{{"id":"e{n}","kind":"episode","parent":"s1","number":{n},"titles":{{"en":"Episode {n}"}}}}"#
        ));
    }
    lines.push(
        r#"{"id":"s1","kind":"season","parent":"show","number":1,"titles":{"en":"Season 1"}}"#
            .into(),
    );
    for n in 0..250 {
        lines.push(format!(
            r#"{{"id":"m{n}","kind":"movie","titles":{{"en":"Movie {n}"}}}}"#
        ));
    }
    lines.push(r#"{"id":"show","kind":"series","titles":{"en":"Show"}}"#.into());
    bench.counts(lines.join("\n"), [702, 0, 0, 0, 0]).await;
    let season = bench.season("s1").await.unwrap();
    let (first, last) = (
        bench.content("e1").await.unwrap(),
        bench.content("e450").await.unwrap(),
    );
    assert_eq!(first.season, Some((season.id, season.series)));
    assert_eq!(last.head.slug, "show-s1e450");
    let stored = bench.essence().await;
    bench.counts(lines.join("\n"), [0, 0, 702, 0, 0]).await;
    lines.reverse();
    bench.counts(lines.join("\n"), [0, 0, 702, 0, 0]).await;
    assert_eq!(bench.essence().await, stored);
}

async fn a_parent_that_never_comes_is_reported_with_its_key(test: TestDb) {
    let bench = Bench::new(test).await;
    let report = bench
        .counts(
            r#"{"id":"a","kind":"movie","titles":{"en":"A"}}
{"id":"e1","kind":"episode","parent":"nowhere","number":1,"titles":{"en":"E"}}"#,
            [1, 0, 0, 0, 1],
        )
        .await;
    assert_eq!(
        report.rejected[0].to_string(),
        r#"in.jsonl:2 e1 [parent]: "nowhere" is not in the catalog"#
    );
    assert!(bench.content("e1").await.is_none());
}

async fn mentions_make_placeholders_that_their_records_fill(test: TestDb) {
    let bench = Bench::new(test).await;
    bench
        .counts(
            r#"{"id":"a","kind":"movie","titles":{"en":"A"},"categories":["cat:drama"],"tags":["sea"],"cast":["p:kim"]}"#,
            [1, 0, 0, 0, 0],
        )
        .await;
    let before = bench.label(LabelKind::Category, "cat:drama").await.unwrap();
    assert_eq!(before.digest, 0, "it was only mentioned so far");
    bench
        .counts(
            r#"{"id":"cat:drama","kind":"category","slug":"drama","titles":{"en":"Drama"}}
{"id":"p:kim","kind":"person","names":{"en":"Doe, Kim"}}"#,
            [0, 2, 0, 0, 0],
        )
        .await;
    let after = bench.label(LabelKind::Category, "cat:drama").await.unwrap();
    assert_eq!((after.id, after.slug.as_str()), (before.id, "drama"));
    let person = bench.label(LabelKind::Person, "p:kim").await.unwrap();
    assert!(person.doc.titles.iter().any(|(_, name)| name == "Kim Doe"));
    let film = bench.content("a").await.unwrap();
    assert_eq!(film.doc.categories[0].0, after.id);
    assert_eq!(film.doc.credits[0].person.0, person.id);
}

async fn removal_takes_the_item_and_what_is_in_it(test: TestDb) {
    let bench = Bench::new(test).await;
    bench.counts(SHOW, [5, 0, 0, 0, 0]).await;
    bench
        .counts(r#"{"id":"film","deleted":true}"#, [0, 0, 0, 1, 0])
        .await;
    assert!(bench.content("film").await.is_none());
    bench
        .counts(
            "{\"id\":\"show\",\"deleted\":true}\n{\"id\":\"never-there\",\"deleted\":true}",
            [0, 0, 1, 1, 0],
        )
        .await;
    // What titles refer to stays, and the report says so.
    bench
        .counts(
            r#"{"id":"cat:x","kind":"category","titles":{"en":"X"}}"#,
            [1, 0, 0, 0, 0],
        )
        .await;
    bench
        .counts(r#"{"id":"cat:x","deleted":true}"#, [0, 0, 0, 0, 1])
        .await;
    assert!(bench.series("show").await.is_none());
    assert!(bench.season("s1").await.is_none() && bench.content("e1").await.is_none());
    let left = bench.essence().await;
    assert!(
        left.iter()
            .all(|line| line.starts_with("services") || line.starts_with("labels")),
        "{left:#?}"
    );
    // What was taken away can come again.
    bench.counts(SHOW, [4, 0, 1, 0, 0]).await;
}

async fn the_same_title_twice_gets_two_slugs(test: TestDb) {
    let bench = Bench::new(test).await;
    bench
        .counts(
            r#"{"id":"a","kind":"movie","titles":{"en":"Dune"},"year":1984}
{"id":"b","kind":"movie","titles":{"en":"Dune"},"year":2021}
{"id":"c","kind":"movie","titles":{"en":"Dune"}}
{"id":"d","kind":"movie","titles":{"en":"!!!"}}"#,
            [4, 0, 0, 0, 0],
        )
        .await;
    let mut slugs = Vec::new();
    for key in ["a", "b", "c", "d"] {
        slugs.push(bench.content(key).await.unwrap().head.slug);
    }
    assert_eq!(&slugs[..2], ["dune", "dune-2021"]);
    assert!(
        slugs[2].starts_with("dune-") && slugs[2] != slugs[1],
        "{slugs:?}"
    );
}

async fn a_slug_that_looks_like_a_made_one_stops_nothing(test: TestDb) {
    let bench = Bench::new(test).await;
    // Ids are handed out from 1, so the third film would like to be `dune-3`.
    bench
        .counts(
            r#"{"id":"a","kind":"movie","slug":"dune-3","titles":{"en":"A"}}"#,
            [1, 0, 0, 0, 0],
        )
        .await;
    bench
        .counts(
            r#"{"id":"b","kind":"movie","titles":{"en":"Dune"}}
{"id":"c","kind":"movie","titles":{"en":"Dune"}}
{"id":"d","kind":"movie","titles":{"en":"Dune"},"tags":["x y","x-y"]}
{"id":"t","kind":"tag","slug":"sea-9","titles":{"en":"A"}}
{"id":"u","kind":"tag","titles":{"en":"Sea"}}
{"id":"v","kind":"tag","titles":{"en":"Sea"}}
{"id":"w","kind":"tag","titles":{"en":"Sea"}}"#,
            [7, 0, 0, 0, 0],
        )
        .await;
}

async fn a_dry_run_stores_nothing(test: TestDb) {
    let bench = Bench::new(test).await;
    std::fs::copy(demo("art/signal.webp"), bench.base().join("p.webp")).unwrap();
    let before = bench.essence().await;
    let input = r#"{"id":"a","kind":"movie","titles":{"en":"A"},"images":[{"path":"p.webp"}]}
{"id":"b","kind":"movie"}"#;
    let options = catalog::Options {
        dry_run: true,
        ..bench.options()
    };
    let report = bench.import_with(input, options).await;
    assert_eq!(report.rejected_count, 1);
    assert_eq!(bench.essence().await, before);
    assert_eq!(std::fs::read_dir(bench.art()).unwrap().count(), 0);
}

async fn the_demo_catalog_comes_in_whole(test: TestDb) {
    let bench = Bench::new(test).await;
    let import = async || {
        let options = catalog::Options {
            base: None,
            ..bench.options()
        };
        let path = demo("catalog.jsonl");
        catalog::import_file(bench.db(), &bench.clock, &path, options, &NoProgress)
            .await
            .unwrap()
    };
    let first = import().await;
    assert_eq!(first.rejected_count, 0, "{:#?}", first.rejected);
    assert!(first.notes.is_empty(), "{:#?}", first.notes);
    let again = import().await;
    assert_eq!(
        (again.unchanged, again.added, again.updated),
        (first.added + first.updated, 0, 0)
    );
    assert!(std::fs::read_dir(bench.art()).unwrap().count() > 10);
}

/// A catalog of other projects, when it lies beside this repository.
fn sample() -> Option<std::path::PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/data/catalog/sample-small.jsonl"))
        .find(|file| file.exists())
}

async fn the_large_sample_comes_in_without_a_rejection(test: TestDb) {
    let Some(path) = sample() else {
        eprintln!("skipped: there is no shared/data/catalog beside this repository");
        return;
    };
    let bench = Bench::new(test).await;
    let import = async || {
        catalog::import_file(
            bench.db(),
            &bench.clock,
            &path,
            bench.options(),
            &NoProgress,
        )
        .await
        .unwrap()
    };
    let first = import().await;
    assert_eq!(first.rejected_count, 0, "{:#?}", first.rejected);
    assert!(first.added > 100);
    let again = import().await;
    assert_eq!(
        (again.unchanged, again.added, again.updated),
        (first.added + first.updated, 0, 0)
    );
}
