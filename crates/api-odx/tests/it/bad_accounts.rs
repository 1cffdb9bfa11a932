//! Bad input about accounts: every member of every body, texts that people type, tokens and cookies.

mod bodies;
mod texts;
mod tokens;

use axum::http::Method;

use crate::harness::{Answer, TestApp};

const SAM: &str = "sam@example.com";

async fn raw(app: &TestApp, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let all = [&[("service-name", "amasian")], headers].concat();
    app.send(Method::POST, path, &all, body).await
}

/// That an answer has this status and code; `about` says which of many.
#[track_caller]
fn is(answer: &Answer, status: u16, code: &str, about: &str) {
    let text = String::from_utf8_lossy(&answer.bytes).into_owned();
    assert_eq!(answer.status, status, "{about}: {text}");
    assert_eq!(answer.code(), code, "{about}: {text}");
}
