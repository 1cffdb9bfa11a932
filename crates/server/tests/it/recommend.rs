//! Recommendation from the command line and in the background of `serve`.

use std::path::Path;

use marquee_recommend::planted::Planted;
use serde_json::Value;

use crate::binary::{PATIENCE, Server, folder, marquee, run, said, until};

fn evaluate(dir: &Path, text: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let file = dir.join("ratings");
    std::fs::write(&file, text).unwrap();
    let mut arguments = vec!["recommend", "evaluate", "--ratings", file.to_str().unwrap()];
    arguments.extend(more);
    said(&run(dir, &arguments))
}

fn figure(report: &Value, method: &str, name: &str) -> f64 {
    let methods = report["methods"].as_array().unwrap();
    let line = methods.iter().find(|line| line["method"] == method);
    line.unwrap()["figures"][name].as_f64().unwrap()
}

#[test]
fn an_evaluation_finds_the_planted_clusters_and_says_how_it_measured() {
    let dir = folder();
    let planted = Planted {
        viewers: 2_000,
        ..Planted::default()
    };
    let (code, out, err) = evaluate(dir.path(), &planted.text(), &["--json"]);
    assert_eq!(code, Some(0), "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let of = |method| figure(&report, method, "ndcg_10");
    assert!(of("EASE") > of("sparse neighbours"));
    assert!(of("sparse neighbours") > of("popularity"));
    assert!(figure(&report, "EASE", "coverage_10") > figure(&report, "popularity", "coverage_10"));
    assert!(report["ease_learnt_in_s"].as_f64().unwrap() > 0.0);
    assert!(report["peak_memory_kib"].as_f64().unwrap() > 1024.0);

    let five = ["--json", "--viewers", "5", "--protocol", "user-split:75"];
    let (code, out, err) = evaluate(dir.path(), &planted.text(), &five);
    assert_eq!(code, Some(0), "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["users"], 5);

    let small = Planted {
        viewers: 60,
        ..Planted::default()
    };
    let flags = [
        "--protocol",
        "leave-last-out",
        "--seed",
        "9",
        "--min-rating",
        "3",
    ];
    let (code, out, _) = evaluate(dir.path(), &small.text(), &flags);
    assert_eq!(code, Some(0));
    assert!(out.contains("leave-last-out, seed 9: learnt from"), "{out}");
    assert!(
        out.contains("nDCG@10") && out.contains("popularity"),
        "{out}"
    );
    let (_, again, _) = evaluate(dir.path(), &small.text(), &flags);
    assert_eq!(out, again);
}

#[test]
fn what_cannot_be_evaluated_is_said_with_what_to_do() {
    let dir = folder();
    for (text, flags, code, expected) in [
        (
            "1\t2\t3\t4\n1\tx\n",
            &[][..],
            1,
            "line 2: the rating is not a number",
        ),
        (
            "1,2,3,4\n",
            &["--min-rating", "5"],
            1,
            "is --min-rating too high?",
        ),
        (
            "1,2,3,4\n",
            &["--viewers", "0"],
            1,
            "--viewers must be greater than 0",
        ),
        (
            "1,2,3\n1,3,3\n",
            &["--protocol", "leave-last-out"],
            1,
            "choose --protocol user-split",
        ),
        (
            "1,2,3,4\n",
            &["--protocol", "random-split:100"],
            2,
            "1 to 99 percent",
        ),
        (
            "1,2,3,4\n",
            &["--protocol", "guess"],
            2,
            "leave-last-out, random-split",
        ),
        (
            "1,2,3,4\n",
            &["--lambda", "0"],
            1,
            "--lambda must be greater than 0",
        ),
    ] {
        let (found, _, err) = evaluate(dir.path(), text, flags);
        assert_eq!(found, Some(code), "{text:?} {flags:?}: {err}");
        assert!(err.contains(expected), "{err}");
    }
    let missing = ["recommend", "evaluate", "--ratings", "nowhere"];
    let (code, _, err) = said(&run(dir.path(), &missing));
    assert!(
        code == Some(1) && err.contains("nowhere cannot be opened"),
        "{err}"
    );
    let (code, out, _) = said(&run(dir.path(), &["recommend", "evaluate", "--help"]));
    assert_eq!(code, Some(0));
    assert!(
        out.contains("leave-last-out") && out.contains("1/log2(rank+1)"),
        "{out}"
    );
}

/// Three series: two share a tag, one has nothing in common with them.
const SERIES: &str = r#"{"id":"a","kind":"series","titles":{"en":"Ash"},"tags":["sea"]}
{"id":"b","kind":"series","titles":{"en":"Birch"},"tags":["sea"]}
{"id":"c","kind":"series","titles":{"en":"Cedar"},"tags":["sky"]}
"#;

fn import(dir: &Path) {
    let file = dir.join("series.jsonl");
    std::fs::write(&file, SERIES).unwrap();
    let (code, out, err) = said(&run(dir, &["import", "catalog", file.to_str().unwrap()]));
    assert_eq!(code, Some(0), "{out}{err}");
}

#[test]
fn training_by_hand_can_be_explained() {
    let dir = folder();
    import(dir.path());
    let (code, out, _) = said(&run(dir.path(), &["recommend", "explain", "ash"]));
    assert!(
        code == Some(0) && out.contains("marquee recommend train"),
        "{out}"
    );
    let (code, out, err) = said(&run(dir.path(), &["recommend", "train"]));
    assert_eq!(code, Some(0), "{err}");
    assert!(
        out.contains("0 viewers, 0 of 3 titles watched, learnt with features"),
        "{out}"
    );
    let (code, out, _) = said(&run(dir.path(), &["recommend", "explain", "ash"]));
    assert_eq!(code, Some(0));
    assert!(
        out.contains("same category") && out.contains("Birch (birch)"),
        "{out}"
    );
    assert!(!out.contains("Cedar"), "{out}");
    let (code, _, err) = said(&run(dir.path(), &["recommend", "explain", "oak"]));
    assert!(code == Some(1) && err.contains("\"oak\""), "{err}");
}

#[test]
fn serve_trains_by_itself_and_not_when_it_is_switched_off() {
    let dir = folder();
    import(dir.path());
    let jobs = |server: &Server, token: &str| -> Vec<Value> {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let answer = server
            .call("GET", "/operator/api/v1/jobs", &headers, b"")
            .json();
        answer["results"].as_array().unwrap().clone()
    };
    let mut off = marquee(dir.path());
    off.env("MARQUEE_RECOMMEND__ENABLED", "false");
    let mut server = Server::with(off);
    let token = server.token.clone().unwrap();
    assert!(jobs(&server, &token).is_empty());
    server.terminate();
    server.wait(PATIENCE);

    let server = Server::start(dir.path());
    until("a training", PATIENCE, || {
        jobs(&server, &token).iter().any(|job| {
            assert_ne!(job["state"], "failed", "{job}");
            job["kind"] == "recommend.train" && job["state"] == "done"
        })
    });
    let all = jobs(&server, &token);
    assert_eq!(all[0]["report"]["amasian"]["titles"], 3, "{all:?}");
}
