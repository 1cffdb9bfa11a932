//! The real router over a real SQLite file, a clock that stands still, and streams that lead nowhere.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use marquee_api_odx::{Deps, ServiceDirectory, router};
use marquee_catalog::import::Importer;
use marquee_catalog::record::{Body as RecordBody, NewImage, Outcome, Record, Title};
use marquee_domain::catalog::{
    ContentKind, CuePoint, LabelDoc, LabelKind, Orientation, Role, TitleDoc,
};
use marquee_domain::media::{SourceInfo, SourceRole, SourceState};
use marquee_domain::ports::Streams;
use marquee_domain::{ContentId, LanguageTag, MockClock, Timestamp, Visibility};
use marquee_http::cached::AnswerCache;
use marquee_http::client::TrustedProxies;
use marquee_http::edge::{Edge, EdgeMetrics, edge};
use marquee_http::region::Regions;
use marquee_storage::services;
use marquee_storage::sources::NewSource;
use marquee_storage::testing::TestDb;
use serde_json::Value;
use tower::ServiceExt;

use crate::schema::validate;

pub(crate) const NOW: Timestamp = 1_700_000_000_000;

struct Nowhere;

impl Streams for Nowhere {
    fn multivariant_address(&self, content: ContentId, _: i64, _: Timestamp) -> String {
        format!("http://test.example/media/token{content}/master.m3u8")
    }

    fn can_transcode_audio(&self) -> bool {
        false
    }
}

pub(crate) struct TestApp {
    pub(crate) router: Router,
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<MockClock>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("a JSON body")
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with(Regions::default(), None).await
    }

    pub(crate) async fn with(regions: Regions, default: Option<&str>) -> Self {
        let test = marquee_storage::testing::sqlite().await;
        let mut unit = test.db.begin().await.unwrap();
        services::add(&mut unit, "amasian", Visibility::Public, NOW)
            .await
            .unwrap();
        services::add(&mut unit, "club", Visibility::Members, NOW)
            .await
            .unwrap();
        unit.save().await.unwrap();
        let clock = Arc::new(MockClock::at(NOW));
        let router = router(Deps {
            db: test.db.clone(),
            clock: clock.clone(),
            cache: AnswerCache::new(8 << 20),
            services: ServiceDirectory::new(
                test.db.clone(),
                "amasian".to_owned(),
                default.map(str::to_owned),
            ),
            regions,
            streams: Arc::new(Nowhere),
            public_url: "http://test.example".to_owned(),
        });
        let state = Arc::new(Edge {
            proxies: TrustedProxies::new(vec!["10.0.0.1".parse().unwrap()]),
            cors_origins: vec!["https://app.example".parse().unwrap()],
            timeout: std::time::Duration::from_secs(10),
            patient: &[],
            access_log: false,
            metrics: EdgeMetrics::default(),
        });
        Self {
            router: router.layer(axum::middleware::from_fn_with_state(state, edge)),
            test,
            clock,
        }
    }

    /// Any call, from a trusted proxy's address.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/odx/api/v4{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 1))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            bytes: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    /// A GET as an app of the `amasian` service makes it, with more headers.
    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let all: Vec<(&str, &str)> = [("service-name", "amasian")]
            .into_iter()
            .chain(headers.iter().copied())
            .collect();
        self.call(Method::GET, path, &all).await
    }

    /// A GET whose answer must fit the contract's schema for the operation; returns `result`.
    pub(crate) async fn ok(&self, operation: &str, path: &str, language: &str) -> Value {
        let answer = self.get_with(path, &[("accept-language", language)]).await;
        assert_eq!(
            answer.status,
            200,
            "{path}: {}",
            String::from_utf8_lossy(&answer.bytes)
        );
        let body = answer.json();
        validate(operation, 200, &body);
        body["result"].clone()
    }

    /// A GET that must fail in the contract's shape; returns the code.
    pub(crate) async fn fails(
        &self,
        operation: &str,
        path: &str,
        headers: &[(&str, &str)],
        status: u16,
    ) -> String {
        let answer = self.call(Method::GET, path, headers).await;
        assert_eq!(
            answer.status,
            status,
            "{path}: {}",
            String::from_utf8_lossy(&answer.bytes)
        );
        validate(operation, status, &answer.json());
        answer.code()
    }

    pub(crate) async fn import(&self, service: &str, records: Vec<Record>) -> Vec<Outcome> {
        let service = services::find_by_name(&mut self.test.db.reader(), service)
            .await
            .unwrap()
            .unwrap();
        let now = marquee_domain::Clock::now(&*self.clock);
        Importer::new(self.test.db.clone(), service.id)
            .apply(&records, now)
            .await
            .unwrap()
    }

    /// A small catalog: a drama with two seasons and five episodes, two films, a clip.
    pub(crate) async fn with_catalog() -> Self {
        let app = Self::new().await;
        let outcomes = app.import("amasian", catalog()).await;
        assert!(
            outcomes.iter().all(|outcome| *outcome == Outcome::Added),
            "{outcomes:?}"
        );
        app
    }
}

fn tag(tag: &str) -> LanguageTag {
    LanguageTag::parse(tag).unwrap()
}

pub(crate) fn title(texts: &[(&str, &str)]) -> Title {
    let mut doc = TitleDoc::default();
    for (language, text) in texts {
        doc.titles.set(tag(language), text);
    }
    Title {
        doc,
        ..Title::default()
    }
}

pub(crate) fn record(key: &str, body: RecordBody) -> Record {
    let digest = key
        .bytes()
        .fold(7_i64, |sum, byte| sum * 31 % 1_000_003 + i64::from(byte));
    Record {
        key: key.to_owned(),
        digest,
        slug: None,
        body,
    }
}

pub(crate) fn movie(key: &str, title: Title) -> Record {
    record(
        key,
        RecordBody::Content {
            kind: ContentKind::Movie,
            parent: None,
            number: None,
            title: Box::new(title),
            sources: None,
        },
    )
}

fn ready(duration_ms: u64) -> Option<Vec<NewSource>> {
    let info = SourceInfo {
        duration_ms,
        container: "MP4".to_owned(),
        ..SourceInfo::default()
    };
    let source = |role, location: &str, info| NewSource {
        role,
        location: location.to_owned(),
        size_bytes: 1000,
        revision: "1".to_owned(),
        state: SourceState::Ready,
        info,
    };
    let subtitle = SourceInfo {
        language: Some(tag("ko")),
        ..SourceInfo::default()
    };
    Some(vec![
        source(SourceRole::Rendition, "file:///m/film%20one.mp4", info),
        source(SourceRole::Subtitle, "file:///m/film.ko.srt", subtitle),
    ])
}

fn episode(key: &str, parent: &str, number: i64) -> Record {
    let mut title = title(&[
        ("en", &format!("Episode {key}")),
        ("ko", &format!("에피소드 {key}")),
    ]);
    title.doc.runtime_ms = Some(3_480_000);
    let sources = ready(3_480_000);
    record(
        key,
        RecordBody::Content {
            kind: ContentKind::TvSeries,
            parent: Some(parent.to_owned()),
            number: Some(number),
            title: Box::new(title),
            sources,
        },
    )
}

fn image(location: &str, orientation: Orientation, language: &str) -> NewImage {
    NewImage {
        location: location.to_owned(),
        orientation,
        language: tag(language),
        representative: false,
    }
}

fn catalog() -> Vec<Record> {
    let mut drama = LabelDoc::default();
    drama.titles.set(tag("en"), "Drama");
    drama.titles.set(tag("ko"), "드라마");
    let mut person = LabelDoc::default();
    person.titles.set(tag("en"), "Kim Doe");
    person.titles.set(tag("ko"), "김도");

    let mut show = title(&[
        ("ko", "항구의 불빛"),
        ("en", "Harbor Lights"),
        ("zh-hant", "港口之光"),
    ]);
    show.categories = vec!["cat-drama".to_owned()];
    show.tags = vec!["sea".to_owned()];
    show.credits = vec![("kim".to_owned(), Role::Cast)];
    show.images = vec![
        image("art:a.webp", Orientation::Portrait, "en"),
        image("art:b.webp", Orientation::Landscape, "ko"),
        image("art:c.webp", Orientation::Landscape, "en"),
    ];
    show.doc.original_language = Some(tag("ko"));
    show.doc.age_rating = Some("15".to_owned());
    show.doc.year = Some(2024);
    show.doc.date = Some("2024-03-01".to_owned());

    let mut film = title(&[("en", "The Long Tide"), ("es", "La marea larga")]);
    film.categories = vec!["cat-drama".to_owned()];
    film.doc.cue_points = vec![
        CuePoint {
            timecode: 600.5,
            kind: "AD".to_owned(),
            name: "mid-2".to_owned(),
            metadata: String::new(),
        },
        CuePoint {
            timecode: 30.0,
            kind: "AD".to_owned(),
            name: "mid-1".to_owned(),
            metadata: "x".to_owned(),
        },
    ];
    film.doc.ad_tag = Some("https://ads.example/vast".to_owned());
    film.doc.badges.top_right.set(tag("en"), "NEW");

    let season = |number: i64| RecordBody::Season {
        parent: "show".to_owned(),
        number,
        title: Box::new(title(&[("en", &format!("Season {number}"))])),
    };
    vec![
        record(
            "cat-drama",
            RecordBody::Label {
                kind: LabelKind::Category,
                order: 1,
                doc: drama,
            },
        ),
        record(
            "kim",
            RecordBody::Label {
                kind: LabelKind::Person,
                order: 0,
                doc: person,
            },
        ),
        record("show", RecordBody::Series(Box::new(show))),
        record("s1", season(1)),
        record("s2", season(2)),
        episode("e1", "s1", 1),
        episode("e2", "s1", 2),
        episode("e3", "s1", 3),
        episode("e4", "s2", 1),
        episode("e5", "s2", 2),
        record(
            "film",
            RecordBody::Content {
                kind: ContentKind::Movie,
                parent: None,
                number: None,
                title: Box::new(film),
                sources: ready(5_400_000),
            },
        ),
        movie("unplayable", title(&[("ja", "無題")])),
        record(
            "clip",
            RecordBody::Content {
                kind: ContentKind::Clip,
                parent: Some("s1".to_owned()),
                number: None,
                title: Box::new(title(&[("en", "Behind the lights")])),
                sources: None,
            },
        ),
    ]
}
