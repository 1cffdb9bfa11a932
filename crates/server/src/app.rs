//! Opens what the settings name: everything that commands and the server work with.

use std::sync::Arc;

use anyhow::Context;
use marquee_artwork::Gallery;
use marquee_catalog::search::Searcher;
use marquee_domain::{Clock, SystemClock, Visibility};
use marquee_egress::{Allowed, Egress};
use marquee_engine::objects::Objects;
use marquee_engine::{Library, ObjectStores, Opener};
use marquee_identity::{Identity, Providers, PublicAddress, SystemChance};
use marquee_limits::Limits;
use marquee_storage::{Db, DbOptions, services};
use tokio::sync::Notify;

use crate::configuration::Settings;

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
        crate::data_folder::make(&settings.data_dir).with_context(|| {
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
}
