//! Whoever has a copy of the database alone reads no mail that waits.

use marquee_domain::Letter;
use marquee_identity::Address;
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{Query, Statement, outbox};

use crate::fixture::{House, NOW, client, somebody};

on_both!(a_copy_of_the_database_tells_no_code_and_no_link,);

async fn a_copy_of_the_database_tells_no_code_and_no_link(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let ann = Address::parse("ann@example.org").unwrap();
    node.request_sign_up(&ann, &client()).await.unwrap();
    let sam = Address::parse("sam@example.org").unwrap();
    somebody(&node, sam.typed()).await;
    node.request_reset(&sam, &client()).await.unwrap();
    node.work_off().await.unwrap();

    let mut reader = house.test.db.reader();
    let q: &mut dyn Query = &mut reader;
    let sql = "SELECT id, recipient, language, letter, parameters, reason FROM mails";
    let rows = q.rows(Statement::new(sql)).await.unwrap();
    let stored: Vec<String> = rows
        .iter()
        .flat_map(|row| (1..6).map(|column| row.text(column).unwrap()))
        .collect();
    let mut unit = house.test.db.begin().await.unwrap();
    let mails = outbox::claim(&mut unit, NOW, 1_000, 100).await.unwrap();
    unit.save().await.unwrap();
    let mut secrets = 0;
    for mail in &mails {
        let secret = match node.letter(mail).await.unwrap() {
            Some(Letter::SignUpCode { code, .. }) => code,
            Some(Letter::PasswordReset { page, .. }) => page.as_str().to_owned(),
            Some(Letter::NewDevice { revoke, .. }) => revoke.as_str().to_owned(),
            other => panic!("{other:?}"),
        };
        assert!(stored.iter().all(|text| !text.contains(&secret)));
        secrets += 1;
    }
    assert!(secrets >= 2, "{secrets}");
}
