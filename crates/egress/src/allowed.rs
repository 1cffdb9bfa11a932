//! Which hosts of the own network may be reached, and the resolver that keeps to it.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::check::Admits;

/// Hosts on the own network that the operator has allowed, by name.
#[derive(Debug, Clone, Default)]
pub struct Allowed(Arc<HashSet<String>>);

impl Allowed {
    /// These host names or literal addresses, compared without case; IPv6 with or without brackets, names with or
    /// without a dot at the end.
    #[must_use]
    pub fn new(hosts: &[String]) -> Self {
        Self(Arc::new(hosts.iter().map(|host| plain(host)).collect()))
    }

    /// Whether a host is one of them.
    #[must_use]
    pub fn has(&self, host: &str) -> bool {
        self.0.contains(&plain(host))
    }
}

fn plain(host: &str) -> String {
    let host = host.trim_matches(['[', ']']);
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// What a name leads to. Connections go to exactly these addresses: nothing resolves the name a second time.
pub(crate) trait Lookup: Send + Sync {
    fn lookup(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>>;
}

/// Asks whatever the system is set up with.
pub(crate) struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A name was refused. Found again among the causes of a failed request.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
pub(crate) struct Refused;

impl Refused {
    /// Whether this is why something failed.
    pub(crate) fn is_cause_of(error: &(dyn std::error::Error + 'static)) -> bool {
        std::iter::successors(Some(error), |error| error.source()).any(|e| e.is::<Self>())
    }
}

/// Resolves names to addresses that may be connected to, and to no others.
pub(crate) struct GuardedResolver {
    pub(crate) allowed: Allowed,
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) admits: Admits,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed.has(name.as_str());
        let found = self.lookup.lookup(name.as_str().to_owned());
        let admits = self.admits;
        Box::pin(async move {
            let found = found.await?;
            // One inner address among public ones is no mistake of an honest name server: the whole name is refused.
            if found.is_empty() || !(allowed || found.iter().all(|ip| admits(*ip))) {
                return Err(Refused.into());
            }
            let addresses = found.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
