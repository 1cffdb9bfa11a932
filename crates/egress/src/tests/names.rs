//! A name server on the loopback that answers as a test wants, and a resolver that asks it.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use tokio::net::UdpSocket;

use super::Lookup;

/// How often each name was asked for.
type Asked = Arc<Mutex<HashMap<String, usize>>>;

/// Where a question begins in a message.
const HEAD: usize = 12;
const TYPE_A: u16 = 1;
const TYPE_AAAA: u16 = 28;

pub(super) struct NameServer {
    pub(super) address: SocketAddr,
    asked: Asked,
}

impl NameServer {
    /// Answers with what `answer` says to a name that was asked for so many times before, and with a life of zero seconds.
    pub(super) async fn start(
        place: &str,
        answer: impl Fn(&str, usize) -> Vec<IpAddr> + Send + 'static,
    ) -> Self {
        let socket = UdpSocket::bind(place).await.unwrap();
        let address = socket.local_addr().unwrap();
        let asked = Asked::default();
        let kept = asked.clone();
        tokio::spawn(async move {
            let mut message = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut message).await {
                let Some((name, kind, end)) = question(&message[..length]) else {
                    continue;
                };
                // Resolvers ask for both kinds at once; the older one counts.
                let before = {
                    let mut asked = kept.lock().unwrap();
                    let count = asked.entry(name.clone()).or_default();
                    *count += usize::from(kind == TYPE_A);
                    (*count).saturating_sub(1)
                };
                let records = answer(&name, before);
                let reply = reply(&message[..end], kind, &records);
                let _ = socket.send_to(&reply, from).await;
            }
        });
        Self { address, asked }
    }

    /// How often a name was asked for.
    pub(super) fn asked(&self, name: &str) -> usize {
        *self.asked.lock().unwrap().get(name).unwrap_or(&0)
    }
}

/// Name and kind of a question, and where it ends.
fn question(message: &[u8]) -> Option<(String, u16, usize)> {
    let mut at = HEAD;
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*message.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(message.get(at..at + length)?).to_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes([*message.get(at)?, *message.get(at + 1)?]);
    Some((labels.join("."), kind, at + 4))
}

/// An answer to a message that ends with its question.
fn reply(asked: &[u8], kind: u16, records: &[IpAddr]) -> Vec<u8> {
    let data: Vec<Vec<u8>> = records
        .iter()
        .filter_map(|ip| match ip {
            IpAddr::V4(ip) if kind == TYPE_A => Some(ip.octets().to_vec()),
            IpAddr::V6(ip) if kind == TYPE_AAAA => Some(ip.octets().to_vec()),
            _ => None,
        })
        .collect();
    let mut reply = asked.to_vec();
    // A response, recursion available, no error; one question, so many answers, nothing else.
    reply[2..HEAD].copy_from_slice(&[0x81, 0x80, 0, 1, 0, data.len() as u8, 0, 0, 0, 0]);
    for data in data {
        // The name of the question, the kind, class IN, no life.
        reply.extend([0xc0, HEAD as u8, 0, kind as u8, 0, 1, 0, 0, 0, 0, 0]);
        reply.push(data.len() as u8);
        reply.extend(data);
    }
    reply
}

/// Asks a name server for IPv4 addresses, each time anew.
pub(super) struct Asking(pub(super) SocketAddr);

impl Lookup for Asking {
    fn lookup(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let server = self.0;
        Box::pin(async move {
            let socket = UdpSocket::bind("127.0.0.1:0").await?;
            let mut message = vec![0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
            for label in name.split('.').filter(|label| !label.is_empty()) {
                message.push(label.len() as u8);
                message.extend(label.as_bytes());
            }
            message.extend([0, 0, TYPE_A as u8, 0, 1]);
            socket.send_to(&message, server).await?;
            let mut found = [0; 512];
            let length = socket.recv(&mut found).await?;
            // Each record is twelve bytes up to its four of address.
            let records = found[message.len()..length].chunks_exact(16);
            Ok(records
                .map(|record| <[u8; 4]>::try_from(&record[12..]).unwrap().into())
                .collect())
        })
    }
}
