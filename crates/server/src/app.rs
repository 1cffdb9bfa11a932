//! Wiring: opens what the settings name and puts the faces together.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Router, middleware};
use marquee_artwork::{Copies, Gallery};
use marquee_catalog::search::Searcher;
use marquee_catalog::watching::{ProgressCopy, Watching};
use marquee_domain::{Clock, SystemClock, Visibility};
use marquee_egress::{Allowed, Egress};
use marquee_engine::objects::Objects;
use marquee_engine::{Library, ObjectStores, Opener};
use marquee_http::cached::AnswerCache;
use marquee_http::edge::{Edge, EdgeMetrics, edge};
use marquee_http::hot::HotAnswers;
use marquee_http::link::Links;
use marquee_http::reads::ReadLimit;
use marquee_identity::{Identity, Providers, PublicAddress, SystemChance};
use marquee_limits::{Limits, Rule};
use marquee_storage::{Db, DbOptions, services};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Notify;
use tower::ServiceBuilder;

use crate::configuration::Settings;
use crate::listen::Faces;
use crate::pages::AppConfig;

/// Everything that commands and the server work with.
pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) library: Library,
    pub(crate) egress: Egress,
    pub(crate) gallery: Gallery,
    pub(crate) searcher: Searcher,
    pub(crate) wake: Arc<Notify>,
    pub(crate) limits: Limits,
    pub(crate) identity: Identity,
    pub(crate) public_address: PublicAddress,
}

impl App {
    /// Opens the database and makes the configured services.
    pub(crate) async fn open(settings: Settings) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&settings.data_dir).with_context(|| {
            format!(
                "the data folder {} cannot be made",
                settings.data_dir.display()
            )
        })?;
        let mut options = DbOptions::new(settings.database_url());
        options.connections = settings.database.connections;
        options.durability = settings.database.durability.into();
        let db = Db::open(&options)
            .await
            .context("the database cannot be opened")?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let egress = Egress::new(Allowed::new(&settings.egress.allowed_hosts))?;
        let stores = ObjectStores::new(settings.s3());
        let gallery = match settings.art_bucket()? {
            None => Gallery::folder(settings.art_folder()),
            Some((bucket, prefix)) => {
                Gallery::objects(Objects::new(&stores, &bucket, &prefix).context("art.location")?)
            }
        };
        let opener = Opener::new(egress.clone(), stores);
        let library = Library::new(
            db.clone(),
            opener,
            settings.indexes(),
            settings.limits.indexes_mib << 20,
        );
        let (named, usual) = (settings.named_public_url(), settings.usual_public_url());
        let public_address = PublicAddress::open(&db, named, &usual).await?;
        let secret = marquee_identity::link_secret(&db).await?;
        let limits = settings.limits(clock.clone(), &secret)?;
        let sealer = settings.sealer()?;
        marquee_identity::hold_secret(&db, &sealer).await?;
        let providers = Providers::new(&db, &egress, settings.providers());
        let identity = Identity::new(
            db.clone(),
            (clock.clone(), Arc::new(SystemChance)),
            sealer,
            (settings.hasher()?, limits.clone()),
            Arc::new(providers),
            settings.identity(public_address.live()),
        );
        let app = Self {
            settings,
            db,
            clock,
            library,
            egress,
            gallery,
            searcher: Searcher::default(),
            wake: Arc::new(Notify::new()),
            limits,
            identity,
            public_address,
        };
        app.ensure_services().await?;
        Ok(app)
    }

    async fn ensure_services(&self) -> anyhow::Result<()> {
        let known = services::list(&mut self.db.reader()).await?;
        let visibility =
            Visibility::parse(&self.settings.new_service_visibility).unwrap_or(Visibility::Members);
        for name in self
            .settings
            .services
            .iter()
            .filter(|name| !known.iter().any(|service| service.name == **name))
        {
            let mut unit = self.db.begin().await?;
            services::add(&mut unit, name, visibility, self.clock.now()).await?;
            unit.save().await?;
        }
        Ok(())
    }

    /// The service of a name; the first configured one when none is given.
    pub(crate) async fn service(&self, name: Option<&str>) -> anyhow::Result<services::Service> {
        let name = name
            .or(self.settings.services.first().map(String::as_str))
            .unwrap_or_default();
        let found = services::find_by_name(&mut self.db.reader(), name).await?;
        found.with_context(|| {
            format!("there is no service {name:?}; name it under `services` in the configuration")
        })
    }

    /// All faces behind the edge.
    pub(crate) async fn faces(
        &self,
        metrics: PrometheusHandle,
        demo: bool,
    ) -> anyhow::Result<Faces> {
        let settings = &self.settings;
        let public_url = self.public_address.live();
        let links = Links::new(&marquee_identity::link_secret(&self.db).await?);
        let transcoder = settings.transcode.find();
        if let Some(found) = transcoder.clone() {
            tokio::spawn(async move { found.check().await });
        }
        let first = settings.services.first().cloned().unwrap_or_default();
        let default = Some(settings.default_service.clone()).filter(|name| !name.is_empty());
        let regions = settings.regions()?;
        let copy = settings.shared_progress()?.map(|shared| {
            let kept = shared.clone();
            tokio::spawn(async move { kept.keep_repaired().await });
            shared as Arc<dyn ProgressCopy>
        });
        let watching = Watching::new(self.db.clone(), copy);
        self.identity.tell_moves(Arc::new(watching.clone()));
        let directory = marquee_api_odx::ServiceDirectory::new(self.db.clone(), first, default);
        let odx = marquee_api_odx::router(marquee_api_odx::Deps {
            db: self.db.clone(),
            clock: self.clock.clone(),
            cache: AnswerCache::new(settings.limits.answers_mib << 20),
            services: directory.clone(),
            links: links.clone(),
            regions: regions.clone(),
            searcher: self.searcher.clone(),
            watching,
            neighbours: Arc::new(marquee_catalog::recommend::Learnt),
            streams: Arc::new(marquee_api_media::StreamLinks {
                links: links.clone(),
                public_url: public_url.clone(),
                transcoder: transcoder.clone(),
            }),
            public_url: public_url.clone(),
            identity: self.identity.clone(),
            same_site: settings.same_site()?,
            cors_origins: settings.origins()?,
        });
        let copies = Copies::new(
            self.gallery.clone(),
            settings.art_copies(),
            settings.art.copies_mib << 20,
        );
        let recalled = copies.clone();
        tokio::spawn(async move { recalled.recall().await });
        let media = marquee_api_media::router(marquee_api_media::Deps {
            links,
            sessions: Arc::new(self.identity.clone()),
            clock: self.clock.clone(),
            library: self.library.clone(),
            transcoder,
            copies,
            openness: Arc::new(directory),
        });
        let operator = marquee_api_operator::router(marquee_api_operator::Deps {
            db: self.db.clone(),
            clock: self.clock.clone(),
            wake: self.wake.clone(),
            art: self.gallery.clone(),
            public_address: self.public_address.clone(),
            identity: self.identity.clone(),
        });
        let pages = crate::pages::router(&AppConfig {
            services: settings.services.clone(),
            demo,
        });
        let accounts = marquee_pages::router(marquee_pages::Deps {
            identity: self.identity.clone(),
            same_site: settings.same_site()?,
            public_url: public_url.clone(),
            regions: regions.clone(),
            name: settings.name.clone(),
        });
        let hot = regions.admit_everyone().then(|| {
            let db = self.db.clone();
            let version = move || db.catalog_version();
            HotAnswers::new("/odx/api/v4/", self.clock.clone(), version)
        });
        let around = Arc::new(Edge {
            proxies: settings.proxies()?,
            cors_origins: settings.origins()?,
            timeout: settings.timeout(),
            patient: &["/operator/api/v1/import/"],
            access_log: settings.log.access,
            hot,
            reads: self.limits.has(Rule::CatalogReads).then(|| ReadLimit {
                limits: self.limits.clone(),
                prefix: "/odx/api/v4/",
                answer: marquee_api_odx::slow,
            }),
            metrics: EdgeMetrics::default(),
        });
        // Codes in plain sight are for trying things out.
        let files = demo.then(|| settings.mail_files()).flatten();
        let shown = files.map_or_else(Router::new, crate::outbox::router);
        let health = Router::new()
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics_page))
            .with_state(Arc::new(Health {
                db: self.db.clone(),
                metrics,
            }));
        let app = odx
            .merge(media)
            .merge(operator)
            .merge(health)
            .merge(crate::docs::router())
            .merge(shown)
            .merge(accounts)
            .fallback_service(pages);
        // Around the router instead of around each route: the edge sees what no route takes, too.
        let service = ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(around.clone(), edge))
            .service(app);
        Ok(Faces {
            router: Router::new().fallback_service(service),
            edge: Some(around),
        })
    }
}

struct Health {
    db: Db,
    metrics: PrometheusHandle,
}

/// Ready means that the database answers.
async fn ready(State(health): State<Arc<Health>>) -> (StatusCode, &'static str) {
    let answer = tokio::time::timeout(Duration::from_secs(2), health.db.refresh_version()).await;
    match answer {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
    }
}

/// Metrics for whoever has the operator token; a listener of their own needs none.
async fn metrics_page(State(health): State<Arc<Health>>, headers: HeaderMap) -> impl IntoResponse {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match marquee_identity::is_operator(&health.db, token.unwrap_or_default()).await {
        Ok(true) => (StatusCode::OK, health.metrics.render()),
        Ok(false) => (
            StatusCode::UNAUTHORIZED,
            "the operator token is needed\n".to_owned(),
        ),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n".to_owned(),
        ),
    }
}

/// Metrics without a token, for a listener of their own.
pub(crate) fn metrics_face(metrics: PrometheusHandle) -> Faces {
    let page = get(move || async move { metrics.render() });
    Faces {
        router: Router::new().route("/metrics", page),
        edge: None,
    }
}
