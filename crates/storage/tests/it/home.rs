//! Groups, rows, covers, channels and bundles.

use marquee_domain::home::{
    Channel, Cover, Fill, ItemKind, Multichannel, Reference, Row, RowGroup, Surface, live,
};
use marquee_domain::publish::Window;
use marquee_domain::{MultichannelId, RowGroupId, ServiceId};
use marquee_storage::Db;
use marquee_storage::catalog::{self, Shown};
use marquee_storage::home::{self, Found, Piece};
use marquee_storage::testing::{TestDb, on_both};

use crate::make::{ALWAYS, movie, put, series, service};
use crate::make_home::{make_bundle, make_channel, make_cover, make_group, make_row};

on_both!(
    everything_comes_back_as_it_was_stored,
    rows_follow_the_window_of_their_group,
    removal_takes_rows_along_and_leaves_channels,
    references_lead_to_keys_before_slugs,
    boundaries_count_what_home_screens_show,
);

async fn store<T: Piece>(db: &Db, pieces: &[T]) {
    let mut unit = db.begin().await.unwrap();
    let pieces: Vec<&T> = pieces.iter().collect();
    home::put(&mut unit, &pieces).await.unwrap();
    unit.save().await.unwrap();
}

async fn all<T: Piece>(db: &Db, service: ServiceId, shown: Shown) -> Vec<T> {
    home::list(&mut db.reader(), service, shown).await.unwrap()
}

async fn fill(db: &Db) -> ServiceId {
    let service = service(db).await;
    store(db, &[make_group(service, 1, 2), make_group(service, 2, 1)]).await;
    store(
        db,
        &[
            make_row(service, 1, 1),
            make_row(service, 2, 1),
            make_row(service, 3, 2),
        ],
    )
    .await;
    store(db, &[make_cover(service, 1)]).await;
    store(db, &[make_bundle(service, 1)]).await;
    store(
        db,
        &[
            make_channel(service, 1, Some(1)),
            make_channel(service, 2, None),
        ],
    )
    .await;
    service
}

async fn everything_comes_back_as_it_was_stored(test: TestDb) {
    let service = fill(&test.db).await;
    let q = &mut test.db.reader();
    let groups = all::<RowGroup>(&test.db, service, Shown::All).await;
    assert_eq!(
        groups.iter().map(|it| it.id.0).collect::<Vec<_>>(),
        [2, 1],
        "by order"
    );
    assert_eq!(
        format!("{:?}", groups[1]),
        format!("{:?}", make_group(service, 1, 2))
    );
    assert_eq!(live(groups, Surface::Browser, 5).unwrap().id.0, 2);
    let rows = home::rows_of(q, RowGroupId(1), Shown::At(5)).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        format!("{:?}", rows[0]),
        format!("{:?}", make_row(service, 1, 1))
    );
    let covers = all::<Cover>(&test.db, service, Shown::All).await;
    assert_eq!(
        format!("{:?}", covers[0]),
        format!("{:?}", make_cover(service, 1))
    );
    let channels = all::<Channel>(&test.db, service, Shown::At(5)).await;
    assert_eq!(
        channels.iter().map(|it| it.id.0).collect::<Vec<_>>(),
        [2, 1]
    );
    let inside = home::channels_of(q, MultichannelId(1), Shown::At(5))
        .await
        .unwrap();
    assert_eq!(
        format!("{inside:?}"),
        format!("{:?}", [make_channel(service, 1, Some(1))])
    );
    // Stored again, a thing is replaced and keeps its key.
    let mut moved = make_row(service, 2, 2);
    moved.head.slug = "moved".to_owned();
    moved.doc.fill = Fill::Favorites;
    store(&test.db, &[moved]).await;
    let keys = ["row-2".to_owned()];
    let found = home::by_keys::<Row>(q, service, &keys).await.unwrap();
    assert_eq!(
        (found[0].group.0, found[0].head.slug.as_str()),
        (2, "moved")
    );
    assert_eq!(found[0].doc.fill, Fill::Favorites);
    let slug = home::find_by_slug::<Row>(q, service, "moved", Shown::At(5))
        .await
        .unwrap();
    assert_eq!(slug.unwrap().id.0, 2);
    let other = ServiceId(service.0 + 1);
    assert!(
        home::by_keys::<Row>(q, other, &keys)
            .await
            .unwrap()
            .is_empty()
    );
    let version = test.db.catalog_version();
    store::<Cover>(&test.db, &[]).await;
    assert_eq!(test.db.catalog_version(), version, "nothing was stored");
}

async fn rows_follow_the_window_of_their_group(test: TestDb) {
    let service = fill(&test.db).await;
    let mut group = make_group(service, 1, 2);
    let mut narrow = make_row(service, 2, 1);
    narrow.head.own = Window {
        from: 15,
        until: 40,
    };
    narrow.head.window = narrow.head.own;
    store(&test.db, &[narrow]).await;
    group.head.window = Window {
        from: 10,
        until: 20,
    };
    let mut unit = test.db.begin().await.unwrap();
    home::put(&mut unit, &[&group]).await.unwrap();
    home::refit_rows(&mut unit, &group).await.unwrap();
    unit.save().await.unwrap();
    let shown = async |now| {
        let rows = home::rows_of(&mut test.db.reader(), group.id, Shown::At(now)).await;
        rows.unwrap().iter().map(|row| row.id.0).collect::<Vec<_>>()
    };
    assert_eq!(shown(9).await, [0; 0]);
    assert_eq!(shown(10).await, [1]);
    assert_eq!(shown(15).await, [1, 2]);
    assert_eq!(shown(20).await, [0; 0]);
}

async fn removal_takes_rows_along_and_leaves_channels(test: TestDb) {
    let service = fill(&test.db).await;
    let mut unit = test.db.begin().await.unwrap();
    home::remove::<RowGroup>(&mut unit, 1).await.unwrap();
    home::remove::<Multichannel>(&mut unit, 1).await.unwrap();
    assert!(
        home::remove::<Cover>(&mut unit, 77).await.is_err(),
        "there is none"
    );
    unit.save().await.unwrap();
    let rows = all::<Row>(&test.db, service, Shown::All).await;
    assert_eq!(rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), [3]);
    let channels = all::<Channel>(&test.db, service, Shown::All).await;
    assert!(
        channels
            .iter()
            .all(|channel| channel.multichannel.is_none())
    );
    assert_eq!(channels[1].head.digest, 0, "its record counts as changed");
}

async fn references_lead_to_keys_before_slugs(test: TestDb) {
    let service = fill(&test.db).await;
    series(&test.db, service, &[1]).await;
    let mut hidden = movie(
        service,
        3,
        Window {
            from: 50,
            until: 60,
        },
    );
    hidden.head.slug = "hidden".to_owned();
    let mut twin = movie(service, 2, ALWAYS);
    twin.head.slug = "show".to_owned();
    put(&test, &[movie(service, 1, ALWAYS), twin, hidden]).await;
    let named = |kind, name: &str| Reference {
        kind,
        name: name.to_owned(),
    };
    let references = [
        named(None, "movie-1"),
        named(None, "show"),
        named(Some(ItemKind::Content), "show"),
        named(Some(ItemKind::Season), "show-s1"),
        named(None, "channel-2"),
        named(Some(ItemKind::Series), "movie-1"),
        named(None, "hidden"),
        named(None, "row-1"),
        named(None, "movie-1"),
    ];
    let q = &mut test.db.reader();
    let found = home::resolve(q, service, &references, Shown::At(5))
        .await
        .unwrap();
    let at = |kind, id| Some(Found { kind, id });
    let expected = [
        at(ItemKind::Content, 1),
        at(ItemKind::Series, 1),
        at(ItemKind::Content, 2),
        at(ItemKind::Season, 1),
        at(ItemKind::Channel, 2),
        None,
        None,
        None,
        at(ItemKind::Content, 1),
    ];
    assert_eq!(found, expected);
    let all = home::resolve(q, service, &references[6..7], Shown::All)
        .await
        .unwrap();
    assert_eq!(all, [at(ItemKind::Content, 3)]);
    let items: Vec<Found> = [
        (ItemKind::Content, 3),
        (ItemKind::Content, 2),
        (ItemKind::Series, 9),
        (ItemKind::Content, 2),
        (ItemKind::Content, 1),
    ]
    .map(|(kind, id)| Found { kind, id })
    .to_vec();
    let published = home::published(q, service, &items, 5).await.unwrap();
    assert_eq!(published, [items[1], items[4]], "in order, each once");
    // More names than one statement takes.
    let many: Vec<Reference> = (0..700)
        .map(|n| named(None, &format!("movie-{n}")))
        .collect();
    let found = home::resolve(q, service, &many, Shown::All).await.unwrap();
    assert_eq!(found.iter().flatten().count(), 3);
}

async fn boundaries_count_what_home_screens_show(test: TestDb) {
    let service = fill(&test.db).await;
    let next = async |now| {
        catalog::next_boundary(&mut test.db.reader(), service, now)
            .await
            .unwrap()
    };
    assert_eq!(next(5).await, Some(i64::MAX));
    let window = Window {
        from: 70,
        until: 90,
    };
    let mut cover = make_cover(service, 1);
    cover.head.window = window;
    let mut row = make_row(service, 1, 1);
    row.head.window = Window {
        from: 80,
        until: 100,
    };
    store(&test.db, &[cover]).await;
    store(&test.db, &[row]).await;
    let mut seen = Vec::new();
    let mut now = 5;
    while let Some(at) = next(now).await.filter(|at| *at < 1000) {
        seen.push(at);
        now = at;
    }
    assert_eq!(seen, [70, 80, 90, 100]);
}
