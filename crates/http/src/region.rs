//! Which country a call comes from, and whether the catalog is open to it.
//!
//! Off by default. When countries are configured, a call from anywhere else is blocked, and so is one
//! whose country is unknown: an operator who sets the list has promised it to somebody.

use std::path::Path;
use std::sync::Arc;

use axum::http::HeaderMap;

use crate::client::ClientAddress;

/// How countries are decided.
#[derive(Clone, Default)]
pub struct Regions {
    allowed: Vec<[u8; 2]>,
    header: Option<String>,
    database: Option<Arc<maxminddb::Reader<Vec<u8>>>>,
}

/// Whether the catalog is open to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It may see the catalog.
    Open,
    /// It answers `REGION_BLOCK`.
    Blocked,
}

/// Why the region settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegionError {
    /// A country is not two letters.
    #[error("{0:?} is not an ISO 3166 country code of two letters")]
    Country(String),
    /// The database cannot be read.
    #[error("the country database cannot be read: {0}")]
    Database(#[from] maxminddb::MaxMindDbError),
}

fn code(text: &str) -> Option<[u8; 2]> {
    match text.trim().as_bytes() {
        [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
            Some([a.to_ascii_uppercase(), b.to_ascii_uppercase()])
        }
        _ => None,
    }
}

impl Regions {
    /// Whether no country is shut out, so that nobody need be asked for theirs.
    #[must_use]
    pub fn admit_everyone(&self) -> bool {
        self.allowed.is_empty()
    }

    /// Countries that are let in (none lets everyone in), a header that configured proxies set, a database of countries by address.
    ///
    /// # Errors
    /// When a country is malformed or the database cannot be read.
    pub fn new(
        allowed: &[String],
        header: Option<String>,
        database: Option<&Path>,
    ) -> Result<Self, RegionError> {
        let allowed = allowed
            .iter()
            .map(|text| code(text).ok_or_else(|| RegionError::Country(text.clone())))
            .collect::<Result<_, _>>()?;
        let database = database
            .map(maxminddb::Reader::open_readfile)
            .transpose()?
            .map(Arc::new);
        Ok(Self {
            allowed,
            header,
            database,
        })
    }

    /// Whether the catalog is open to a call.
    #[must_use]
    pub fn verdict(&self, client: ClientAddress, headers: &HeaderMap) -> Verdict {
        if self.allowed.is_empty() {
            return Verdict::Open;
        }
        match self.country(client, headers) {
            Some(country) if self.allowed.contains(&country) => Verdict::Open,
            _ => Verdict::Blocked,
        }
    }

    /// Roughly where a client is, to be shown to people: its network, and its country where that is known
    /// (`203.0.113.0/24 (KR)`).
    #[must_use]
    pub fn place(&self, client: ClientAddress, headers: &HeaderMap) -> String {
        let network = client.coarse();
        match self.country(client, headers) {
            Some([a, b]) => format!("{network} ({}{})", char::from(a), char::from(b)),
            None => network,
        }
    }

    fn country(&self, client: ClientAddress, headers: &HeaderMap) -> Option<[u8; 2]> {
        let told = self
            .header
            .as_ref()
            .filter(|_| client.via_proxy)
            .and_then(|name| headers.get(name));
        if let Some(country) = told.and_then(|value| value.to_str().ok()).and_then(code) {
            return Some(country);
        }
        let found = self.database.as_ref()?.lookup(client.ip).ok()?;
        let country: Option<&str> = found
            .decode_path(&[
                maxminddb::PathElement::Key("country"),
                maxminddb::PathElement::Key("iso_code"),
            ])
            .ok()?;
        country.and_then(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(via_proxy: bool) -> ClientAddress {
        ClientAddress {
            ip: [203, 0, 113, 1].into(),
            via_proxy,
        }
    }

    #[test]
    fn only_a_proxys_header_counts() {
        let regions = Regions::new(
            &["kr".into(), "US".into()],
            Some("cf-ipcountry".into()),
            None,
        )
        .unwrap();
        let mut headers = HeaderMap::new();
        assert_eq!(regions.verdict(client(true), &headers), Verdict::Blocked);
        headers.insert("cf-ipcountry", "KR".parse().unwrap());
        assert_eq!(regions.verdict(client(true), &headers), Verdict::Open);
        assert_eq!(regions.verdict(client(false), &headers), Verdict::Blocked);
        headers.insert("cf-ipcountry", "FR".parse().unwrap());
        assert_eq!(regions.verdict(client(true), &headers), Verdict::Blocked);
        assert_eq!(
            Regions::default().verdict(client(false), &headers),
            Verdict::Open
        );
        assert!(Regions::new(&["Korea".into()], None, None).is_err());
    }

    #[test]
    fn a_place_is_a_network_and_a_country_where_that_is_known() {
        let mut headers = HeaderMap::new();
        headers.insert("cf-ipcountry", "kr".parse().unwrap());
        // Nobody need be shut out for that.
        let told = Regions::new(&[], Some("cf-ipcountry".into()), None).unwrap();
        for (regions, via_proxy, place) in [
            (&told, true, "203.0.113.0/24 (KR)"),
            (&told, false, "203.0.113.0/24"),
            (&Regions::default(), true, "203.0.113.0/24"),
        ] {
            assert_eq!(regions.place(client(via_proxy), &headers), place);
        }
        headers.insert("cf-ipcountry", "<b>".parse().unwrap());
        assert_eq!(told.place(client(true), &headers), "203.0.113.0/24");
    }
}
