//! The one guarded client for every address that came from outside.
//!
//! An address is fetched only when it leads to the public internet, or to a host that the operator
//! has allowed by name. The check sits where it cannot be passed by: inside the resolver, on the
//! very addresses that are then connected to (so a name that changes its answer gains nothing), and
//! on literal addresses before any connection. Redirects are followed by hand, each checked anew,
//! and credentials in an address are refused. Answers are bounded in size and time.

mod filter;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, StatusCode, header};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

pub use filter::is_public;

const MAX_REDIRECTS: usize = 5;

/// Why a fetch was refused or failed. Sentences are fit for people and name no inner address.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// The address is malformed, has another scheme than http or https, or carries credentials.
    #[error("this address cannot be used: {0}")]
    Address(&'static str),
    /// The address leads into the machine or its own network, which nobody outside may ask for.
    #[error("this address does not lead to the public internet; the operator can allow its host")]
    Forbidden,
    /// The other server answered with a failure.
    #[error("the other server answered {0}")]
    Status(StatusCode),
    /// The answer is larger than it may be.
    #[error("the answer is too large")]
    TooLarge,
    /// The other server does not serve ranges, or changed while being read.
    #[error("{0}")]
    Ranges(&'static str),
    /// Connecting or reading failed.
    #[error("the other server could not be reached")]
    Network(#[source] reqwest::Error),
}

/// Hosts on the own network that the operator has allowed, by name.
#[derive(Debug, Clone, Default)]
pub struct Allowed(Arc<HashSet<String>>);

impl Allowed {
    /// These host names (or literal addresses), compared without case.
    #[must_use]
    pub fn new(hosts: &[String]) -> Self {
        Self(Arc::new(
            hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
        ))
    }

    fn has(&self, host: &str) -> bool {
        self.0.contains(&host.to_ascii_lowercase())
    }
}

struct GuardedResolver(Allowed);

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

/// The guarded client.
#[derive(Clone)]
pub struct Egress {
    client: reqwest::Client,
    allowed: Allowed,
}

/// What a server said about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Length in bytes.
    pub length: u64,
    /// Entity tag or modification time; empty when the server gives neither.
    pub revision: String,
}

impl Egress {
    /// A client that may also reach these hosts.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(allowed: Allowed) -> Result<Self, EgressError> {
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(GuardedResolver(allowed.clone())))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(20))
            .user_agent(concat!("Marquee/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(EgressError::Network)?;
        Ok(Self { client, allowed })
    }

    /// Checks what can be checked without resolving.
    fn check(&self, address: &Url) -> Result<(), EgressError> {
        if !matches!(address.scheme(), "http" | "https") {
            return Err(EgressError::Address("only http and https are fetched"));
        }
        if !address.username().is_empty() || address.password().is_some() {
            return Err(EgressError::Address("it carries a user name or password"));
        }
        let literal = match address.host() {
            Some(Host::Ipv4(ip)) => ip.into(),
            Some(Host::Ipv6(ip)) => ip.into(),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(EgressError::Address("it names no host")),
        };
        if is_public(literal) || self.allowed.has(address.host_str().unwrap_or_default()) {
            Ok(())
        } else {
            Err(EgressError::Forbidden)
        }
    }

    async fn get(
        &self,
        address: &str,
        headers: HeaderMap,
    ) -> Result<reqwest::Response, EgressError> {
        let mut address =
            Url::parse(address).map_err(|_| EgressError::Address("it is not an address"))?;
        for _ in 0..=MAX_REDIRECTS {
            self.check(&address)?;
            let response = self
                .client
                .get(address.clone())
                .headers(headers.clone())
                .send()
                .await
                .map_err(|error| {
                    // A refusal by the resolver arrives as a connect error without a socket having been opened.
                    if format!("{error:?}").contains("no public address") {
                        EgressError::Forbidden
                    } else {
                        EgressError::Network(error.without_url())
                    }
                })?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let next = response
                .headers()
                .get(header::LOCATION)
                .and_then(|value| value.to_str().ok());
            address = next
                .and_then(|next| address.join(next).ok())
                .ok_or(EgressError::Address("it redirects to nowhere"))?;
        }
        Err(EgressError::Address("it redirects too often"))
    }

    /// Fetches a whole small file.
    ///
    /// # Errors
    /// When it is refused, fails, or is larger than `max_bytes`.
    pub async fn fetch(&self, address: &str, max_bytes: usize) -> Result<Bytes, EgressError> {
        let response = self.get(address, HeaderMap::new()).await?;
        if !response.status().is_success() {
            return Err(EgressError::Status(response.status()));
        }
        collect(response, max_bytes).await
    }

    /// Asks for length and revision of a file that serves ranges.
    ///
    /// # Errors
    /// When it is refused, fails, or serves no ranges.
    pub async fn describe(&self, address: &str) -> Result<Described, EgressError> {
        let response = self.get(address, range_header(0, 1)).await?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {}
            status if status.is_success() => {
                return Err(EgressError::Ranges(
                    "the other server does not serve parts of files",
                ));
            }
            status => return Err(EgressError::Status(status)),
        }
        describe(response.headers())
    }

    /// Reads `length` bytes from `offset` of the file that was described.
    ///
    /// # Errors
    /// When it is refused or fails, the server answers with anything but exactly that range, or the
    /// file is another one by now.
    pub async fn read_range(
        &self,
        address: &str,
        described: &Described,
        offset: u64,
        length: usize,
    ) -> Result<Bytes, EgressError> {
        let response = self
            .get(address, range_header(offset, length as u64))
            .await?;
        if response.status() != StatusCode::PARTIAL_CONTENT {
            return Err(EgressError::Status(response.status()));
        }
        let now = describe(response.headers())?;
        if now.length != described.length || now.revision != described.revision {
            return Err(EgressError::Ranges("the file changed while it was read"));
        }
        let bytes = collect(response, length).await?;
        if bytes.len() == length {
            Ok(bytes)
        } else {
            Err(EgressError::Ranges("the file ended early"))
        }
    }
}

/// What the headers of a partial answer say about the whole file.
fn describe(headers: &HeaderMap) -> Result<Described, EgressError> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let total = text(header::CONTENT_RANGE)
        .and_then(|range| range.rsplit_once('/'))
        .and_then(|(_, total)| total.parse().ok());
    let length = total.ok_or(EgressError::Ranges(
        "the other server does not say how long the file is",
    ))?;
    let revision = text(header::ETAG)
        .or_else(|| text(header::LAST_MODIFIED))
        .unwrap_or_default()
        .to_owned();
    Ok(Described { length, revision })
}

fn range_header(offset: u64, length: u64) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let last = offset.saturating_add(length).saturating_sub(1);
    if let Ok(value) = http::HeaderValue::from_str(&format!("bytes={offset}-{last}")) {
        headers.insert(header::RANGE, value);
    }
    headers
}

async fn collect(response: reqwest::Response, max_bytes: usize) -> Result<Bytes, EgressError> {
    let mut body = BytesMut::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| EgressError::Network(error.without_url()))?;
        if body.len() + chunk.len() > max_bytes {
            return Err(EgressError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn inner_addresses_are_refused_without_a_connection() {
        let egress = Egress::new(Allowed::default()).unwrap();
        for address in [
            "http://127.0.0.1:1/",
            "http://127.1/",
            "http://0x7f000001/",
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://localhost:1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://10.0.0.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://0.0.0.0/",
            "http://100.64.0.1/",
        ] {
            let error = egress.fetch(address, 10).await.unwrap_err();
            assert!(
                matches!(error, EgressError::Forbidden),
                "{address}: {error:?}"
            );
        }
        for address in [
            "ftp://example.com/",
            "file:///etc/passwd",
            "http://user:pw@example.com/",
            "nonsense",
            "http://",
        ] {
            let error = egress.fetch(address, 10).await.unwrap_err();
            assert!(
                matches!(error, EgressError::Address(_)),
                "{address}: {error:?}"
            );
        }
    }

    #[tokio::test]
    async fn an_allowed_host_is_reached() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            while let Ok((mut socket, _)) = listener.accept().await {
                let _ = socket.read(&mut [0; 2048]).await;
                let _ = socket.write_all(b"HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 0-0/1234\r\netag: \"x\"\r\ncontent-length: 1\r\n\r\na").await;
            }
        });
        let egress = Egress::new(Allowed::new(&["127.0.0.1".to_owned()])).unwrap();
        let described = egress
            .describe(&format!("http://127.0.0.1:{port}/film.mp4"))
            .await
            .unwrap();
        assert_eq!(
            described,
            Described {
                length: 1234,
                revision: "\"x\"".to_owned()
            }
        );
    }
}
