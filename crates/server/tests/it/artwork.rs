//! Pictures from a record to a screen: named by address, fetched in the background, sent in widths.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use crate::binary::{Server, demo, folder, marquee, until};

/// Serves one picture for whatever is asked, on a port of the loopback.
fn pictures(bytes: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head);
            let length = bytes.len();
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            let _ = stream.write_all(&[head.as_bytes(), &bytes].concat());
        }
    });
    port
}

#[test]
fn pictures_named_by_address_appear_when_they_are_stored() {
    let dir = folder();
    let mut command = marquee(dir.path());
    command.env("MARQUEE_EGRESS__ALLOWED_HOSTS", "localhost");
    let server = Server::with(command);
    let token = server.token.clone().unwrap();
    let port = pictures(std::fs::read(demo("art/c-city.webp")).unwrap());
    let record = format!(
        r#"{{"id":"f","kind":"movie","slug":"f","titles":{{"en":"F"}},"images":[{{"url":"http://localhost:{port}/a.jpg","orientation":"landscape"}},{{"url":"http://127.0.0.1:{port}/a.jpg"}}]}}"#
    );
    assert_eq!(server.import(&token, &record).unwrap().status, 200);
    let service = [("service-name", "amasian")];
    let detail = || {
        let answer = server.call("GET", "/odx/api/v4/content/f/", &service, b"");
        answer.json()["result"].clone()
    };
    until("the picture", Duration::from_secs(30), || {
        detail()["thumbnail"]["url"].is_string()
    });
    // The second leads into this machine and is not shown under its own address either.
    assert!(detail()["poster"].is_null(), "{}", detail());
    let url = detail()["thumbnail"]["url"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(&server.url).unwrap();
    let webp = server.call(
        "GET",
        &format!("{path}/320"),
        &[("accept", "image/webp")],
        b"",
    );
    assert_eq!(webp.headers["content-type"], "image/webp");
    assert_eq!(webp.headers["x-content-type-options"], "nosniff");
    assert_eq!(server.get(path).headers["content-type"], "image/jpeg");
    let vary = &server.get(path).headers["vary"];
    assert!(vary.contains("Accept"), "{vary}");

    // The job says what it could not have.
    let bearer = format!("Bearer {token}");
    let jobs = || {
        let headers = [("authorization", bearer.as_str())];
        server
            .call("GET", "/operator/api/v1/jobs", &headers, b"")
            .text()
    };
    until("the report", Duration::from_secs(30), || {
        jobs().contains("does not lead to the public internet")
    });
    assert!(jobs().contains("it is tried again in 1 min"), "{}", jobs());
}
