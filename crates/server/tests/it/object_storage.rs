//! Media in S3-compatible storage, served by the `moto` package of PyPI on this machine.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use crate::binary::{PATIENCE, Server, call, demo, folder, marquee, said};

struct Moto {
    child: Child,
    address: SocketAddr,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts it on a free port, which it prints.
fn moto(dir: &std::path::Path) -> Option<Moto> {
    let mut child = Command::new(crate::python::with(
        dir,
        "moto[server]",
        "moto.server, flask",
    )?)
    .args(["-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"])
    .stdout(Stdio::null())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let output = BufReader::new(child.stderr.take().unwrap());
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    // Owned from here on, so that it is ended even when it never says where it listens.
    let mut moto = Moto {
        child,
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
    };
    while moto.address.port() == 0 {
        let line = lines
            .recv_timeout(PATIENCE)
            .expect("moto says where it listens");
        if let Some((_, rest)) = line.split_once("http://") {
            let address = rest.split_whitespace().next().unwrap();
            moto.address = address.trim_end_matches('/').parse().unwrap();
        }
    }
    Some(moto)
}

#[test]
fn films_in_object_storage_are_probed_and_played_by_ranges() {
    let dir = folder();
    let Some(moto) = moto(dir.path()) else {
        return;
    };
    let host = [
        ("host", "127.0.0.1"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=test/20200101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x",
        ),
    ];
    let put = |path: &str, body: &[u8]| {
        let answer = call(moto.address, "PUT", path, &host[1..], body).unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    };
    let film = std::fs::read(demo("media/orbit-360.mp4")).unwrap();
    put("/films", b"");
    put("/films/a%20folder/orbit.mp4", &film);
    put(
        "/films/text.ko.srt",
        &std::fs::read(demo("media/orbit.ko.srt")).unwrap(),
    );
    put("/films/broken.mp4", b"this is not a film");

    let with_storage = || {
        let mut command = marquee(dir.path());
        command
            .env("MARQUEE_S3__ENDPOINT", format!("http://{}", moto.address))
            .env("MARQUEE_S3__ACCESS_KEY_ID", "test")
            .env("MARQUEE_S3__SECRET_ACCESS_KEY", "test")
            // A system that trusts nobody, as a bare container is: clients are made all the same.
            .env("SSL_CERT_FILE", "/nonexistent");
        command
    };
    let file = dir.path().join("records.jsonl");
    let records = r#"{"id":"orbit","kind":"movie","slug":"orbit","titles":{"en":"Orbit"},"media":[{"url":"s3://films/a%20folder/orbit.mp4"}],"subtitle_files":[{"url":"s3://films/text.ko.srt","language":"ko"}]}
{"id":"broken","kind":"movie","titles":{"en":"Broken"},"media":[{"url":"s3://films/broken.mp4"}]}
{"id":"gone","kind":"movie","titles":{"en":"Gone"},"media":[{"url":"s3://films/gone.mp4"}]}
"#;
    std::fs::write(&file, records).unwrap();
    let output = with_storage()
        .args(["import", "catalog", file.to_str().unwrap()])
        .output()
        .unwrap();
    let (code, out, err) = said(&output);
    assert_eq!(
        (code, out.trim()),
        (
            Some(2),
            "3 added, 0 updated, 0 unchanged, 0 removed, 2 rejected"
        ),
        "{err}"
    );
    assert!(
        err.contains("broken.mp4") && err.contains("gone.mp4"),
        "{err}"
    );

    let server = Server::with(with_storage());
    let service = [("service-name", "amasian")];
    let id = server
        .call("GET", "/odx/api/v4/content/orbit/", &service, b"")
        .json()["result"]["id"]
        .clone();
    let playback = server
        .call("GET", &format!("/odx/api/v4/playback/{id}/"), &service, b"")
        .json();
    let address = playback["result"]["manifests"][0]["stream_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = address.strip_prefix(&server.url).unwrap();
    let folder = path.strip_suffix("master.m3u8").unwrap();
    let playlist = server.get(path).text();
    let lines: Vec<&str> = playlist.lines().collect();
    let media = lines
        .iter()
        .find(|line| line.ends_with("index.m3u8") && !line.starts_with('#'))
        .unwrap();
    let below = format!("{folder}{}", media.strip_suffix("index.m3u8").unwrap());
    let segments = server.get(&format!("{below}index.m3u8")).text();
    let mut fetched = 0;
    for segment in segments.lines().filter(|line| line.ends_with(".m4s")) {
        let answer = server.get(&format!("{below}{segment}"));
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.headers["content-length"],
            answer.body.len().to_string()
        );
        fetched += answer.body.len();
    }
    assert!(
        fetched > film.len() / 3,
        "{fetched} bytes in segments of {}",
        film.len()
    );
    let original = server.get(&format!("{folder}original/0/orbit.mp4"));
    assert!(original.body == film, "the original differs");
    let tail = server.call(
        "GET",
        &format!("{folder}original/0/orbit.mp4"),
        &[("range", "bytes=-500")],
        b"",
    );
    assert_eq!(
        (tail.status, tail.body.as_slice()),
        (206, &film[film.len() - 500..])
    );
    assert!(playlist.contains("LANGUAGE=\"ko\""), "{playlist}");
}

#[test]
fn pictures_are_kept_in_object_storage() {
    let dir = folder();
    let Some(moto) = moto(dir.path()) else {
        return;
    };
    let made = call(moto.address, "PUT", "/pictures", &[], b"").unwrap();
    assert_eq!(made.status, 200, "{}", made.text());
    let with_storage = || {
        let mut command = marquee(dir.path());
        command
            .env("MARQUEE_S3__ENDPOINT", format!("http://{}", moto.address))
            .env("MARQUEE_S3__ACCESS_KEY_ID", "test")
            .env("MARQUEE_S3__SECRET_ACCESS_KEY", "test")
            .env("MARQUEE_ART__LOCATION", "s3://pictures/some/art");
        command
    };
    std::fs::copy(demo("art/c-city.webp"), dir.path().join("a.webp")).unwrap();
    let file = dir.path().join("records.jsonl");
    let record = r#"{"id":"f","kind":"movie","slug":"f","titles":{"en":"F"},"images":[{"path":"a.webp","orientation":"landscape"}]}"#;
    std::fs::write(&file, record).unwrap();
    let import = || {
        let output = with_storage()
            .args(["import", "catalog", file.to_str().unwrap()])
            .output()
            .unwrap();
        said(&output)
    };
    let (code, out, err) = import();
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(import().1.contains("1 unchanged"));
    assert!(!dir.path().join("data/art").exists(), "none are kept here");
    let server = Server::with(with_storage());
    let service = [("service-name", "amasian")];
    let detail = server.call("GET", "/odx/api/v4/content/f/", &service, b"");
    let url = detail.json()["result"]["thumbnail"]["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = url.strip_prefix(&server.url).unwrap();
    let copy = server.get(&format!("{path}/160"));
    assert_eq!(
        (copy.status, &*copy.headers["content-type"]),
        (200, "image/jpeg")
    );
    let name = path.rsplit('/').next().unwrap();
    let placeholder = server.get(&format!("/art/placeholders?of={name}"));
    assert!(placeholder.json()[name].is_string());
    let missing = "/art/0123456789abcdef0123456789abcdef.jpg";
    assert_eq!(server.get(missing).status, 404);
    // What cannot be an address of a bucket is an error at the start.
    let output = with_storage()
        .env("MARQUEE_ART__LOCATION", "/var/art")
        .args(["config", "check"])
        .output()
        .unwrap();
    let (code, _, err) = said(&output);
    assert!(code != Some(0) && err.contains("art.location"), "{err}");
}
