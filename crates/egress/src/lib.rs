//! The one guarded client for every address that came from outside.
//!
//! An address is fetched only when it leads to the public internet, or to a host that the operator
//! has allowed by name. The check sits where it cannot be passed by: inside the resolver, on the
//! very addresses that are then connected to (so a name that changes its answer gains nothing), and
//! on literal addresses before any connection. Redirects are followed by hand, each checked anew,
//! and credentials in an address are refused. A redirect may lead from https to http: a plain address
//! could have been named as well, and nothing secret is ever sent along. Answers are bounded in size
//! and time.

mod allowed;
mod check;
mod filter;
mod freshness;
mod ranges;
mod roots;

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, StatusCode, header};
use url::Url;

pub use allowed::Allowed;
pub use filter::is_public;
pub use ranges::Described;
pub use roots::own_roots;

use allowed::{GuardedResolver, Lookup, Refused, SystemLookup};
use check::{Admits, check};
use freshness::freshness;
use ranges::{describe, first_byte, range_header};
use roots::trusting;

const MAX_REDIRECTS: usize = 5;
/// One fetch, redirects and body included. Ranges are small, and so is what is fetched whole.
const MAX_TIME: Duration = Duration::from_secs(120);

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
    /// The answer was not complete in time.
    #[error("the other server took too long")]
    TooSlow,
    /// Connecting or reading failed.
    #[error("the other server could not be reached")]
    Network(#[source] reqwest::Error),
}

/// A small file, and how long it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The file.
    pub bytes: Bytes,
    /// How much longer its sender vouches for it, when it says so.
    pub fresh_for: Option<Duration>,
}

/// The guarded client.
#[derive(Clone)]
pub struct Egress {
    client: reqwest::Client,
    allowed: Allowed,
    admits: Admits,
    max_time: Duration,
}

impl Egress {
    /// A client that may also reach these hosts.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(allowed: Allowed) -> Result<Self, EgressError> {
        Self::with(
            allowed,
            is_public,
            Arc::new(SystemLookup),
            trusting(own_roots()),
        )
    }

    /// The same with what tests put in the place of the internet: whom to connect to, name servers, whom to trust.
    fn with(
        allowed: Allowed,
        admits: Admits,
        lookup: Arc<dyn Lookup>,
        builder: reqwest::ClientBuilder,
    ) -> Result<Self, EgressError> {
        let resolver = GuardedResolver {
            allowed: allowed.clone(),
            lookup,
            admits,
        };
        let client = builder
            .dns_resolver(Arc::new(resolver))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(20))
            .user_agent(concat!("Marquee/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(EgressError::Network)?;
        Ok(Self {
            client,
            allowed,
            admits,
            max_time: MAX_TIME,
        })
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, EgressError>>,
    ) -> Result<T, EgressError> {
        within(self.max_time, work).await
    }

    async fn get(
        &self,
        address: &str,
        headers: HeaderMap,
    ) -> Result<reqwest::Response, EgressError> {
        self.follow(address, headers, MAX_REDIRECTS).await
    }

    async fn follow(
        &self,
        address: &str,
        headers: HeaderMap,
        redirects: usize,
    ) -> Result<reqwest::Response, EgressError> {
        let mut address =
            Url::parse(address).map_err(|_| EgressError::Address("it is not an address"))?;
        for _ in 0..=redirects {
            check(&address, &self.allowed, self.admits)?;
            let response = self
                .client
                .get(address.clone())
                .headers(headers.clone())
                .send()
                .await
                .map_err(|error| {
                    // A refusal by the resolver arrives as a connect error without a socket having been opened.
                    if Refused::is_cause_of(&error) {
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
        self.in_time(async {
            let response = self.get(address, HeaderMap::new()).await?;
            if !response.status().is_success() {
                return Err(EgressError::Status(response.status()));
            }
            collect(response, max_bytes).await
        })
        .await
    }

    /// Fetches a whole small file that is believed for where it comes from: from exactly this address, so that nothing
    /// on the way can lead elsewhere; redirects fail.
    ///
    /// # Errors
    /// When it is refused, fails, is larger than `max_bytes`, or takes longer than `max_time`.
    pub async fn fetch_exact(
        &self,
        address: &str,
        max_bytes: usize,
        max_time: Duration,
    ) -> Result<Fetched, EgressError> {
        within(max_time, async {
            let response = self.follow(address, HeaderMap::new(), 0).await?;
            if !response.status().is_success() {
                return Err(EgressError::Status(response.status()));
            }
            let fresh_for = freshness(response.headers());
            let bytes = collect(response, max_bytes).await?;
            Ok(Fetched { bytes, fresh_for })
        })
        .await
    }

    /// Asks for length and revision of a file that serves ranges.
    ///
    /// # Errors
    /// When it is refused, fails, or serves no ranges.
    pub async fn describe(&self, address: &str) -> Result<Described, EgressError> {
        let response = self.in_time(self.get(address, range_header(0, 1))).await?;
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
        self.in_time(async {
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
            if first_byte(response.headers()) != Some(offset) {
                return Err(EgressError::Ranges(
                    "the other server sent another part than was asked for",
                ));
            }
            let bytes = collect(response, length).await?;
            if bytes.len() == length {
                Ok(bytes)
            } else {
                Err(EgressError::Ranges("the file ended early"))
            }
        })
        .await
    }
}

async fn within<T>(
    max_time: Duration,
    work: impl Future<Output = Result<T, EgressError>>,
) -> Result<T, EgressError> {
    tokio::time::timeout(max_time, work)
        .await
        .unwrap_or(Err(EgressError::TooSlow))
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
mod tests;
