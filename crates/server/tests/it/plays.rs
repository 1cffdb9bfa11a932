//! From a folder to bytes of a film, over HTTP, while the folder changes.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::binary::{Server, demo, folder, until};

struct Operator<'a> {
    server: &'a Server,
    bearer: String,
}

impl Operator<'_> {
    fn post(&self, path: &str, body: &Value) -> Value {
        let headers = [
            ("authorization", self.bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let answer = self.server.call(
            "POST",
            &format!("/operator/api/v1{path}"),
            &headers,
            body.to_string().as_bytes(),
        );
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()
    }

    /// Waits for a job's end and returns its report.
    fn done(&self, job: &Value) -> Value {
        let path = format!("/operator/api/v1/jobs/{}", job["job"]["id"]);
        let mut last = Value::Null;
        until("the job's end", Duration::from_secs(30), || {
            last = self
                .server
                .call("GET", &path, &[("authorization", &self.bearer)], b"")
                .json();
            !matches!(
                last["state"].as_str(),
                Some("pending" | "queued" | "running" | "claimed")
            )
        });
        last
    }
}

/// The media playlist of the first rendition of the only film.
fn segments(server: &Server) -> Option<(String, Vec<String>)> {
    let service = [("service-name", "amasian")];
    let content = server.call("GET", "/odx/api/v4/content/film/", &service, b"");
    let id = content.json()["result"]["id"].as_i64()?;
    let playback = server.call("GET", &format!("/odx/api/v4/playback/{id}/"), &service, b"");
    let playback = (playback.status == 200).then(|| playback.json())?;
    let address = playback["result"]["manifests"][0]["stream_url"]
        .as_str()?
        .to_owned();
    let master = server.get(address.strip_prefix(&server.url)?);
    let master_text = (master.status == 200).then(|| master.text())?;
    let playlist = master_text
        .lines()
        .find(|line| line.contains("/v") && !line.starts_with('#'))?
        .to_owned();
    let base = address
        .strip_prefix(&server.url)?
        .strip_suffix("master.m3u8")?
        .to_owned();
    let base = format!("{base}{}", playlist.strip_suffix("index.m3u8")?);
    let text = server.get(&format!("{base}index.m3u8")).text();
    let parts = text
        .lines()
        .filter(|line| line.ends_with(".m4s"))
        .map(|name| format!("{base}{name}"))
        .collect();
    Some((base, parts))
}

fn put(name: &str, to: &Path) {
    let beside = to.with_extension("part");
    std::fs::copy(demo(name), &beside).unwrap();
    std::fs::rename(beside, to).unwrap();
}

#[test]
fn a_folder_plays_and_a_replaced_film_plays_again_by_itself() {
    let dir = folder();
    let media = dir.path().join("media");
    std::fs::create_dir(&media).unwrap();
    let film = media.join("Film (2020).mp4");
    put("media/tide-360.mp4", &film);
    let server = Server::start(dir.path());
    let operator = Operator {
        server: &server,
        bearer: format!("Bearer {}", server.token.clone().unwrap()),
    };
    let job = operator.post("/folders", &serde_json::json!({"path": media}));
    let report = operator.done(&job);
    assert_eq!(report["report"]["added"], 1, "{report}");
    let (base, parts) = segments(&server).expect("it plays");
    assert!(parts.len() > 3);
    for part in &parts {
        assert_eq!(server.get(part).status, 200, "{part}");
    }

    // Nobody scans: that a file is another one shows when it is played.
    put("media/orbit-360.mp4", &film);
    let mut fresh = None;
    until("the new film to play", Duration::from_secs(30), || {
        server.get(&parts[1]);
        fresh = segments(&server).filter(|(now, _)| *now != base);
        fresh.is_some()
    });
    let (_, fresh) = fresh.unwrap();
    assert_eq!(server.get(&fresh[1]).status, 200);
    assert_eq!(server.get(&parts[1]).status, 404);
}

#[test]
fn a_stop_during_a_scan_is_quick_and_the_scan_goes_on_later() {
    let dir = folder();
    let media = dir.path().join("media");
    std::fs::create_dir(&media).unwrap();
    for n in 0..150 {
        std::fs::copy(
            demo("media/strata-360.mp4"),
            media.join(format!("Film {n} (2020).mp4")),
        )
        .unwrap();
    }
    let mut server = Server::start(dir.path());
    let bearer = format!("Bearer {}", server.token.clone().unwrap());
    let operator = Operator {
        server: &server,
        bearer: bearer.clone(),
    };
    let job = operator.post("/folders", &serde_json::json!({"path": media}));
    server.terminate();
    assert_eq!(server.wait(Duration::from_secs(8)).code(), Some(0));
    let server = Server::start(dir.path());
    let operator = Operator {
        server: &server,
        bearer,
    };
    let report = operator.done(&job);
    assert_eq!(report["error"].as_str().unwrap_or_default(), "", "{report}");
    let status = server
        .call(
            "GET",
            "/operator/api/v1/status",
            &[("authorization", &operator.bearer)],
            b"",
        )
        .json();
    assert_eq!(status["services"][0]["titles"], 150);
}
