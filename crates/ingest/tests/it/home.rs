//! Groups, rows, covers, channels and bundles as records.

use marquee_domain::home::{Channel, Cover, Fill, Multichannel, Row, RowGroup, Surface};
use marquee_storage::catalog::Shown;
use marquee_storage::home::{self, Piece};
use marquee_storage::testing::{TestDb, on_both};

use crate::bench::Bench;

on_both!(
    home_records_are_added_once_and_updated_in_place,
    what_rows_and_covers_name_may_come_later,
    what_is_missing_is_reported_and_kept,
    groups_go_with_their_rows_and_bundles_without_their_channels,
    a_row_without_its_group_is_refused,
    a_group_that_changes_takes_its_rows_along,
);

const SCREEN: &str = r#"{"id":"row:new","kind":"row","group":"g","titles":{"en":"New here","ko":"새로운"},"order":1,"query":{"types":["series","movie"],"order":"newest","limit":20}}
{"id":"g","kind":"row_group","surface":"browser","titles":{"en":"Main"},"order":1,"refresh_time":60000}
{"id":"row:picks","kind":"row","group":"g","titles":{"en":"Picks"},"order":2,"image_orientation":"portrait","items":["film",{"type":"movie"}]}
{"id":"ch1","kind":"channel","titles":{"en":"News One"},"multichannel":"pack","logo":{"url":"https://x.example/l.png","orientation":"landscape"}}
{"id":"pack","kind":"multichannel","titles":{"en":"News pack"}}
{"id":"cover","kind":"cover","type":"home","rolling_time":5000,"items":[{"target":"film","landing_option":"play","call_to_action":{"en":"Watch"}},{"target":{"type":"channel","slug":"news-one"}}]}
{"id":"film","kind":"movie","titles":{"en":"The Long Tide"}}
"#;

fn screen() -> String {
    SCREEN.replace(r#",{"type":"movie"}"#, "")
}

async fn all<T: Piece>(bench: &Bench) -> Vec<T> {
    home::list(&mut bench.db().reader(), bench.service, Shown::All)
        .await
        .unwrap()
}

async fn home_records_are_added_once_and_updated_in_place(test: TestDb) {
    let bench = Bench::new(test).await;
    let report = bench.counts(screen(), [7, 0, 0, 0, 0]).await;
    assert!(report.notes.is_empty(), "{:?}", report.notes);
    let groups = all::<RowGroup>(&bench).await;
    assert_eq!(groups.len(), 1);
    assert_eq!(
        (groups[0].surface, groups[0].doc.refresh_ms),
        (Surface::Browser, 60_000)
    );
    let rows = all::<Row>(&bench).await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].head.slug, "new-here");
    assert!(matches!(&rows[0].doc.fill, Fill::Query { query } if query.limit == 20));
    assert!(rows.iter().all(|row| row.group == groups[0].id));
    let (channels, bundles) = (
        all::<Channel>(&bench).await,
        all::<Multichannel>(&bench).await,
    );
    assert_eq!(channels[0].multichannel, Some(bundles[0].id));
    assert_eq!(
        channels[0].doc.images[0].location,
        "https://x.example/l.png"
    );
    let covers = all::<Cover>(&bench).await;
    assert_eq!(
        (covers[0].doc.slides.len(), covers[0].doc.rolling_ms),
        (2, 5000)
    );

    let (stored, version) = (bench.essence().await, bench.db().catalog_version());
    bench.counts(screen(), [0, 0, 7, 0, 0]).await;
    assert_eq!(bench.db().catalog_version(), version, "nothing was touched");
    let changed = screen()
        .replace("New here", "Fresh")
        .replace("rolling_time\":5000", "rolling_time\":6000");
    bench.counts(changed, [0, 2, 5, 0, 0]).await;
    let updated = all::<Row>(&bench).await;
    assert_eq!(
        (updated[0].id, updated[0].head.slug.as_str()),
        (rows[0].id, "new-here")
    );
    assert!(bench.db().catalog_version() > version);
    bench.counts(screen(), [0, 2, 5, 0, 0]).await;
    assert_eq!(bench.essence().await, stored, "and back");
}

async fn what_rows_and_covers_name_may_come_later(test: TestDb) {
    let bench = Bench::new(test).await;
    let film = r#"{"id":"film","kind":"movie","titles":{"en":"The Long Tide"}}"#;
    let rest = screen().replace(film, "");
    let report = bench.counts(rest, [6, 0, 0, 0, 0]).await;
    let notes: Vec<String> = report.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            r#"in.jsonl:3 row:picks [items[0]]: "film" is not in the catalog; it shows once it is"#,
            r#"in.jsonl:6 cover [items[0]]: "film" is not in the catalog; it shows once it is"#
        ]
    );
    bench.counts(film, [1, 0, 0, 0, 0]).await;
    let report = bench.counts(screen(), [0, 0, 7, 0, 0]).await;
    assert!(report.notes.is_empty());
}

async fn what_is_missing_is_reported_and_kept(test: TestDb) {
    let bench = Bench::new(test).await;
    let lines = r#"{"id":"g","kind":"row_group","surface":"browser"}
{"id":"live","kind":"row_group","surface":"channel"}
{"id":"ch","kind":"channel","titles":{"en":"One"}}
{"id":"film","kind":"movie","titles":{"en":"Film"}}
{"id":"a","kind":"row","group":"g","titles":{"en":"A"},"items":["film","gone",{"type":"series","id":"film"},"ch"]}
{"id":"b","kind":"row","group":"g","titles":{"en":"B"},"query":{"category":"nowhere","tag":"none"}}
{"id":"c","kind":"row","group":"g","titles":{"en":"C"},"fill":"more_like_this","of":"a"}
{"id":"d","kind":"row","group":"live","titles":{"en":"D"},"items":["ch","film"]}"#;
    let report = bench.counts(lines, [8, 0, 0, 0, 0]).await;
    let notes: Vec<(&str, &str)> = report
        .notes
        .iter()
        .map(|note| (note.id.as_deref().unwrap(), note.field.as_deref().unwrap()))
        .collect();
    assert_eq!(
        notes,
        [
            ("a", "items[1]"),
            ("a", "items[2]"),
            ("a", "items[3]"),
            ("b", "query.category"),
            ("b", "query.tag"),
            ("c", "of"),
            ("d", "items[1]")
        ],
        "{:#?}",
        report.notes
    );
    assert!(
        report.notes[2]
            .reason
            .contains("browser group does not show")
    );
    let rows = all::<Row>(&bench).await;
    assert_eq!(rows[0].doc.fill.references().len(), 4, "kept as written");
}

async fn groups_go_with_their_rows_and_bundles_without_their_channels(test: TestDb) {
    let bench = Bench::new(test).await;
    bench.counts(screen(), [7, 0, 0, 0, 0]).await;
    let gone = "{\"id\":\"pack\",\"deleted\":true}\n{\"id\":\"cover\",\"deleted\":true}\n{\"id\":\"row:new\",\"deleted\":true}\n{\"id\":\"g\",\"deleted\":true}";
    bench.counts(gone, [0, 0, 0, 4, 0]).await;
    assert!(all::<Row>(&bench).await.is_empty() && all::<RowGroup>(&bench).await.is_empty());
    assert!(all::<Cover>(&bench).await.is_empty() && all::<Multichannel>(&bench).await.is_empty());
    assert_eq!(all::<Channel>(&bench).await[0].multichannel, None);
    bench.counts(gone, [0, 0, 4, 0, 0]).await;
    // Importing everything again puts the channel back into its bundle.
    bench.counts(screen(), [5, 1, 1, 0, 0]).await;
    assert!(all::<Channel>(&bench).await[0].multichannel.is_some());
    bench
        .counts(r#"{"id":"ch1","deleted":true}"#, [0, 0, 0, 1, 0])
        .await;
}

async fn a_row_without_its_group_is_refused(test: TestDb) {
    let bench = Bench::new(test).await;
    let line =
        br#"{"id":"r","kind":"row","group":"nowhere","titles":{"en":"R"},"fill":"favorites"}"#;
    let (field, reason) = bench.refused(line).await;
    assert_eq!(field.as_deref(), Some("group"));
    assert_eq!(reason, "\"nowhere\" is not in the catalog");
    let line = br#"{"id":"c","kind":"channel","titles":{"en":"C"},"multichannel":"nowhere"}"#;
    assert_eq!(bench.refused(line).await.0.as_deref(), Some("multichannel"));
    for (line, at) in [
        (
            r#"{"id":"r","kind":"row","titles":{"en":"R"},"fill":"favorites"}"#,
            "group",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"}}"#,
            "fill",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"},"fill":"magic"}"#,
            "fill",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","fill":"favorites"}"#,
            "titles",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"},"fill":"more_like_this"}"#,
            "of",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"},"items":[7]}"#,
            "items[0]",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"},"items":["a",""]}"#,
            "items[1]",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"},"items":["a\u0000"]}"#,
            "items[0]",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"},"items":[{"type":"person","id":"p"}]}"#,
            "items[0].type",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"},"items":[{"id":"p","x":1}]}"#,
            "items[0].x",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"},"items":["a"],"query":{}}"#,
            "query",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"},"query":{"row":"r"}}"#,
            "query.row",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"},"query":{"limit":201}}"#,
            "query.limit",
        ),
        (
            r#"{"id":"r","kind":"row","group":"g","titles":{"en":"R"},"query":{"types":["opera"]}}"#,
            "query.types",
        ),
        (r#"{"id":"g","kind":"row_group"}"#, "surface"),
        (
            r#"{"id":"g","kind":"row_group","surface":"fridge"}"#,
            "surface",
        ),
        (
            r#"{"id":"g","kind":"row_group","surface":"browser","enabled":"yes"}"#,
            "enabled",
        ),
        (
            r#"{"id":"g","kind":"row_group","surface":"browser","refresh_time":1}"#,
            "refresh_time",
        ),
        (r#"{"id":"c","kind":"cover","items":[]}"#, "items"),
        (
            r#"{"id":"c","kind":"cover","items":[{}]}"#,
            "items[0].target",
        ),
        (
            r#"{"id":"c","kind":"cover","items":[{"target":"x","landing_option":"jump"}]}"#,
            "items[0].landing_option",
        ),
        (
            r#"{"id":"c","kind":"cover","items":[{"target":"x","video":"file:///etc/passwd"}]}"#,
            "items[0].video",
        ),
        (
            r#"{"id":"c","kind":"cover","items":[{"target":"x","title_image":{"url":"javascript:1"}}]}"#,
            "items[0].title_image.url",
        ),
        (
            r#"{"id":"c","kind":"cover","items":[{"target":"x","images":[{"stored":"../secret"}]}]}"#,
            "items[0].images[0].stored",
        ),
        (
            r#"{"id":"c","kind":"cover","type":"page","items":[{"target":"x"}]}"#,
            "type",
        ),
        (
            r#"{"id":"c","kind":"channel","titles":{"en":"C"},"logo":"x.png"}"#,
            "logo",
        ),
        (
            r#"{"id":"c","kind":"channel","titles":{"en":"C"},"streams":[]}"#,
            "streams",
        ),
    ] {
        let (field, reason) = bench.refused(line.as_bytes()).await;
        assert_eq!(field.as_deref(), Some(at), "{line}: {reason}");
    }
}

async fn a_group_that_changes_takes_its_rows_along(test: TestDb) {
    let bench = Bench::new(test).await;
    bench.counts(screen(), [7, 0, 0, 0, 0]).await;
    let closed = r#"{"id":"g","kind":"row_group","surface":"browser","order":1,"publish_end":"2001-01-01T00:00:00Z"}"#;
    bench.counts(closed, [0, 1, 0, 0, 0]).await;
    let rows = all::<Row>(&bench).await;
    let end = all::<RowGroup>(&bench).await[0].head.window.until;
    assert!(rows.iter().all(|row| row.head.window.until == end));
    let off = r#"{"id":"g","kind":"row_group","surface":"browser","order":1,"enabled":false}"#;
    bench.counts(off, [0, 1, 0, 0, 0]).await;
    assert!(
        all::<Row>(&bench)
            .await
            .iter()
            .all(|row| !row.head.window.is_open(i64::MAX - 1))
    );
    bench.counts(screen(), [0, 1, 6, 0, 0]).await;
    assert!(
        all::<Row>(&bench)
            .await
            .iter()
            .all(|row| row.head.window.is_open(crate::bench::NOW))
    );
}
