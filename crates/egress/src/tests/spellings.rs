//! How addresses can be spelled, and what becomes of each. Nothing is connected to: literal addresses are
//! decided before that, names where they are resolved.

mod table;

use std::net::IpAddr;
use std::str::FromStr;

use futures_util::future::BoxFuture;
use reqwest::dns::{Name, Resolve};
use url::Host;

use super::*;
use table::SPELLINGS;

/// What becomes of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It may be connected to.
    Allowed,
    /// It leads inside.
    Inside,
    /// It is no address that can be used.
    Unusable,
}

/// Name servers that know the names of the table.
struct Book;

impl Lookup for Book {
    fn lookup(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        let found: &[&str] = match name.trim_end_matches('.') {
            "public.example" | "public.example.localhost" => &["8.8.8.8", "9.9.9.9"],
            "six.example" => &["2606:4700::1111"],
            "inner.example" | "127.0.0.1.inner.example" => &["10.0.0.7"],
            "loop.example" => &["127.0.0.1"],
            "loop6.example" => &["::1"],
            "mapped.example" => &["::ffff:192.168.1.1"],
            "mixed.example" => &["8.8.8.8", "10.0.0.7", "9.9.9.9"],
            "mixed6.example" => &["8.8.8.8", "fd00::7"],
            _ => &[],
        };
        let found = found.iter().map(|ip| ip.parse().unwrap()).collect();
        Box::pin(std::future::ready(Ok(found)))
    }
}

async fn fate(address: &str, allowed: &Allowed) -> Fate {
    let Ok(address) = Url::parse(address) else {
        return Fate::Unusable;
    };
    match check(&address, allowed, is_public) {
        Ok(()) => {}
        Err(EgressError::Forbidden) => return Fate::Inside,
        Err(_) => return Fate::Unusable,
    }
    let Some(Host::Domain(name)) = address.host() else {
        return Fate::Allowed;
    };
    let resolver = GuardedResolver {
        allowed: allowed.clone(),
        lookup: Arc::new(Book),
        admits: is_public,
    };
    match resolver.resolve(Name::from_str(name).unwrap()).await {
        Ok(_) => Fate::Allowed,
        Err(error) => {
            assert!(Refused::is_cause_of(&*error), "{error:?}");
            Fate::Inside
        }
    }
}

#[tokio::test]
async fn every_spelling_of_an_address_has_its_fate() {
    assert!(SPELLINGS.len() >= 150, "{}", SPELLINGS.len());
    let nobody = Allowed::default();
    let mut wrong = Vec::new();
    for (address, wanted, why) in SPELLINGS {
        let found = fate(address, &nobody).await;
        if found != *wanted {
            wrong.push(format!("{address:?} ({why}): {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_the_table_refuses_is_refused_by_the_client_and_in_redirects() {
    let lookup = Arc::new(Book);
    let door = server::Server::start(|path| {
        let index: usize = path.trim_start_matches('/').parse().unwrap();
        server::redirect(302, SPELLINGS[index].0)
    })
    .await;
    let allowed = Allowed::new(&["door.test".to_owned()]);
    let resolve = Arc::new(Door(lookup));
    let builder = reqwest::Client::builder();
    let egress = Egress::with(allowed, is_public, resolve, builder).unwrap();
    for (index, (address, fate, why)) in SPELLINGS.iter().enumerate() {
        // Public ones would be connected to; line feeds cannot be sent in a header.
        if *fate == Fate::Allowed || address.contains(['\n', '\t']) {
            continue;
        }
        let refused = |error: &EgressError| match fate {
            Fate::Inside => matches!(error, EgressError::Forbidden),
            _ => matches!(error, EgressError::Address(_)),
        };
        let error = egress.fetch(address, 10).await.unwrap_err();
        assert!(refused(&error), "{address:?} ({why}): {error:?}");
        // Behind a redirect these are relative, and lead back to the door.
        let relative = Url::parse(address) == Err(url::ParseError::RelativeUrlWithoutBase);
        if relative {
            continue;
        }
        let port = door.address.port();
        let through = format!("http://door.test:{port}/{index}");
        let error = egress.fetch(&through, 10).await.unwrap_err();
        // "http:x" without slashes is relative to an address of that scheme.
        let lost = matches!(error, EgressError::Address("it redirects to nowhere"));
        assert!(
            refused(&error)
                || lost
                || address.starts_with("http:127")
                || address.starts_with("http:/127"),
            "redirect to {address:?} ({why}): {error:?}"
        );
    }
}

/// Knows the door of the test beside the book.
struct Door(Arc<Book>);

impl Lookup for Door {
    fn lookup(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        match name.as_str() {
            "door.test" => Box::pin(std::future::ready(Ok(vec![[127, 0, 0, 1].into()]))),
            _ => self.0.lookup(name),
        }
    }
}

#[tokio::test]
async fn an_operator_may_allow_hosts_and_nothing_beside_them() {
    let hosts = ["inner.example", "10.0.0.5", "[fd00::5]", "Tuner.Localhost."];
    let allowed = Allowed::new(&hosts.map(str::to_owned));
    for (address, wanted) in [
        ("http://inner.example/", Fate::Allowed),
        ("http://INNER.example.:8080/", Fate::Allowed),
        ("http://10.0.0.5/", Fate::Allowed),
        ("http://10.5/", Fate::Allowed),
        ("http://[fd00:0::5]/", Fate::Allowed),
        ("http://10.0.0.6/", Fate::Inside),
        ("http://10.0.0.7/", Fate::Inside),
        ("http://[fd00::6]/", Fate::Inside),
        ("http://loop.example/", Fate::Inside),
        ("http://mixed.example/", Fate::Inside),
        ("http://a.inner.example/", Fate::Inside),
        ("http://localhost/", Fate::Inside),
        ("http://user@inner.example/", Fate::Unusable),
        ("ftp://inner.example/", Fate::Unusable),
    ] {
        assert_eq!(fate(address, &allowed).await, wanted, "{address}");
    }
}
