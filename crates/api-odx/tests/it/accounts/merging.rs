//! Things of a device go into an account, and one account into another, which can be undone.

use axum::http::Method;
use marquee_domain::letter::Letter;
use serde_json::{Value, json};

use super::{PASSWORD, SAM, Session};
use crate::harness::TestApp;

#[tokio::test]
async fn a_device_is_merged_and_merging_again_changes_nothing() {
    let app = TestApp::with_catalog().await;
    let film = app.film().await;
    let tv = [("did", "tv")];
    app.keep(&film, &tv).await;
    let save = (Method::POST, "/continue-watching/");
    let body = json!({"content_id": film, "last_position": 42});
    app.post("saveContinueWatching", save, &tv, body).await;
    app.sign_up(SAM, &[]).await;
    let body = json!({"email": SAM, "password": PASSWORD});
    let answer = app.sign_in_with(&tv, body.clone()).await;
    assert_eq!(answer.json()["result"]["merge_needed"], true);
    let session = Session::of(&answer);
    let merge = (Method::POST, "/account/merge-device/");
    for _ in 0..2 {
        let headers = [tv[0], session.bearer()[0]];
        let answer = app
            .post("mergeDeviceData", merge.clone(), &headers, json!({}))
            .await;
        assert_eq!(
            answer.json()["result"],
            json!({"success": true, "device_id": "tv"})
        );
    }
    let answer = app.sign_in_with(&tv, body).await;
    assert_eq!(answer.json()["result"]["merge_needed"], false);
    let mine = app.kept(&session.bearer()).await;
    assert_eq!(mine.as_array().unwrap().len(), 1);
    assert_eq!(app.kept(&tv).await, json!([]));
    let answer = app
        .post("mergeDeviceData", merge, &session.bearer(), json!({}))
        .await;
    assert_eq!(answer.code(), "DEVICE_ID_REQUIRED");
}

#[tokio::test]
async fn two_accounts_become_one_and_two_again() {
    let app = TestApp::with_catalog().await;
    let film = app.film().await;
    let sam = app.sign_up(SAM, &[]).await;
    app.clock.advance(61_000);
    let kim = app.sign_up("kim@example.com", &[]).await;
    app.keep(&film, &kim.bearer()).await;
    app.letters().await;
    let merge = async |proof: Value| {
        let path = (Method::POST, "/account/merge/");
        app.post("mergeAccounts", path, &sam.bearer(), proof).await
    };
    let own = json!({"email": SAM, "password": PASSWORD});
    assert_eq!(merge(own).await.code(), "SAME_ACCOUNT");
    let wrong = json!({"email": "kim@example.com", "password": "not this one"});
    let answer = merge(wrong).await;
    answer.refuses(400, "CREDENTIALS_INCORRECT");
    for (body, field) in [
        (json!({}), "email"),
        (json!({"email": "kim@example.com"}), "password"),
        (json!({"provider": "google"}), "id_token"),
        (json!({"provider": "myspace", "id_token": "x"}), "provider"),
    ] {
        let answer = merge(body).await;
        assert!(
            answer.json()["messages"][field].is_object(),
            "{:?}",
            answer.json()
        );
    }
    let right = json!({"email": "Kim@example.com", "password": PASSWORD});
    let answer = merge(right.clone()).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    let count =
        async |session: &Session| app.kept(&session.bearer()).await.as_array().map(Vec::len);
    assert_eq!(count(&sam).await, Some(1));
    assert_eq!(app.profile(&kim.bearer()).await.code(), "TOKEN_INVALID");
    let answer = app.sign_in_with(&[], right.clone()).await;
    assert_eq!(answer.code(), "INVALID_CREDENTIALS");
    assert_eq!(merge(right.clone()).await.code(), "CREDENTIALS_INCORRECT");

    // Both addresses have the link that undoes it, which works once.
    let letters = app.letters().await;
    let to: Vec<&str> = letters.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, [SAM, "kim@example.com"]);
    let Some((_, Letter::AccountsMerged { undo, .. })) = letters.last() else {
        panic!("{letters:?}");
    };
    let token = undo.as_str().split_once("token=").unwrap().1;
    let nobody = marquee_identity::Client::nobody(marquee_domain::UiLanguage::En);
    assert_eq!(
        app.identity.undoable(token).await.unwrap().as_deref(),
        Some("kim@example.com")
    );
    assert!(!app.identity.undo_merge(&token[1..], &nobody).await.unwrap());
    assert!(app.identity.undo_merge(token, &nobody).await.unwrap());
    assert!(!app.identity.undo_merge(token, &nobody).await.unwrap());
    // Who was signed in may have come by an identity that went back.
    assert_eq!(app.profile(&sam.bearer()).await.code(), "TOKEN_INVALID");
    let sam = Session::of(&app.sign_in(SAM, PASSWORD).await);
    assert_eq!(count(&sam).await, Some(0));
    let answer = app.sign_in_with(&[], right).await;
    assert_eq!(count(&Session::of(&answer)).await, Some(1));
}
