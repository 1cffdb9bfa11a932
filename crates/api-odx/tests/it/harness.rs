//! The real router over a real SQLite file, a clock that stands still, and streams that lead nowhere.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use marquee_api_odx::{Deps, SameSite, ServiceDirectory, router};
use marquee_catalog::import::Importer;
use marquee_catalog::record::{Outcome, Record};
use marquee_catalog::search::{Follower, Searcher};
use marquee_catalog::watching::Watching;
use marquee_domain::ports::Streams;
use marquee_domain::{ContentId, MockClock, PublicUrl, Timestamp, Visibility};
use marquee_http::cached::AnswerCache;
use marquee_http::client::TrustedProxies;
use marquee_http::edge::{Edge, EdgeMetrics, edge};
use marquee_http::hot::HotAnswers;
use marquee_http::link::Links;
use marquee_http::region::Regions;
use marquee_identity::{Address, Identity, Refusal, SocialClaims, SocialTokens};
use marquee_storage::services;
use marquee_storage::testing::TestDb;
use serde_json::Value;
use tower::ServiceExt;

use crate::fixture::catalog;
use crate::schema::validate;

pub(crate) const NOW: Timestamp = 1_700_000_000_000;

struct Nowhere;

impl Streams for Nowhere {
    fn multivariant_address(
        &self,
        content: ContentId,
        _: i64,
        session: Option<&str>,
        _: Timestamp,
    ) -> String {
        let session = session.unwrap_or_default();
        format!("http://test.example/media/token{content}{session}/master.m3u8")
    }

    fn can_transcode_audio(&self) -> bool {
        false
    }
}

/// A provider whose tokens are `subject address`, with `!` in front of an address that is not its own.
struct Provider;

impl SocialTokens for Provider {
    fn check<'a>(
        &'a self,
        _: marquee_domain::account::Provider,
        id_token: &'a str,
        _: Timestamp,
    ) -> futures_util::future::BoxFuture<'a, marquee_identity::Result<SocialClaims>> {
        Box::pin(async move {
            let (subject, address) = id_token.split_once(' ').ok_or(Refusal::SocialInvalid)?;
            Ok(SocialClaims {
                subject: subject.to_owned(),
                address: Address::parse(address.trim_start_matches('!')),
                authoritative: !address.starts_with('!'),
                name: String::new(),
            })
        })
    }
}

/// What addresses of pictures are signed with.
pub(crate) const LINK_SECRET: &[u8] = b"a secret of these tests";

pub(crate) struct TestApp {
    pub(crate) router: Router,
    edge: Arc<Edge>,
    searcher: Searcher,
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<MockClock>,
    pub(crate) identity: Identity,
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

    /// That it refuses, with this status and code.
    #[track_caller]
    pub(crate) fn refuses(&self, status: u16, code: &str) {
        let text = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status, status, "{text}");
        assert_eq!(self.code(), code, "{text}");
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
        let searcher = Searcher::default();
        let hot = regions.admit_everyone().then(|| {
            let db = test.db.clone();
            HotAnswers::new("/odx/api/v4/", clock.clone(), move || db.catalog_version())
        });
        let identity =
            marquee_identity::testing::identity(test.db.clone(), clock.clone(), Arc::new(Provider));
        let router = router(Deps {
            db: test.db.clone(),
            clock: clock.clone(),
            cache: AnswerCache::new(8 << 20),
            searcher: searcher.clone(),
            watching: Watching::new(test.db.clone(), None),
            services: ServiceDirectory::new(
                test.db.clone(),
                "amasian".to_owned(),
                default.map(str::to_owned),
            ),
            regions,
            neighbours: Arc::new(marquee_catalog::neighbours::SharedFacts),
            streams: Arc::new(Nowhere),
            links: Links::new(LINK_SECRET),
            public_url: PublicUrl::new("http://test.example"),
            identity: identity.clone(),
            same_site: SameSite::Lax,
            cors_origins: Vec::new(),
        });
        let around = Arc::new(Edge {
            proxies: TrustedProxies::new(vec!["10.0.0.1".parse().unwrap()]),
            cors_origins: vec!["https://app.example".parse().unwrap()],
            timeout: std::time::Duration::from_secs(10),
            patient: &[],
            access_log: false,
            reads: None,
            hot,
            metrics: EdgeMetrics::default(),
        });
        Self {
            router: Router::new().fallback_service(
                tower::ServiceBuilder::new()
                    .layer(axum::middleware::from_fn_with_state(around.clone(), edge))
                    .service(router),
            ),
            edge: around,
            searcher,
            test,
            clock,
            identity,
        }
    }

    /// Has the search index made; what changes later is not followed.
    pub(crate) async fn index(&self) {
        let folder = tempfile::tempdir().unwrap();
        let (db, searcher) = (self.test.db.clone(), self.searcher.clone());
        let mut follower = Follower::new(db, searcher, folder.path()).unwrap();
        follower.catch_up().await.unwrap();
    }

    /// Any call, from a trusted proxy's address.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.send(method, path, headers, Body::empty()).await
    }

    /// Any call with a body.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/odx/api/v4{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body.into()).unwrap();
        // As a connection does it: what the edge knows is not routed.
        let peer = SocketAddr::from(([10, 0, 0, 1], 1));
        let response = match self.edge.at_once(&request, peer.ip()) {
            Some(response) => response,
            None => {
                request.extensions_mut().insert(ConnectInfo(peer));
                self.router.clone().oneshot(request).await.unwrap()
            }
        };
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
