//! Whatever is sent, there is an answer below 500 or a closed connection, and nothing panics.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use crate::binary::{Dice, Server, call, folder, marquee, movies};

const PATHS: &[&str] = &[
    "/",
    "/healthz",
    "/readyz",
    "/docs",
    "/setup",
    "/metrics",
    "/odx/api/v4/content/",
    "/odx/api/v4/content/movie-m1/",
    "/odx/api/v4/season/",
    "/odx/api/v4/series/",
    "/odx/api/v4/category/drama/",
    "/odx/api/v4/playback/1/",
    "/media/AAAA/master.m3u8",
    "/art/x.webp",
    "/operator/api/v1/status",
    "/operator/api/v1/jobs/1",
    "/operator/api/v1/nothing",
];

const ODD: &[&str] = &[
    "%00",
    "%ff%fe",
    "..",
    "%2e%2e%2f",
    "-1",
    "99999999999999999999999",
    "1e9",
    "%F0%9F%98%80",
    "'",
    "\"",
    "{}",
    "[]",
    "a%20b",
    "%",
    "%zz",
    "NaN",
    "true",
    "+",
    "&&&===",
    "?",
    "%0d%0ax:y",
];

#[test]
fn odd_addresses_and_headers_are_answered_without_a_failure() {
    let dir = folder();
    let errors = dir.path().join("stderr");
    let mut command = marquee(dir.path());
    command.stderr(Stdio::from(std::fs::File::create(&errors).unwrap()));
    let server = Server::with(command);
    let token = server.token.clone().unwrap();
    assert_eq!(server.import(&token, &movies("m", 30)).unwrap().status, 200);
    let bearer = format!("Bearer {token}");
    let long = "x".repeat(4000);
    for path in PATHS {
        for odd in ODD.iter().copied().chain([long.as_str()]) {
            let inside = format!("{path}{odd}/");
            let query = format!(
                "{path}?page={odd}&page_size={odd}&ordering={odd}&search={odd}&category={odd}&{odd}={odd}&language={odd}"
            );
            for target in [inside, query] {
                let headers = [
                    ("service-name", "amasian"),
                    ("authorization", bearer.as_str()),
                    ("accept-language", odd),
                    ("accept-encoding", odd),
                    ("range", odd),
                    ("if-none-match", odd),
                    ("origin", odd),
                    ("did", odd),
                    ("x-forwarded-for", odd),
                ];
                for method in ["GET", "HEAD", "DELETE"] {
                    // HEAD has no body, so its length says nothing about what follows.
                    let answer = call(server.address, method, &target, &headers, b"");
                    if let (Ok(answer), "GET" | "DELETE") = (&answer, method) {
                        assert!(answer.status < 500, "{method} {target}: {answer:?}");
                    }
                }
            }
        }
    }
    assert_eq!(server.get("/readyz").status, 200);
    let said = std::fs::read_to_string(&errors).unwrap();
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn bytes_that_are_no_request_close_the_connection_only() {
    let dir = folder();
    let errors = dir.path().join("stderr");
    let mut command = marquee(dir.path());
    command.stderr(Stdio::from(std::fs::File::create(&errors).unwrap()));
    let server = Server::with(command);
    let mut dice = Dice(3);
    let whole = b"POST /operator/api/v1/import/catalog?dry_run=true HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nauthorization: Bearer x\r\n\r\n5\r\nhello\r\n0\r\n\r\n".to_vec();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00".to_vec();
    for round in 0..400 {
        let mut bytes = if round % 2 == 0 {
            whole.clone()
        } else {
            preface.clone()
        };
        for _ in 0..=dice.below(6) {
            let at = dice.below(bytes.len() as u64) as usize;
            match dice.below(3) {
                0 => bytes[at] = dice.below(256) as u8,
                1 => bytes.truncate(at.max(1)),
                _ => bytes.extend((0..dice.below(64)).map(|n| (n * 7) as u8)),
            }
        }
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        let _ = stream.write_all(&bytes);
        let _ = stream.read(&mut [0; 512]);
    }
    assert_eq!(server.get("/readyz").status, 200);
    let said = std::fs::read_to_string(&errors).unwrap();
    assert!(!said.contains("panicked"), "{said}");
}
