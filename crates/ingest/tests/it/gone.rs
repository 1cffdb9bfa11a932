//! What is only out of sight is not taken away: disks that are not mounted, folders that cannot be read.

use marquee_storage::testing::{TestDb, on_both};

use crate::bench::{Bench, counts};
use crate::folders::fill;

on_both!(
    an_empty_root_takes_nothing_away,
    a_root_that_is_gone_takes_nothing_away,
    a_folder_that_cannot_be_read_takes_nothing_away,
);

async fn an_empty_root_takes_nothing_away(test: TestDb) {
    let bench = Bench::new(test).await;
    fill(&bench);
    bench.scan().await;
    let stored = bench.keys("contents").await;
    std::fs::remove_dir_all(bench.media()).unwrap();
    std::fs::create_dir(bench.media()).unwrap();
    let report = bench.scan().await;
    assert_eq!(counts(&report), [0, 0, 0, 0, 1], "{report:#?}");
    assert!(report.rejected[0].reason.contains("is the disk mounted?"));
    assert_eq!(bench.keys("contents").await, stored);
}

async fn a_root_that_is_gone_takes_nothing_away(test: TestDb) {
    let bench = Bench::new(test).await;
    fill(&bench);
    bench.scan().await;
    let stored = bench.keys("contents").await;
    std::fs::remove_dir_all(bench.media()).unwrap();
    let folder = bench.folder().await;
    let options = marquee_ingest::scan::Options {
        art: marquee_artwork::Gallery::folder(bench.art()),
    };
    let error = marquee_ingest::scan::scan(
        bench.db(),
        &bench.clock,
        &folder,
        &options,
        &marquee_ingest::NoProgress,
    )
    .await
    .unwrap_err();
    assert!(error.to_string().contains("cannot be read"), "{error}");
    assert_eq!(bench.keys("contents").await, stored);
}

/// Runs a test of this binary again as somebody whom permissions bind. False when that cannot be done.
fn again_as_nobody(test: &str) -> bool {
    use std::os::unix::process::CommandExt;
    let Ok(itself) = std::env::current_exe() else {
        return false;
    };
    let run = std::process::Command::new(itself)
        .args([test, "--exact"])
        .current_dir("/")
        .env("TMPDIR", "/tmp")
        .uid(65534)
        .gid(65534)
        .output();
    match run {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(
                output.status.success() && said.contains("1 passed"),
                "{said}"
            );
            true
        }
        Err(_) => false,
    }
}

async fn a_folder_that_cannot_be_read_takes_nothing_away(test: TestDb) {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new(test).await;
    fill(&bench);
    bench.scan().await;
    let stored = bench.keys("contents").await;
    let locked = bench.media().join("Harbor/Season 01");
    let mode =
        |mode| std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o000);
    if std::fs::read_dir(&locked).is_ok() {
        let flavour = bench.db().flavour();
        let name = format!("gone::a_folder_that_cannot_be_read_takes_nothing_away::{flavour}");
        if !again_as_nobody(&name) {
            eprintln!(
                "skipped: permissions do not bind this user, and the test cannot run as another"
            );
        }
        return;
    }
    std::fs::remove_file(bench.media().join("Harbor/Season 02/Harbor S02E01.mp4")).unwrap();
    let report = bench.scan().await;
    mode(0o755);
    assert!(
        report
            .rejected
            .iter()
            .any(|r| r.reason.contains("cannot be read")),
        "{report:#?}"
    );
    // What is out of sight stays, with its season and series; what is gone for sure goes.
    assert_eq!(report.removed, 2, "{report:#?}");
    assert_eq!(bench.keys("contents").await.len(), stored.len() - 1);
    assert_eq!(
        (
            bench.keys("series").await.len(),
            bench.keys("seasons").await.len()
        ),
        (1, 1)
    );
    // Readable again, everything is as it was.
    let report = bench.scan().await;
    assert_eq!(
        (report.added, report.removed, report.rejected_count),
        (0, 0, 0),
        "{report:#?}"
    );
}
