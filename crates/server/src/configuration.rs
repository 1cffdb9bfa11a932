//! Settings: from flags, then `MARQUEE_*` environment variables, then the file, then defaults.
//! An unknown key is an error. `docs/operating.md` lists every key.

mod auth;
mod layers;
mod mail;
mod meaning;
mod sections;
mod social;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};
use marquee_identity::PublicAddress;
use serde::{Deserialize, Serialize};

pub(crate) use self::layers::load;
pub(crate) use self::sections::{
    Art, Auth, Database, EgressSettings, Limits, Log, Mail, Metrics, Recommend, Redis, Region, S3,
    Tls,
};
use self::social::Social;
use crate::transcode::Transcoding;

/// All settings. Defaults fit one machine at home.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Address of the platform.
    pub(crate) listen: SocketAddr,
    /// What links begin with; made of `listen` when empty.
    pub(crate) public_url: String,
    /// What the platform is called, in mail.
    pub(crate) name: String,
    /// Where everything is kept.
    pub(crate) data_dir: PathBuf,
    /// Services by name; the first is the default one of calls that may leave the name out.
    pub(crate) services: Vec<String>,
    /// Visibility of services that are made at start: `members` or `public`.
    pub(crate) new_service_visibility: String,
    /// Service of callers that send no `Service-Name`; off when empty.
    pub(crate) default_service: String,
    /// Networks of proxies whose forwarding headers count.
    pub(crate) trusted_proxies: Vec<String>,
    /// Origins that may call from a browser with credentials.
    pub(crate) cors_origins: Vec<String>,
    pub(crate) auth: Auth,
    pub(crate) social: Social,
    pub(crate) database: Database,
    pub(crate) redis: Redis,
    pub(crate) tls: Tls,
    pub(crate) region: Region,
    pub(crate) s3: S3,
    pub(crate) art: Art,
    pub(crate) egress: EgressSettings,
    pub(crate) transcode: Transcoding,
    pub(crate) recommend: Recommend,
    pub(crate) mail: Mail,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
    pub(crate) metrics: Metrics,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 8080)),
            public_url: String::new(),
            name: "Marquee".to_owned(),
            data_dir: PathBuf::from("marquee-data"),
            services: vec!["amasian".to_owned()],
            new_service_visibility: "members".to_owned(),
            default_service: String::new(),
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            auth: Auth::default(),
            social: Social::default(),
            database: Database::default(),
            redis: Redis::default(),
            tls: Tls::default(),
            region: Region::default(),
            s3: S3::default(),
            art: Art::default(),
            egress: EgressSettings::default(),
            transcode: Transcoding::default(),
            recommend: Recommend::default(),
            mail: Mail::default(),
            limits: Limits::default(),
            log: Log::default(),
            metrics: Metrics::default(),
        }
    }
}

impl Settings {
    /// Everything that can be checked without opening anything.
    fn validate(&self) -> anyhow::Result<()> {
        if self.services.is_empty() || self.services.iter().any(|name| !is_service_name(name)) {
            bail!("services: at least one name of letters, digits, - and _ is needed");
        }
        if !self.default_service.is_empty() && !self.services.contains(&self.default_service) {
            bail!(
                "default_service: {:?} is not one of the services",
                self.default_service
            );
        }
        if !matches!(self.new_service_visibility.as_str(), "members" | "public") {
            bail!("new_service_visibility: must be members or public");
        }
        if self.tls.cert.is_some() != self.tls.key.is_some() {
            bail!("tls: cert and key belong together");
        }
        if !(1..=8760).contains(&self.recommend.every_hours) {
            bail!(
                "recommend.every_hours: must be 1 to 8760 (recommend.enabled = false switches it off)"
            );
        }
        if !matches!(self.log.format.as_str(), "text" | "json") {
            bail!("log.format: must be text or json");
        }
        let address = self.public_url();
        PublicAddress::check(&address).with_context(|| format!("public_url: {address:?}"))?;
        if self.name.trim().is_empty() {
            bail!("name: the platform needs one");
        }
        self.check_auth()?;
        self.check_social()?;
        self.check_mail()?;
        self.rates()?;
        self.art_bucket()?;
        self.proxies()?;
        self.origins()?;
        Ok(())
    }
}

fn is_service_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
