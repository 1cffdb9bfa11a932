//! What callers do not learn, and what a crowd of them does to somebody else.

use marquee_domain::{Letter, PublicUrl};
use marquee_identity::testing::{FAST, fill_line};
use marquee_identity::{
    Address, HasherSettings, Identity, IdentitySettings, Password, PasswordRule, Proof, Refusal,
};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{Query as _, Statement};

use crate::fixture::{House, PASSWORD, client, mails, refusal, somebody, viewer};

on_both!(
    who_has_an_account_is_told_by_mail_and_nowhere_else,
    a_mail_that_waits_is_about_the_time_when_it_goes_out,
    the_password_of_the_next_address_opens_nothing,
    whoever_finds_the_line_full_has_not_tried,
    a_full_line_uses_up_no_proofs_of_an_account,
);

fn settings(tells_registration: bool) -> IdentitySettings {
    IdentitySettings {
        tells_registration,
        ..IdentitySettings::new(&PublicUrl::new("http://test.example"))
    }
}

/// What is mailed now, each with its reader.
async fn mailed(house: &House, node: &Identity) -> Vec<(String, Letter)> {
    let mut letters = Vec::new();
    for mail in mails(house).await {
        let letter = node.letter(&mail).await.unwrap().unwrap();
        letters.push((mail.to, letter));
    }
    letters
}

async fn who_has_an_account_is_told_by_mail_and_nowhere_else(test: TestDb) {
    let house = House::new(test);
    let node = house.node_with(FAST, settings(false));
    somebody(&node, "ann@example.org").await;
    mailed(&house, &node).await;
    // Written otherwise than when the account was made.
    let [ann, bob] = ["Ann@Example.org", "bob@example.org"].map(|a| Address::parse(a).unwrap());
    let password = Password::new("another one");
    for address in [&ann, &bob] {
        node.request_sign_up(address, &client()).await.unwrap();
        let registration = node.registration(address, &client()).await.unwrap();
        assert!(!registration.registered && registration.methods.is_empty());
        let with = (&password, PasswordRule::Experience);
        let complete = node.complete_sign_up(address, with, "", &client()).await;
        assert_eq!(refusal(complete), Some(Refusal::NotVerified));
        let again = node.request_sign_up(address, &client()).await;
        assert!(matches!(refusal(again), Some(Refusal::Slow(_))));
    }
    let letters = mailed(&house, &node).await;
    let told: Vec<(&str, &str)> = letters
        .iter()
        .map(|(to, letter)| (to.as_str(), letter.name()))
        .collect();
    let expected = [
        ("Ann@Example.org", "sign_up_known"),
        ("bob@example.org", "sign_up_code"),
    ];
    assert_eq!(told, expected);
}

async fn a_mail_that_waits_is_about_the_time_when_it_goes_out(test: TestDb) {
    let house = House::new(test);
    let node = house.node_with(FAST, settings(true));
    let ann = Address::parse("ann@example.org").unwrap();
    node.request_sign_up(&ann, &client()).await.unwrap();
    // The account comes on another way while the mail server is down.
    somebody(&node, "ann@example.org").await;
    let letters = mailed(&house, &node).await;
    let first = letters.first().map(|(_, letter)| letter.name());
    assert_eq!(first, Some("sign_up_known"));
}

async fn the_password_of_the_next_address_opens_nothing(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    // Read in the place of an account that is not there, so that both take the same time.
    somebody(&node, "mia@example.org").await;
    let sign_in = async |address: &str| {
        let (address, password) = (Address::parse(address).unwrap(), Password::new(PASSWORD));
        refusal(node.sign_in(&address, &password, None, &client()).await)
    };
    assert_eq!(sign_in("mia@example.org").await, None);
    for nobody in ["mi@example.org", "a@example.org", "zoe@example.org"] {
        assert_eq!(
            sign_in(nobody).await,
            Some(Refusal::CredentialsWrong),
            "{nobody}"
        );
    }
    let mut reader = house.test.db.reader();
    let about = "SELECT account FROM audit_events WHERE kind = 'sign_in_failed'";
    let rows = reader.rows(Statement::new(about)).await.unwrap();
    let about: Vec<String> = rows.iter().map(|row| row.text(0).unwrap()).collect();
    assert_eq!(about, ["", "", ""], "nothing is noted about a neighbour");
}

async fn whoever_finds_the_line_full_has_not_tried(test: TestDb) {
    let house = House::new(test);
    // Slow enough that nobody is done while the others ask.
    let slow = HasherSettings {
        memory_kib: 8192,
        passes: 3,
        hands: 1,
        waiting: 0,
    };
    let node = house.node_with(slow, settings(true));
    somebody(&node, "ann@example.org").await;
    let (ann, password) = (
        Address::parse("ann@example.org").unwrap(),
        Password::new(PASSWORD),
    );
    let client = client();
    // Three times as many as may try in ten minutes.
    let sign_ins = (0..30).map(|_| node.sign_in(&ann, &password, None, &client));
    let done = futures_util::future::join_all(sign_ins).await;
    let refused: Vec<Refusal> = done.into_iter().filter_map(refusal).collect();
    assert_eq!(refused, vec![Refusal::Busy(1); 29]);
}

async fn a_full_line_uses_up_no_proofs_of_an_account(test: TestDb) {
    let house = House::new(test);
    let one = HasherSettings {
        hands: 1,
        waiting: 0,
        ..FAST
    };
    let node = house.node_with(one, settings(true));
    for address in ["ann@example.org", "bob@example.org"] {
        somebody(&node, address).await;
    }
    let ann = viewer(&node, "ann@example.org").await;
    let (bob, password) = (
        Address::parse("bob@example.org").unwrap(),
        Password::new(PASSWORD),
    );
    let merge = async || {
        let proof = Proof::Password(&bob, &password);
        refusal(node.merge_accounts(&ann, (proof, None), &client()).await)
    };
    let change = async || {
        let new = Password::new("another one, as long");
        let set = (&new, PasswordRule::Experience);
        refusal(node.change_password(&ann, &password, set, &client()).await)
    };
    let line = fill_line(&node, 1);
    // Together three times as many as may be wrong in ten minutes.
    for _ in 0..15 {
        assert_eq!(merge().await, Some(Refusal::Busy(1)));
        assert_eq!(change().await, Some(Refusal::Busy(1)));
    }
    drop(line);
    assert_eq!((merge().await, change().await), (None, None));
}
