//! The real router over media of the demo, a clock that stands still, and a player's few moves.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use marquee_api_media::{Deps, router};
use marquee_artwork::{Copies, Gallery};
use marquee_domain::catalog::{Content, ContentKind, Head, TitleDoc};
use marquee_domain::media::{SourceInfo, SourceRole, SourceState};
use marquee_domain::publish::Window;
use marquee_domain::{ContentId, LanguageTag, MockClock, ServiceId, Visibility};
use marquee_egress::{Allowed, Egress};
use marquee_engine::open::file_location;
use marquee_engine::{Library, ObjectStores, Opener, Transcoder};
use marquee_http::link::Links;
use marquee_storage::sources::NewSource;
use marquee_storage::testing::TestDb;
use marquee_storage::{catalog, services, sources};
use tower::ServiceExt;

pub(crate) const NOW: i64 = 1_700_000_000_000;

/// Sessions whose id ends with `1` are live.
struct Sessions;

impl marquee_domain::ports::Sessions for Sessions {
    fn is_live<'a>(
        &'a self,
        sid: &'a str,
    ) -> futures_util::future::BoxFuture<'a, Result<bool, marquee_domain::ports::Unknown>> {
        Box::pin(async move { Ok(sid.ends_with('1')) })
    }
}

/// What the database says.
struct Stored(marquee_storage::Db);

impl marquee_domain::ports::Openness for Stored {
    fn is_open(
        &self,
    ) -> futures_util::future::BoxFuture<'_, Result<bool, marquee_domain::ports::Unknown>> {
        Box::pin(async {
            let all = services::list(&mut self.0.reader()).await?;
            Ok(all.iter().any(|it| it.visibility == Visibility::Public))
        })
    }
}

pub(crate) struct Bench {
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<MockClock>,
    pub(crate) links: Links,
    pub(crate) library: Library,
    pub(crate) dir: tempfile::TempDir,
    service: ServiceId,
    router: Router,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// None when the body broke off.
    pub(crate) body: Option<Vec<u8>>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.body.as_deref().expect("a whole body")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes().to_vec()).unwrap()
    }
}

impl Bench {
    /// Makes its one service public, or not.
    pub(crate) async fn open(&self, visibility: Visibility) {
        let mut unit = self.test.db.begin().await.unwrap();
        services::set_visibility(&mut unit, self.service, visibility)
            .await
            .unwrap();
        unit.save().await.unwrap();
    }

    pub(crate) async fn new() -> Self {
        Self::allowing(&[]).await
    }

    /// With hosts on the own network that may be fetched from.
    pub(crate) async fn allowing(hosts: &[&str]) -> Self {
        Self::with(hosts, None).await
    }

    /// With ffmpeg at a path.
    pub(crate) async fn transcoding(program: &Path) -> Self {
        Self::with(&[], Some(program)).await
    }

    async fn with(hosts: &[&str], program: Option<&Path>) -> Self {
        let test = marquee_storage::testing::sqlite().await;
        let mut unit = test.db.begin().await.unwrap();
        let service = services::add(&mut unit, "amasian", Visibility::Public, NOW)
            .await
            .unwrap();
        unit.save().await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("art")).unwrap();
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let library = Self::library(&test, dir.path(), &hosts);
        let clock = Arc::new(MockClock::at(NOW));
        let links = Links::new(b"a secret of this test");
        let transcoder = program.map(|program| Transcoder::new(program, 2));
        if let Some(transcoder) = &transcoder {
            assert!(transcoder.check().await, "it runs");
        }
        let router = router(Deps {
            links: links.clone(),
            sessions: Arc::new(Sessions),
            clock: clock.clone(),
            library: library.clone(),
            transcoder,
            copies: Copies::new(
                Gallery::folder(dir.path().join("art")),
                dir.path().join("copies"),
                8 << 20,
            ),
            openness: Arc::new(Stored(test.db.clone())),
        });
        Self {
            test,
            clock,
            links,
            library,
            dir,
            service: service.id,
            router,
        }
    }

    fn library(test: &TestDb, dir: &Path, hosts: &[String]) -> Library {
        let egress = Egress::new(Allowed::new(hosts)).unwrap();
        let opener = Opener::new(egress, ObjectStores::default());
        Library::new(test.db.clone(), opener, dir.join("indexes"), 8 << 20)
    }

    /// Copies a file of the demo into the folder of this test.
    pub(crate) fn copy(&self, name: &str) -> PathBuf {
        let to = self.dir.path().join(name);
        std::fs::copy(demo(name), &to).unwrap();
        to
    }

    /// Stores a film of files of the demo, copied here; subtitles by their endings.
    pub(crate) async fn film(&self, id: i64, names: &[&str]) -> ContentId {
        let locations: Vec<String> = names
            .iter()
            .map(|name| file_location(&self.copy(name)).unwrap())
            .collect();
        self.stored(id, &locations).await
    }

    /// Stores a film of these sources and looks into them.
    pub(crate) async fn stored(&self, id: i64, locations: &[String]) -> ContentId {
        let window = Window {
            from: 0,
            until: i64::MAX,
        };
        let mut doc = TitleDoc::default();
        doc.titles.set(LanguageTag::parse("en").unwrap(), "Film");
        let content = Content {
            id: ContentId(id),
            kind: ContentKind::Movie,
            season: None,
            order: None,
            duration_ms: None,
            playable: false,
            head: Head {
                service: self.service,
                external_key: id.to_string(),
                slug: id.to_string(),
                own: window,
                window,
                created_at: NOW,
                digest: 1,
            },
            doc,
        };
        let new: Vec<NewSource> = locations
            .iter()
            .map(|location| {
                let text = [".vtt", ".srt"].iter().any(|end| location.ends_with(end));
                let language = location.rsplit('.').nth(1).and_then(LanguageTag::parse);
                NewSource {
                    role: if text {
                        SourceRole::Subtitle
                    } else {
                        SourceRole::Rendition
                    },
                    location: location.clone(),
                    size_bytes: 0,
                    revision: String::new(),
                    state: SourceState::Pending,
                    info: SourceInfo {
                        language: language.filter(|_| text),
                        ..SourceInfo::default()
                    },
                }
            })
            .collect();
        let mut unit = self.test.db.begin().await.unwrap();
        catalog::put_contents(&mut unit, &[content]).await.unwrap();
        sources::replace(&mut unit, ContentId(id), &new)
            .await
            .unwrap();
        unit.save().await.unwrap();
        self.probe(ContentId(id)).await;
        ContentId(id)
    }

    /// Looks into what is pending, as the server does by itself.
    pub(crate) async fn probe(&self, content: ContentId) {
        let stored = sources::of_content(&mut self.test.db.reader(), content)
            .await
            .unwrap();
        for mut source in stored
            .into_iter()
            .filter(|s| s.state == SourceState::Pending)
        {
            if source.role == SourceRole::Subtitle {
                source.revision = self
                    .library
                    .opener()
                    .open(&source.location)
                    .await
                    .unwrap()
                    .revision;
            } else {
                let (opened, index) = self.library.probe(&source.location).await.unwrap();
                source.revision = opened.revision;
                source.info.duration_ms = index.duration_ms();
            }
            source.state = SourceState::Ready;
            let mut unit = self.test.db.begin().await.unwrap();
            sources::set_probed(&mut unit, &source).await.unwrap();
            sources::settle_content(&mut unit, content, None)
                .await
                .unwrap();
            unit.save().await.unwrap();
        }
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body
                .collect()
                .await
                .ok()
                .map(|body| body.to_bytes().to_vec()),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[]).await
    }

    /// Something that must be there, with the length that was announced.
    pub(crate) async fn ok(&self, path: &str) -> Answer {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(
            answer.header("content-length"),
            answer.bytes().len().to_string(),
            "{path}"
        );
        answer
    }

    /// Where a content's addresses begin.
    pub(crate) fn below(&self, content: ContentId) -> String {
        format!("/media/{}", self.links.anonymous(content, 60_000, NOW))
    }

    /// All addresses that a playlist names, made absolute.
    pub(crate) async fn named(&self, playlist: &str) -> Vec<String> {
        let folder = playlist.rsplit_once('/').unwrap().0;
        addresses(&self.ok(playlist).await.text())
            .into_iter()
            .map(|address| format!("{folder}/{address}"))
            .collect()
    }

    /// The first segment of the first video track.
    pub(crate) async fn a_segment(&self, content: ContentId) -> String {
        let master = self
            .named(&format!("{}/master.m3u8", self.below(content)))
            .await;
        let video = master
            .iter()
            .find(|path| path.contains("/v") && path.ends_with("index.m3u8"))
            .unwrap();
        let parts = self.named(video).await;
        parts
            .into_iter()
            .find(|part| part.ends_with("/1.m4s"))
            .unwrap()
    }
}

/// Lines that are addresses, and `URI` attributes.
pub(crate) fn addresses(playlist: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in playlist.lines() {
        if let Some((_, rest)) = line.split_once("URI=\"") {
            found.extend(rest.split_once('"').map(|(address, _)| address.to_owned()));
        } else if !line.starts_with('#') && !line.is_empty() {
            found.push(line.to_owned());
        }
    }
    found
}

/// A file of the demo's media.
pub(crate) fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../demo/media")
        .join(name)
}

/// A picture of the demo.
pub(crate) fn demo_art(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../demo/art")
        .join(name)
}
