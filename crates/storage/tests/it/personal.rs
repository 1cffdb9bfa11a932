//! Favorites, progress and play starts.

use marquee_domain::personal::{DeviceId, FavoriteKind, Owner, Progress};
use marquee_domain::popularity::plays_at;
use marquee_domain::{ContentId, SeriesId, ServiceId};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{Query, Statement, catalog, favorites, progress};

use crate::make::{ALWAYS, episode, movie, series, service};

on_both!(
    a_favorite_is_kept_once_and_listed_newest_first,
    the_newest_progress_wins_whatever_arrives_last,
    merging_keeps_the_earlier_favorite_and_the_later_progress,
    play_starts_count_for_contents_and_series
);

const NOW: i64 = 1_790_000_000_000;

fn device(name: &str) -> Owner {
    Owner::Device(DeviceId::parse(name).unwrap())
}

fn account() -> Owner {
    Owner::Account("018f2a4e-0000-7000-8000-000000000001".to_owned())
}

async fn favorite(test: &TestDb, owner: &Owner, service: ServiceId, id: i64, now: i64) -> bool {
    let mut unit = test.db.begin().await.unwrap();
    let thing = (FavoriteKind::Content, id);
    let new = favorites::add(&mut unit, owner, service, thing, now)
        .await
        .unwrap();
    unit.save().await.unwrap();
    new
}

async fn kept(test: &TestDb, owner: &Owner, service: ServiceId) -> Vec<(i64, i64)> {
    let list = favorites::list(&mut test.db.reader(), owner, service, 100)
        .await
        .unwrap();
    list.iter().map(|f| (f.source_id, f.created_at)).collect()
}

async fn a_favorite_is_kept_once_and_listed_newest_first(test: TestDb) {
    let service = service(&test.db).await;
    let (tv, phone) = (device("tv"), device("phone"));
    assert!(favorite(&test, &tv, service, 1, 10).await);
    assert!(favorite(&test, &tv, service, 2, 20).await);
    assert!(!favorite(&test, &tv, service, 1, 30).await, "it is there");
    assert!(favorite(&test, &phone, service, 1, 40).await);
    assert_eq!(kept(&test, &tv, service).await, [(2, 20), (1, 10)]);
    let mut unit = test.db.begin().await.unwrap();
    let thing = (FavoriteKind::Content, 1);
    assert!(favorites::remove(&mut unit, &tv, thing).await.unwrap());
    assert!(!favorites::remove(&mut unit, &tv, thing).await.unwrap());
    let other = (FavoriteKind::Season, 2);
    assert!(!favorites::remove(&mut unit, &tv, other).await.unwrap());
    unit.save().await.unwrap();
    assert_eq!(kept(&test, &tv, service).await, [(2, 20)]);
    assert_eq!(kept(&test, &phone, service).await, [(1, 40)]);
    let count = favorites::count(&mut test.db.reader(), &tv, service).await;
    assert_eq!(count.unwrap(), 1);
}

async fn watch(
    test: &TestDb,
    owner: &Owner,
    service: ServiceId,
    content: i64,
    at: (i64, i64),
) -> Progress {
    let new = Progress {
        content: ContentId(content),
        position_s: at.0,
        updated_at: at.1,
        device: "d".to_owned(),
    };
    let mut unit = test.db.begin().await.unwrap();
    let stored = progress::save(&mut unit, owner, service, &new)
        .await
        .unwrap();
    unit.save().await.unwrap();
    stored
}

async fn the_newest_progress_wins_whatever_arrives_last(test: TestDb) {
    let service = service(&test.db).await;
    let tv = device("tv");
    assert_eq!(
        watch(&test, &tv, service, 1, (100, 50)).await.position_s,
        100
    );
    assert_eq!(
        watch(&test, &tv, service, 1, (30, 60)).await.position_s,
        30,
        "also when lower"
    );
    let late = watch(&test, &tv, service, 1, (200, 55)).await;
    assert_eq!(
        (late.position_s, late.updated_at),
        (30, 60),
        "an older one changes nothing"
    );
    assert_eq!(
        watch(&test, &tv, service, 1, (31, 60)).await.position_s,
        31,
        "the last of one moment"
    );
    watch(&test, &tv, service, 2, (5, 58)).await;
    let q = &mut test.db.reader();
    let recent = progress::recent(q, &tv, service, 10).await.unwrap();
    let ids: Vec<i64> = recent.iter().map(|p| p.content.0).collect();
    assert_eq!(ids, [1, 2]);
    let some = progress::of_contents(q, &tv, &[ContentId(2), ContentId(3)])
        .await
        .unwrap();
    assert_eq!(some.len(), 1);
    assert!(
        progress::of_content(q, &device("phone"), ContentId(1))
            .await
            .unwrap()
            .is_none()
    );
}

async fn merging_keeps_the_earlier_favorite_and_the_later_progress(test: TestDb) {
    let service = service(&test.db).await;
    let (tv, me) = (device("tv"), account());
    for (owner, id, at) in [
        (&tv, 1, 10),
        (&tv, 2, 50),
        (&tv, 3, 30),
        (&me, 1, 20),
        (&me, 2, 40),
    ] {
        favorite(&test, owner, service, id, at).await;
    }
    for (owner, id, at) in [
        (&tv, 1, (10, 10)),
        (&tv, 2, (20, 50)),
        (&tv, 3, (30, 5)),
        (&me, 1, (11, 20)),
        (&me, 2, (21, 40)),
    ] {
        watch(&test, owner, service, id, at).await;
    }
    // A second time changes nothing.
    for _ in 0..2 {
        let mut unit = test.db.begin().await.unwrap();
        favorites::merge(&mut unit, &tv, &me).await.unwrap();
        progress::merge(&mut unit, &tv, &me).await.unwrap();
        unit.save().await.unwrap();
        assert_eq!(kept(&test, &me, service).await, [(2, 40), (3, 30), (1, 10)]);
        assert!(kept(&test, &tv, service).await.is_empty());
        let q = &mut test.db.reader();
        let mine = progress::recent(q, &me, service, 10).await.unwrap();
        let mine: Vec<(i64, i64)> = mine.iter().map(|p| (p.content.0, p.position_s)).collect();
        assert_eq!(mine, [(2, 20), (1, 11), (3, 30)]);
        assert!(
            progress::recent(q, &tv, service, 10)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

async fn play_starts_count_for_contents_and_series(test: TestDb) {
    let service = service(&test.db).await;
    series(&test.db, service, &[1]).await;
    let mut unit = test.db.begin().await.unwrap();
    let contents = [
        episode(service, 1, 1, 1),
        episode(service, 2, 1, 2),
        movie(service, 3, ALWAYS),
    ];
    catalog::put_contents(&mut unit, &contents).await.unwrap();
    for content in [1, 2, 2] {
        progress::count_play(&mut unit, ContentId(content), Some(SeriesId(1)), NOW)
            .await
            .unwrap();
    }
    progress::count_play(&mut unit, ContentId(404), None, NOW)
        .await
        .unwrap();
    // An import of the same titles keeps what was counted.
    catalog::put_contents(&mut unit, &contents).await.unwrap();
    unit.save().await.unwrap();
    series(&test.db, service, &[1]).await;
    let q: &mut dyn Query = &mut test.db.reader();
    for (table, id, plays) in [
        ("contents", 1, 1.0),
        ("contents", 2, 2.0),
        ("contents", 3, 0.0),
        ("series", 1, 3.0),
    ] {
        let sql = match table {
            "series" => "SELECT popularity FROM series WHERE id = $1",
            _ => "SELECT popularity FROM contents WHERE id = $1",
        };
        let row = q.row(Statement::new(sql).bind(id)).await.unwrap().unwrap();
        let counted = plays_at(row.float(0).unwrap(), NOW);
        assert!((counted - plays).abs() < 1e-6, "{table} {id}: {counted}");
    }
}
