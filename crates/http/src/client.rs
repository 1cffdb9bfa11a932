//! The address of the client: the peer's, or what configured proxies say about it.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::HeaderMap;

/// Where a call comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress {
    /// The client's address as far as it can be trusted.
    pub ip: IpAddr,
    /// The peer is one of the configured proxies, so its other forwarding headers count too.
    pub via_proxy: bool,
}

impl ClientAddress {
    /// The network that it is in, coarse enough to say where and not who: `203.0.113.0/24`, `2001:db8:1::/48`.
    #[must_use]
    pub fn coarse(self) -> String {
        match self.ip.to_canonical() {
            IpAddr::V4(v4) => {
                let [a, b, c, _] = v4.octets();
                format!("{a}.{b}.{c}.0/24")
            }
            IpAddr::V6(v6) => {
                let network = std::net::Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80);
                format!("{network}/48")
            }
        }
    }
}

/// A network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    prefix: u8,
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = text
            .split_once('/')
            .map_or((text, None), |(a, p)| (a, Some(p)));
        let base: IpAddr = address
            .parse()
            .map_err(|_| format!("{text:?} is not an address or network"))?;
        let max = if base.is_ipv4() { 32 } else { 128 };
        let prefix = prefix
            .map_or(Ok(max), str::parse)
            .ok()
            .filter(|p| *p <= max)
            .ok_or_else(|| format!("{text:?} has a bad prefix length"))?;
        Ok(Self { base, prefix })
    }
}

impl Network {
    /// Whether an address lies in the network.
    #[must_use]
    pub fn contains(self, ip: IpAddr) -> bool {
        let bits = |ip: IpAddr| match ip {
            IpAddr::V4(v4) => u128::from(u32::from(v4)) << 96,
            IpAddr::V6(v6) => u128::from(v6),
        };
        let mask = if self.prefix == 0 {
            0
        } else {
            u128::MAX << (128 - u32::from(self.prefix))
        };
        self.base.is_ipv4() == ip.is_ipv4() && bits(self.base) & mask == bits(ip) & mask
    }
}

/// The proxies whose forwarding headers count.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// These networks.
    #[must_use]
    pub fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    fn trusts(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|network| network.contains(ip))
    }

    /// The client of a call: walks `X-Forwarded-For` from the right past trusted proxies.
    #[must_use]
    pub fn client(&self, headers: &HeaderMap, peer: IpAddr) -> ClientAddress {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return ClientAddress {
                ip: peer,
                via_proxy: false,
            };
        }
        let mut ip = peer;
        'headers: for value in headers.get_all("x-forwarded-for").iter().rev() {
            for hop in value.to_str().unwrap_or_default().rsplit(',').take(32) {
                let Ok(hop) = hop.trim().parse::<IpAddr>() else {
                    break 'headers;
                };
                ip = hop.to_canonical();
                if !self.trusts(ip) {
                    break 'headers;
                }
            }
        }
        ClientAddress {
            ip,
            via_proxy: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let proxies = TrustedProxies::new(trusted.iter().map(|n| n.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let peer = peer.parse().unwrap();
        proxies.client(&headers, peer).ip.to_string()
    }

    #[test]
    fn only_configured_proxies_are_believed() {
        assert_eq!(
            client("203.0.113.9", "1.2.3.4", &["10.0.0.0/8"]),
            "203.0.113.9"
        );
        assert_eq!(client("10.1.2.3", "1.2.3.4", &["10.0.0.0/8"]), "1.2.3.4");
        assert_eq!(
            client("10.1.2.3", "6.6.6.6, 1.2.3.4, 10.9.9.9", &["10.0.0.0/8"]),
            "1.2.3.4"
        );
        assert_eq!(
            client("10.1.2.3", "nonsense, 10.9.9.9", &["10.0.0.0/8"]),
            "10.9.9.9"
        );
        assert_eq!(
            client("::ffff:10.1.2.3", "2001:db8::1", &["10.0.0.0/8"]),
            "2001:db8::1"
        );
        assert_eq!(client("::1", "5.5.5.5", &["::1", "127.0.0.1"]), "5.5.5.5");
    }

    #[test]
    fn networks_are_checked() {
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "x"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }
}
