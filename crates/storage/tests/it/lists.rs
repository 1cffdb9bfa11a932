//! Lists of titles: orders, pages and filters.

use marquee_domain::catalog::{Content, ContentKind};
use marquee_domain::publish::Window;
use marquee_domain::{CategoryId, SeasonId, SeriesId};
use marquee_storage::catalog::{
    self, CategoryEntry, ContentFilter, ContentOrder, ListedItem, Matching, Page, SeasonFilter,
    Table, list_category, list_contents, list_seasons,
};
use marquee_storage::testing::{TestDb, on_both};

use crate::make::{ALL, ALWAYS, episode, filter, ids, movie, put, series, service};

on_both!(orders_are_total_and_pages_do_not_overlap, filters_combine,);

async fn orders_are_total_and_pages_do_not_overlap(test: TestDb) {
    let service = service(&test.db).await;
    let contents: Vec<Content> = (1..=25)
        .map(|id| {
            movie(
                service,
                id,
                Window {
                    from: id / 5,
                    until: i64::MAX,
                },
            )
        })
        .collect();
    put(&test, &contents).await;
    for order in [
        ContentOrder::Newest,
        ContentOrder::Popularity,
        ContentOrder::Episode,
    ] {
        let filter = ContentFilter { order, ..filter() };
        let mut seen = Vec::new();
        for page in 0..9 {
            let (count, found) = list_contents(
                &mut test.db.reader(),
                service,
                &filter,
                100,
                Page {
                    offset: page * 3,
                    limit: 3,
                },
            )
            .await
            .unwrap();
            assert_eq!(count, 25);
            seen.extend(ids(&found));
        }
        let expected: Vec<i64> = if order == ContentOrder::Episode {
            (1..=25).collect()
        } else {
            (1..=25).rev().collect()
        };
        assert_eq!(seen, expected, "{order:?}");
    }
}

async fn filters_combine(test: TestDb) {
    let service = service(&test.db).await;
    series(&test.db, service, &[1, 2]).await;
    put(
        &test,
        &[
            episode(service, 1, 1, 2),
            episode(service, 2, 1, 1),
            episode(service, 3, 2, 1),
            movie(service, 4, ALWAYS),
        ],
    )
    .await;
    let mut unit = test.db.begin().await.unwrap();
    let label = marquee_domain::catalog::Label {
        id: 9,
        external_key: "c".into(),
        slug: "c".into(),
        order: 0,
        digest: 1,
        doc: Default::default(),
    };
    marquee_storage::labels::put(
        &mut unit,
        service,
        marquee_domain::catalog::LabelKind::Category,
        &[label],
    )
    .await
    .unwrap();
    let entry = |item, kind, listed| CategoryEntry {
        category: 9,
        table: Table::Content,
        item,
        kind: Some(kind),
        listed,
        window: ALWAYS,
    };
    catalog::put_category_items(
        &mut unit,
        &[],
        &[
            entry(1, ContentKind::TvSeries, false),
            entry(4, ContentKind::Movie, true),
        ],
    )
    .await
    .unwrap();
    let texts: Vec<_> = (1..=4)
        .map(|id| (Table::Content, id, format!("folded 100%_{id}")))
        .collect();
    catalog::put_title_texts(&mut unit, service.0, &texts)
        .await
        .unwrap();
    unit.save().await.unwrap();

    let check = async |filter: ContentFilter, expected: &[i64]| {
        let (count, found) = list_contents(&mut test.db.reader(), service, &filter, 5, ALL)
            .await
            .unwrap();
        assert_eq!(
            (count as usize, ids(&found).as_slice()),
            (expected.len(), expected),
            "{filter:?}"
        );
    };
    let season = Some(SeasonId(1));
    let category = Some(CategoryId(9));
    check(
        ContentFilter {
            season,
            order: ContentOrder::Episode,
            ..filter()
        },
        &[2, 1],
    )
    .await;
    check(
        ContentFilter {
            category,
            ..filter()
        },
        &[4, 1],
    )
    .await;
    check(
        ContentFilter {
            category,
            season,
            ..filter()
        },
        &[1],
    )
    .await;
    check(
        ContentFilter {
            category,
            order: ContentOrder::Popularity,
            ..filter()
        },
        &[4, 1],
    )
    .await;
    check(
        ContentFilter {
            kinds: Some(vec![ContentKind::Movie, ContentKind::Clip]),
            ..filter()
        },
        &[4],
    )
    .await;
    check(
        ContentFilter {
            kinds: Some(vec![]),
            ..filter()
        },
        &[],
    )
    .await;
    check(
        ContentFilter {
            category,
            kinds: Some(vec![ContentKind::TvSeries]),
            ..filter()
        },
        &[1],
    )
    .await;
    // Wildcards of LIKE are plain characters.
    check(
        ContentFilter {
            search: Some(Matching::Text("100%_3".into())),
            ..filter()
        },
        &[3],
    )
    .await;
    check(
        ContentFilter {
            search: Some(Matching::Text("0%3".into())),
            ..filter()
        },
        &[],
    )
    .await;
    check(
        ContentFilter {
            search: Some(Matching::Text("\\".into())),
            ..filter()
        },
        &[],
    )
    .await;

    // What was found elsewhere, in the order of the list.
    for (found, expected) in [(vec![4, 2, 99], &[4, 2][..]), (vec![], &[])] {
        let narrowed = ContentFilter {
            search: Some(Matching::Ids(found)),
            ..filter()
        };
        check(narrowed, expected).await;
    }

    let (count, items) = list_category(&mut test.db.reader(), CategoryId(9), 5, ALL)
        .await
        .unwrap();
    assert_eq!(count, 1, "episodes are not on the category's own page");
    assert!(matches!(&items[..], [ListedItem::Content(content)] if content.id.0 == 4));
    let seasons = SeasonFilter {
        series: Some(SeriesId(1)),
        ..SeasonFilter::default()
    };
    let (_, found) = list_seasons(&mut test.db.reader(), service, &seasons, 5, ALL)
        .await
        .unwrap();
    assert_eq!(found.iter().map(|s| s.order).collect::<Vec<_>>(), [1, 2]);
}
