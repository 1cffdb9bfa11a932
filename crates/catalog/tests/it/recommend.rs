//! From what owners watched to what is suggested, over both databases.

use marquee_catalog::browse::{Audience, CategoryItem};
use marquee_catalog::neighbours::Neighbours;
use marquee_catalog::personal::add_favorite;
use marquee_catalog::recommend::{Learnt, for_everyone, for_history, is_due, similar};
use marquee_domain::catalog::{Credit, Role, TitleKey};
use marquee_domain::personal::{DeviceId, FavoriteKind, Owner};
use marquee_domain::publish::Window;
use marquee_domain::recommend::Reason;
use marquee_domain::{CategoryId, PersonId, Visibility};
use marquee_storage::services;
use marquee_storage::testing::{TestDb, on_both};

use crate::stage::{ALWAYS, HOUR, NOW, SHOW, Stage, film, key};

on_both!(
    viewers_make_neighbours_and_histories_are_explained,
    titles_that_are_not_published_are_never_suggested,
    new_titles_are_suggested_by_what_they_have_in_common,
    everybody_is_recommended_series_and_films_that_are_watched,
    it_is_due_when_it_is_old_and_something_changed,
    an_empty_catalog_is_never_due,
    rows_get_what_was_learnt_then_what_titles_share
);

async fn viewers_make_neighbours_and_histories_are_explained(test: TestDb) {
    let stage = Stage::new(test).await;
    stage.two_camps().await;
    let owner = Owner::Device(DeviceId::parse("b0").unwrap());
    let liked = (FavoriteKind::Season, 1);
    add_favorite(&stage.test.db, stage.who, &owner, liked)
        .await
        .unwrap();
    let kept = stage.learn().await;
    assert_eq!(
        (kept.method.as_str(), kept.viewers, kept.watched_titles),
        ("ease", 24, 4)
    );
    assert_eq!(
        kept.pairs, 49,
        "episodes are one series, clips count for nothing, a favorite counts"
    );

    let reader = &mut stage.test.db.reader();
    let found = similar(reader, stage.who, SHOW, 5).await.unwrap();
    assert_eq!(found[0].title, key(1));
    assert_eq!(
        (found[0].reason, found[0].because),
        (Reason::WatchedTogether, SHOW)
    );
    assert!((found[0].share - 1.0).abs() < 1e-6);

    let history = [(key(2), 1.0), (SHOW, 0.5)];
    let found = for_history(reader, stage.who, &history, 10).await.unwrap();
    let pairs: Vec<_> = found.iter().map(|s| (s.title, s.because)).collect();
    assert_eq!(pairs, [(key(3), key(2)), (key(1), SHOW)]);
    assert_eq!(
        for_history(reader, stage.who, &history, 1)
            .await
            .unwrap()
            .len(),
        1
    );
    assert!(
        for_history(reader, stage.who, &[], 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        similar(reader, stage.who, key(99), 10)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn titles_that_are_not_published_are_never_suggested(test: TestDb) {
    let stage = Stage::new(test).await;
    stage.two_camps().await;
    stage.learn().await;
    let later = Window {
        from: NOW + HOUR,
        until: i64::MAX,
    };
    stage.put(film(stage.who.service, 3, later)).await;
    let reader = &mut stage.test.db.reader();
    let found = similar(reader, stage.who, key(2), 10).await.unwrap();
    assert!(found.iter().all(|suggestion| suggestion.title != key(3)));
    let then = Audience {
        now: NOW + HOUR,
        ..stage.who
    };
    let found = similar(reader, then, key(2), 10).await.unwrap();
    assert_eq!(found[0].title, key(3), "it shows as soon as it may");
    let shown = for_everyone(reader, stage.who).await.unwrap();
    assert!(keys(&shown).iter().all(|title| *title != key(3)));
    assert!(keys(&shown).contains(&SHOW));
    stage.hide_season().await;
    let shown = for_everyone(reader, stage.who).await.unwrap();
    assert!(!keys(&shown).contains(&SHOW), "there is nothing to open");
}

async fn new_titles_are_suggested_by_what_they_have_in_common(test: TestDb) {
    let stage = Stage::new(test).await;
    let with = |id: i64, category: i64, person: i64| {
        let mut film = film(stage.who.service, id, ALWAYS);
        film.doc.categories = vec![CategoryId(category)];
        film.doc.credits = vec![Credit {
            person: PersonId(person),
            role: Role::Cast,
        }];
        film
    };
    for film in [
        with(4, 70, 90),
        with(5, 70, 91),
        with(6, 71, 90),
        with(7, 72, 92),
    ] {
        stage.put(film).await;
    }
    let kept = stage.learn().await;
    assert_eq!((kept.method.as_str(), kept.viewers), ("features", 0));
    let reader = &mut stage.test.db.reader();
    let found = similar(reader, stage.who, key(4), 10).await.unwrap();
    let mut reasons: Vec<_> = found.iter().map(|s| (s.title, s.reason)).collect();
    reasons.sort_by_key(|(title, _)| *title);
    assert_eq!(
        reasons,
        [(key(5), Reason::SameCategory), (key(6), Reason::SameCast)]
    );
    assert!(
        similar(reader, stage.who, key(7), 10)
            .await
            .unwrap()
            .is_empty()
    );
}

fn keys(items: &[CategoryItem]) -> Vec<TitleKey> {
    items
        .iter()
        .map(|item| match item {
            CategoryItem::Series(opened) => TitleKey::Series(opened.series.id),
            CategoryItem::Content(placed) => TitleKey::Content(placed.content.id),
        })
        .collect()
}

async fn everybody_is_recommended_series_and_films_that_are_watched(test: TestDb) {
    let stage = Stage::new(test).await;
    let reader = &mut stage.test.db.reader();
    let before = for_everyone(reader, stage.who).await.unwrap();
    assert_eq!(
        before.len(),
        9,
        "a show and eight films; neither episodes nor clips"
    );
    stage.two_camps().await;
    stage.watch("c", &[2]).await;
    for trained in [false, true] {
        if trained {
            stage.learn().await;
        }
        let found = keys(&for_everyone(reader, stage.who).await.unwrap());
        let mut first = found[..4].to_vec();
        assert_eq!(first[0], SHOW, "every episode is a play of the show");
        first.sort();
        assert_eq!(first, [SHOW, key(1), key(2), key(3)], "trained: {trained}");
        assert_eq!(found.len(), 9);
    }
}

async fn it_is_due_when_it_is_old_and_something_changed(test: TestDb) {
    let stage = Stage::new(test).await;
    let service = stage.who.service;
    let due = async |now| {
        is_due(&mut stage.test.db.reader(), service, now, 6 * HOUR)
            .await
            .unwrap()
    };
    assert!(due(NOW).await, "never trained");
    stage.watch("a", &[1, 2]).await;
    stage.learn().await;
    assert!(!due(NOW + HOUR).await);
    assert!(!due(NOW + 7 * HOUR).await, "nothing changed");
    stage.watch("b", &[1]).await;
    // The test's clock stands still, and so does the time of this progress: a film is added as well.
    stage.put(film(service, 9, ALWAYS)).await;
    assert!(!due(NOW + HOUR).await, "too soon");
    assert!(due(NOW + 6 * HOUR).await);
    assert!(due(NOW - 1).await, "the clock was put back");
    stage.learn().await;
    assert!(!due(NOW + 7 * HOUR).await);
    for id in 20..40 {
        stage.put(film(service, id, ALWAYS)).await;
    }
    assert!(!due(NOW + HOUR / 20).await);
    assert!(due(NOW + HOUR).await, "the catalog has grown");
}

async fn an_empty_catalog_is_never_due(test: TestDb) {
    let mut unit = test.db.begin().await.unwrap();
    let service = services::add(&mut unit, "amasian", Visibility::Public, 1)
        .await
        .unwrap();
    unit.save().await.unwrap();
    assert!(
        !is_due(&mut test.db.reader(), service.id, NOW, HOUR)
            .await
            .unwrap()
    );
}

async fn rows_get_what_was_learnt_then_what_titles_share(test: TestDb) {
    let stage = Stage::new(test).await;
    let reader = &mut stage.test.db.reader();
    let near = async |of: &[TitleKey], limit| {
        let reader = &mut stage.test.db.reader();
        Learnt.near(reader, stage.who, of, limit).await.unwrap()
    };
    assert!(
        near(&[key(2)], 5)
            .await
            .iter()
            .all(|title| *title != key(2))
    );
    stage.two_camps().await;
    stage.learn().await;
    assert_eq!(near(&[key(2)], 1).await, [key(3)]);
    assert_eq!(near(&[key(2), SHOW], 2).await, [key(3), key(1)]);
    assert_eq!(near(&[SHOW, key(2)], 2).await, [key(1), key(3)]);
    assert!(near(&[], 5).await.is_empty());
    let learnt = similar(reader, stage.who, key(2), 10).await.unwrap();
    assert!(near(&[key(2)], 10).await.starts_with(&[learnt[0].title]));
}
