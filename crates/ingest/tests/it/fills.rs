//! How rows are filled, from records to what faces show.

use marquee_catalog::browse::{Audience, PageRequest};
use marquee_catalog::home::{Item, Tile, TileQuery, Viewer, tiles};
use marquee_catalog::neighbours::SharedFacts;
use marquee_catalog::watching::Watching;
use marquee_domain::Visibility;
use marquee_domain::home::Surface;
use marquee_domain::personal::{DeviceId, Owner, Progress};
use marquee_storage::progress;
use marquee_storage::testing::{TestDb, on_both};

use crate::bench::Bench;

on_both!(every_fill_answers_alike_on_both_databases);

/// Titles of rows, as the faces would show them.
async fn shown(bench: &Bench, slug: &str, owner: Option<&Owner>) -> Vec<String> {
    let who = Audience {
        service: bench.service,
        permit: Visibility::Public.admit_anonymous().unwrap(),
        now: crate::bench::NOW + 1000,
    };
    let watching = Watching::new(bench.db().clone(), None);
    let recent = match owner {
        Some(owner) => watching.recent(owner, bench.service).await.unwrap(),
        None => Vec::new(),
    };
    let query = TileQuery {
        surface: Surface::Browser,
        slug: Some(slug),
        viewer: owner.map(|owner| Viewer {
            owner,
            recent: &recent,
        }),
    };
    let page = PageRequest {
        number: 1,
        size: 50,
    };
    let q = &mut bench.db().reader();
    let tiles = tiles(q, who, &SharedFacts, query, page).await.unwrap();
    let slug = |tile: &Tile| match &tile.item {
        Item::Content(placed) => placed.content.head.slug.clone(),
        Item::Series(opened) => opened.series.head.slug.clone(),
        Item::Season(placed) => placed.season.head.slug.clone(),
        Item::Channel(channel) => channel.head.slug.clone(),
        Item::Multichannel(bundle, _) => bundle.head.slug.clone(),
    };
    tiles.items.iter().map(slug).collect()
}

async fn every_fill_answers_alike_on_both_databases(test: TestDb) {
    let bench = Bench::new(test).await;
    let mut lines = vec![
        r#"{"id":"g","kind":"row_group","surface":"browser"}"#.to_owned(),
        r#"{"id":"show","kind":"series","titles":{"en":"Show"},"categories":["drama"],"tags":["sea"],"cast":["Kim","Lee"],"original_language":"ko"}"#.to_owned(),
        r#"{"id":"s1","kind":"season","parent":"show","number":1,"titles":{"en":"S"}}"#.to_owned(),
        r#"{"id":"near","kind":"movie","titles":{"en":"Near"},"tags":["sea"],"cast":["Kim"],"publish_start":"2020-01-01T00:00:00Z"}"#.to_owned(),
        r#"{"id":"far","kind":"movie","titles":{"en":"Far"},"categories":["drama"],"original_language":"en","publish_start":"2021-01-01T00:00:00Z"}"#.to_owned(),
        r#"{"id":"other","kind":"movie","titles":{"en":"Other"},"categories":["news"],"publish_start":"2022-01-01T00:00:00Z"}"#.to_owned(),
        r#"{"id":"draft","kind":"movie","titles":{"en":"Draft"},"tags":["sea"],"status":"draft"}"#.to_owned(),
    ];
    for n in 1..=3 {
        lines.push(format!(
            r#"{{"id":"e{n}","kind":"episode","parent":"s1","number":{n},"titles":{{"en":"E{n}"}},"runtime_s":100}}"#
        ));
    }
    for (id, fill) in [
        ("items", r#""items":["near","show","draft","s1","gone"]"#),
        ("newest", r#""query":{"types":["movie"]}"#),
        ("drama", r#""query":{"category":"drama"}"#),
        ("korean", r#""query":{"language":"ko"}"#),
        ("go-on", r#""fill":"continue_watching""#),
        ("because", r#""fill":"because_you_watched""#),
        ("like", r#""fill":"more_like_this","of":"e2""#),
        ("for-you", r#""fill":"recommended""#),
    ] {
        lines.push(format!(
            r#"{{"id":"{id}","kind":"row","group":"g","slug":"{id}","titles":{{"en":"{id}"}},{fill}}}"#
        ));
    }
    let report = bench.import(lines.join("\n")).await;
    assert_eq!(
        (report.rejected_count, report.notes.len()),
        (0, 1),
        "{report:#?}"
    );
    assert_eq!(
        shown(&bench, "items", None).await,
        ["near", "show", "show-s1"]
    );
    assert_eq!(
        shown(&bench, "newest", None).await,
        ["other", "far", "near"]
    );
    assert_eq!(shown(&bench, "drama", None).await, ["show", "far"]);
    assert_eq!(shown(&bench, "korean", None).await, ["show"]);
    assert_eq!(
        shown(&bench, "like", None).await,
        ["near", "far"],
        "the nearest first"
    );
    assert!(shown(&bench, "because", None).await.is_empty());
    let tv = Owner::Device(DeviceId::parse("tv").unwrap());
    let e1 = bench.content("e1").await.unwrap();
    let mut unit = bench.db().begin().await.unwrap();
    let watched = Progress {
        content: e1.id,
        position_s: 95,
        updated_at: crate::bench::NOW,
        device: "tv".to_owned(),
    };
    progress::save(&mut unit, &tv, bench.service, &watched)
        .await
        .unwrap();
    unit.save().await.unwrap();
    assert_eq!(shown(&bench, "go-on", Some(&tv)).await, ["show-s1e2"]);
    assert_eq!(shown(&bench, "because", Some(&tv)).await, ["near", "far"]);
    assert_eq!(
        shown(&bench, "for-you", Some(&tv)).await,
        ["near", "far", "other"],
        "filled up with what is popular, without what was watched"
    );
    assert_eq!(shown(&bench, "for-you", None).await.len(), 4);
    // What a record loses it is not found by any more.
    let changed = r#"{"id":"near","kind":"movie","titles":{"en":"Near"},"publish_start":"2020-01-01T00:00:00Z"}"#;
    bench.counts(changed, [0, 1, 0, 0, 0]).await;
    assert_eq!(shown(&bench, "like", None).await, ["far"]);
}
