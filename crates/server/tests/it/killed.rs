//! `kill -9` at chance moments: what was acknowledged is there, and the next start is quick.

use std::collections::HashSet;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::binary::{Dice, Server, call, folder, marquee, movies, pause, run, said};
use crate::kill::{Starts, killed_at_work};

/// Kills during imports over HTTP, during other writes over HTTP, and during imports of files: 200 in a run.
const IMPORT_KILLS: usize = 70;
const WRITE_KILLS: usize = 70;
const FILE_KILLS: usize = 60;

#[test]
fn imports_over_http_that_were_acknowledged_survive_kill_9() {
    let dir = folder();
    let mut server = Server::start(dir.path());
    let token = server.token.clone().unwrap();
    let mut dice = Dice(1);
    let (next, mut acknowledged, mut starts) = (AtomicUsize::new(0), Vec::new(), Starts::default());
    for _ in 0..IMPORT_KILLS {
        let moment = Duration::from_millis(20 + dice.below(250));
        let told: [_; 2] = killed_at_work(&mut server, moment, |_, server| {
            let mut told = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::SeqCst);
                match server.import(&token, &movies(&format!("b{n}-"), 5)) {
                    Ok(answer) if answer.status == 200 => told.push(n),
                    Ok(answer) => panic!("{answer:?}"),
                    Err(_) => return told,
                }
            }
        });
        acknowledged.extend(told.into_iter().flatten());
        server = starts.after_a_kill(marquee(dir.path()));
    }
    assert!(
        acknowledged.len() >= IMPORT_KILLS,
        "only {} imports were acknowledged",
        acknowledged.len()
    );
    // Whatever was answered 200 is found as it was sent.
    for batch in acknowledged.chunks(100) {
        let records: String = batch.iter().map(|n| movies(&format!("b{n}-"), 5)).collect();
        let report = server.import(&token, &records).unwrap().json();
        assert_eq!(report["unchanged"], batch.len() * 5, "{report}");
    }
    eprintln!(
        "imports over HTTP: {}, {} acknowledged",
        starts.check(),
        acknowledged.len()
    );
}

#[test]
fn other_writes_that_were_acknowledged_survive_kill_9() {
    let dir = folder();
    let media = dir.path().join("media");
    let mut server = Server::start(dir.path());
    let bearer = format!("Bearer {}", server.token.clone().unwrap());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let write = |server: &Server, method, path, body: &Value| {
        let body = body.to_string();
        let answer = call(server.address, method, path, &headers, body.as_bytes());
        match answer {
            Ok(answer) if answer.status < 300 => Some(answer),
            Ok(answer) => panic!("{method} {path}: {answer:?}"),
            Err(_) => None,
        }
    };
    let read = |server: &Server, path: &str| server.call("GET", path, &headers, b"").json();
    let mut dice = Dice(3);
    let (next, mut starts) = (AtomicUsize::new(0), Starts::default());
    let (mut folders, mut jobs, mut changes) = (Vec::new(), Vec::new(), 0);
    for _ in 0..WRITE_KILLS {
        let moment = Duration::from_millis(20 + dice.below(120));
        // The first client adds folders, and with each the job that scans it; the second changes a setting back and forth.
        let asked = Mutex::new(Vec::new());
        let [(new_folders, new_jobs), changed] =
            killed_at_work(&mut server, moment, |number, server| {
                let (mut added, mut told) = (Vec::new(), Vec::new());
                for n in 0.. {
                    if number == 0 {
                        let path = media.join(next.fetch_add(1, Ordering::SeqCst).to_string());
                        std::fs::create_dir_all(&path).unwrap();
                        let body = json!({"path": path});
                        match write(server, "POST", "/operator/api/v1/folders", &body) {
                            Some(answer) => {
                                added.push(body["path"].clone());
                                told.push(answer.json()["job"]["id"].clone());
                            }
                            None => break,
                        }
                    } else {
                        let wanted = ["members", "public"][n % 2];
                        asked.lock().unwrap().push(wanted);
                        let body = json!({"visibility": wanted});
                        match write(server, "PATCH", "/operator/api/v1/services/amasian", &body) {
                            Some(_) => told.push(Value::Null),
                            None => break,
                        }
                    }
                }
                (added, told)
            });
        folders.extend(new_folders);
        jobs.extend(new_jobs);
        changes += changed.1.len();
        server = starts.after_a_kill(marquee(dir.path()));
        // The last change that was answered holds, or the one after it, which was under way.
        let found = read(&server, "/operator/api/v1/status")["services"][0]["visibility"].clone();
        let asked = asked.into_inner().unwrap();
        let possible = &asked[changed.1.len().saturating_sub(1)..];
        assert!(
            possible.iter().any(|wanted| found == **wanted) || changed.1.is_empty(),
            "{found} after {possible:?}"
        );
    }
    assert!(
        folders.len() >= WRITE_KILLS && changes >= WRITE_KILLS,
        "only {} folders and {changes} changes were acknowledged",
        folders.len()
    );
    let found = read(&server, "/operator/api/v1/folders");
    let found: HashSet<&str> = found["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|folder| folder["path"].as_str().unwrap())
        .collect();
    for path in &folders {
        assert!(found.contains(path.as_str().unwrap()), "{path} was lost");
    }
    for job in &jobs {
        let path = format!("/operator/api/v1/jobs/{job}");
        let answer = server.call("GET", &path, &headers, b"");
        assert_eq!(answer.status, 200, "job {job} was lost");
    }
    eprintln!(
        "other writes: {}, {} folders and {changes} changes acknowledged",
        starts.check(),
        folders.len()
    );
}

#[test]
fn an_import_of_a_file_survives_kill_9_and_goes_on() {
    const TITLES: usize = 24_000;
    let dir = folder();
    let file = dir.path().join("records.jsonl");
    std::fs::write(&file, movies("m", TITLES)).unwrap();
    let arguments = ["import", "catalog", "--json", file.to_str().unwrap()];
    let mut dice = Dice(2);
    let (mut before, mut cut, mut starts, mut token) = (0, 0, Starts::default(), None);
    for _ in 0..FILE_KILLS {
        let mut child = marquee(dir.path())
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        pause(Duration::from_millis(60 + dice.below(340)));
        cut += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let server = starts.after_a_kill(marquee(dir.path()));
        token = server.token.clone().or(token);
        let bearer = format!("Bearer {}", token.clone().unwrap());
        let status = server
            .call(
                "GET",
                "/operator/api/v1/status",
                &[("authorization", &bearer)],
                b"",
            )
            .json();
        let titles = status["services"][0]["titles"].as_u64().unwrap();
        assert!(titles >= before, "{titles} titles after {before}");
        before = titles;
    }
    assert!(cut > FILE_KILLS / 2, "only {cut} imports were cut off");
    let (code, out, err) = said(&run(dir.path(), &arguments));
    assert_eq!(code, Some(0), "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let sum = |names: &[&str]| {
        names
            .iter()
            .map(|name| report[*name].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(
        (
            sum(&["added", "unchanged"]),
            sum(&["updated", "rejected_count"])
        ),
        (TITLES as u64, 0),
        "{report}"
    );
    assert!(sum(&["unchanged"]) >= before);
    eprintln!(
        "imports of a file: {}, {cut} cut off, {before} titles before the last run",
        starts.check()
    );
}

#[test]
fn a_job_that_was_killed_is_done_after_the_next_start() {
    let dir = folder();
    let media = dir.path().join("media");
    std::fs::create_dir(&media).unwrap();
    for n in 0..30 {
        std::fs::copy(
            crate::binary::demo("media/strata-360.mp4"),
            media.join(format!("Film {n} (2020).mp4")),
        )
        .unwrap();
    }
    let mut server = Server::start(dir.path());
    let bearer = format!("Bearer {}", server.token.clone().unwrap());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let body = serde_json::json!({"path": media}).to_string();
    let answer = server.call(
        "POST",
        "/operator/api/v1/folders",
        &headers,
        body.as_bytes(),
    );
    assert_eq!(answer.status, 202, "{}", answer.text());
    // Acknowledged: from now on it must happen, whatever happens.
    server.kill();
    let server = Server::start(dir.path());
    let started = Instant::now();
    crate::binary::until("the scan", Duration::from_secs(30), || {
        let status = server
            .call("GET", "/operator/api/v1/status", &headers, b"")
            .json();
        status["services"][0]["titles"] == 30
    });
    eprintln!(
        "the scan was done {:?} after the next start",
        started.elapsed()
    );
}
