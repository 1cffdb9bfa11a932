//! The faces, put together behind the edge.

use std::sync::Arc;

use axum::{Router, middleware};
use marquee_artwork::Copies;
use marquee_catalog::watching::{ProgressCopy, Watching};
use marquee_http::cached::AnswerCache;
use marquee_http::edge::{Edge, EdgeMetrics, edge};
use marquee_http::hot::HotAnswers;
use marquee_http::link::Links;
use marquee_http::reads::ReadLimit;
use marquee_http::region::Regions;
use marquee_limits::Rule;
use metrics_exporter_prometheus::PrometheusHandle;
use tower::ServiceBuilder;

use crate::app::App;
use crate::health;
use crate::listen::Faces;
use crate::pages::AppConfig;

impl App {
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
        let directory = marquee_api_odx::ServiceDirectory::new(self.db.clone(), first, default);
        let odx = marquee_api_odx::router(marquee_api_odx::Deps {
            db: self.db.clone(),
            clock: self.clock.clone(),
            cache: AnswerCache::new(settings.limits.answers_mib << 20),
            services: directory.clone(),
            links: links.clone(),
            regions: regions.clone(),
            searcher: self.searcher.clone(),
            watching: self.watching()?,
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
        let media = marquee_api_media::router(marquee_api_media::Deps {
            links,
            sessions: Arc::new(self.identity.clone()),
            clock: self.clock.clone(),
            library: self.library.clone(),
            transcoder,
            copies: self.copies(),
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
        // Codes in plain sight are for trying things out.
        let files = demo.then(|| settings.mail_files()).flatten();
        let shown = files.map_or_else(Router::new, crate::outbox::router);
        let app = odx
            .merge(media)
            .merge(operator)
            .merge(health::router(self.db.clone(), metrics))
            .merge(crate::docs::router())
            .merge(shown)
            .merge(accounts)
            .fallback_service(pages);
        let around = Arc::new(self.edge(&regions)?);
        // Around the router instead of around each route: the edge sees what no route takes, too.
        let service = ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(around.clone(), edge))
            .service(app);
        Ok(Faces {
            router: Router::new().fallback_service(service),
            edge: Some(around),
        })
    }

    /// Favorites and progress, with their copy in Redis when there is one.
    fn watching(&self) -> anyhow::Result<Watching> {
        let copy = self.settings.shared_progress()?.map(|shared| {
            let kept = shared.clone();
            tokio::spawn(async move { kept.keep_repaired().await });
            shared as Arc<dyn ProgressCopy>
        });
        let watching = Watching::new(self.db.clone(), copy);
        self.identity.tell_moves(Arc::new(watching.clone()));
        Ok(watching)
    }

    /// Copies of pictures, those of earlier runs too.
    fn copies(&self) -> Copies {
        let settings = &self.settings;
        let copies = Copies::new(
            self.gallery.clone(),
            settings.art_copies(),
            settings.art.copies_mib << 20,
        );
        let recalled = copies.clone();
        tokio::spawn(async move { recalled.recall().await });
        copies
    }

    /// What is around all faces. There are hot answers only where everybody is admitted.
    fn edge(&self, regions: &Regions) -> anyhow::Result<Edge> {
        let settings = &self.settings;
        let hot = regions.admit_everyone().then(|| {
            let db = self.db.clone();
            let version = move || db.catalog_version();
            HotAnswers::new("/odx/api/v4/", self.clock.clone(), version)
        });
        Ok(Edge {
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
        })
    }
}
