//! A call is judged when all of it is here: a body that is held back keeps no session alive.

use axum::body::{Body, Bytes};
use axum::http::Method;
use futures_util::stream;
use marquee_identity::Client;
use serde_json::{Value, json};

use crate::accounts::{PASSWORD, SAM, Session};
use crate::harness::TestApp;

/// The operations of the document that take a token and a body.
fn operations() -> Vec<(String, Method, String)> {
    let document: Value = serde_json::from_str(&marquee_api_odx::openapi::json()).unwrap();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let security = operation["security"].as_array().into_iter().flatten();
            let bearer = security.filter_map(|scheme| scheme.get("bearerAuth"));
            if bearer.count() == 0 || operation.get("requestBody").is_none() {
                continue;
            }
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let id = operation["operationId"].as_str().unwrap();
            all.push((id.to_owned(), method, path.clone()));
        }
    }
    all
}

#[tokio::test]
async fn a_session_that_ends_while_the_body_comes_does_nothing_more() {
    let app = TestApp::with_catalog().await;
    app.sign_up(SAM, &[]).await;
    let film = app.ok("getContent", "/content/the-long-tide/", "en").await["id"].clone();
    // Good for whichever operation: what is not asked for does no harm.
    let body = json!({
        "source_id": film, "content_id": film, "type": "content", "last_position": 42,
        "display_name": "Not Sam", "password": PASSWORD, "current_password": PASSWORD,
        "new_password": "a better one", "new_email": "thief@example.com", "code": "123456",
        "email": "kim@example.com",
    });
    let body = Bytes::from(body.to_string());
    let operations = operations();
    assert!(operations.len() >= 9, "{operations:?}");
    for (id, method, path) in operations {
        // Sign-ins are counted; these are some minutes apart.
        app.clock.advance(120_000);
        let session = Session::of(&app.sign_in(SAM, PASSWORD).await);
        let bearer = session.bearer()[0];
        let token = bearer.1.trim_start_matches("Bearer ");
        let viewer = app.identity.viewer(token).await.unwrap();
        let (send, wait) = tokio::sync::oneshot::channel::<Bytes>();
        let late = Body::from_stream(stream::once(wait));
        let headers = [
            ("service-name", "amasian"),
            bearer,
            ("content-type", "application/json"),
        ];
        let call = app.send(method, &path, &headers, late);
        let end = async {
            // Its headers have been judged by now.
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
            let nobody = Client::nobody(marquee_domain::UiLanguage::En);
            app.identity.sign_out(&viewer, &nobody).await.unwrap();
            send.send(body.clone()).unwrap();
        };
        let (answer, ()) = tokio::join!(call, end);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "TOKEN_INVALID"),
            "{id}"
        );
    }
    let session = Session::of(&app.sign_in(SAM, PASSWORD).await);
    assert_eq!(session.user["email"], SAM);
    assert_ne!(session.user["display_name"], "Not Sam");
    let bearer = session.bearer()[0];
    let favorites = app.get_with("/favorites/", &[bearer]).await;
    assert_eq!(favorites.json()["result"], json!([]));
}
