//! SIGTERM: what is under way is finished, what never ends is cut off, and all of it within 8 s.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::binary::{PATIENCE, Server, folder, marquee, movie, until};

const LIMIT: Duration = Duration::from_secs(8);

/// Opens a connection and sends the beginning of an import.
fn begin_import(server: &Server, announced: usize) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let token = server.token.as_ref().unwrap();
    let head = format!(
        "POST /operator/api/v1/import/catalog HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\nauthorization: Bearer {token}\r\ncontent-length: {announced}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server asks for the body: the handler is at work.
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 100"));
    stream
}

fn stops(mut server: Server) {
    server.terminate();
    let asked = Instant::now();
    let status = server.wait(PATIENCE);
    let took = asked.elapsed();
    assert_eq!(status.code(), Some(0));
    assert!(took < LIMIT, "it took {took:?} to stop");
    eprintln!("stopped after {took:?}");
}

#[test]
fn idle_connections_do_not_hold_it() {
    let dir = folder();
    let server = Server::start(dir.path());
    let mut idle = TcpStream::connect(server.address).unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let mut some = [0; 64];
    assert!(idle.read(&mut some).unwrap() > 0);
    let _silent = TcpStream::connect(server.address).unwrap();
    stops(server);
}

#[test]
fn a_request_under_way_is_finished_and_its_writes_are_kept() {
    let dir = folder();
    let mut server = Server::start(dir.path());
    let record = movie("late");
    let mut stream = begin_import(&server, record.len());
    stream.write_all(&record.as_bytes()[..10]).unwrap();
    server.terminate();
    // No new connections any more.
    until("the listener to close", Duration::from_secs(5), || {
        TcpStream::connect(server.address).is_err()
    });
    stream.write_all(&record.as_bytes()[10..]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("\"added\":1"),
        "{answer}"
    );
    assert_eq!(server.wait(LIMIT).code(), Some(0));
}

#[test]
fn a_request_that_never_ends_is_cut_off() {
    let dir = folder();
    let server = Server::start(dir.path());
    let mut stream = begin_import(&server, 1000);
    stream.write_all(b"{\"id\":").unwrap();
    stops(server);
}

#[test]
fn it_stops_when_every_connection_is_taken() {
    let dir = folder();
    let mut command = marquee(dir.path());
    command.env("MARQUEE_LIMITS__CONNECTIONS", "1");
    let server = Server::with(command);
    let _only = begin_import(&server, 1000);
    let _waiting = TcpStream::connect(server.address).unwrap();
    stops(server);
}
