//! A small HTTP server on the loopback, with or without TLS, that answers by path and remembers what it was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls_pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// Head lines and bodies of requests, and how many connections there were.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) connections: usize,
    pub(super) requests: Vec<String>,
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

/// A redirect with this status to this place.
pub(super) fn redirect(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
}

/// An answer that is not a redirect.
pub(super) fn found(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

impl Server {
    /// Answers requests with what `answer` says to their path.
    pub(super) async fn start(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0", answer).await
    }

    /// The same at a place of the test's choice.
    pub(super) async fn at(
        place: &str,
        answer: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Self {
        Self::with(place, None, answer).await
    }

    /// The same with TLS; also returns the certificate that a client has to trust.
    pub(super) async fn with_tls(
        answer: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> (Self, reqwest::Certificate) {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let trusted = reqwest::Certificate::from_der(made.cert.der()).unwrap();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        (
            Self::with("127.0.0.1:0", Some(acceptor), answer).await,
            trusted,
        )
    }

    async fn with(
        place: &str,
        tls: Option<TlsAcceptor>,
        answer: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(place).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (answer, kept) = (Arc::new(answer), seen.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                kept.lock().unwrap().connections += 1;
                let (tls, answer, kept) = (tls.clone(), answer.clone(), kept.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(socket) = tls.accept(socket).await {
                                talk(socket, &*answer, &kept).await;
                            }
                        }
                        None => talk(socket, &*answer, &kept).await,
                    }
                });
            }
        });
        Self { address, seen }
    }

    /// An address on this server.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    /// The requests so far, each as it was sent, headers in lower case.
    pub(super) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }
}

/// Answers requests on one connection until it is closed.
async fn talk(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    answer: &(impl Fn(&str) -> String + Send + Sync),
    seen: &Mutex<Seen>,
) {
    let mut head = Vec::new();
    while let Ok(byte) = socket.read_u8().await {
        head.push(byte);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let text = String::from_utf8_lossy(&head).into_owned();
        head.clear();
        let reply = answer(text.split(' ').nth(1).unwrap_or_default());
        seen.lock().unwrap().requests.push(text.to_lowercase());
        if socket.write_all(reply.as_bytes()).await.is_err() {
            return;
        }
    }
}
