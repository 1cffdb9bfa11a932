//! Redirects, sent by a real server: each is checked like the address that it replaces.

use super::server::{Server, found, redirect};
use super::*;

fn egress(hosts: &[&str]) -> Egress {
    let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
    Egress::new(Allowed::new(&hosts)).unwrap()
}

/// A server that sends everybody to one place.
async fn sends_to(place: impl Into<String>) -> Server {
    let place = place.into();
    Server::start(move |_| redirect(302, &place)).await
}

#[tokio::test]
async fn a_redirect_from_an_allowed_host_to_an_inner_address_is_refused_without_a_connection() {
    let inner = Server::start(|_| found("secret")).await;
    let port = inner.address.port();
    // Only the name is allowed, and every spelling of the same machine is another host.
    let egress = egress(&["localhost"]);
    for place in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://127.0.0.2:{port}/"),
        format!("http://127.1:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("//127.0.0.1:{port}/"),
        format!("http:\\\\127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "http://[fd00::1]/".to_owned(),
    ] {
        let door = sends_to(&*place).await;
        let address = format!("http://localhost:{}/", door.address.port());
        let error = egress.fetch(&address, 100).await.unwrap_err();
        assert!(
            matches!(error, EgressError::Forbidden),
            "{place}: {error:?}"
        );
        assert_eq!(door.requests().len(), 1, "{place}");
        // Reading in parts takes the same way.
        let error = egress.describe(&address).await.unwrap_err();
        assert!(
            matches!(error, EgressError::Forbidden),
            "{place}: {error:?}"
        );
    }
    // A name that is not allowed, though it leads where an allowed address does: the resolver refuses it.
    let door = sends_to(format!("http://localhost:{port}/")).await;
    let fetched = self::egress(&["127.0.0.1"])
        .fetch(&door.url("/"), 100)
        .await;
    assert!(
        matches!(fetched, Err(EgressError::Forbidden)),
        "{fetched:?}"
    );
    assert_eq!(inner.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_an_inner_address_is_refused_at_any_step() {
    let inner = Server::start(|_| found("secret")).await;
    let place = format!("http://127.0.0.1:{}/", inner.address.port());
    let door = Server::start(move |path| match path {
        "/3" => redirect(302, &place),
        _ => redirect(302, &format!("/{}", path[1..].parse::<u32>().unwrap() + 1)),
    })
    .await;
    let address = format!("http://localhost:{}/0", door.address.port());
    let error = egress(&["localhost"])
        .fetch(&address, 100)
        .await
        .unwrap_err();
    assert!(matches!(error, EgressError::Forbidden), "{error:?}");
    assert_eq!((door.requests().len(), inner.connections()), (4, 0));
}

#[tokio::test]
async fn other_schemes_and_user_names_are_refused_in_redirects_too() {
    let inner = Server::start(|_| found("secret")).await;
    let host = inner.address;
    for place in [
        "file:///etc/passwd".to_owned(),
        "ftp://example.com/".to_owned(),
        "data:text/plain,x".to_owned(),
        "javascript:alert(1)".to_owned(),
        format!("http://user@{host}/"),
        format!("http://user:password@{host}/"),
        format!("http://:password@{host}/"),
        format!("//user:password@{host}/"),
        "http://".to_owned(),
        "http://[broken/".to_owned(),
        "http://127.0.0.1:99999/".to_owned(),
    ] {
        let door = sends_to(&*place).await;
        let fetched = egress(&["127.0.0.1"]).fetch(&door.url("/"), 100).await;
        let error = fetched.unwrap_err();
        assert!(
            matches!(error, EgressError::Address(_)),
            "{place}: {error:?}"
        );
    }
    assert_eq!(inner.connections(), 0);
}

#[tokio::test]
async fn relative_redirects_are_followed_from_where_they_were_sent() {
    let server = Server::start(|path| match path {
        "/a/b/c?x=1" => redirect(301, "d"),
        "/a/b/d" => redirect(302, "../e?y=2"),
        "/a/e?y=2" => redirect(303, "?z=3"),
        "/a/e?z=3" => redirect(307, "/f#part"),
        "/f" => redirect(308, "./g%20h"),
        path => found(path),
    })
    .await;
    let body = egress(&["127.0.0.1"])
        .fetch(&server.url("/a/b/c?x=1"), 100)
        .await;
    assert_eq!(body.unwrap(), "/g%20h");
    let requests = server.requests();
    assert_eq!(requests.len(), 6);
    assert!(requests.iter().all(|request| request.starts_with("get ")));
}

#[tokio::test]
async fn a_redirect_may_lead_to_another_allowed_host_and_keeps_the_range() {
    let file = Server::start(|_| {
        "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 7-9/20\r\ncontent-length: 3\r\n\r\nabc"
            .to_owned()
    })
    .await;
    let door = sends_to(file.url("/film.mp4")).await;
    let egress = egress(&["localhost", "127.0.0.1"]);
    let address = format!("http://localhost:{}/", door.address.port());
    let described = egress.describe(&address).await.unwrap();
    assert_eq!(described.length, 20);
    let bytes = egress.read_range(&address, &described, 7, 3).await.unwrap();
    assert_eq!(bytes, "abc");
    let last = file.requests().pop().unwrap();
    assert!(last.contains("range: bytes=7-9\r\n"), "{last}");
    // Each host hears its own name, and nothing about the other.
    assert!(
        last.contains(&format!("host: {}\r\n", file.address)),
        "{last}"
    );
    assert!(!last.contains("localhost"), "{last}");
}

#[tokio::test]
async fn five_redirects_are_followed_and_not_one_more() {
    let count = |path: &str| path[1..].parse::<u32>().unwrap();
    let server = Server::start(move |path| match count(path) {
        0 => found("there"),
        left => redirect(302, &format!("/{}", left - 1)),
    })
    .await;
    let egress = egress(&["127.0.0.1"]);
    assert_eq!(egress.fetch(&server.url("/5"), 100).await.unwrap(), "there");
    assert_eq!(server.requests().len(), 6);
    let error = egress.fetch(&server.url("/6"), 100).await.unwrap_err();
    assert!(
        matches!(error, EgressError::Address("it redirects too often")),
        "{error:?}"
    );
    assert_eq!(server.requests().len(), 12, "it asked further than it may");

    let circle = sends_to("/").await;
    let error = egress.fetch(&circle.url("/"), 100).await.unwrap_err();
    assert!(
        matches!(error, EgressError::Address("it redirects too often")),
        "{error:?}"
    );
    assert_eq!(circle.requests().len(), 6);
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_an_error() {
    for answer in [
        "HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "HTTP/1.1 300 Multiple Choices\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned(),
        redirect(302, "http://\u{1F3AC}\u{FFFD}/"),
    ] {
        let sent = answer.clone();
        let server = Server::start(move |_| sent.clone()).await;
        let error = egress(&["127.0.0.1"]).fetch(&server.url("/"), 100).await;
        let error = error.unwrap_err();
        assert!(
            matches!(error, EgressError::Address("it redirects to nowhere")),
            "{answer}: {error:?}"
        );
    }
}

#[tokio::test]
async fn redirects_lead_from_http_to_https_and_back() {
    let (secure, certificate) = Server::with_tls(found).await;
    let secure_url = format!("https://{}/up", secure.address);
    let up = sends_to(&*secure_url).await;
    // Whoever is not trusted is not read.
    let error = egress(&["127.0.0.1"]).fetch(&up.url("/"), 100).await;
    assert!(matches!(error, Err(EgressError::Network(_))), "{error:?}");
    let trusting = |certificate| {
        let builder = reqwest::Client::builder().tls_certs_merge([certificate]);
        let allowed = Allowed::new(&["127.0.0.1".to_owned()]);
        Egress::with(allowed, is_public, Arc::new(SystemLookup), builder).unwrap()
    };
    let egress = trusting(certificate);
    assert_eq!(egress.fetch(&up.url("/"), 100).await.unwrap(), "/up");

    let plain = Server::start(|_| found("plain")).await;
    let place = plain.url("/");
    let (secure, certificate) = Server::with_tls(move |_| redirect(302, &place)).await;
    let egress = trusting(certificate);
    let address = format!("https://{}/", secure.address);
    assert_eq!(egress.fetch(&address, 100).await.unwrap(), "plain");
    // Nothing is sent along that tells where it came from.
    let request = plain.requests().pop().unwrap();
    assert!(
        !request.contains("referer") && !request.contains("cookie"),
        "{request}"
    );
}

#[tokio::test]
async fn what_is_believed_for_its_address_is_fetched_from_there_alone() {
    let elsewhere = Server::start(|_| found("keys")).await;
    let door = sends_to(elsewhere.url("/")).await;
    let egress = egress(&["localhost", "127.0.0.1"]);
    let second = Duration::from_secs(5);
    let error = egress.fetch_exact(&door.url("/"), 100, second).await;
    assert!(matches!(error, Err(EgressError::Address(_))), "{error:?}");
    assert_eq!((door.requests().len(), elsewhere.connections()), (1, 0));
    let fetched = egress.fetch_exact(&elsewhere.url("/"), 100, second).await;
    let fetched = fetched.unwrap();
    assert_eq!((&*fetched.bytes, fetched.fresh_for), (&b"keys"[..], None));
    let error = egress.fetch_exact(&elsewhere.url("/"), 3, second).await;
    assert!(matches!(error, Err(EgressError::TooLarge)), "{error:?}");
    // The system takes the connection, and nobody ever answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", silent.local_addr().unwrap());
    let error = egress
        .fetch_exact(&address, 100, Duration::from_millis(50))
        .await;
    assert!(matches!(error, Err(EgressError::TooSlow)), "{error:?}");
}
