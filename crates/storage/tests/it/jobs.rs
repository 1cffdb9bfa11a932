//! Jobs.

use marquee_storage::jobs;
use marquee_storage::testing::{TestDb, on_both};

on_both!(
    a_job_is_claimed_once_and_ends,
    a_lapsed_claim_may_be_taken_again,
    claimants_never_share_a_job,
    a_kind_is_asked_for_once_while_it_is_open
);

async fn claim(test: &TestDb, now: i64) -> Option<jobs::Job> {
    let mut unit = test.db.begin().await.unwrap();
    let job = jobs::claim(&mut unit, now, 100).await.unwrap();
    unit.save().await.unwrap();
    job
}

async fn add(test: &TestDb, run_at: i64) {
    let mut unit = test.db.begin().await.unwrap();
    jobs::add(&mut unit, "scan", "{}", run_at).await.unwrap();
    unit.save().await.unwrap();
}

async fn a_job_is_claimed_once_and_ends(test: TestDb) {
    add(&test, 10).await;
    assert!(claim(&test, 9).await.is_none(), "not due yet");
    let job = claim(&test, 10).await.unwrap();
    assert_eq!(
        (job.kind.as_str(), job.state.as_str(), job.attempts),
        ("scan", "running", 1)
    );
    assert!(claim(&test, 10).await.is_none());
    let mut unit = test.db.begin().await.unwrap();
    jobs::report_progress(&mut unit, job.id, 200, "{\"done\":1}")
        .await
        .unwrap();
    jobs::finish(&mut unit, job.id, "{}", 50).await.unwrap();
    assert!(
        jobs::finish(&mut unit, job.id, "{}", 50).await.is_err(),
        "a job ends once"
    );
    drop(unit);
    let mut unit = test.db.begin().await.unwrap();
    jobs::finish(&mut unit, job.id, "{}", 50).await.unwrap();
    unit.save().await.unwrap();
    let stored = jobs::lookup(&mut test.db.reader(), job.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (stored.state.as_str(), stored.finished_at),
        ("done", Some(50))
    );
}

async fn a_lapsed_claim_may_be_taken_again(test: TestDb) {
    add(&test, 0).await;
    let first = claim(&test, 0).await.unwrap();
    assert!(claim(&test, 99).await.is_none());
    let again = claim(&test, 100).await.unwrap();
    assert_eq!((again.id, again.attempts), (first.id, 2));
    let mut unit = test.db.begin().await.unwrap();
    jobs::fail(&mut unit, again.id, "no disk", 150, Some(300))
        .await
        .unwrap();
    unit.save().await.unwrap();
    assert!(claim(&test, 299).await.is_none());
    assert_eq!(claim(&test, 300).await.unwrap().error, "no disk");
}

async fn claimants_never_share_a_job(test: TestDb) {
    for _ in 0..20 {
        add(&test, 0).await;
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let db = test.db.clone();
        tasks.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let mut unit = db.begin().await.unwrap();
                let claimed = jobs::claim(&mut unit, 1, 1_000_000).await.unwrap();
                unit.save().await.unwrap();
                match claimed {
                    Some(job) => mine.push(job.id),
                    // On PostgreSQL a claim that lost its race finds nothing although there is more.
                    None if jobs::list(&mut db.reader(), 100)
                        .await
                        .unwrap()
                        .iter()
                        .all(|job| job.state != "queued") =>
                    {
                        return mine;
                    }
                    None => {}
                }
            }
        });
    }
    let mut all = Vec::new();
    while let Some(mine) = tasks.join_next().await {
        all.extend(mine.unwrap());
    }
    let total = all.len();
    all.sort();
    all.dedup();
    assert_eq!((total, all.len()), (20, 20));
}

async fn a_kind_is_asked_for_once_while_it_is_open(test: TestDb) {
    let ask = async |kind: &str| {
        let mut unit = test.db.begin().await.unwrap();
        let asked = jobs::add_unless_open(&mut unit, kind, "", 5).await.unwrap();
        unit.save().await.unwrap();
        asked
    };
    assert!(ask("train").await);
    assert!(!ask("train").await, "queued");
    assert!(ask("other").await);
    let job = claim(&test, 5).await.unwrap();
    assert_eq!(job.kind, "train");
    assert!(!ask("train").await, "running");
    let mut unit = test.db.begin().await.unwrap();
    jobs::finish(&mut unit, job.id, "{}", 6).await.unwrap();
    unit.save().await.unwrap();
    assert!(ask("train").await);
}
