mod names;
mod namespace;
mod rebinding;
mod redirects;
mod server;
mod spellings;

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

#[tokio::test]
async fn an_ipv6_host_is_allowed_with_and_without_brackets() {
    for host in ["::1", "[::1]"] {
        let egress = Egress::new(Allowed::new(&[host.to_owned()])).unwrap();
        let error = egress.fetch("http://[::1]:1/", 10).await.unwrap_err();
        assert!(
            matches!(error, EgressError::Network(_)),
            "{host}: {error:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    let server = server::Server::start(|_| {
        "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 0-9/10\r\ncontent-length: 10\r\n\r\nabc".to_owned()
    })
    .await;
    let mut egress = Egress::new(Allowed::new(&["127.0.0.1".to_owned()])).unwrap();
    egress.max_time = Duration::from_millis(300);
    let fetched = egress.fetch(&server.url("/"), 100).await;
    assert!(matches!(fetched, Err(EgressError::TooSlow)), "{fetched:?}");
    let described = egress.describe(&server.url("/")).await.unwrap();
    let read = egress.read_range(&server.url("/"), &described, 0, 10).await;
    assert!(matches!(read, Err(EgressError::TooSlow)), "{read:?}");
}

#[tokio::test]
async fn answers_that_are_too_large_or_another_part_are_refused() {
    let server = server::Server::start(|path| match path {
        "/large" => server::found(&"x".repeat(101)),
        _ => "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 0-3/10\r\ncontent-length: 4\r\n\r\nabcd".to_owned(),
    })
    .await;
    let egress = Egress::new(Allowed::new(&["127.0.0.1".to_owned()])).unwrap();
    let fetched = egress.fetch(&server.url("/large"), 100).await;
    assert!(matches!(fetched, Err(EgressError::TooLarge)), "{fetched:?}");
    let described = egress.describe(&server.url("/")).await.unwrap();
    for (offset, length) in [(4, 4), (0, 3), (0, 5)] {
        let read = egress
            .read_range(&server.url("/"), &described, offset, length)
            .await;
        let refused = matches!(read, Err(EgressError::Ranges(_) | EgressError::TooLarge));
        assert!(refused, "{offset} {length}: {read:?}");
    }
    let read = egress.read_range(&server.url("/"), &described, 0, 4).await;
    assert_eq!(read.unwrap(), "abcd");
}
