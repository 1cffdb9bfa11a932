//! `kill -9` at chance moments: what was acknowledged is there, and the next start is quick.

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::binary::{Dice, Server, folder, marquee, movies, pause, run, said};

/// Kills of each kind.
const KILLS: usize = 20;
/// The aim is one second; a debug build beside other tests gets more.
const READY: Duration = Duration::from_secs(3);

#[test]
fn imports_over_http_that_were_acknowledged_survive_kill_9() {
    let dir = folder();
    let mut server = Server::start(dir.path());
    let token = server.token.clone().unwrap();
    let mut dice = Dice(1);
    let (next, mut acknowledged, mut slowest) = (AtomicUsize::new(0), Vec::new(), Duration::ZERO);
    for _ in 0..KILLS {
        let moment = Duration::from_millis(20 + dice.below(250));
        // Two clients, so that groups of writes are hit too.
        let told: Vec<usize> = std::thread::scope(|scope| {
            let (server, token, next) = (&server, &token, &next);
            let clients = [(), ()].map(|()| {
                scope.spawn(move || {
                    let mut told = Vec::new();
                    loop {
                        let n = next.fetch_add(1, Ordering::SeqCst);
                        match server.import(token, &movies(&format!("b{n}-"), 5)) {
                            Ok(answer) if answer.status == 200 => told.push(n),
                            Ok(answer) => panic!("{answer:?}"),
                            Err(_) => return told,
                        }
                    }
                })
            });
            pause(moment);
            crate::binary::signal(server.child.id(), "KILL");
            clients
                .into_iter()
                .flat_map(|client| client.join().unwrap())
                .collect()
        });
        acknowledged.extend(told);
        server.kill();
        server = Server::start(dir.path());
        slowest = slowest.max(server.ready_after);
        assert!(
            server.ready_after < READY,
            "ready after {:?}",
            server.ready_after
        );
    }
    assert!(
        acknowledged.len() >= KILLS,
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
        "{KILLS} kills, {} imports acknowledged, slowest start {slowest:?}",
        acknowledged.len()
    );
}

#[test]
fn an_import_of_a_file_survives_kill_9_and_goes_on() {
    const TITLES: usize = 6000;
    let dir = folder();
    let file = dir.path().join("records.jsonl");
    std::fs::write(&file, movies("m", TITLES)).unwrap();
    let arguments = ["import", "catalog", "--json", file.to_str().unwrap()];
    let mut dice = Dice(2);
    let (mut before, mut cut, mut slowest, mut token) = (0, 0, Duration::ZERO, None);
    for _ in 0..KILLS {
        let mut child = marquee(dir.path())
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        pause(Duration::from_millis(60 + dice.below(240)));
        cut += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let server = Server::start(dir.path());
        slowest = slowest.max(server.ready_after);
        assert!(
            server.ready_after < READY,
            "ready after {:?}",
            server.ready_after
        );
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
    assert!(cut > KILLS / 2, "only {cut} imports were cut off");
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
        "{cut} imports cut off, {before} titles before the last run, slowest start {slowest:?}"
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
