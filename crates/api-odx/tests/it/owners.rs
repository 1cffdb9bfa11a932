//! What is somebody's stays theirs: every operation that goes by a token or a cookie, against things of others.
//!
//! Its parameters come from the contract. Each is known as the caller's own words, as the catalog's, or as the name
//! of somebody's thing; an operation that takes such a name has its attempt here, all others are decided by the token
//! alone. A new operation, and a new parameter, fail until somebody has said which it is.

mod stage;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use serde_json::{Value, json};

use self::stage::{SAM, Stage};
use crate::accounts::PASSWORD;
use crate::operations::operations;

/// What a caller says of itself and of its wishes.
const OWN_WORDS: &[&str] = &[
    "Service-Name",
    "Accept-Language",
    "X-Device-Type",
    "current_password",
    "display_name",
    "last_position",
    "new_password",
    "otp",
    "page",
    "page_size",
    "password",
    "type",
];

/// What the catalog holds, for everybody.
const CATALOGS: &[&str] = &["content_id", "slug", "source_id"];

/// What can be somebody else's, by the operations that take it.
const SOMEBODYS: &[(&str, &[&str])] = &[
    ("addFavorite", &["did"]),
    ("confirmCtvActivation", &["code"]),
    ("deleteAccount", &["id_token", "provider"]),
    ("endAccountSession", &["session_id"]),
    ("listCarousel", &["did"]),
    ("listFavorites", &["did"]),
    ("mergeAccounts", &["email", "id_token", "provider"]),
    ("mergeDeviceData", &["did"]),
    ("refreshAccessToken", &["did", "refresh_token"]),
    ("removeFavorite", &["did"]),
    ("requestEmailChange", &["new_email"]),
    ("saveContinueWatching", &["did"]),
    ("unlinkSocialAccount", &["provider"]),
    ("verifyEmailChange", &["code"]),
];

/// The operations that know who calls, and what each of them takes, cookies too.
fn parameters() -> BTreeMap<String, BTreeSet<String>> {
    let mut all = operations();
    all.retain(|_, operation| !operation.schemes.is_empty());
    all.into_iter()
        .map(|(id, mut operation)| {
            if operation.schemes.contains("refreshTokenCookie") {
                operation.names.insert("refresh_token".to_owned());
            }
            (id, operation.names)
        })
        .collect()
}

#[test]
fn every_operation_that_knows_its_caller_says_what_of_others_it_can_name() {
    let known: BTreeMap<&str, BTreeSet<&str>> = SOMEBODYS
        .iter()
        .map(|(id, names)| (*id, names.iter().copied().collect()))
        .collect();
    let all = parameters();
    assert_eq!(all.len(), 22, "{:?}", all.keys());
    for (id, names) in &all {
        let mut others: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        others.retain(|name| !OWN_WORDS.contains(name) && !CATALOGS.contains(name));
        let expected = known.get(id.as_str()).cloned().unwrap_or_default();
        assert_eq!(others, expected, "{id}: whose are these?");
    }
    for id in known.keys() {
        assert!(
            all.contains_key(*id),
            "{id} is no operation that knows its caller"
        );
    }
}

#[tokio::test]
async fn knowing_the_names_of_anothers_things_opens_and_changes_none_of_them() {
    // A device's own things go with its id, by the contract: the next test.
    for (operation, _) in SOMEBODYS.iter().filter(|(id, _)| *id != "mergeDeviceData") {
        let stage = Stage::new().await;
        let before = stage.sams().await;
        let (answer, status, code) = stage.attempt(operation).await;
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert_eq!(answer.status, status, "{operation}: {text}");
        assert!(
            code.is_empty() || answer.code() == code,
            "{operation}: {text}"
        );
        assert_eq!(
            stage.sams().await,
            before,
            "{operation} changed something of another's"
        );
        let kept = stage.app.refresh(&stage.television.refresh).await;
        assert_eq!(kept.status, 200, "{operation} ended a session of another's");
    }
}

/// By the contract a device's things belong to whoever has its id; what an account keeps on it does not.
#[tokio::test]
async fn a_merge_of_anothers_device_takes_nothing_of_the_account() {
    let stage = Stage::new().await;
    let before = stage.sams().await;
    let path = "/account/merge-device/";
    let answer = stage
        .by_kim("mergeDeviceData", Method::POST, path, Value::Null)
        .await;
    assert_eq!(answer.status, 200);
    let after = stage.sams().await;
    assert_eq!(after[..4], before[..4]);
    assert_eq!(after[4], json!([]), "the device's own went with it");
    assert_eq!(after.len(), before.len() - 1);
    assert_eq!(stage.app.sign_in(SAM, PASSWORD).await.status, 200);
}
