//! What recommendation keeps and what it learns from.

use marquee_domain::catalog::TitleKey;
use marquee_domain::personal::{DeviceId, FavoriteKind, Owner, Progress};
use marquee_domain::publish::Window;
use marquee_domain::recommend::{Neighbour, Reason};
use marquee_domain::{ContentId, SeriesId, ServiceId};
use marquee_storage::neighbours::{self, Training, input};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{backup, catalog, favorites, progress};

use crate::make::{ALWAYS, episode, movie, series, service};

on_both!(
    a_training_comes_into_force_at_once_and_whole,
    an_older_training_never_replaces_a_newer_one,
    plays_and_favorites_are_read_in_pages_by_owner,
    documents_and_popular_titles_are_those_that_can_be_recommended,
    a_backup_leaves_neighbours_out_and_a_restore_empties_them
);

fn near(id: i64, score: f32, reason: Reason) -> Neighbour {
    Neighbour {
        title: TitleKey::Content(ContentId(id)),
        score,
        reason,
    }
}

fn content(id: i64) -> TitleKey {
    TitleKey::Content(ContentId(id))
}

async fn put(test: &TestDb, service: ServiceId, title: TitleKey, list: Vec<Neighbour>) -> i64 {
    let mut unit = test.db.begin().await.unwrap();
    let number = neighbours::take_number(&mut unit).await.unwrap();
    neighbours::put(&mut unit, service, number, &[(title, list)])
        .await
        .unwrap();
    unit.save().await.unwrap();
    number
}

async fn publish(test: &TestDb, service: ServiceId, number: i64) -> bool {
    let mut unit = test.db.begin().await.unwrap();
    let training = Training {
        number,
        trained_at: 7,
        input: "seen".to_owned(),
        report: "{}".to_owned(),
    };
    let published = neighbours::publish(&mut unit, service, &training)
        .await
        .unwrap();
    unit.save().await.unwrap();
    published
}

async fn of(
    test: &TestDb,
    service: ServiceId,
    titles: &[TitleKey],
) -> Vec<(TitleKey, Vec<Neighbour>)> {
    neighbours::of_titles(&mut test.db.reader(), service, titles)
        .await
        .unwrap()
}

async fn a_training_comes_into_force_at_once_and_whole(test: TestDb) {
    let service = service(&test.db).await;
    let list = vec![
        near(5, 1.25, Reason::WatchedTogether),
        near(6, 0.0001, Reason::SameCast),
    ];
    let both = [content(1), TitleKey::Series(SeriesId(1)), content(9)];
    let first = put(&test, service, content(1), list.clone()).await;
    assert!(
        of(&test, service, &both).await.is_empty(),
        "not in force yet"
    );
    let version = test.db.catalog_version();
    assert!(publish(&test, service, first).await);
    assert!(test.db.catalog_version() > version, "kept answers end");
    assert_eq!(of(&test, service, &both).await, [(content(1), list)]);

    let other = vec![near(8, 0.5, Reason::SameCategory)];
    let second = put(&test, service, both[1], other.clone()).await;
    assert!(publish(&test, service, second).await);
    assert_eq!(of(&test, service, &both).await, [(both[1], other)]);
    let mut unit = test.db.begin().await.unwrap();
    assert_eq!(
        neighbours::remove_old(&mut unit, service, 10)
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        neighbours::remove_old(&mut unit, service, 10)
            .await
            .unwrap(),
        0
    );
    unit.save().await.unwrap();
    assert_eq!(of(&test, service, &both).await.len(), 1);
    let current = neighbours::current(&mut test.db.reader(), service)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (current.number, current.trained_at, current.input.as_str()),
        (second, 7, "seen")
    );
}

async fn an_older_training_never_replaces_a_newer_one(test: TestDb) {
    let service = service(&test.db).await;
    let older = put(
        &test,
        service,
        content(1),
        vec![near(2, 1.0, Reason::Popular)],
    )
    .await;
    let newer = put(
        &test,
        service,
        content(1),
        vec![near(3, 1.0, Reason::Popular)],
    )
    .await;
    assert!(publish(&test, service, newer).await);
    assert!(!publish(&test, service, older).await);
    assert_eq!(
        of(&test, service, &[content(1)]).await[0].1[0].title,
        content(3)
    );
}

fn owner(name: &str) -> Owner {
    Owner::Device(DeviceId::parse(name).unwrap())
}

async fn plays_and_favorites_are_read_in_pages_by_owner(test: TestDb) {
    let service = service(&test.db).await;
    series(&test.db, service, &[1]).await;
    let mut unit = test.db.begin().await.unwrap();
    let mut clip = movie(service, 12, ALWAYS);
    clip.kind = marquee_domain::catalog::ContentKind::Clip;
    let contents = [episode(service, 10, 1, 1), movie(service, 11, ALWAYS), clip];
    catalog::put_contents(&mut unit, &contents).await.unwrap();
    for (name, id) in [("b", 11), ("a", 12), ("a", 10), ("a", 11)] {
        let new = Progress {
            content: ContentId(id),
            position_s: 30,
            updated_at: 100 + id,
            device: String::new(),
        };
        progress::save(&mut unit, &owner(name), service, &new)
            .await
            .unwrap();
    }
    for (kind, id) in [
        (FavoriteKind::Season, 1),
        (FavoriteKind::Content, 11),
        (FavoriteKind::Content, 12),
        (FavoriteKind::Content, 99),
    ] {
        favorites::add(&mut unit, &owner("c"), service, (kind, id), 50)
            .await
            .unwrap();
    }
    unit.save().await.unwrap();

    let reader = &mut test.db.reader();
    let (mut found, mut last) = (Vec::new(), (String::new(), 0));
    loop {
        let page = input::plays(reader, service, (&last.0, last.1), 3)
            .await
            .unwrap();
        let Some(end) = page.last() else { break };
        last = (end.owner.clone(), end.content);
        found.extend(page);
    }
    let show = TitleKey::Series(SeriesId(1));
    let titles: Vec<_> = found
        .iter()
        .map(|play| (play.owner.as_str(), play.title))
        .collect();
    assert_eq!(
        titles,
        [
            ("device:a", Some(show)),
            ("device:a", Some(content(11))),
            ("device:a", None),
            ("device:b", Some(content(11))),
        ]
    );
    assert_eq!(
        (found[1].position_s, found[1].duration_ms, found[1].at),
        (30, Some(60_000), 111)
    );

    let liked = input::favorites(reader, service, ("", "", 0), 10)
        .await
        .unwrap();
    let titles: Vec<_> = liked.iter().map(|liked| liked.title).collect();
    assert_eq!(titles, [Some(content(11)), None, None, Some(show)]);
    let after = &liked[2];
    let rest = (
        after.owner.as_str(),
        after.source.0.as_str(),
        after.source.1,
    );
    let rest = input::favorites(reader, service, rest, 10).await.unwrap();
    assert_eq!(rest, liked[3..]);
    let before = input::fingerprint(reader, service).await.unwrap();
    assert!(before.starts_with("112/"), "{before}");
}

async fn documents_and_popular_titles_are_those_that_can_be_recommended(test: TestDb) {
    let service = service(&test.db).await;
    series(&test.db, service, &[1]).await;
    let mut unit = test.db.begin().await.unwrap();
    let window = |from, until| Window { from, until };
    let mut clip = movie(service, 12, ALWAYS);
    clip.kind = marquee_domain::catalog::ContentKind::Clip;
    let contents = [
        episode(service, 10, 1, 1),
        movie(service, 11, ALWAYS),
        clip,
        movie(service, 13, window(0, 50)),
        movie(service, 14, window(500, i64::MAX)),
        movie(service, 15, window(10, i64::MAX)),
    ];
    catalog::put_contents(&mut unit, &contents).await.unwrap();
    progress::count_play(&mut unit, ContentId(11), None, 90)
        .await
        .unwrap();
    unit.save().await.unwrap();
    let reader = &mut test.db.reader();
    let mut keys = Vec::new();
    for known in [
        input::Known::Series,
        input::Known::Season,
        input::Known::Content,
    ] {
        let found = input::documents(reader, service, known, 100, (0, 10))
            .await
            .unwrap();
        keys.extend(found.into_iter().map(|(_, key, _)| key));
    }
    let show = TitleKey::Series(SeriesId(1));
    assert_eq!(keys, [show, show, content(11), content(14), content(15)]);
    let popular = input::popular(reader, service, 100, 10).await.unwrap();
    let keys: Vec<_> = popular.iter().map(|(key, _)| *key).collect();
    assert_eq!(keys, [content(11), content(15), show]);
    assert!(popular[0].1 > 0.0 && popular[1].1 == 0.0);
}

async fn a_backup_leaves_neighbours_out_and_a_restore_empties_them(test: TestDb) {
    let service = service(&test.db).await;
    let folder = tempfile::tempdir().unwrap();
    let number = put(
        &test,
        service,
        content(1),
        vec![near(2, 1.0, Reason::Popular)],
    )
    .await;
    publish(&test, service, number).await;
    let mut bytes = Vec::new();
    backup::dump(&test.db, folder.path(), &mut bytes)
        .await
        .unwrap();
    backup::restore(&test.db, folder.path(), &bytes[..])
        .await
        .unwrap();
    assert!(of(&test, service, &[content(1)]).await.is_empty());
    assert!(
        neighbours::current(&mut test.db.reader(), service)
            .await
            .unwrap()
            .is_none()
    );
}
