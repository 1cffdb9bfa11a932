//! Commands: what they say, what they store, how they end.

use std::path::Path;

use serde_json::Value;

use crate::binary::{PATIENCE, Server, demo, folder, movie, movies, run, said, until};

/// Runs an import of a file that holds these records; exit code and report.
fn import(dir: &Path, records: &str, flags: &[&str]) -> (Option<i32>, Value) {
    let file = dir.join("records.jsonl");
    std::fs::write(&file, records).unwrap();
    let mut arguments = vec!["import", "catalog", "--json", file.to_str().unwrap()];
    arguments.extend(flags);
    let (code, out, err) = said(&run(dir, &arguments));
    (
        code,
        serde_json::from_str(&out).unwrap_or_else(|_| panic!("{code:?} {out} {err}")),
    )
}

fn count(report: &Value) -> [u64; 4] {
    ["added", "updated", "unchanged", "rejected_count"].map(|name| report[name].as_u64().unwrap())
}

#[test]
fn an_import_with_rejections_ends_with_2_and_says_which() {
    let dir = folder();
    let records = format!(
        "{}\n{}\n",
        movie("a"),
        r#"{"id":"b","kind":"movie","titles":{"en":"B"},"year":"x"}"#
    );
    let (code, report) = import(dir.path(), &records, &[]);
    assert_eq!((code, count(&report)), (Some(2), [1, 0, 0, 1]));
    assert_eq!(
        (
            &report["rejected"][0]["line"],
            &report["rejected"][0]["field"]
        ),
        (&2.into(), &"year".into())
    );
    let file = dir.path().join("records.jsonl");
    let (code, out, err) = said(&run(
        dir.path(),
        &["import", "catalog", file.to_str().unwrap()],
    ));
    assert_eq!(
        (code, out.trim()),
        (
            Some(2),
            "0 added, 0 updated, 1 unchanged, 0 removed, 1 rejected"
        )
    );
    assert!(err.contains("records.jsonl:2 b [year]"), "{err}");
    let (code, report) = import(dir.path(), &movie("a"), &[]);
    assert_eq!((code, count(&report)), (Some(0), [0, 0, 1, 0]));
}

#[test]
fn strict_and_dry_runs_store_nothing_that_they_should_not() {
    let dir = folder();
    let bad = format!("{}\n{}\n", movie("a"), r#"{"id":"b","kind":"movie"}"#);
    let (code, report) = import(dir.path(), &bad, &["--strict"]);
    assert_eq!(
        (code, report["rejected_count"].as_u64()),
        (Some(2), Some(1))
    );
    let (code, _) = import(dir.path(), &bad, &["--dry-run"]);
    assert_eq!(code, Some(2));
    let (code, _) = import(dir.path(), &movie("a"), &["--dry-run"]);
    assert_eq!(code, Some(0));
    // Nothing of that was stored.
    let (code, report) = import(dir.path(), &movie("a"), &["--strict"]);
    assert_eq!((code, count(&report)), (Some(0), [1, 0, 0, 0]));
}

#[test]
fn packed_records_and_standard_input_are_read() {
    let dir = folder();
    let file = dir.path().join("records.jsonl.zst");
    std::fs::write(
        &file,
        zstd::encode_all(movies("z", 50).as_bytes(), 3).unwrap(),
    )
    .unwrap();
    let (code, out, err) = said(&run(dir.path(), &["add", file.to_str().unwrap()]));
    assert_eq!(
        (code, out.trim()),
        (
            Some(0),
            "50 added, 0 updated, 0 unchanged, 0 removed, 0 rejected"
        ),
        "{err}"
    );
    // Cut off in the middle, it is an error, and what came before is stored.
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() - 5]).unwrap();
    let (code, _, err) = said(&run(
        dir.path(),
        &["import", "catalog", file.to_str().unwrap()],
    ));
    assert_eq!(code, Some(1), "{err}");
    std::fs::write(&file, "not zstandard").unwrap();
    assert_eq!(
        said(&run(
            dir.path(),
            &["import", "catalog", file.to_str().unwrap()]
        ))
        .0,
        Some(1)
    );

    let mut command = crate::binary::marquee(dir.path());
    let input = std::fs::File::open({
        let plain = dir.path().join("plain");
        std::fs::write(&plain, movies("z", 50)).unwrap();
        plain
    });
    let output = command
        .args(["import", "catalog", "-"])
        .stdin(input.unwrap())
        .output()
        .unwrap();
    assert_eq!(
        said(&output).1.trim(),
        "0 added, 0 updated, 50 unchanged, 0 removed, 0 rejected"
    );
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_name() {
    let dir = folder();
    for arguments in [
        &["import", "catalog", "nowhere.jsonl"][..],
        &["import", "media", "nowhere"],
        &["add", "nowhere"],
        &["restore", "nowhere"],
        &["import", "catalog", "--service", "nowhere", "x"],
    ] {
        let (code, _, err) = said(&run(dir.path(), arguments));
        assert_eq!(code, Some(1), "{arguments:?}: {err}");
        assert!(err.contains("nowhere"), "{arguments:?}: {err}");
    }
}

#[test]
fn a_backup_restores_every_byte_into_another_folder() {
    let (from, to) = (folder(), folder());
    let catalog = demo("catalog.jsonl");
    let (code, _, err) = said(&run(
        from.path(),
        &["import", "catalog", catalog.to_str().unwrap()],
    ));
    assert_eq!(code, Some(0), "{err}");
    let file = from.path().join("all.backup");
    let file = file.to_str().unwrap();
    assert_eq!(said(&run(from.path(), &["backup", file])).0, Some(0));

    let (code, _, err) = said(&run(to.path(), &["restore", file]));
    assert_eq!(code, Some(0), "{err}");
    let again = to.path().join("all.backup");
    assert_eq!(
        said(&run(to.path(), &["backup", again.to_str().unwrap()])).0,
        Some(0)
    );
    assert!(
        std::fs::read(file).unwrap() == std::fs::read(&again).unwrap(),
        "the backups differ"
    );
    let pictures = |dir: &Path| std::fs::read_dir(dir.join("data/art")).unwrap().count();
    assert_eq!(pictures(from.path()), pictures(to.path()));

    // Only with force over something, and a damaged one changes nothing.
    let (code, _, err) = said(&run(to.path(), &["restore", file]));
    assert_eq!(code, Some(1));
    assert!(err.contains("--force"), "{err}");
    let bytes = std::fs::read(file).unwrap();
    let damaged = to.path().join("damaged");
    std::fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(
        said(&run(
            to.path(),
            &["restore", "--force", damaged.to_str().unwrap()]
        ))
        .0,
        Some(1)
    );
    assert_eq!(
        said(&run(to.path(), &["backup", again.to_str().unwrap()])).0,
        Some(0)
    );
    assert!(
        std::fs::read(&again).unwrap() == bytes,
        "the damaged backup changed something"
    );
    assert_eq!(
        said(&run(to.path(), &["restore", "--force", file])).0,
        Some(0)
    );
}

#[test]
fn a_running_server_shows_what_was_restored_beside_it() {
    let dir = folder();
    let server = Server::start(dir.path());
    let token = server.token.clone().unwrap();
    let count = || {
        let service = [("service-name", "amasian")];
        let list = server
            .call("GET", "/odx/api/v4/content/", &service, b"")
            .json();
        list["result"]["count"].as_u64().unwrap()
    };
    server.import(&token, &movies("a", 1)).unwrap();
    assert_eq!(said(&run(dir.path(), &["backup", "one"])).0, Some(0));
    // The catalog moves on before the backup is restored, and again after it.
    for n in 0..5 {
        server
            .import(&token, &movies(&format!("b{n}-"), 1))
            .unwrap();
        assert_eq!(count(), n + 2);
    }
    assert_eq!(
        said(&run(dir.path(), &["restore", "--force", "one"])).0,
        Some(0)
    );
    until("what was restored", PATIENCE, || count() == 1);
    for n in 0..8 {
        let answer = server
            .import(&token, &movies(&format!("c{n}-"), 2))
            .unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(count(), 1 + 2 * (n + 1));
    }
}

#[test]
fn doctor_and_config_look_without_breaking_anything() {
    let dir = folder();
    let (code, out, _) = said(&run(dir.path(), &["config", "print"]));
    assert_eq!(code, Some(0));
    assert!(
        out.contains("data_dir") && !out.contains("durability"),
        "{out}"
    );
    assert_eq!(said(&run(dir.path(), &["config", "check"])).0, Some(0));
    let (code, out, err) = said(&run(dir.path(), &["doctor"]));
    assert_eq!(code, Some(0), "{out} {err}");
    assert!(out.contains("database: sqlite answers"), "{out}");
}

#[test]
fn names_on_the_command_line_follow_the_rule_of_sign_up() {
    let dir = folder();
    let long = "a".repeat(101);
    for (name, because) in [
        ("a\u{202e}b", "not text"),
        ("a\nb", "not text"),
        (long.as_str(), "at most 100"),
    ] {
        let add = ["user", "add", "kim@example.com", "--name", name];
        let (code, out, err) = said(&run(dir.path(), &add));
        assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
        assert!(err.contains(because), "{err}");
    }
    let (code, _, err) = said(&run(
        dir.path(),
        &["user", "add", "kim@example.com", "--name", "Kim"],
    ));
    assert_eq!(code, Some(0), "{err}");
}

#[test]
fn every_command_has_a_manual_page() {
    let dir = folder();
    let pages = dir.path().join("man");
    std::fs::create_dir(&pages).unwrap();
    let (code, _, err) = said(&run(dir.path(), &["man", pages.to_str().unwrap()]));
    assert_eq!(code, Some(0), "{err}");
    let main = std::fs::read_to_string(pages.join("marquee.1")).unwrap();
    let named: Vec<String> = main
        .lines()
        .filter_map(|line| Some(line.strip_prefix("marquee\\-")?.replace("(1)", ".1")))
        .collect();
    assert!(named.len() > 10, "{main}");
    for page in named.iter().filter(|page| *page != "help.1") {
        let text = std::fs::read_to_string(pages.join(format!("marquee-{page}")));
        assert!(text.unwrap().contains(".SH OPTIONS"), "{page}");
    }
    let (code, _, err) = said(&run(dir.path(), &["man", "nowhere"]));
    assert_eq!(code, Some(1), "{err}");
}
