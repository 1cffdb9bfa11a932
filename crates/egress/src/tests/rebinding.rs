//! Names whose servers say one thing when asked for the check and another when asked again.
//!
//! 127.0.0.2 stands for the public internet here; the next test down, `namespace`, needs no such stand-in.

use std::net::{IpAddr, Ipv4Addr};

use super::names::{Asking, NameServer};
use super::server::{Server, found, redirect};
use super::*;

const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const INSIDE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn outside_only(ip: IpAddr) -> bool {
    ip == OUTSIDE
}

/// A server outside, a canary inside on the same port, and a client whose names are answered by `answer`.
async fn stage(
    answer: impl Fn(&str, usize) -> Vec<IpAddr> + Send + 'static,
) -> (Server, Server, NameServer, Egress) {
    let door = Server::at("127.0.0.2:0", |path| match path {
        "/" => closed(&found("outside")),
        "/around" => closed(&redirect(302, "/")),
        place => closed(&redirect(302, &place[1..])),
    })
    .await;
    let port = door.address.port();
    let canary = Server::at(&format!("127.0.0.1:{port}"), |_| found("secret")).await;
    let names = NameServer::start("127.0.0.1:0", answer).await;
    let lookup = Arc::new(Asking(names.address));
    let builder = reqwest::Client::builder();
    let egress = Egress::with(Allowed::default(), outside_only, lookup, builder).unwrap();
    (door, canary, names, egress)
}

/// An answer after which the connection is closed, so that the next request has to resolve again.
fn closed(answer: &str) -> String {
    answer.replacen("\r\n", "\r\nconnection: close\r\n", 1)
}

#[tokio::test]
async fn the_connection_goes_to_the_address_that_was_checked() {
    let (door, canary, names, egress) = stage(|_, before| match before {
        0 => vec![OUTSIDE],
        _ => vec![INSIDE],
    })
    .await;
    let address = format!("http://rebind.test:{}/", door.address.port());
    // One question, answered with an address outside; nobody asks again between check and use.
    assert_eq!(egress.fetch(&address, 100).await.unwrap(), "outside");
    assert_eq!(names.asked("rebind.test"), 1);
    // The next connection asks, hears of the inside, and is refused.
    let error = egress.fetch(&address, 100).await.unwrap_err();
    assert!(matches!(error, EgressError::Forbidden), "{error:?}");
    assert_eq!(names.asked("rebind.test"), 2);
    assert_eq!((door.connections(), canary.connections()), (1, 0));
}

#[tokio::test]
async fn a_redirect_back_to_the_first_host_is_checked_like_any_other() {
    let (door, canary, names, egress) = stage(|_, before| match before {
        0 => vec![OUTSIDE],
        _ => vec![INSIDE],
    })
    .await;
    let address = format!("http://back.test:{}/around", door.address.port());
    let error = egress.fetch(&address, 100).await.unwrap_err();
    assert!(matches!(error, EgressError::Forbidden), "{error:?}");
    assert_eq!(names.asked("back.test"), 2);
    assert_eq!((door.connections(), canary.connections()), (1, 0));
}

#[tokio::test]
async fn a_name_with_one_inner_address_among_others_is_refused_whole() {
    let (door, canary, _, egress) = stage(|name, _| match name {
        "first.test" => vec![INSIDE, OUTSIDE],
        "last.test" => vec![OUTSIDE, INSIDE],
        _ => vec![OUTSIDE],
    })
    .await;
    let port = door.address.port();
    for name in ["first.test", "last.test"] {
        for address in [
            format!("http://{name}:{port}/"),
            format!("http://outside.test:{port}/http://{name}:{port}/"),
        ] {
            let error = egress.fetch(&address, 100).await.unwrap_err();
            assert!(
                matches!(error, EgressError::Forbidden),
                "{address}: {error:?}"
            );
            let error = egress.describe(&address).await.unwrap_err();
            assert!(
                matches!(error, EgressError::Forbidden),
                "{address}: {error:?}"
            );
        }
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn a_name_that_alternates_never_gets_inside() {
    let (door, canary, names, egress) = stage(|_, before| match before % 2 {
        0 => vec![OUTSIDE],
        _ => vec![INSIDE],
    })
    .await;
    let port = door.address.port();
    let mut fates = Vec::new();
    for _ in 0..10 {
        let address = format!("http://flip.test:{port}/");
        fates.push(egress.fetch(&address, 100).await.is_ok());
    }
    assert_eq!(fates, [true, false].repeat(5));
    assert_eq!(names.asked("flip.test"), 10);
    assert_eq!(canary.connections(), 0);
}
