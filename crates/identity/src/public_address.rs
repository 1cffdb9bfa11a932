//! The public address: what links begin with, who issues tokens, and whether cookies ask for encryption.
//!
//! The configuration decides; where it says nothing, an operator may choose on the set-up page, which is stored and heard
//! of by every node; else it is made of the address that the node listens on.

use std::sync::{Arc, Mutex, PoisonError};

use marquee_domain::PublicUrl;
use marquee_storage::{Db, meta};
use url::{Host, Url};

use crate::Result;

/// Where the choice is stored; an empty text is none.
const CHOSEN: &str = "public_url";
/// The longest that is taken, in characters.
const MAX: usize = 300;

/// Why an address cannot be the public one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It cannot be read as one, or is of another kind.
    #[error("must be http://HOST or https://HOST, with a port if need be")]
    Unreadable,
    /// It names more than a host.
    #[error("must end behind the host and port: no path, question, fragment or sign-in")]
    More,
    /// It is what servers listen on, not where they are.
    #[error("must name one host; nobody can follow a link to every address of a machine")]
    Nowhere,
}

/// Why an address was not chosen.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    /// It cannot be the public one.
    #[error(transparent)]
    Bad(#[from] BadAddress),
    /// The configuration has decided.
    #[error("the configuration names the public address")]
    Configured,
    /// It could not be stored.
    #[error(transparent)]
    Storage(#[from] marquee_storage::StorageError),
}

/// Who decided on a public address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressOrigin {
    /// The configuration, so that nothing can be chosen.
    Configuration,
    /// An operator, on the set-up page.
    Choice,
    /// Nobody: it is made of the address that is listened on.
    Listening,
}

/// The public address of this node, and the way to choose another.
#[derive(Clone)]
pub struct PublicAddress(Arc<Inner>);

struct Inner {
    db: Db,
    live: PublicUrl,
    configured: bool,
    usual: String,
    /// The catalog version at which the choice was last read.
    read_at: Mutex<Option<i64>>,
}

impl PublicAddress {
    /// An address as links carry it.
    ///
    /// # Errors
    /// Why it cannot be the public one.
    pub fn check(text: &str) -> std::result::Result<String, BadAddress> {
        let text = text.trim();
        if text.len() > MAX {
            return Err(BadAddress::Unreadable);
        }
        let address = Url::parse(text).map_err(|_| BadAddress::Unreadable)?;
        if !matches!(address.scheme(), "http" | "https") {
            return Err(BadAddress::Unreadable);
        }
        let plain = address.username().is_empty()
            && address.password().is_none()
            && address.path() == "/"
            && address.query().is_none()
            && address.fragment().is_none();
        if !plain {
            return Err(BadAddress::More);
        }
        let nowhere = match address.host() {
            None => true,
            Some(Host::Ipv4(ip)) => ip.is_unspecified(),
            Some(Host::Ipv6(ip)) => ip.is_unspecified(),
            Some(Host::Domain(_)) => false,
        };
        if nowhere {
            return Err(BadAddress::Nowhere);
        }
        Ok(address.origin().ascii_serialization())
    }

    /// The address that the configuration names, else the chosen one, else the usual one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(db: &Db, configured: Option<String>, usual: &str) -> Result<Self> {
        let address = Self(Arc::new(Inner {
            db: db.clone(),
            live: PublicUrl::new(configured.as_deref().unwrap_or(usual)),
            configured: configured.is_some(),
            usual: usual.to_owned(),
            read_at: Mutex::new(None),
        }));
        address.follow().await?;
        Ok(address)
    }

    /// The address in force; its copies follow every change.
    #[must_use]
    pub fn live(&self) -> &PublicUrl {
        &self.0.live
    }

    /// Who decided on the address in force.
    #[must_use]
    pub fn origin(&self) -> AddressOrigin {
        if self.0.configured {
            AddressOrigin::Configuration
        } else if *self.0.live.current() == *self.0.usual {
            AddressOrigin::Listening
        } else {
            AddressOrigin::Choice
        }
    }

    /// Puts another address in force, on every node; none goes back to the usual one. Access tokens carry the address that
    /// they were issued under, so those from before are refused and traded for new ones.
    ///
    /// # Errors
    /// [`ChoiceError`]; nothing has changed then.
    pub async fn choose(&self, text: Option<&str>) -> std::result::Result<(), ChoiceError> {
        if self.0.configured {
            return Err(ChoiceError::Configured);
        }
        let chosen = text.map(Self::check).transpose()?.unwrap_or_default();
        let mut unit = self.0.db.begin().await?;
        meta::set(&mut unit, CHOSEN, &chosen).await?;
        // Other nodes look when they hear that the catalog has changed; its answers hold addresses.
        unit.touch_catalog();
        unit.save().await?;
        self.put(&chosen);
        Ok(())
    }

    /// Reads the choice when the catalog has changed since it was last read; to be called whenever a change was heard of.
    ///
    /// # Errors
    /// When the database fails; it is read next time then.
    pub async fn follow(&self) -> Result<()> {
        if self.0.configured {
            return Ok(());
        }
        let version = self.0.db.catalog_version();
        if *self.read_at() == Some(version) {
            return Ok(());
        }
        let stored = meta::get(&mut self.0.db.reader(), CHOSEN).await?;
        self.put(&stored.unwrap_or_default());
        *self.read_at() = Some(version);
        Ok(())
    }

    fn read_at(&self) -> std::sync::MutexGuard<'_, Option<i64>> {
        let lock = self.0.read_at.lock();
        lock.unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, chosen: &str) {
        let address = if chosen.is_empty() {
            &self.0.usual
        } else {
            chosen
        };
        if *self.0.live.current() == *address {
            return;
        }
        self.0.live.set(address);
        // Afterwards: what is answered from here on is kept apart from what was made with the old address.
        self.0.db.renew_version();
    }
}

#[cfg(test)]
mod tests {
    use marquee_storage::DbOptions;

    use super::*;

    #[test]
    fn addresses_are_origins() {
        for (text, taken) in [
            (" https://TV.example/ ", "https://tv.example"),
            ("https://tv.example:443", "https://tv.example"),
            ("http://10.0.0.7:8080", "http://10.0.0.7:8080"),
            ("http://[fd00::1]:8080/", "http://[fd00::1]:8080"),
            ("http://kino.xn--fiq228c", "http://kino.xn--fiq228c"),
            ("http://bücher.example", "http://xn--bcher-kva.example"),
        ] {
            assert_eq!(PublicAddress::check(text).as_deref(), Ok(taken), "{text}");
        }
        for (text, fault) in [
            ("", BadAddress::Unreadable),
            ("tv.example", BadAddress::Unreadable),
            ("ftp://tv.example", BadAddress::Unreadable),
            ("javascript:alert(1)", BadAddress::Unreadable),
            ("https://", BadAddress::Unreadable),
            ("https://tv.example:99999", BadAddress::Unreadable),
            ("https://tv.example/app", BadAddress::More),
            ("https://tv.example/?x", BadAddress::More),
            ("https://tv.example/#x", BadAddress::More),
            ("https://me@tv.example", BadAddress::More),
            ("https://me:secret@tv.example", BadAddress::More),
            ("http://0.0.0.0:8080", BadAddress::Nowhere),
            ("http://[::]:8080", BadAddress::Nowhere),
        ] {
            assert_eq!(PublicAddress::check(text), Err(fault), "{text}");
        }
        let long = format!("https://{}.example", "a.".repeat(200));
        assert_eq!(PublicAddress::check(&long), Err(BadAddress::Unreadable));
    }

    async fn db(dir: &std::path::Path) -> Db {
        let options = DbOptions::new(dir.join("a.db").to_string_lossy());
        Db::open(&options).await.unwrap()
    }

    #[tokio::test]
    async fn a_choice_is_kept_heard_of_elsewhere_and_renews_answers() {
        const USUAL: &str = "http://localhost:8080";
        let dir = tempfile::tempdir().unwrap();
        let (here, there) = (db(dir.path()).await, db(dir.path()).await);
        let one = PublicAddress::open(&here, None, USUAL).await.unwrap();
        let other = PublicAddress::open(&there, None, USUAL).await.unwrap();
        let before = (here.catalog_version(), there.catalog_version());
        one.choose(Some("https://tv.example/")).await.unwrap();
        assert_eq!(&*one.live().current(), "https://tv.example");
        assert!(here.catalog_version() > before.0);
        other.follow().await.unwrap();
        assert_eq!(&*other.live().current(), USUAL, "nothing was heard yet");
        there.refresh_version().await.unwrap();
        other.follow().await.unwrap();
        assert_eq!(&*other.live().current(), "https://tv.example");
        // Once for the catalog, once for what was answered between that and the new address.
        assert_eq!(there.catalog_version(), before.1 + 2);
        let third = db(dir.path()).await;
        let later = PublicAddress::open(&third, None, USUAL).await.unwrap();
        assert_eq!(later.origin(), AddressOrigin::Choice);
        assert_eq!(&*later.live().current(), "https://tv.example");
        let refused = one.choose(Some("https://tv.example/x")).await;
        assert!(matches!(refused, Err(ChoiceError::Bad(BadAddress::More))));
        assert_eq!(&*one.live().current(), "https://tv.example");
        one.choose(None).await.unwrap();
        assert_eq!(one.origin(), AddressOrigin::Listening);
        assert_eq!(&*one.live().current(), USUAL);
    }

    #[tokio::test]
    async fn the_configuration_wins() {
        let dir = tempfile::tempdir().unwrap();
        let db = db(dir.path()).await;
        let free = PublicAddress::open(&db, None, "http://localhost").await;
        let free = free.unwrap();
        let chosen = free.choose(Some("https://chosen.example")).await;
        chosen.unwrap();
        let configured = Some("https://named.example".to_owned());
        let fixed = PublicAddress::open(&db, configured, "http://localhost");
        let fixed = fixed.await.unwrap();
        assert_eq!(fixed.origin(), AddressOrigin::Configuration);
        fixed.follow().await.unwrap();
        assert_eq!(&*fixed.live().current(), "https://named.example");
        let refused = fixed.choose(Some("https://other.example")).await;
        assert!(matches!(refused, Err(ChoiceError::Configured)));
    }
}
