//! The operator API: closed without its token, and bounded with it.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::binary::{PATIENCE, Server, folder, movie, run, said};

#[test]
fn every_operation_needs_the_operator_token() {
    let dir = folder();
    let server = Server::start(dir.path());
    let (_, document, _) = said(&run(dir.path(), &["openapi", "operator"]));
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let mut asked = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path
            .replace("{id}", "1")
            .replace("{name}", "amasian")
            .replace("{kind}", "row");
        let path = if path.starts_with("/operator") {
            path
        } else {
            format!("/operator/api/v1{path}")
        };
        for method in item
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| *key != "parameters")
        {
            asked.push((method.to_uppercase(), path.clone()));
        }
    }
    assert!(asked.len() >= 8, "{asked:?}");
    // What does not exist says no more than what does.
    for (method, path) in [
        ("GET", "/nothing"),
        ("DELETE", "/status"),
        ("GET", "/jobs/x"),
        ("GET", "/import/catalog"),
    ] {
        asked.push((method.to_owned(), format!("/operator/api/v1{path}")));
    }
    asked.push(("GET".to_owned(), "/metrics".to_owned()));
    let token = server.token.clone().unwrap();
    let (short, longer) = (
        format!("Bearer {}", &token[..token.len() - 1]),
        format!("Bearer {token}x"),
    );
    let basic = format!("Basic {token}");
    for (method, path) in asked {
        for value in [
            None,
            Some("Bearer"),
            Some("Bearer "),
            Some("Bearer x"),
            Some(&short),
            Some(&longer),
            Some(&basic),
        ] {
            let headers: Vec<(&str, &str)> = value
                .iter()
                .map(|value| ("authorization", *value))
                .collect();
            let answer = server.call(&method, &path, &headers, b"{}");
            assert_eq!(
                answer.status,
                401,
                "{method} {path} {value:?}: {}",
                answer.text()
            );
            if path != "/metrics" {
                assert_eq!(answer.json()["code"], "OPERATOR_TOKEN_REQUIRED");
                assert_eq!(answer.headers["www-authenticate"], "Bearer");
            }
        }
    }
}

#[test]
fn oversize_and_broken_bodies_are_refused() {
    let dir = folder();
    let server = Server::start(dir.path());
    let bearer = format!("Bearer {}", server.token.clone().unwrap());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let large = format!("{{\"path\":\"/{}\"}}", "x".repeat(3 << 20));
    let answer = server.call(
        "POST",
        "/operator/api/v1/folders",
        &headers,
        large.as_bytes(),
    );
    assert_eq!(answer.status, 413, "{}", answer.text());
    for body in [
        "",
        "{",
        "[]",
        "{\"path\":7}",
        "{\"path\":\"relative\"}",
        "{\"path\":\"/nowhere/at/all\"}",
        "{\"path\":\"/tmp/../etc\"}",
        "{\"path\":\"/\\u0000\"}",
        "{\"surprise\":1}",
    ] {
        let answer = server.call(
            "POST",
            "/operator/api/v1/folders",
            &headers,
            body.as_bytes(),
        );
        assert!(
            (400..500).contains(&answer.status),
            "{body}: {}",
            answer.text()
        );
        assert_eq!(answer.json()["code"], "VALIDATION_ERROR", "{body}");
    }
    for (method, path, status) in [
        ("GET", "/operator/api/v1/jobs/x", 404),
        ("GET", "/operator/api/v1/jobs/99999999999999999999", 404),
        ("POST", "/operator/api/v1/folders/x/scan", 404),
        (
            "POST",
            "/operator/api/v1/import/catalog?dry_run=perhaps",
            400,
        ),
    ] {
        let answer = server.call(method, path, &headers, b"");
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert!(answer.json()["request_id"].is_string(), "{path}");
    }
    // More headers than anybody needs.
    let many = "x".repeat(1 << 20);
    let answer = crate::binary::call(server.address, "GET", "/healthz", &[("x-many", &many)], b"");
    assert!(
        answer.as_ref().is_ok_and(|answer| answer.status == 431) || answer.is_err(),
        "{answer:?}"
    );
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn an_import_larger_than_allowed_is_refused_and_what_came_before_is_kept() {
    let dir = folder();
    let server = Server::start(dir.path());
    let token = server.token.clone().unwrap();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let total = 300 << 20;
    write!(stream, "POST /operator/api/v1/import/catalog HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-length: {total}\r\n\r\n").unwrap();
    let mut chunk = movie("first").into_bytes();
    chunk.push(b'\n');
    chunk.resize(4 << 20, b' ');
    let mut sent = 0;
    while sent < total {
        if stream.write_all(&chunk).is_err() {
            break;
        }
        sent += chunk.len();
        chunk.fill(b' ');
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    // A client that goes on sending may be reset before it has read the answer.
    assert!(
        answer.is_empty()
            || answer.starts_with("HTTP/1.1 400")
            || answer.starts_with("HTTP/1.1 413"),
        "{answer}"
    );
    assert!(sent < total || !answer.is_empty());
    let report = server.import(&token, &movie("first")).unwrap().json();
    assert_eq!(report["unchanged"], 1, "{report}");
}

#[test]
fn an_import_whose_client_goes_away_keeps_whole_records_only() {
    let dir = folder();
    let server = Server::start(dir.path());
    let token = server.token.clone().unwrap();
    let record = movie("half");
    {
        let mut stream = TcpStream::connect(server.address).unwrap();
        write!(stream, "POST /operator/api/v1/import/catalog HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: 5000\r\n\r\n{}\n{}", movie("whole"), &record[..record.len() - 3]).unwrap();
    }
    let report = server.import(&token, &record).unwrap().json();
    assert_eq!(
        (&report["added"], &report["rejected_count"]),
        (&1.into(), &0.into()),
        "{report}"
    );
}
