//! Settings: from flags, then `MARQUEE_*` environment variables, then the file, then defaults.
//! An unknown key is an error. `docs/operating.md` lists every key.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use axum::http::HeaderValue;
use marquee_engine::S3Settings;
use marquee_http::TrustedProxies;
use marquee_http::region::Regions;
use marquee_storage::Durability;
use serde::{Deserialize, Serialize};

use crate::transcode::Transcoding;

/// All settings. Defaults fit one machine at home.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Address of the platform.
    pub(crate) listen: SocketAddr,
    /// What links begin with; made of `listen` when empty.
    pub(crate) public_url: String,
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
    pub(crate) database: Database,
    pub(crate) tls: Tls,
    pub(crate) region: Region,
    pub(crate) s3: S3,
    pub(crate) egress: EgressSettings,
    pub(crate) transcode: Transcoding,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
    pub(crate) metrics: Metrics,
}

/// The database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Database {
    /// `sqlite:PATH` or `postgres://…`; a file in the data folder when empty.
    pub(crate) url: String,
    pub(crate) connections: u32,
    /// Left out of the documentation and of what is printed: `off` loses acknowledged writes when the
    /// power fails. It is there so that the check for durability can be seen to fail.
    #[serde(skip_serializing_if = "Careful::is_full")]
    pub(crate) durability: Careful,
}

/// How careful SQLite is with what it has acknowledged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Careful {
    #[default]
    Full,
    Off,
}

impl Careful {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands out references"
    )]
    fn is_full(&self) -> bool {
        *self == Self::Full
    }
}

impl From<Careful> for Durability {
    fn from(careful: Careful) -> Self {
        match careful {
            Careful::Full => Self::Full,
            Careful::Off => Self::Off,
        }
    }
}

/// Certificate and key, read again when they change.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tls {
    pub(crate) cert: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

/// Where the catalog is open.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Region {
    /// Countries that are let in; none lets everyone in.
    pub(crate) allowed: Vec<String>,
    /// Header that a trusted proxy sets to the country.
    pub(crate) header: Option<String>,
    /// Country database in MaxMind's format.
    pub(crate) database: Option<PathBuf>,
}

/// Object storage.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct S3 {
    pub(crate) endpoint: Option<String>,
    pub(crate) region: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
}

/// What may be fetched.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EgressSettings {
    /// Hosts on the own network that may be fetched from, by name.
    pub(crate) allowed_hosts: Vec<String>,
}

/// Bounds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Longest time until an answer begins, in seconds.
    pub(crate) request_seconds: u64,
    /// Hot answers kept in memory, in MiB.
    pub(crate) answers_mib: u64,
    /// Indexes of media kept in memory, in MiB.
    pub(crate) indexes_mib: u64,
    /// Connections at a time; more wait.
    pub(crate) connections: usize,
}

/// The log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// `text` or `json`.
    pub(crate) format: String,
    /// Filter, such as `info` or `marquee_engine=debug,info`.
    pub(crate) level: String,
    /// Whether every request is logged.
    pub(crate) access: bool,
}

/// Metrics.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Metrics {
    /// A listener of their own, without the operator token; keep it inside.
    pub(crate) listen: Option<SocketAddr>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 8080)),
            public_url: String::new(),
            data_dir: PathBuf::from("marquee-data"),
            services: vec!["amasian".to_owned()],
            new_service_visibility: "members".to_owned(),
            default_service: String::new(),
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            database: Database::default(),
            tls: Tls::default(),
            region: Region::default(),
            s3: S3::default(),
            egress: EgressSettings::default(),
            transcode: Transcoding::default(),
            limits: Limits::default(),
            log: Log::default(),
            metrics: Metrics::default(),
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: String::new(),
            connections: 8,
            durability: Careful::Full,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_seconds: 60,
            answers_mib: 64,
            indexes_mib: 64,
            connections: 10_000,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: "text".to_owned(),
            level: "info".to_owned(),
            access: false,
        }
    }
}

/// Keys whose environment variables hold lists, parted by commas.
const LISTS: &[&str] = &[
    "services",
    "trusted_proxies",
    "cors_origins",
    "region.allowed",
    "egress.allowed_hosts",
];

/// The list that a variable holds, if it is one of those.
fn list_of(variable: &str) -> Option<&'static str> {
    let key = variable.strip_prefix("MARQUEE_")?.to_lowercase();
    let key = key.replace("__", ".");
    LISTS.iter().copied().find(|list| *list == key)
}

/// Reads all layers. `flags` are dotted keys with their values, strongest of all.
pub(crate) fn load(
    file: Option<&Path>,
    environment: HashMap<String, String>,
    flags: &[(&str, String)],
) -> anyhow::Result<Settings> {
    let mut builder = config::Config::builder();
    if let Some(file) = file {
        builder = builder.add_source(
            config::File::from(file.to_owned())
                .format(config::FileFormat::Toml)
                .required(true),
        );
    }
    // Values stay the text they are until a setting asks for a number: a secret may look like one.
    let (lists, plain): (Vec<_>, Vec<_>) = environment
        .into_iter()
        .filter(|(name, _)| name != "MARQUEE_CONFIG")
        .partition(|(name, _)| list_of(name).is_some());
    let variables = config::Environment::with_prefix("MARQUEE")
        .prefix_separator("_")
        .separator("__")
        .source(Some(plain.into_iter().collect()));
    builder = builder.add_source(variables);
    for (name, value) in lists {
        let entries = value.split(',').map(str::trim);
        let entries: Vec<String> = entries
            .filter(|entry| !entry.is_empty())
            .map(str::to_owned)
            .collect();
        if let Some(key) = list_of(&name) {
            builder = builder.set_override(key, entries)?;
        }
    }
    for (key, value) in flags {
        builder = builder.set_override(*key, value.clone())?;
    }
    let settings: Settings = builder
        .build()?
        .try_deserialize()
        .context("the configuration is not valid (`marquee config print` shows the keys)")?;
    settings.validate()?;
    Ok(settings)
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
        if !matches!(self.log.format.as_str(), "text" | "json") {
            bail!("log.format: must be text or json");
        }
        let address = self.public_url();
        let parsed = url::Url::parse(&address)
            .with_context(|| format!("public_url: {address:?} is not an address"))?;
        if !matches!(parsed.scheme(), "http" | "https")
            || parsed.path() != "/"
            || parsed.query().is_some()
        {
            bail!("public_url: must be http://HOST or https://HOST, without a path");
        }
        self.proxies()?;
        self.origins()?;
        Ok(())
    }

    /// What links begin with, without a slash at the end.
    pub(crate) fn public_url(&self) -> String {
        if !self.public_url.is_empty() {
            return self.public_url.trim_end_matches('/').to_owned();
        }
        let scheme = if self.tls.cert.is_some() {
            "https"
        } else {
            "http"
        };
        // Nobody can follow a link to "every address of this machine".
        let host = if self.listen.ip().is_unspecified() {
            "localhost".to_owned()
        } else {
            self.listen.ip().to_string()
        };
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host
        };
        format!("{scheme}://{host}:{}", self.listen.port())
    }

    pub(crate) fn proxies(&self) -> anyhow::Result<TrustedProxies> {
        let networks = self
            .trusted_proxies
            .iter()
            .map(|text| text.parse().map_err(anyhow::Error::msg))
            .collect::<anyhow::Result<_>>();
        Ok(TrustedProxies::new(networks.context("trusted_proxies")?))
    }

    pub(crate) fn origins(&self) -> anyhow::Result<Vec<HeaderValue>> {
        let parse = |text: &String| {
            HeaderValue::from_str(text.trim_end_matches('/'))
                .with_context(|| format!("cors_origins: {text:?}"))
        };
        self.cors_origins.iter().map(parse).collect()
    }

    pub(crate) fn regions(&self) -> anyhow::Result<Regions> {
        Regions::new(
            &self.region.allowed,
            self.region.header.clone(),
            self.region.database.as_deref(),
        )
        .context("region")
    }

    pub(crate) fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            format!("sqlite:{}", self.data_dir.join("marquee.db").display())
        } else {
            self.database.url.clone()
        }
    }

    pub(crate) fn s3(&self) -> Option<S3Settings> {
        let s3 = &self.s3;
        (!s3.access_key_id.is_empty() || s3.endpoint.is_some()).then(|| S3Settings {
            endpoint: s3.endpoint.clone(),
            region: if s3.region.is_empty() {
                "us-east-1".to_owned()
            } else {
                s3.region.clone()
            },
            access_key_id: s3.access_key_id.clone(),
            secret_access_key: s3.secret_access_key.clone(),
        })
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.limits.request_seconds.max(1))
    }

    pub(crate) fn art(&self) -> PathBuf {
        self.data_dir.join("art")
    }

    pub(crate) fn indexes(&self) -> PathBuf {
        self.data_dir.join("cache").join("indexes")
    }

    /// All settings as TOML, secrets left out.
    pub(crate) fn print(&self) -> anyhow::Result<String> {
        let mut shown = self.clone();
        if !shown.s3.secret_access_key.is_empty() {
            shown.s3.secret_access_key = "[redacted]".to_owned();
        }
        if let Ok(mut address) = url::Url::parse(&shown.database.url)
            && address.password().is_some()
            && address.set_password(Some("redacted")).is_ok()
        {
            shown.database.url = address.into();
        }
        Ok(toml::to_string_pretty(&shown)?)
    }
}

fn is_service_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn flags_beat_the_environment_beats_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("marquee.toml");
        std::fs::write(
            &file,
            "listen = \"127.0.0.1:1\"\ndata_dir = \"from-file\"\n[database]\nconnections = 3\n",
        )
        .unwrap();
        let variables = env(&[
            ("MARQUEE_DATA_DIR", "from-env"),
            ("MARQUEE_DATABASE__CONNECTIONS", "5"),
            ("MARQUEE_SERVICES", "a,b"),
            ("HOME", "/x"),
        ]);
        let settings = load(
            Some(&file),
            variables,
            &[("data_dir", "from-flag".to_owned())],
        )
        .unwrap();
        assert_eq!(settings.data_dir, PathBuf::from("from-flag"));
        assert_eq!(settings.database.connections, 5);
        assert_eq!(settings.services, ["a", "b"]);
        assert_eq!(settings.public_url(), "http://127.0.0.1:1");
    }

    #[test]
    fn unknown_keys_and_bad_values_are_errors() {
        let fails = |pairs: &[(&str, &str)]| load(None, env(pairs), &[]).is_err();
        assert!(fails(&[("MARQUEE_LISTENN", "x")]));
        assert!(fails(&[("MARQUEE_DATABASE__URLL", "x")]));
        assert!(fails(&[("MARQUEE_LISTEN", "nowhere")]));
        assert!(fails(&[("MARQUEE_PUBLIC_URL", "ftp://x")]));
        assert!(fails(&[("MARQUEE_TRUSTED_PROXIES", "10.0.0.0/99")]));
        assert!(fails(&[("MARQUEE_TLS__CERT", "x.pem")]));
        assert!(fails(&[("MARQUEE_DEFAULT_SERVICE", "other")]));
        assert!(!fails(&[]));
    }

    #[test]
    fn variables_that_look_like_numbers_stay_as_they_are_written() {
        let variables = env(&[
            ("MARQUEE_S3__SECRET_ACCESS_KEY", "0012e4"),
            ("MARQUEE_S3__ACCESS_KEY_ID", "007"),
            ("MARQUEE_DATA_DIR", "1e3"),
            ("MARQUEE_DEFAULT_SERVICE", "0815"),
            ("MARQUEE_SERVICES", "0815, true,"),
            ("MARQUEE_LIMITS__CONNECTIONS", "12"),
            ("MARQUEE_LOG__ACCESS", "true"),
        ]);
        let settings = load(None, variables, &[]).unwrap();
        assert_eq!(settings.s3.secret_access_key, "0012e4");
        assert_eq!(settings.s3.access_key_id, "007");
        assert_eq!(settings.data_dir, PathBuf::from("1e3"));
        assert_eq!(settings.services, ["0815", "true"]);
        assert_eq!(
            (settings.limits.connections, settings.log.access),
            (12, true)
        );
    }

    #[test]
    fn secrets_are_not_printed() {
        let variables = env(&[
            ("MARQUEE_S3__SECRET_ACCESS_KEY", "hunter2"),
            ("MARQUEE_DATABASE__URL", "postgres://u:hunter3@h/d"),
        ]);
        let printed = load(None, variables, &[]).unwrap().print().unwrap();
        assert!(!printed.contains("hunter"), "{printed}");
    }
}
