//! The same random operations on both databases give the same answers.

use marquee_domain::catalog::{Content, ContentKind};
use marquee_domain::publish::Window;
use marquee_domain::{SeasonId, ServiceId};
use marquee_storage::catalog::{self, ContentFilter, ContentOrder, Matching, Page, Shown, Table};
use marquee_storage::{Db, testing};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::make::{episode, movie, series, service};

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Put {
        id: i64,
        from: i64,
        until: i64,
        season: Option<i64>,
        order: i64,
        kind: ContentKind,
        text: String,
    },
    Remove {
        id: i64,
    },
    PutRow {
        id: i64,
        group: i64,
        from: i64,
        until: i64,
        order: i64,
    },
    PutGroup {
        id: i64,
        from: i64,
        until: i64,
        order: i64,
    },
    RemoveGroup {
        id: i64,
    },
    Label {
        id: i64,
        labels: Vec<i64>,
    },
    Home {
        now: i64,
        labels: Vec<i64>,
        by_popularity: bool,
    },
    List {
        now: i64,
        order: u8,
        season: Option<i64>,
        kinds: Option<Vec<ContentKind>>,
        search: Option<String>,
        offset: i64,
    },
}

fn kind() -> impl Strategy<Value = ContentKind> {
    prop_oneof![
        Just(ContentKind::Movie),
        Just(ContentKind::Clip),
        Just(ContentKind::TvSeries)
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let season = || prop_oneof![Just(None), (1..3_i64).prop_map(Some)];
    prop_oneof![
        5 => (1..30_i64, 0..20_i64, 0..30_i64, season(), 0..4_i64, kind(), "[a-c%_\\\\한ä ]{1,4}")
            .prop_map(|(id, from, until, season, order, kind, text)| Step::Put { id, from, until, season, order, kind, text }),
        1 => (1..30_i64).prop_map(|id| Step::Remove { id }),
        3 => (1..12_i64, 1..4_i64, 0..20_i64, 0..30_i64, 0..4_i64)
            .prop_map(|(id, group, from, until, order)| Step::PutRow { id, group, from, until, order }),
        2 => (1..4_i64, 0..20_i64, 0..30_i64, 0..4_i64)
            .prop_map(|(id, from, until, order)| Step::PutGroup { id, from, until, order }),
        1 => (1..4_i64).prop_map(|id| Step::RemoveGroup { id }),
        3 => (1..30_i64, prop::collection::vec(1..5_i64, 0..4)).prop_map(|(id, labels)| Step::Label { id, labels }),
        3 => (0..30_i64, prop::collection::vec(1..5_i64, 1..3), any::<bool>())
            .prop_map(|(now, labels, by_popularity)| Step::Home { now, labels, by_popularity }),
        4 => (0..30_i64, 0..3_u8, season(), prop::option::of(prop::collection::vec(kind(), 0..3)), prop::option::of("[a-c%_\\\\한ä]{1,2}"), 0..6_i64)
            .prop_map(|(now, order, season, kinds, search, offset)| Step::List { now, order, season, kinds, search, offset }),
    ]
}

async fn run(db: &Db, service: ServiceId, step: &Step) -> String {
    match step {
        Step::Put {
            id,
            from,
            until,
            season,
            order,
            kind,
            text,
        } => {
            let window = Window {
                from: *from,
                until: *until,
            };
            let base = season.map_or_else(
                || movie(service, *id, window),
                |season| episode(service, *id, season, *order),
            );
            let mut head = base.head.clone();
            (head.window, head.own) = (window, window);
            head.external_key = format!("k{id}");
            head.slug = format!("s{id}");
            let content = Content {
                kind: *kind,
                head,
                ..base
            };
            let mut unit = db.begin().await.unwrap();
            catalog::put_contents(&mut unit, &[content]).await.unwrap();
            catalog::put_title_texts(&mut unit, service.0, &[(Table::Content, *id, text.clone())])
                .await
                .unwrap();
            unit.save().await.unwrap();
            String::new()
        }
        Step::Remove { id } => {
            let mut unit = db.begin().await.unwrap();
            catalog::remove(&mut unit, Table::Content, *id)
                .await
                .unwrap();
            unit.save().await.unwrap();
            String::new()
        }
        Step::PutRow { .. } | Step::PutGroup { .. } | Step::RemoveGroup { .. } => {
            crate::random_home::edit(db, service, step).await
        }
        Step::Label { id, labels } => {
            let known = catalog::contents_by_ids(&mut db.reader(), &[*id], Shown::All)
                .await
                .unwrap();
            let mut labels = labels.clone();
            labels.dedup();
            let entries = known
                .iter()
                .map(|it| (Table::Content, it.id.0, labels.clone()));
            let entries: Vec<_> = entries.collect();
            let mut unit = db.begin().await.unwrap();
            catalog::put_title_labels(&mut unit, &[(Table::Content, *id)], &entries)
                .await
                .unwrap();
            unit.save().await.unwrap();
            String::new()
        }
        Step::Home {
            now,
            labels,
            by_popularity,
        } => crate::random_home::look(db, service, *now, labels, *by_popularity).await,
        Step::List {
            now,
            order,
            season,
            kinds,
            search,
            offset,
        } => {
            let order = [
                ContentOrder::Newest,
                ContentOrder::Popularity,
                ContentOrder::Episode,
            ][usize::from(*order)];
            let filter = ContentFilter {
                kinds: kinds.clone(),
                search: search.clone().map(Matching::Text),
                category: None,
                season: season.map(SeasonId),
                order,
            };
            let page = Page {
                offset: *offset,
                limit: 5,
            };
            let (count, found) =
                catalog::list_contents(&mut db.reader(), service, &filter, *now, page)
                    .await
                    .unwrap();
            let facts = catalog::season_facts(&mut db.reader(), &[1, 2], *now)
                .await
                .unwrap();
            let mut facts: Vec<_> = facts.into_iter().collect();
            facts.sort_by_key(|(id, _)| *id);
            format!(
                "{count} {:?} {facts:?}",
                found.iter().map(|content| content.id).collect::<Vec<_>>()
            )
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn random_operations_answer_alike() {
    let Some(postgres) = testing::postgres().await else {
        return;
    };
    let sqlite = testing::sqlite().await;
    let (a, b) = (service(&sqlite.db).await, service(&postgres.db).await);
    series(&sqlite.db, a, &[1, 2]).await;
    series(&postgres.db, b, &[1, 2]).await;
    crate::near::labels(&sqlite.db, a, 5).await;
    crate::near::labels(&postgres.db, b, 5).await;
    // A fixed seed: a failure can be run again.
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]),
    );
    for n in 0..800 {
        let step = step().new_tree(&mut runner).unwrap().current();
        let (ours, theirs) = (
            run(&sqlite.db, a, &step).await,
            run(&postgres.db, b, &step).await,
        );
        assert_eq!(ours, theirs, "step {n}: {step:?}");
    }
}
