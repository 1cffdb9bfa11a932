//! HTTPS, with certificates that are replaced while it runs.

use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::binary::{Answer, Server, exchange, folder, marquee, until};

/// Writes a fresh certificate and its key.
fn certificate(dir: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(dir.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(dir.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

/// A request by a client that trusts this certificate and no other.
fn get(server: &Server, trusted: &CertificateDer<'static>) -> std::io::Result<Answer> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let socket = TcpStream::connect(server.address)?;
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    exchange(
        &mut StreamOwned::new(client, socket),
        "GET",
        "/healthz",
        &[],
        b"",
    )
}

#[test]
fn certificates_are_served_and_replaced_without_a_restart() {
    let dir = folder();
    let first = certificate(dir.path());
    let mut command = marquee(dir.path());
    command
        .env("MARQUEE_TLS__CERT", dir.path().join("cert.pem"))
        .env("MARQUEE_TLS__KEY", dir.path().join("key.pem"));
    let mut server = Server::with(command);
    assert!(server.url.starts_with("https://"), "{}", server.printed);
    assert_eq!(get(&server, &first).unwrap().status, 200);

    // A broken one leaves the old one in use; a good one takes over.
    std::fs::write(dir.path().join("cert.pem"), "broken").unwrap();
    let second = certificate(dir.path());
    assert!(
        get(&server, &second).is_err(),
        "nobody has looked at the files yet"
    );
    until("the new certificate", Duration::from_secs(15), || {
        get(&server, &second).is_ok_and(|answer| answer.status == 200)
    });
    assert!(get(&server, &first).is_err());
    std::fs::write(dir.path().join("key.pem"), "broken").unwrap();
    assert_eq!(get(&server, &second).unwrap().status, 200);

    // Plain HTTP on a TLS port is no way in, and no way to hold it up.
    assert!(crate::binary::call(server.address, "GET", "/healthz", &[], b"").is_err());
    server.terminate();
    assert_eq!(server.wait(Duration::from_secs(8)).code(), Some(0));
}

#[test]
fn a_certificate_that_cannot_be_used_is_an_error_at_start() {
    let dir = folder();
    certificate(dir.path());
    std::fs::write(dir.path().join("key.pem"), "broken").unwrap();
    let output = marquee(dir.path())
        .env("MARQUEE_TLS__CERT", dir.path().join("cert.pem"))
        .env("MARQUEE_TLS__KEY", dir.path().join("key.pem"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .output()
        .unwrap();
    let (code, _, err) = crate::binary::said(&output);
    assert_eq!(code, Some(1));
    assert!(err.contains("tls.key"), "{err}");
}
