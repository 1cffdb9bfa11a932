//! What has changed since a version of the catalog.

use marquee_storage::catalog::{self, Table};
use marquee_storage::changes::{self, Change, Changed};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{Db, Query, Statement, backup, meta};

use crate::make::{ALWAYS, episode, movie, put, series, service};

on_both!(
    each_item_has_its_last_change,
    pages_go_on_where_the_last_one_ended,
    what_is_deleted_has_changed_with_everything_below,
    what_is_undone_has_not_changed,
    an_epoch_ends_with_a_restore,
);

async fn since(db: &Db, version: i64) -> Vec<(Changed, i64)> {
    let changes = changes::since(&mut db.reader(), version, None, 100).await;
    let changes = changes.unwrap().into_iter();
    changes.map(|change| (change.what, change.id)).collect()
}

async fn version(db: &Db) -> i64 {
    meta::catalog_version(&mut db.reader()).await.unwrap()
}

const CONTENT: Changed = Changed::Title(Table::Content);

async fn each_item_has_its_last_change(test: TestDb) {
    let service = service(&test.db).await;
    let start = version(&test.db).await;
    put(
        &test,
        &[movie(service, 1, ALWAYS), movie(service, 2, ALWAYS)],
    )
    .await;
    let first = version(&test.db).await;
    assert_eq!(since(&test.db, start).await, [(CONTENT, 1), (CONTENT, 2)]);
    assert!(since(&test.db, first).await.is_empty());
    put(&test, &[movie(service, 1, ALWAYS)]).await;
    assert_eq!(since(&test.db, first).await, [(CONTENT, 1)]);
    assert_eq!(since(&test.db, start).await, [(CONTENT, 2), (CONTENT, 1)]);
}

async fn pages_go_on_where_the_last_one_ended(test: TestDb) {
    let service = service(&test.db).await;
    series(&test.db, service, &[1, 2]).await;
    let movies: Vec<_> = (10..30).map(|id| movie(service, id, ALWAYS)).collect();
    put(&test, &movies).await;
    let all = changes::since(&mut test.db.reader(), 0, None, 100)
        .await
        .unwrap();
    assert_eq!(all.len(), 1 + 2 + 20);
    let mut paged: Vec<Change> = Vec::new();
    loop {
        let after = paged.last().copied();
        let page = changes::since(&mut test.db.reader(), 0, after, 4)
            .await
            .unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);
}

async fn what_is_deleted_has_changed_with_everything_below(test: TestDb) {
    let service = service(&test.db).await;
    series(&test.db, service, &[1]).await;
    put(&test, &[episode(service, 7, 1, 1)]).await;
    let before = version(&test.db).await;
    let mut unit = test.db.begin().await.unwrap();
    catalog::remove(&mut unit, Table::Series, 1).await.unwrap();
    unit.save().await.unwrap();
    let mut gone = since(&test.db, before).await;
    gone.sort_unstable();
    let expected = [
        (Changed::Title(Table::Series), 1),
        (Changed::Title(Table::Season), 1),
        (CONTENT, 7),
    ];
    assert_eq!(gone, expected);
}

async fn what_is_undone_has_not_changed(test: TestDb) {
    let service = service(&test.db).await;
    let before = version(&test.db).await;
    let mut unit = test.db.begin().await.unwrap();
    catalog::put_contents(&mut unit, &[movie(service, 1, ALWAYS)])
        .await
        .unwrap();
    drop(unit);
    put(&test, &[movie(service, 2, ALWAYS)]).await;
    assert_eq!(since(&test.db, before).await, [(CONTENT, 2)]);
}

async fn an_epoch_ends_with_a_restore(test: TestDb) {
    let service = service(&test.db).await;
    let first = changes::epoch(&test.db).await.unwrap();
    assert_eq!(changes::epoch(&test.db).await.unwrap(), first);
    put(&test, &[movie(service, 1, ALWAYS)]).await;
    let art = tempfile::tempdir().unwrap();
    let mut file = Vec::new();
    backup::dump(&test.db, art.path(), &mut file).await.unwrap();
    backup::restore(&test.db, art.path(), file.as_slice())
        .await
        .unwrap();
    assert_ne!(changes::epoch(&test.db).await.unwrap(), first);
    assert!(since(&test.db, 0).await.is_empty());
    let reader: &mut dyn Query = &mut test.db.reader();
    let rows = reader
        .rows(Statement::new("SELECT id FROM epoch"))
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
}
