//! Small titles for tests.

use marquee_domain::catalog::{Content, ContentKind, Head, Season, Series, TitleDoc};
use marquee_domain::publish::Window;
use marquee_domain::{ContentId, LanguageTag, SeasonId, SeriesId, ServiceId, Visibility};
use marquee_storage::catalog::{ContentFilter, ContentOrder, Page};
use marquee_storage::testing::TestDb;
use marquee_storage::{Db, catalog, services};

pub(crate) const ALWAYS: Window = Window {
    from: 0,
    until: i64::MAX,
};

pub(crate) fn doc(title: &str) -> TitleDoc {
    let mut doc = TitleDoc::default();
    doc.titles.set(LanguageTag::parse("en").unwrap(), title);
    doc
}

pub(crate) fn head(service: ServiceId, key: &str, window: Window) -> Head {
    Head {
        service,
        external_key: key.to_owned(),
        slug: key.to_owned(),
        own: window,
        window,
        created_at: 1,
        digest: 7,
    }
}

pub(crate) fn movie(service: ServiceId, id: i64, window: Window) -> Content {
    Content {
        id: ContentId(id),
        kind: ContentKind::Movie,
        season: None,
        order: None,
        duration_ms: Some(60_000),
        playable: false,
        head: head(service, &format!("movie-{id}"), window),
        doc: doc(&format!("Movie {id}")),
    }
}

pub(crate) fn episode(service: ServiceId, id: i64, season: i64, order: i64) -> Content {
    Content {
        kind: ContentKind::TvSeries,
        season: Some((SeasonId(season), SeriesId(1))),
        order: Some(order),
        head: head(service, &format!("episode-{id}"), ALWAYS),
        ..movie(service, id, ALWAYS)
    }
}

pub(crate) async fn service(db: &Db) -> ServiceId {
    let mut unit = db.begin().await.unwrap();
    let service = services::add(&mut unit, "amasian", Visibility::Public, 1)
        .await
        .unwrap();
    unit.save().await.unwrap();
    service.id
}

/// A series of one id with these seasons.
pub(crate) async fn series(db: &Db, service: ServiceId, seasons: &[i64]) {
    let mut unit = db.begin().await.unwrap();
    let series = Series {
        id: SeriesId(1),
        head: head(service, "show", ALWAYS),
        doc: doc("Show"),
    };
    catalog::put_series(&mut unit, &[series]).await.unwrap();
    let seasons: Vec<Season> = seasons
        .iter()
        .map(|n| Season {
            id: SeasonId(*n),
            series: SeriesId(1),
            order: *n,
            head: head(service, &format!("show-s{n}"), ALWAYS),
            doc: doc("Season"),
        })
        .collect();
    catalog::put_seasons(&mut unit, &seasons).await.unwrap();
    unit.save().await.unwrap();
}

/// A page that holds everything.
pub(crate) const ALL: Page = Page {
    offset: 0,
    limit: 100,
};

/// Everything, newest first.
pub(crate) fn filter() -> ContentFilter {
    ContentFilter {
        kinds: None,
        search: None,
        category: None,
        season: None,
        order: ContentOrder::Newest,
    }
}

/// Stores contents.
pub(crate) async fn put(test: &TestDb, contents: &[Content]) {
    let mut unit = test.db.begin().await.unwrap();
    catalog::put_contents(&mut unit, contents).await.unwrap();
    unit.save().await.unwrap();
}

/// The ids of contents, in their order.
pub(crate) fn ids(contents: &[Content]) -> Vec<i64> {
    contents.iter().map(|content| content.id.0).collect()
}
