//! What is kept about somebody: shown to them and to nobody else, and gone with the account.

use std::io::BufRead as _;

use axum::http::Method;
use marquee_domain::letter::Letter;
use serde_json::{Value, json};

use super::{PASSWORD, SAM};
use crate::harness::TestApp;

#[tokio::test]
async fn ones_own_data_and_devices_are_shown_and_others_are_not() {
    let app = TestApp::new().await;
    let session = app
        .sign_up(SAM, &[("user-agent", "One"), ("x-device-type", "web")])
        .await;
    app.clock.advance(61_000);
    let kim = app.sign_up("kim@example.com", &[]).await;
    let path = (Method::GET, "/account/export/");
    let answer = app
        .post("exportAccount", path, &session.bearer(), json!({}))
        .await;
    let data = &answer.json()["result"];
    assert_eq!(data["account"]["email"], SAM);
    assert_eq!(data["sessions"][0]["app"], "One");
    assert!(
        data["events"]
            .as_array()
            .unwrap()
            .iter()
            .any(|event| event["kind"] == "signed_up")
    );
    // What is over is there as well, and what was mailed, without what it said.
    assert_eq!(data["ended_sessions"], json!([]));
    assert_eq!(data["merged_accounts"], json!([]));
    assert_eq!(data["events"][0]["by"], "viewer");
    assert_eq!(data["events"][0]["detail"], "");
    let mails = data["mails"].as_array().unwrap();
    assert_eq!(mails.len(), 1, "{data}");
    assert_eq!(
        (&mails[0]["letter"], &mails[0]["state"]),
        (&json!("sign_up_code"), &json!("sent"))
    );
    let list = (Method::GET, "/account/sessions/");
    let answer = app
        .post("listAccountSessions", list, &session.bearer(), json!({}))
        .await;
    let devices = answer.json()["result"].clone();
    assert_eq!(devices.as_array().unwrap().len(), 1);
    assert_eq!(
        (&devices[0]["device_type"], &devices[0]["is_current"]),
        (&json!("web"), &json!(true))
    );
    let end = format!("/account/sessions/{}/", devices[0]["id"].as_str().unwrap());
    let path = (Method::DELETE, end.as_str());
    // Somebody else's is as unknown as one that never was.
    let answer = app
        .post("endAccountSession", path.clone(), &kim.bearer(), json!({}))
        .await;
    answer.refuses(404, "NOT_FOUND");
    let answer = app
        .post("endAccountSession", path, &session.bearer(), json!({}))
        .await;
    assert_eq!(answer.status, 204);
    assert_eq!(app.profile(&session.bearer()).await.code(), "TOKEN_INVALID");
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_its_address_is_free() {
    let app = TestApp::with_catalog().await;
    let session = app.sign_up(SAM, &[]).await;
    let film = app.film().await;
    app.keep(&film, &session.bearer()).await;
    let uuid = session.user["uuid"].as_str().unwrap();
    assert!(
        tables_with(&app, uuid)
            .await
            .contains(&"favorites".to_owned())
    );
    assert!(
        tables_with(&app, SAM)
            .await
            .contains(&"accounts".to_owned())
    );
    let delete = async |proof: Value| {
        let path = (Method::DELETE, "/account/");
        app.post("deleteAccount", path, &session.bearer(), proof)
            .await
    };
    assert_eq!(delete(json!({})).await.code(), "VALIDATION_ERROR");
    let answer = delete(json!({"password": "not this one"})).await;
    answer.refuses(400, "PASSWORD_INCORRECT");
    let social = json!({"provider": "google", "id_token": format!("g {SAM}")});
    assert_eq!(
        delete(social).await.code(),
        "CREDENTIALS_INCORRECT",
        "whoever has a password shows it"
    );
    let answer = delete(json!({"password": PASSWORD})).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(app.profile(&session.bearer()).await.code(), "TOKEN_INVALID");
    assert_eq!(
        app.refresh(&session.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    assert_eq!(
        app.sign_in(SAM, PASSWORD).await.code(),
        "INVALID_CREDENTIALS"
    );
    // The log names the account by its public id alone, and one mail, the last, still has the address.
    assert_eq!(tables_with(&app, uuid).await, ["audit_events"]);
    assert_eq!(tables_with(&app, SAM).await, ["mails"]);
    let letters = app.letters().await;
    assert!(matches!(
        letters.as_slice(),
        [(to, Letter::AccountDeleted { .. })] if to == SAM
    ));
    app.clock.advance(61_000);
    let again = app.sign_up(SAM, &[]).await;
    assert_ne!(again.user["uuid"], session.user["uuid"]);
}

/// The tables of a backup in which a text is found.
async fn tables_with(app: &TestApp, text: &str) -> Vec<String> {
    let (files, mut bytes) = (tempfile::tempdir().unwrap(), Vec::new());
    marquee_storage::backup::dump(&app.test.db, files.path(), &mut bytes)
        .await
        .unwrap();
    let lines = std::io::BufReader::new(flate2::read::GzDecoder::new(bytes.as_slice())).lines();
    let (mut table, mut found) = (String::new(), Vec::new());
    for line in lines {
        let line = line.unwrap();
        let read: Value = serde_json::from_str(&line).unwrap();
        if let Some(name) = read["table"].as_str() {
            name.clone_into(&mut table);
        } else if line.contains(text) && found.last() != Some(&table) {
            found.push(table.clone());
        }
    }
    found
}
