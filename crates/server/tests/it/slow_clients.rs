//! Clients that take their time are dropped, and hold up nobody else.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::binary::{Server, folder, until};

/// Sends bytes one by one, without an end, until the server hangs up; says after how long it did.
fn dropped_after(server: &Server, bytes: &[u8]) -> Duration {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let started = Instant::now();
    let mut left = bytes.iter().copied().chain(std::iter::repeat_n(
        b'x',
        if bytes.is_empty() { 0 } else { 100_000 },
    ));
    let mut said = Vec::new();
    until("the server to hang up", Duration::from_secs(25), || {
        let byte = left.next();
        if byte.is_some_and(|byte| stream.write_all(&[byte]).is_err()) {
            return true;
        }
        let mut some = [0; 256];
        match stream.read(&mut some) {
            Ok(0) => true,
            Ok(read) => {
                said.extend_from_slice(&some[..read]);
                false
            }
            Err(error) => !matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            ),
        }
    });
    assert!(
        said.is_empty() || said.starts_with(b"HTTP/1.1 4"),
        "{}",
        String::from_utf8_lossy(&said)
    );
    started.elapsed()
}

#[test]
fn slow_clients_are_dropped_and_others_are_served() {
    let dir = folder();
    let server = Server::start(dir.path());
    std::thread::scope(|scope| {
        let cases: [&[u8]; 3] = [
            b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: ",
            b"GET /",
            // Not a byte at all.
            b"",
        ];
        let slow = cases.map(|bytes| scope.spawn(|| dropped_after(&server, bytes)));
        // Not enough to tell HTTP/1.1 from HTTP/2.
        let half = scope.spawn(|| silent_after(&server, b"PRI * HTT"));
        for _ in 0..20 {
            let started = Instant::now();
            assert_eq!(server.get("/healthz").status, 200);
            assert!(started.elapsed() < Duration::from_secs(2));
        }
        for client in slow {
            let after = client.join().unwrap();
            assert!(after > Duration::from_secs(5), "dropped after {after:?}");
        }
        half.join().unwrap();
    });
}

/// Sends a beginning and nothing more, and waits to be dropped.
fn silent_after(server: &Server, bytes: &[u8]) {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(25)))
        .unwrap();
    stream.write_all(bytes).unwrap();
    let mut said = Vec::new();
    let ended = stream.read_to_end(&mut said);
    assert!(ended.is_ok() || ended.is_err_and(|e| e.kind() == std::io::ErrorKind::ConnectionReset));
}

#[test]
fn a_connection_that_is_used_stays() {
    let dir = folder();
    let server = Server::start(dir.path());
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    // Longer in all than a client may take for one request.
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(12) {
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            .unwrap();
        let mut some = [0; 1024];
        let read = stream.read(&mut some).unwrap();
        assert!(some[..read].starts_with(b"HTTP/1.1 200"));
        crate::binary::pause(Duration::from_secs(2));
    }
}
