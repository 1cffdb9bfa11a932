//! A small catalog with viewers, for tests of recommendation.

use marquee_catalog::browse::Audience;
use marquee_catalog::recommend::{Kept, keep, lesson};
use marquee_catalog::watching::Watching;
use marquee_domain::catalog::{Content, ContentKind, Head, Season, Series, TitleDoc, TitleKey};
use marquee_domain::personal::{DeviceId, Owner};
use marquee_domain::publish::Window;
use marquee_domain::{ContentId, SeasonId, SeriesId, ServiceId, Visibility};
use marquee_recommend::{Options, Unwatched, train};
use marquee_storage::testing::TestDb;
use marquee_storage::{catalog, services};

pub(crate) const NOW: i64 = 1_700_000_000_000;
pub(crate) const HOUR: i64 = 3_600_000;

pub(crate) const ALWAYS: Window = Window {
    from: 0,
    until: i64::MAX,
};

fn head(service: ServiceId, key: &str, window: Window) -> Head {
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

pub(crate) fn film(service: ServiceId, id: i64, window: Window) -> Content {
    Content {
        id: ContentId(id),
        kind: ContentKind::Movie,
        season: None,
        order: None,
        duration_ms: Some(6_000_000),
        playable: true,
        head: head(service, &format!("film-{id}"), window),
        doc: TitleDoc::default(),
    }
}

pub(crate) fn key(id: i64) -> TitleKey {
    TitleKey::Content(ContentId(id))
}

pub(crate) const SHOW: TitleKey = TitleKey::Series(SeriesId(1));

fn season(service: ServiceId, window: Window) -> Season {
    Season {
        id: SeasonId(1),
        series: SeriesId(1),
        order: 1,
        head: head(service, "show-s1", window),
        doc: TitleDoc::default(),
    }
}

pub(crate) struct Stage {
    pub(crate) test: TestDb,
    pub(crate) who: Audience,
}

impl Stage {
    /// A show with two episodes and a clip (101, 102, 103), and films 1 to 8.
    pub(crate) async fn new(test: TestDb) -> Self {
        let mut unit = test.db.begin().await.unwrap();
        let service = services::add(&mut unit, "amasian", Visibility::Public, 1)
            .await
            .unwrap();
        let series = Series {
            id: SeriesId(1),
            head: head(service.id, "show", ALWAYS),
            doc: TitleDoc::default(),
        };
        catalog::put_series(&mut unit, &[series]).await.unwrap();
        let season = season(service.id, ALWAYS);
        catalog::put_seasons(&mut unit, &[season]).await.unwrap();
        let mut contents: Vec<Content> = (1..=8).map(|id| film(service.id, id, ALWAYS)).collect();
        for (id, kind) in [
            (101, ContentKind::TvSeries),
            (102, ContentKind::TvSeries),
            (103, ContentKind::Clip),
        ] {
            contents.push(Content {
                kind,
                season: Some((SeasonId(1), SeriesId(1))),
                ..film(service.id, id, ALWAYS)
            });
        }
        catalog::put_contents(&mut unit, &contents).await.unwrap();
        unit.save().await.unwrap();
        let who = Audience {
            service: service.id,
            permit: Visibility::Public.admit_anonymous().unwrap(),
            now: NOW,
        };
        Self { test, who }
    }

    pub(crate) async fn put(&self, content: Content) {
        let mut unit = self.test.db.begin().await.unwrap();
        catalog::put_contents(&mut unit, &[content]).await.unwrap();
        unit.save().await.unwrap();
    }

    /// The season of the show is over.
    pub(crate) async fn hide_season(&self) {
        let over = Window {
            from: 0,
            until: NOW,
        };
        let mut unit = self.test.db.begin().await.unwrap();
        let season = season(self.who.service, over);
        catalog::put_seasons(&mut unit, &[season]).await.unwrap();
        unit.save().await.unwrap();
    }

    pub(crate) async fn watch(&self, device: &str, contents: &[i64]) {
        let watching = Watching::new(self.test.db.clone(), None);
        for content in contents {
            let owner = Owner::Device(DeviceId::parse(device).unwrap());
            let progress = (ContentId(*content), 6_000, device);
            watching.save(self.who, &owner, progress).await.unwrap();
        }
    }

    pub(crate) async fn learn(&self) -> Kept {
        let reader = &mut self.test.db.reader();
        let lesson = lesson(reader, self.who.service, NOW).await.unwrap();
        let options = Options::default();
        let trained = train(&lesson.plays, &lesson.features, &options, &Unwatched).unwrap();
        let kept = keep(&self.test.db, &lesson, &trained, NOW, |_, _| {}).await;
        kept.unwrap().unwrap()
    }

    /// Many viewers of the show and film 1, and of films 2 and 3.
    pub(crate) async fn two_camps(&self) {
        for n in 0..12 {
            self.watch(&format!("a{n}"), &[101, 102, 103, 1]).await;
            self.watch(&format!("b{n}"), &[2, 3]).await;
        }
    }
}
