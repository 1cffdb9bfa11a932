//! Units of work.

use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{Db, meta};

on_both!(
    saved_units_are_seen_and_dropped_ones_are_not,
    a_cancelled_unit_leaves_nothing,
    many_writers_share_the_database,
    the_version_rises_with_catalog_writes,
    ids_never_repeat
);

async fn value(db: &Db, key: &str) -> Option<String> {
    meta::get(&mut db.reader(), key).await.unwrap()
}

async fn saved_units_are_seen_and_dropped_ones_are_not(test: TestDb) {
    let db = &test.db;
    let mut unit = db.begin().await.unwrap();
    meta::set(&mut unit, "a", "1").await.unwrap();
    assert_eq!(
        value(db, "a").await,
        None,
        "nothing is seen before the unit is saved"
    );
    unit.save().await.unwrap();
    assert_eq!(value(db, "a").await.as_deref(), Some("1"));

    let mut unit = db.begin().await.unwrap();
    meta::set(&mut unit, "a", "2").await.unwrap();
    drop(unit);
    let mut unit = db.begin().await.unwrap();
    meta::set(&mut unit, "b", "3").await.unwrap();
    unit.save().await.unwrap();
    assert_eq!(
        (
            value(db, "a").await.as_deref(),
            value(db, "b").await.as_deref()
        ),
        (Some("1"), Some("3"))
    );
}

async fn a_cancelled_unit_leaves_nothing(test: TestDb) {
    let db = test.db.clone();
    let (began, begun) = tokio::sync::oneshot::channel();
    let task = tokio::spawn(async move {
        let mut unit = db.begin().await.unwrap();
        meta::set(&mut unit, "cancelled", "1").await.unwrap();
        began.send(()).unwrap();
        std::future::pending::<()>().await;
        unit.save().await.unwrap();
    });
    begun.await.unwrap();
    task.abort();
    let mut unit = test.db.begin().await.unwrap();
    assert_eq!(meta::get(&mut unit, "cancelled").await.unwrap(), None);
    meta::set(&mut unit, "after", "1").await.unwrap();
    unit.save().await.unwrap();
    assert_eq!(value(&test.db, "cancelled").await, None);
    assert_eq!(value(&test.db, "after").await.as_deref(), Some("1"));
}

async fn many_writers_share_the_database(test: TestDb) {
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..100 {
        let db = test.db.clone();
        tasks.spawn(async move {
            let mut unit = db.begin().await.unwrap();
            meta::set(&mut unit, &format!("key{n}"), "x").await.unwrap();
            // Every third one changes its mind.
            if n % 3 == 0 {
                drop(unit);
            } else {
                unit.save().await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    for n in 0..100 {
        assert_eq!(
            value(&test.db, &format!("key{n}")).await.is_some(),
            n % 3 != 0,
            "key{n}"
        );
    }
}

async fn the_version_rises_with_catalog_writes(test: TestDb) {
    let before = test.db.catalog_version();
    let mut unit = test.db.begin().await.unwrap();
    meta::set(&mut unit, "x", "1").await.unwrap();
    unit.save().await.unwrap();
    assert_eq!(test.db.catalog_version(), before);
    let mut unit = test.db.begin().await.unwrap();
    unit.touch_catalog();
    unit.save().await.unwrap();
    assert_eq!(test.db.catalog_version(), before + 1);
    // Another process sees it when it looks.
    let other = Db::open(&test.options).await.unwrap();
    assert_eq!(other.catalog_version(), before + 1);
    let mut unit = other.begin().await.unwrap();
    unit.touch_catalog();
    unit.save().await.unwrap();
    assert_eq!(test.db.refresh_version().await.unwrap(), before + 2);
}

async fn ids_never_repeat(test: TestDb) {
    let mut unit = test.db.begin().await.unwrap();
    let first = meta::take_ids(&mut unit, "thing", 3).await.unwrap();
    let second = meta::take_ids(&mut unit, "thing", 1).await.unwrap();
    let other = meta::take_ids(&mut unit, "other", 1).await.unwrap();
    unit.save().await.unwrap();
    assert_eq!((first, second, other), (1, 4, 1));
}
