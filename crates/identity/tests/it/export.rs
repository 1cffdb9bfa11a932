//! One's own data in one piece: what is over is in it for as long as it is kept, and what is not one's own is not.

use marquee_domain::account::Provider;
use marquee_identity::Address;
use marquee_storage::credentials::{self, SocialIdentity};
use marquee_storage::testing::{TestDb, on_both};
use serde_json::{Value, json};

use crate::fixture::{House, NOW, client, letters, mails, merge, somebody, viewer};

on_both!(
    sessions_that_are_over_and_mails_are_handed_out,
    accounts_that_went_in_are_named_while_they_can_come_out,
);

const DAY: i64 = 86_400_000;

/// One member of every entry of a list.
fn all<'a>(data: &'a Value, list: &str, member: &str) -> Vec<&'a Value> {
    let list = data[list].as_array().unwrap();
    list.iter().map(|entry| &entry[member]).collect()
}

async fn sessions_that_are_over_and_mails_are_handed_out(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    somebody(&node, "kim@example.com").await;
    somebody(&node, "sam@example.com").await;
    house.clock.advance(1000);
    let over = viewer(&node, "sam@example.com").await;
    node.sign_out(&over, &client()).await.unwrap();
    house.clock.advance(1000);
    let sam = viewer(&node, "sam@example.com").await;
    let identity = SocialIdentity {
        provider: Provider::Google,
        subject: "g-1".to_owned(),
        account: sam.id,
        email: "s@gmail.com".to_owned(),
        linked_at: NOW,
    };
    let mut unit = house.test.db.begin().await.unwrap();
    credentials::link_social(&mut unit, &identity)
        .await
        .unwrap();
    unit.save().await.unwrap();
    let account = node.person_of(&sam.uuid).await.unwrap().unwrap();
    let new = Address::parse("new@example.com").unwrap();
    node.request_address_change(&sam, &new, &client())
        .await
        .unwrap();
    mails(&house).await;

    let data = node.export(&sam, &client()).await.unwrap();
    assert_eq!(all(&data, "sessions", "ended"), [&Value::Null; 2]);
    assert_eq!(all(&data, "ended_sessions", "reason"), ["signed_out"]);
    assert_eq!(
        data["ended_sessions"][0]["ended"],
        json!("2023-11-14T22:13:21Z"),
        "{data}"
    );
    assert_eq!(data["account"]["waiting_email"], "new@example.com");
    assert!(all(&data, "login_methods", "subject").contains(&&json!("g-1")));
    assert!(
        all(&data, "events", "by")
            .iter()
            .all(|by| **by != Value::Null)
    );
    // That of the new address went to an address that is not Sam's yet.
    assert_eq!(data["mails"], json!([]));

    // An operator's mail waits; its words, the link among them, are nobody's to read here.
    node.send_reset(&account).await.unwrap();
    // No two begin at one moment: the list goes by that.
    house.clock.advance(1000);
    let sam = viewer(&node, "sam@example.com").await;
    let data = node.export(&sam, &client()).await.unwrap();
    assert_eq!(all(&data, "mails", "letter"), ["password_reset"]);
    assert_eq!(data["mails"][0]["state"], "waiting");
    assert_eq!(data["mails"][0]["finished"], Value::Null);
    assert_eq!(
        all(&data, "ended_sessions", "reason"),
        ["operator", "signed_out", "operator"],
        "the newest to begin first"
    );
    let told = data["events"].as_array().unwrap().iter();
    let told: Vec<_> = told.filter(|event| event["by"] == "operator").collect();
    assert_eq!(told[0]["detail"], "password reset", "{told:?}");
    let letters = letters(&house, &node).await;
    let marquee_domain::Letter::PasswordReset { page, .. } = &letters[0] else {
        panic!("{letters:?}");
    };
    let token = page.as_str().split_once("token=").unwrap().1;
    assert!(!data.to_string().contains(token));
    let data = node.export(&sam, &client()).await.unwrap();
    assert_eq!(data["mails"][0]["state"], "sent");
    assert!(data["mails"][0]["finished"].is_string());

    // A session that nobody came back to is over, too, and gone a month later.
    house.clock.advance(400 * DAY);
    let sam = viewer(&node, "sam@example.com").await;
    let data = node.export(&sam, &client()).await.unwrap();
    assert_eq!(data["ended_sessions"][0]["reason"], "lapsed");
    assert_eq!(data["sessions"].as_array().unwrap().len(), 1);
    let kim = viewer(&node, "kim@example.com").await;
    let others = node.export(&kim, &client()).await.unwrap().to_string();
    assert!(!others.contains("sam@example.com") && !others.contains("password_reset"));
}

async fn accounts_that_went_in_are_named_while_they_can_come_out(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    for email in ["a@example.com", "b@example.com", "c@example.com"] {
        somebody(&node, email).await;
    }
    let b = viewer(&node, "b@example.com").await;
    merge(&node, &b, "c@example.com").await;
    house.clock.advance(DAY);
    let a = viewer(&node, "a@example.com").await;
    merge(&node, &a, "b@example.com").await;
    let named = async || {
        let a = viewer(&node, "a@example.com").await;
        node.export(&a, &client()).await.unwrap()["merged_accounts"].clone()
    };
    assert_eq!(
        named().await,
        json!([
            {"email": "b@example.com", "merged": "2023-11-15T22:13:20Z", "can_come_out_until": "2023-12-15T22:13:20Z"},
            {"email": "c@example.com", "merged": "2023-11-14T22:13:20Z", "can_come_out_until": "2023-12-14T22:13:20Z"},
        ])
    );
    house.clock.advance(29 * DAY + 1);
    assert_eq!(
        all(&json!({"m": named().await}), "m", "email"),
        ["b@example.com"]
    );
    house.clock.advance(DAY);
    assert_eq!(named().await, json!([]));
}
