//! The outbox: written with what it tells of, claimed once, tried again, emptied of its secrets.

use std::time::Duration;

use marquee_domain::{MailId, UiLanguage};
use marquee_storage::outbox::{self, KEPT_MS, Mail, Prospect, SealedLetter, State, TRIED_MS};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{Db, Statement};

on_both!(
    a_mail_is_claimed_by_one_and_sent,
    a_mail_that_cannot_be_sent_is_tried_for_three_days,
    a_mail_that_never_will_be_sent_is_given_up_with_its_reason,
    what_is_not_saved_is_not_sent,
    one_cause_asks_once,
    the_oldest_go_first_and_claimants_never_share_one,
    old_rows_and_forgotten_people_go,
    mails_to_an_address_are_listed_without_what_they_say,
    whoever_sends_is_woken_when_it_is_saved
);

const MINUTE: i64 = 60_000;

fn letter(sealed: &str) -> SealedLetter {
    SealedLetter {
        name: "sign_up_code".to_owned(),
        sealed: sealed.to_owned(),
    }
}

async fn add(db: &Db, to: &str, now: i64) {
    let mut unit = db.begin().await.unwrap();
    outbox::add(&mut unit, to, UiLanguage::ZhHant, &letter("hunter2"), now)
        .await
        .unwrap();
    unit.save().await.unwrap();
}

async fn claim(db: &Db, now: i64, limit: i64) -> Vec<Mail> {
    let mut unit = db.begin().await.unwrap();
    let mails = outbox::claim(&mut unit, now, MINUTE, limit).await.unwrap();
    unit.save().await.unwrap();
    mails
}

async fn claim_one(db: &Db, now: i64) -> Option<Mail> {
    claim(db, now, 1).await.pop()
}

async fn sent(db: &Db, id: MailId, now: i64) {
    let mut unit = db.begin().await.unwrap();
    outbox::sent(&mut unit, id, now).await.unwrap();
    unit.save().await.unwrap();
}

async fn fail(db: &Db, mail: &Mail, prospect: Prospect, now: i64) {
    let mut unit = db.begin().await.unwrap();
    outbox::fail(&mut unit, mail, "no\0 route", prospect, now)
        .await
        .unwrap();
    unit.save().await.unwrap();
}

/// State, parameters and reason of the only mail.
async fn row(test: &TestDb) -> (String, String, String) {
    let mut reader = test.db.reader();
    let q: &mut dyn marquee_storage::Query = &mut reader;
    let sql = Statement::new("SELECT state, parameters, reason FROM mails");
    let row = q.row(sql).await.unwrap().unwrap();
    let text = |column| row.text(column).unwrap();
    (text(0), text(1), text(2))
}

async fn a_mail_is_claimed_by_one_and_sent(test: TestDb) {
    add(&test.db, "ann@example.org", 10).await;
    assert_eq!(claim(&test.db, 9, 1).await, []);
    let mail = claim_one(&test.db, 10).await.unwrap();
    assert_eq!(
        (mail.to.as_str(), mail.language),
        ("ann@example.org", UiLanguage::ZhHant)
    );
    assert_eq!(mail.letter, letter("hunter2"));
    assert_eq!((mail.attempts, mail.created_at), (1, 10));
    assert_eq!(claim(&test.db, 10 + MINUTE - 1, 1).await, []);
    sent(&test.db, mail.id, 20).await;
    assert_eq!(claim(&test.db, 10 + 2 * MINUTE, 1).await, []);
    assert_eq!(row(&test).await, ("sent".into(), "".into(), "".into()));
    let count = outbox::count(&mut test.db.reader(), State::Sent).await;
    assert_eq!(count.unwrap(), 1);
}

async fn a_mail_that_cannot_be_sent_is_tried_for_three_days(test: TestDb) {
    add(&test.db, "ann@example.org", 0).await;
    let (mut now, mut tries) = (0, Vec::new());
    while let Some(mail) = claim_one(&test.db, now).await {
        tries.push(now / MINUTE);
        fail(&test.db, &mail, Prospect::Hope, now).await;
        let due = outbox::next_due(&mut test.db.reader()).await.unwrap();
        let Some(due) = due else { break };
        assert_eq!(claim(&test.db, due - 1, 1).await, []);
        now = due;
    }
    assert_eq!(&tries[..6], [0, 1, 3, 7, 15, 31]);
    assert_eq!(tries[10] - tries[9], 360);
    assert!(now < TRIED_MS && now > TRIED_MS - 6 * 60 * MINUTE);
    let (state, parameters, reason) = row(&test).await;
    assert_eq!(
        (state.as_str(), parameters.as_str(), reason.as_str()),
        ("given_up", "", "no route")
    );
}

async fn a_mail_that_never_will_be_sent_is_given_up_with_its_reason(test: TestDb) {
    add(&test.db, "nobody@example.org", 0).await;
    let first = claim_one(&test.db, 0).await.unwrap();
    // Its lease lapses, somebody else has it now.
    let second = claim_one(&test.db, MINUTE).await.unwrap();
    assert_eq!((second.id, second.attempts), (first.id, 2));
    fail(&test.db, &first, Prospect::None, MINUTE).await;
    let (state, parameters, _) = row(&test).await;
    assert_eq!(state, "waiting", "the late one is not listened to");
    assert!(parameters.contains("hunter2"));
    fail(&test.db, &second, Prospect::None, MINUTE).await;
    let (state, parameters, reason) = row(&test).await;
    assert_eq!(
        (state.as_str(), parameters.as_str(), reason.as_str()),
        ("given_up", "", "no route")
    );
}

async fn what_is_not_saved_is_not_sent(test: TestDb) {
    let mut unit = test.db.begin().await.unwrap();
    outbox::add(&mut unit, "a@b", UiLanguage::En, &letter("1"), 0)
        .await
        .unwrap();
    drop(unit);
    assert_eq!(claim(&test.db, 10, 1).await, []);
}

async fn one_cause_asks_once(test: TestDb) {
    for (key, to, added) in [
        ("family:7", "a@b", true),
        ("family:7", "c@d", false),
        ("family:8", "a@b", true),
    ] {
        let mut unit = test.db.begin().await.unwrap();
        let did = outbox::add_once(&mut unit, key, to, UiLanguage::Ko, &letter("1"), 0).await;
        assert_eq!(did.unwrap(), added, "{key} {to}");
        unit.save().await.unwrap();
    }
    assert_eq!(claim(&test.db, 0, 10).await.len(), 2);
}

async fn the_oldest_go_first_and_claimants_never_share_one(test: TestDb) {
    for n in 0..40 {
        add(&test.db, &format!("{n}@example.org"), 0).await;
    }
    let first: Vec<String> = claim(&test.db, 0, 3)
        .await
        .into_iter()
        .map(|m| m.to)
        .collect();
    assert_eq!(first, ["0@example.org", "1@example.org", "2@example.org"]);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let db = test.db.clone();
        tasks.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let some = claim(&db, 0, 2).await;
                if some.is_empty() && outbox::next_due(&mut db.reader()).await.unwrap() > Some(0) {
                    return mine;
                }
                mine.extend(some.into_iter().map(|mail| mail.id));
            }
        });
    }
    let mut all: Vec<MailId> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(all.len(), 37);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 37);
}

async fn old_rows_and_forgotten_people_go(test: TestDb) {
    for to in ["old@b", "late@b", "waits@b", "gone@b"] {
        add(&test.db, to, 0).await;
    }
    let mails = claim(&test.db, 0, 2).await;
    sent(&test.db, mails[0].id, 5).await;
    sent(&test.db, mails[1].id, 6).await;
    let mut unit = test.db.begin().await.unwrap();
    assert_eq!(outbox::purge(&mut unit, 4 + KEPT_MS, 10).await.unwrap(), 0);
    assert_eq!(outbox::purge(&mut unit, 5 + KEPT_MS, 10).await.unwrap(), 1);
    assert_eq!(outbox::forget(&mut unit, "gone@b").await.unwrap(), 1);
    unit.save().await.unwrap();
    let left: Vec<String> = claim(&test.db, MINUTE, 10)
        .await
        .into_iter()
        .map(|m| m.to)
        .collect();
    assert_eq!(left, ["waits@b"]);
}

async fn mails_to_an_address_are_listed_without_what_they_say(test: TestDb) {
    for (to, at) in [("a@b", 1), ("A@b", 2), ("a@b", 3), ("a@b", 4)] {
        add(&test.db, to, at).await;
    }
    let mails = claim(&test.db, MINUTE, 10).await;
    sent(&test.db, mails[0].id, 5).await;
    fail(&test.db, &mails[2], Prospect::None, 6).await;
    let listed = async |limit| {
        let mut reader = test.db.reader();
        outbox::to_address(&mut reader, "a@b", limit).await.unwrap()
    };
    let found = listed(10).await;
    let states: Vec<_> = found
        .iter()
        .map(|mail| (mail.created_at, mail.state, mail.finished_at))
        .collect();
    assert_eq!(
        states,
        [
            (4, State::Waiting, None),
            (3, State::GivenUp, Some(6)),
            (1, State::Sent, Some(5)),
        ]
    );
    assert_eq!(found[0].letter, "sign_up_code");
    assert_eq!(listed(1).await, found[..1]);
}

async fn whoever_sends_is_woken_when_it_is_saved(test: TestDb) {
    let waits = || tokio::time::timeout(Duration::from_millis(50), test.db.mail_added());
    assert!(waits().await.is_err());
    let mut unit = test.db.begin().await.unwrap();
    outbox::add(&mut unit, "a@b", UiLanguage::En, &letter("1"), 0)
        .await
        .unwrap();
    assert!(waits().await.is_err(), "not before it is saved");
    unit.save().await.unwrap();
    assert!(waits().await.is_ok());
}
