//! Every member of every body with what it must not be, and bodies that are no objects.

use axum::http::Method;
use serde_json::{Value, json};

use super::{SAM, is, raw};
use crate::harness::TestApp;
use crate::schema::validate;

/// A body in which everything has the right form.
fn sound(member: &str) -> Value {
    match member {
        "code" => json!("123456"),
        "email" | "new_email" => json!("kim@example.com"),
        "otp" => json!("654321"),
        "provider" => json!("google"),
        "source_id" | "content_id" | "last_position" => json!(1),
        "type" => json!("content"),
        _ => json!("some words of it"),
    }
}

#[tokio::test]
async fn members_of_the_wrong_type_are_named_and_no_text_makes_a_server_error() {
    let document: Value = serde_json::from_str(&marquee_api_odx::openapi::json()).unwrap();
    let mut tried = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            let Some(schema) = schema else { continue };
            let schema = crate::contract::resolve(&document, schema);
            let id = operation["operationId"].as_str().unwrap();
            let members: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            for member in &members {
                let app = TestApp::new().await;
                let session = app.sign_up(SAM, &[]).await;
                let mut body: Value = members.iter().map(|name| (*name, sound(name))).collect();
                // Two ways to prove oneself: what belongs to the other one is not looked at.
                if required.is_empty() && members.iter().any(|name| *name == "id_token") {
                    let social = ["provider", "id_token"];
                    let other: &[&str] = match social.contains(&member.as_str()) {
                        true => &["email", "password"],
                        false => &social,
                    };
                    body.as_object_mut()
                        .unwrap()
                        .retain(|name, _| !other.contains(&name.as_str()));
                }
                let needed = required.contains(&json!(member));
                for bad in [
                    json!(true),
                    json!([]),
                    json!({"$ne": 1}),
                    json!(-1.5),
                    json!(1e300),
                    Value::Null,
                ] {
                    let optional = bad.is_null() && !needed;
                    body[member.as_str()] = bad;
                    let answer = app
                        .post(id, (method.clone(), path), &session.bearer(), body.clone())
                        .await;
                    let text = String::from_utf8_lossy(&answer.bytes).into_owned();
                    if optional {
                        assert!(answer.status < 500, "{id} {body}: {text}");
                        continue;
                    }
                    is(&answer, 400, "VALIDATION_ERROR", id);
                    assert!(
                        answer.json()["messages"][member.as_str()].is_object(),
                        "{id} {body}: {text}"
                    );
                    tried += 1;
                }
                let long = "x".repeat(60_000);
                for odd in [
                    "",
                    " ",
                    "a\0b",
                    "\u{202e}",
                    "😀",
                    "' OR 1=1 --",
                    "a\r\nb: c",
                    &long,
                ] {
                    body[member.as_str()] = json!(odd);
                    let answer = app
                        .post(id, (method.clone(), path), &session.bearer(), body.clone())
                        .await;
                    assert!(answer.status < 500, "{id} {member}: {}", answer.json());
                }
                if needed {
                    body.as_object_mut().unwrap().remove(member.as_str());
                    let answer = app
                        .post(id, (method.clone(), path), &session.bearer(), body)
                        .await;
                    is(&answer, 400, "VALIDATION_ERROR", id);
                    assert!(
                        answer.json()["messages"][member.as_str()].is_object(),
                        "{id}"
                    );
                }
            }
        }
    }
    assert!(tried > 150, "{tried}");
}

#[tokio::test]
async fn bodies_that_are_no_objects_are_refused() {
    let app = TestApp::new().await;
    let path = "/auth/sign-in/";
    let json_type = [("content-type", "application/json")];
    let deep = [vec![b'['; 60_000], b"]".to_vec()].concat();
    let twice = br#"{"email":"sam@example.com","email":1,"password":"x"}"#;
    for body in [
        &b""[..],
        b"null",
        b"[]",
        b"\"x\"",
        b"{",
        b"{}{}",
        b"\xff\xfe{}",
        b"email=sam",
        &deep,
        br#"{"email":"\ud800","password":"x"}"#,
        twice,
        br#"{"email":{"email":"sam@example.com"}}"#,
    ] {
        let answer = raw(&app, path, &json_type, body.to_vec()).await;
        is(
            &answer,
            400,
            "VALIDATION_ERROR",
            &String::from_utf8_lossy(&body[..body.len().min(60)]),
        );
        validate("signIn", 400, &answer.json());
    }
    let sound = json!({"email": SAM, "password": "x"})
        .to_string()
        .into_bytes();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
        "",
    ] {
        let answer = raw(&app, path, &[("content-type", kind)], sound.clone()).await;
        is(&answer, 415, "UNSUPPORTED_MEDIA_TYPE", kind);
    }
    let answer = raw(&app, path, &json_type, vec![b' '; (64 << 10) + 1]).await;
    is(&answer, 413, "PAYLOAD_TOO_LARGE", "65 KiB");
}
