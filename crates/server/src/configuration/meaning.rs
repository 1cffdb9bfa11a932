//! What the settings come down to: addresses, folders and the settings of the libraries.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::http::HeaderValue;
use marquee_domain::Clock;
use marquee_engine::S3Settings;
use marquee_http::TrustedProxies;
use marquee_http::region::Regions;
use marquee_limits::{Limits, Rates, Shared};
use marquee_redis::{Redis, SharedLimits, SharedProgress};

use super::Settings;

impl Settings {
    /// What links begin with as far as the settings say: an operator may have chosen another address, unless they name one.
    pub(crate) fn public_url(&self) -> String {
        self.named_public_url()
            .unwrap_or_else(|| self.usual_public_url())
    }

    /// The public address that the settings name.
    pub(crate) fn named_public_url(&self) -> Option<String> {
        let named = self.public_url.trim_end_matches('/');
        (!named.is_empty()).then(|| named.to_owned())
    }

    /// The public address where nobody names one: made of what is listened on.
    pub(crate) fn usual_public_url(&self) -> String {
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

    /// The copy of watch progress that nodes share, if there is one. Belongs to the runtime that it is
    /// called on.
    pub(crate) fn shared_progress(&self) -> anyhow::Result<Option<Arc<SharedProgress>>> {
        if self.redis.url.is_empty() {
            return Ok(None);
        }
        let redis = Redis::open(&self.redis.url).context("redis.url")?;
        Ok(Some(Arc::new(SharedProgress::new(redis))))
    }

    /// The rates of limits in force.
    pub(crate) fn rates(&self) -> anyhow::Result<Rates> {
        let mut rates = Rates::default();
        for (name, rate) in &self.limits.rates {
            let set = rates.set(name, rate);
            set.with_context(|| format!("limits.rates.{name} = {rate:?}"))?;
        }
        Ok(rates)
    }

    /// The limits, counted with other nodes where there is Redis; `secret` hides there who is counted. Belongs to the
    /// runtime that it is called on.
    pub(crate) fn limits(&self, clock: Arc<dyn Clock>, secret: &[u8]) -> anyhow::Result<Limits> {
        let shared = if self.redis.url.is_empty() {
            None
        } else {
            // A connection of its own, so that limits do not stand in line behind progress.
            let redis = Redis::open(&self.redis.url).context("redis.url")?;
            Some(Arc::new(SharedLimits::new(redis, secret)) as Arc<dyn Shared>)
        };
        Ok(Limits::new(self.rates()?, clock, shared))
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

    /// The folder of stored pictures, unless they are in object storage.
    pub(crate) fn art_folder(&self) -> PathBuf {
        self.data_dir.join("art")
    }

    /// Where copies of pictures are kept.
    pub(crate) fn art_copies(&self) -> PathBuf {
        self.data_dir.join("cache").join("art")
    }

    /// Bucket and prefix of stored pictures; none when they are in a folder.
    pub(crate) fn art_bucket(&self) -> anyhow::Result<Option<(String, String)>> {
        let location = &self.art.location;
        if location.is_empty() {
            return Ok(None);
        }
        let address = url::Url::parse(location).ok();
        let bucket = address
            .filter(|address| address.scheme() == "s3" && address.query().is_none())
            .and_then(|address| {
                let bucket = address.host_str()?.to_owned();
                Some((bucket, address.path().trim_matches('/').to_owned()))
            });
        bucket
            .map(Some)
            .with_context(|| format!("art.location: {location:?} is not s3://BUCKET/PREFIX"))
    }

    pub(crate) fn indexes(&self) -> PathBuf {
        self.data_dir.join("cache").join("indexes")
    }

    /// Where the search index is kept.
    pub(crate) fn search_index(&self) -> PathBuf {
        self.data_dir.join("cache").join("search")
    }

    /// All settings as TOML, secrets left out.
    pub(crate) fn print(&self) -> anyhow::Result<String> {
        let mut shown = self.clone();
        if !shown.s3.secret_access_key.is_empty() {
            shown.s3.secret_access_key = "[redacted]".to_owned();
        }
        if !shown.auth.secret.is_empty() {
            shown.auth.secret = "[redacted]".to_owned();
        }
        if !shown.mail.password.is_empty() {
            shown.mail.password = "[redacted]".to_owned();
        }
        shown.database.url = without_password(&shown.database.url);
        shown.redis.url = without_password(&shown.redis.url);
        Ok(toml::to_string_pretty(&shown)?)
    }
}

/// An address as it may be shown.
fn without_password(address: &str) -> String {
    match url::Url::parse(address) {
        Ok(mut parsed) if parsed.password().is_some() => {
            match parsed.set_password(Some("redacted")) {
                Ok(()) => parsed.into(),
                Err(()) => "[redacted]".to_owned(),
            }
        }
        // What cannot be read may still hold one.
        Err(_) if address.contains('@') => "[redacted]".to_owned(),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for (address, shown) in [
            ("", ""),
            ("redis://cache:6379/1", "redis://cache:6379/1"),
            ("redis://:secret@cache/", "redis://:redacted@cache/"),
            ("postgres://me:secret@db/x", "postgres://me:redacted@db/x"),
            ("redis://:secret@ca che", "[redacted]"),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
