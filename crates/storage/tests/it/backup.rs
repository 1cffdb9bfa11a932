//! Backups go from either database to either, byte for byte.

use marquee_storage::testing::{self, TestDb};
use marquee_storage::{Db, backup, catalog, home, jobs, meta};

use crate::make::{ALWAYS, episode, movie, series, service};
use crate::make_home::{make_bundle, make_channel, make_cover, make_group, make_row};
use marquee_storage::testing::on_both;

on_both!(
    a_round_trip_returns_every_byte,
    damaged_backups_change_nothing
);

async fn fill(db: &Db) {
    let service = service(db).await;
    series(db, service, &[1]).await;
    let mut unit = db.begin().await.unwrap();
    let mut contents: Vec<_> = (10..1700).map(|id| movie(service, id, ALWAYS)).collect();
    contents.push(episode(service, 1, 1, 1));
    contents[3].doc.ad_tag = Some("quotes \" and \\ and 한국어 and \u{2028}".into());
    catalog::put_contents(&mut unit, &contents).await.unwrap();
    home::put(&mut unit, &[&make_group(service, 1, 1)])
        .await
        .unwrap();
    home::put(&mut unit, &[&make_row(service, 1, 1)])
        .await
        .unwrap();
    home::put(&mut unit, &[&make_cover(service, 1)])
        .await
        .unwrap();
    home::put(&mut unit, &[&make_bundle(service, 1)])
        .await
        .unwrap();
    let channels = [
        make_channel(service, 1, Some(1)),
        make_channel(service, 2, None),
    ];
    home::put(&mut unit, &channels.each_ref()).await.unwrap();
    jobs::add(&mut unit, "scan", "{}", 5).await.unwrap();
    meta::set(&mut unit, "key", "value").await.unwrap();
    unit.save().await.unwrap();
}

async fn dump(db: &Db, files: &std::path::Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    backup::dump(db, files, &mut bytes).await.unwrap();
    bytes
}

async fn a_round_trip_returns_every_byte(test: TestDb) {
    let files = tempfile::tempdir().unwrap();
    std::fs::write(files.path().join("aa.webp"), [0, 1, 2, 255]).unwrap();
    std::fs::write(files.path().join("bb.webp.part1"), b"half").unwrap();
    fill(&test.db).await;
    let first = dump(&test.db, files.path()).await;
    // Through every other database that can be had, and back.
    for (name, other) in testing::all().await {
        let there = tempfile::tempdir().unwrap();
        backup::restore(&other.db, there.path(), &first[..])
            .await
            .unwrap();
        assert!(
            dump(&other.db, there.path()).await == first,
            "through {name}"
        );
        assert_eq!(
            std::fs::read(there.path().join("aa.webp")).unwrap(),
            [0, 1, 2, 255]
        );
        assert!(!there.path().join("bb.webp.part1").exists());
        let back = testing::sqlite().await;
        backup::restore(
            &back.db,
            there.path(),
            &dump(&other.db, there.path()).await[..],
        )
        .await
        .unwrap();
        assert!(
            dump(&back.db, there.path()).await == first,
            "back from {name}"
        );
    }
}

async fn damaged_backups_change_nothing(test: TestDb) {
    let files = tempfile::tempdir().unwrap();
    fill(&test.db).await;
    let good = dump(&test.db, files.path()).await;
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    for bad in [
        &b""[..],
        b"not a backup",
        &good[..good.len() / 2],
        &good[..good.len() - 9],
        &flipped,
    ] {
        assert!(backup::restore(&test.db, files.path(), bad).await.is_err());
    }
    assert!(dump(&test.db, files.path()).await == good);
}
