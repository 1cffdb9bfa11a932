//! Titles: storing, removing, the one predicate.

use marquee_domain::catalog::{Content, ContentKind};
use marquee_domain::publish::Window;
use marquee_domain::{ContentId, SeasonId, SeriesId};
use marquee_storage::catalog::{self, Shown, Table, list_contents};
use marquee_storage::testing::{TestDb, on_both};

use crate::make::{ALL, ALWAYS, episode, filter, head, ids, movie, put, series, service};

on_both!(
    only_what_is_published_is_listed_and_found,
    children_follow_the_windows_of_their_parents,
    putting_twice_replaces,
    a_season_knows_what_it_holds,
    removal_takes_children_along,
);

async fn only_what_is_published_is_listed_and_found(test: TestDb) {
    let service = service(&test.db).await;
    let windows = [
        Window {
            from: 10,
            until: 20,
        },
        Window {
            from: 0,
            until: i64::MAX,
        },
        Window {
            from: i64::MAX,
            until: i64::MAX,
        },
    ];
    let contents: Vec<Content> = windows
        .iter()
        .zip(1..)
        .map(|(window, id)| movie(service, id, *window))
        .collect();
    put(&test, &contents).await;
    let mut reader = test.db.reader();
    for (now, expected) in [
        (9, vec![2]),
        (10, vec![1, 2]),
        (19, vec![1, 2]),
        (20, vec![2]),
    ] {
        let (count, found) = list_contents(&mut reader, service, &filter(), now, ALL)
            .await
            .unwrap();
        assert_eq!(
            (count as usize, ids(&found)),
            (expected.len(), expected.clone()),
            "at {now}"
        );
        let found = catalog::find_content_by_slug(&mut reader, service, "movie-1", now)
            .await
            .unwrap();
        assert_eq!(found.is_some(), expected.contains(&1));
        let found = catalog::contents_by_ids(&mut reader, &[1, 2, 3], Shown::At(now))
            .await
            .unwrap();
        assert_eq!(found.len(), expected.len());
    }
    assert_eq!(
        catalog::next_boundary(&mut reader, service, 5)
            .await
            .unwrap(),
        Some(10)
    );
    assert_eq!(
        catalog::next_boundary(&mut reader, service, 10)
            .await
            .unwrap(),
        Some(20)
    );
    assert!(
        catalog::find_content(&mut reader, marquee_domain::ServiceId(99), ContentId(2), 15)
            .await
            .unwrap()
            .is_none(),
        "another service's"
    );
}

async fn children_follow_the_windows_of_their_parents(test: TestDb) {
    let service = service(&test.db).await;
    series(&test.db, service, &[1]).await;
    put(&test, &[episode(service, 1, 1, 1)]).await;
    let mut unit = test.db.begin().await.unwrap();
    let mut show = catalog::series_by_ids(&mut unit, &[1], Shown::All)
        .await
        .unwrap()
        .pop()
        .unwrap();
    show.head.own = Window {
        from: 50,
        until: 60,
    };
    show.head.window = show.head.own;
    catalog::put_series(&mut unit, &[show]).await.unwrap();
    catalog::refit_children(&mut unit, SeriesId(1))
        .await
        .unwrap();
    unit.save().await.unwrap();
    for (now, shown) in [(49, false), (50, true), (59, true), (60, false)] {
        let found = catalog::find_content(&mut test.db.reader(), service, ContentId(1), now)
            .await
            .unwrap();
        assert_eq!(found.is_some(), shown, "at {now}");
    }
}

async fn putting_twice_replaces(test: TestDb) {
    let service = service(&test.db).await;
    put(&test, &[movie(service, 1, ALWAYS)]).await;
    let mut changed = movie(service, 1, ALWAYS);
    changed.head.slug = "renamed".into();
    changed.doc.year = Some(1999);
    put(&test, &[changed]).await;
    let found = catalog::contents_by_slugs(
        &mut test.db.reader(),
        service,
        &["renamed".into(), "movie-1".into()],
    )
    .await
    .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].doc.year, Some(1999));
    // Another content may not take a slug.
    let mut thief = movie(service, 2, ALWAYS);
    thief.head = head(service, "other-key", ALWAYS);
    thief.head.slug = "renamed".into();
    let mut unit = test.db.begin().await.unwrap();
    let refused = catalog::put_contents(&mut unit, &[thief])
        .await
        .unwrap_err();
    assert!(refused.is_unique_violation());
}

async fn a_season_knows_what_it_holds(test: TestDb) {
    let service = service(&test.db).await;
    series(&test.db, service, &[1, 2]).await;
    let mut clip = episode(service, 3, 1, 1);
    clip.kind = ContentKind::Clip;
    let mut hidden = episode(service, 4, 1, 3);
    hidden.head.window = Window {
        from: 100,
        until: 200,
    };
    put(
        &test,
        &[
            episode(service, 1, 1, 1),
            episode(service, 2, 1, 2),
            clip,
            hidden,
            episode(service, 5, 2, 1),
        ],
    )
    .await;
    let mut reader = test.db.reader();
    let facts = catalog::season_facts(&mut reader, &[1, 2], 5)
        .await
        .unwrap();
    assert_eq!(
        (
            facts[&SeasonId(1)].contents,
            facts[&SeasonId(1)].kinds.as_slice()
        ),
        (3, &[ContentKind::TvSeries, ContentKind::Clip][..])
    );
    assert_eq!(facts[&SeasonId(2)].contents, 1);
    let first = catalog::first_contents(&mut reader, SeasonId(1), 5, false, 2)
        .await
        .unwrap();
    assert_eq!(ids(&first), [1, 2], "episodes come before clips");
    assert!(
        catalog::first_contents(&mut reader, SeasonId(1), 5, true, 2)
            .await
            .unwrap()
            .is_empty(),
        "none is playable"
    );
    let next = catalog::following(
        &mut reader,
        SeasonId(1),
        ContentKind::TvSeries,
        1,
        ContentId(1),
        5,
    )
    .await
    .unwrap();
    assert_eq!(next.map(|content| content.id.0), Some(2));
    assert!(
        catalog::following(
            &mut reader,
            SeasonId(1),
            ContentKind::TvSeries,
            2,
            ContentId(2),
            5
        )
        .await
        .unwrap()
        .is_none()
    );
}

async fn removal_takes_children_along(test: TestDb) {
    let service = service(&test.db).await;
    series(&test.db, service, &[1, 2]).await;
    put(
        &test,
        &[
            episode(service, 1, 1, 1),
            episode(service, 2, 2, 1),
            movie(service, 3, ALWAYS),
        ],
    )
    .await;
    let mut unit = test.db.begin().await.unwrap();
    catalog::remove(&mut unit, Table::Season, 2).await.unwrap();
    unit.save().await.unwrap();
    let (_, left) = list_contents(&mut test.db.reader(), service, &filter(), 5, ALL)
        .await
        .unwrap();
    assert_eq!(ids(&left), [3, 1]);
    let mut unit = test.db.begin().await.unwrap();
    catalog::remove(&mut unit, Table::Series, 1).await.unwrap();
    unit.save().await.unwrap();
    let (_, left) = list_contents(&mut test.db.reader(), service, &filter(), 5, ALL)
        .await
        .unwrap();
    assert_eq!(ids(&left), [3]);
}
