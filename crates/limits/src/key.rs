//! What is counted by.

use std::net::{IpAddr, Ipv6Addr};

/// What calls are counted by. Costs nothing to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key<'a> {
    /// A text: an address in its folded form, an id.
    Text(&'a str),
    /// A number, such as an account's id.
    Number(i64),
    /// A client, as [`Key::client`] makes it.
    Client(IpAddr),
}

impl Key<'_> {
    /// A client by its address. One of IPv6 counts by its first 64 bits: a subscriber has at least as many to choose
    /// from.
    #[must_use]
    pub fn client(ip: IpAddr) -> Self {
        Self::Client(match ip.to_canonical() {
            v4 @ IpAddr::V4(_) => v4,
            IpAddr::V6(v6) => {
                let network = v6.to_bits() >> 64 << 64;
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
        })
    }

    /// The key as text, told apart by kind.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Text(text) => format!("t:{text}"),
            Self::Number(number) => format!("n:{number}"),
            Self::Client(ip) => format!("c:{ip}"),
        }
    }
}

impl<'a> From<&'a str> for Key<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Key<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Key<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<IpAddr> for Key<'_> {
    fn from(ip: IpAddr) -> Self {
        Self::client(ip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> Key<'static> {
        Key::client(text.parse().unwrap())
    }

    #[test]
    fn clients_of_one_subscriber_are_one() {
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::9"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
    }

    #[test]
    fn keys_of_different_kinds_differ() {
        assert_ne!(Key::from("7").text(), Key::from(7).text());
        assert_ne!(Key::from("192.0.2.1").text(), client("192.0.2.1").text());
    }
}
