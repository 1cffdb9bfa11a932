//! Which hosts of the own network may be reached, and the resolver that keeps to it.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::filter::is_public;

/// Hosts on the own network that the operator has allowed, by name.
#[derive(Debug, Clone, Default)]
pub struct Allowed(Arc<HashSet<String>>);

impl Allowed {
    /// These host names or literal addresses, compared without case; IPv6 with or without brackets.
    #[must_use]
    pub fn new(hosts: &[String]) -> Self {
        Self(Arc::new(hosts.iter().map(|host| plain(host)).collect()))
    }

    pub(crate) fn has(&self, host: &str) -> bool {
        self.0.contains(&plain(host))
    }
}

fn plain(host: &str) -> String {
    host.trim_matches(['[', ']']).to_ascii_lowercase()
}

/// Resolves names to addresses that may be connected to, and to no others.
pub(crate) struct GuardedResolver(Allowed);

impl GuardedResolver {
    pub(crate) fn new(allowed: Allowed) -> Self {
        Self(allowed)
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0.has(name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found
                .filter(|address| allowed || is_public(address.ip()))
                .collect();
            if addresses.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
