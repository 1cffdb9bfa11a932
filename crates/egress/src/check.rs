//! What an address says about itself, before any name is resolved.

use std::net::IpAddr;

use url::{Host, Url};

use crate::{Allowed, EgressError};

/// Which addresses may be connected to when the operator has not allowed their host.
pub(crate) type Admits = fn(IpAddr) -> bool;

/// Parses an address and checks everything that needs no resolving: scheme, credentials, host. A literal address has to
/// be admitted or allowed; a name is checked again where it is resolved.
///
/// # Errors
/// When it cannot be used, or leads inside.
pub(crate) fn check(address: &Url, allowed: &Allowed, admits: Admits) -> Result<(), EgressError> {
    if !matches!(address.scheme(), "http" | "https") {
        return Err(EgressError::Address("only http and https are fetched"));
    }
    if !address.username().is_empty() || address.password().is_some() {
        return Err(EgressError::Address("it carries a user name or password"));
    }
    let inside = match address.host() {
        Some(Host::Ipv4(ip)) => !admits(ip.into()),
        Some(Host::Ipv6(ip)) => !admits(ip.into()),
        Some(Host::Domain(name)) => is_own_name(name),
        None => return Err(EgressError::Address("it names no host")),
    };
    if inside && !allowed.has(address.host_str().unwrap_or_default()) {
        return Err(EgressError::Forbidden);
    }
    Ok(())
}

/// Names that mean this machine by definition (RFC 6761 section 6.3), whatever a name server says of them.
fn is_own_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or_default();
    last.eq_ignore_ascii_case("localhost")
}
