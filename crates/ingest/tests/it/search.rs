//! The search index follows what is imported, and search shows only what may be shown.

use marquee_catalog::browse::Audience;
use marquee_catalog::home::Item;
use marquee_catalog::search::{Follower, Kind, Searcher, matching, search};
use marquee_domain::UiLanguage;
use marquee_domain::{ContentId, Visibility};
use marquee_storage::catalog::{Matching, Table};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{changes, progress};

use crate::bench::{Bench, NOW};

on_both!(
    an_index_is_made_and_follows_what_changes,
    names_of_people_and_categories_follow_their_own_records,
    what_is_not_published_is_neither_found_nor_completed,
    without_an_index_titles_are_scanned,
    an_index_of_a_replaced_catalog_is_made_again,
    processes_that_share_a_folder_have_an_index_each,
    lists_are_narrowed_to_the_same_matches,
    what_is_watched_ranks_higher_among_equals,
);

const CATALOG: &str = r#"{"id":"show","kind":"series","titles":{"en":"Harbor Lights","ko":"항구의 불빛"},"cast":["p:mina"],"categories":["drama"]}
{"id":"s1","kind":"season","parent":"show","number":1,"titles":{"en":"Harbor Lights S1"}}
{"id":"film","kind":"movie","titles":{"en":"The Long Tide","zh-hans":"漫长的潮汐"}}
{"id":"ch","kind":"channel","titles":{"en":"Tide News"}}
{"id":"p:mina","kind":"person","names":{"en":"Mina Park"}}
"#;

struct Wharf {
    bench: Bench,
    searcher: Searcher,
    follower: Follower,
}

fn who(bench: &Bench) -> Audience {
    Audience {
        service: bench.service,
        permit: Visibility::Public.admit_anonymous().unwrap(),
        now: NOW + 1,
    }
}

impl Wharf {
    async fn new(test: TestDb) -> Self {
        let bench = Bench::new(test).await;
        bench.counts(CATALOG, [5, 0, 0, 0, 0]).await;
        let searcher = Searcher::default();
        let folder = bench.dir.path().join("search");
        let follower = Follower::new(bench.db().clone(), searcher.clone(), &folder).unwrap();
        let mut wharf = Self {
            bench,
            searcher,
            follower,
        };
        wharf.follow().await;
        wharf
    }

    async fn follow(&mut self) {
        self.follower.catch_up().await.unwrap();
        let version = self.bench.db().refresh_version().await.unwrap();
        assert!(self.searcher.version().unwrap() > 0 && version > 0);
    }

    async fn import(&mut self, records: &str) {
        self.bench.import(records).await;
        self.follow().await;
    }

    async fn found(&self, text: &str) -> Vec<String> {
        let db = self.bench.db();
        let (reader, who) = (&mut db.reader(), who(&self.bench));
        let answer = search(reader, &self.searcher, who, UiLanguage::En, text).await;
        answer.unwrap().items.iter().map(key).collect()
    }

    async fn completed(&self, text: &str) -> Vec<String> {
        let db = self.bench.db();
        let (reader, who) = (&mut db.reader(), who(&self.bench));
        let answer = search(reader, &self.searcher, who, UiLanguage::En, text).await;
        answer.unwrap().auto_complete
    }
}

fn key(item: &Item) -> String {
    match item {
        Item::Content(placed) => &placed.content.head,
        Item::Series(opened) => &opened.series.head,
        Item::Season(placed) => &placed.season.head,
        Item::Channel(channel) => &channel.head,
        Item::Multichannel(bundle, _) => &bundle.head,
    }
    .external_key
    .clone()
}

async fn an_index_is_made_and_follows_what_changes(test: TestDb) {
    let mut wharf = Wharf::new(test).await;
    assert_eq!(wharf.found("harbor lights").await[0], "show");
    assert_eq!(wharf.found("ㅎㄱㅇ").await, ["show"], "initial consonants");
    assert_eq!(
        wharf.found("漫長").await,
        ["film"],
        "traditional finds simplified"
    );
    assert_eq!(wharf.found("haror").await[0], "show", "a letter is missing");
    assert_eq!(wharf.found("tide").await, ["ch", "film"]);
    assert_eq!(wharf.completed("har").await[0], "Harbor Lights");

    wharf
        .import(r#"{"id":"film","kind":"movie","titles":{"en":"Another Name"}}"#)
        .await;
    assert!(wharf.found("漫長").await.is_empty());
    assert_eq!(wharf.found("another").await, ["film"]);
    wharf
        .import(r#"{"id":"ch","kind":"channel","titles":{"en":"Ebb News"}}"#)
        .await;
    assert_eq!(wharf.found("ebb").await, ["ch"]);
    wharf
        .import(r#"{"id":"show","kind":"series","deleted":true}"#)
        .await;
    assert!(wharf.found("harbor").await.is_empty(), "with its season");
}

async fn names_of_people_and_categories_follow_their_own_records(test: TestDb) {
    let mut wharf = Wharf::new(test).await;
    assert_eq!(wharf.found("mina park").await, ["show"]);
    assert_eq!(
        wharf.found("park harbor").await[0],
        "show",
        "person and word"
    );
    let mina = r#"{"id":"p:mina","kind":"person","names":{"en":"Mina Park","ko":"박미나"}}"#;
    let report = wharf.bench.import(mina).await;
    assert_eq!(report.rejected.len(), 0, "{:?}", report.rejected);
    wharf.follow().await;
    assert_eq!(wharf.found("박미나").await, ["show"]);
}

async fn what_is_not_published_is_neither_found_nor_completed(test: TestDb) {
    let mut wharf = Wharf::new(test).await;
    let ahead = r#"{"id":"later","kind":"movie","titles":{"en":"Tidewater"},"publish_start":"2090-01-01T00:00:00Z"}"#;
    wharf.import(ahead).await;
    assert_eq!(wharf.found("tidewater").await, Vec::<String>::new());
    assert!(
        !wharf
            .completed("tide")
            .await
            .contains(&"Tidewater".to_owned())
    );
    // However many there are that may not be shown, what may is found.
    let hidden: String = (0..300)
        .map(|n| ahead.replace("later", &format!("later-{n}")) + "\n")
        .collect();
    let shown = r#"{"id":"now","kind":"movie","titles":{"en":"Tidewater Again and Again"}}"#;
    wharf.import(&(hidden + shown)).await;
    assert_eq!(wharf.found("tidewater").await, ["now"]);
}

async fn without_an_index_titles_are_scanned(test: TestDb) {
    let mut wharf = Wharf::new(test).await;
    wharf.searcher = Searcher::default();
    assert_eq!(wharf.found("ARBOR").await, ["show"], "any part of a title");
    assert_eq!(wharf.found("  ").await, Vec::<String>::new());
    assert!(wharf.completed("har").await.is_empty());
}

async fn an_index_of_a_replaced_catalog_is_made_again(test: TestDb) {
    let mut wharf = Wharf::new(test).await;
    let mut backup = Vec::new();
    let art = wharf.bench.art();
    std::fs::create_dir_all(&art).unwrap();
    marquee_storage::backup::dump(wharf.bench.db(), &art, &mut backup)
        .await
        .unwrap();
    wharf
        .import(r#"{"id":"film","kind":"movie","titles":{"en":"Another Name"}}"#)
        .await;
    // The versions rise past the one that was followed, so they alone tell nothing.
    marquee_storage::backup::restore(wharf.bench.db(), &art, backup.as_slice())
        .await
        .unwrap();
    wharf
        .import(r#"{"id":"more","kind":"movie","titles":{"en":"One More"}}"#)
        .await;
    assert!(wharf.found("another").await.is_empty());
    assert_eq!(wharf.found("long tide").await, ["film"]);
    assert_eq!(wharf.found("one more").await, ["more"]);
}

async fn processes_that_share_a_folder_have_an_index_each(test: TestDb) {
    let mut wharf = Wharf::new(test).await;
    let searcher = Searcher::default();
    let folder = wharf.bench.dir.path().join("search");
    let db = wharf.bench.db().clone();
    let mut second = Follower::new(db.clone(), searcher.clone(), &folder).unwrap();
    second.catch_up().await.unwrap();
    wharf
        .import(r#"{"id":"film","kind":"movie","titles":{"en":"Another Name"}}"#)
        .await;
    second.catch_up().await.unwrap();
    let first = std::mem::replace(&mut wharf.searcher, searcher);
    assert_eq!(wharf.found("another").await, ["film"]);
    wharf.searcher = first;
    assert_eq!(wharf.found("another").await, ["film"]);
    // The next start finds its index and need not make it.
    drop(second);
    drop(wharf.follower);
    let searcher = Searcher::default();
    let mut again = Follower::new(db, searcher.clone(), &folder).unwrap();
    again.catch_up().await.unwrap();
    wharf.searcher = searcher;
    let found = wharf.bench.db().reader();
    drop(found);
    assert!(wharf.searcher.version().is_some());
}

async fn lists_are_narrowed_to_the_same_matches(test: TestDb) {
    let wharf = Wharf::new(test).await;
    let who = who(&wharf.bench);
    let narrowed = matching(&wharf.searcher, who, Kind::Content, Some("Tide")).await;
    let film = wharf.bench.content("film").await.unwrap();
    assert_eq!(narrowed.unwrap(), Some(Matching::Ids(vec![film.id.0])));
    let blank = matching(&wharf.searcher, who, Kind::Content, Some(" ")).await;
    assert_eq!(blank.unwrap(), None);
}

async fn what_is_watched_ranks_higher_among_equals(test: TestDb) {
    let mut wharf = Wharf::new(test).await;
    wharf
        .import(
            r#"{"id":"one","kind":"movie","titles":{"en":"Quiet Pier"},"publish_start":"2021-01-01T00:00:00Z"}
{"id":"two","kind":"movie","titles":{"en":"Quiet Pier"},"publish_start":"2020-01-01T00:00:00Z"}"#,
        )
        .await;
    assert_eq!(
        wharf.found("quiet pier").await,
        ["one", "two"],
        "newer first"
    );

    let db = wharf.bench.db();
    let found = changes::ids_after(&mut db.reader(), Table::Content, 0, 100).await;
    let mut unit = db.begin().await.unwrap();
    let two = ContentId(*found.unwrap().last().unwrap());
    progress::count_play(&mut unit, two, None, NOW)
        .await
        .unwrap();
    unit.save().await.unwrap();
    wharf.follow().await;
    wharf.follower.refresh_popularity().await.unwrap();
    assert_eq!(wharf.found("quiet pier").await, ["two", "one"]);
    wharf.follower.refresh_popularity().await.unwrap();
    assert_eq!(wharf.found("quiet pier").await, ["two", "one"]);
}
