//! An operator is judged when all of a call is here, and again and again while records come in.

use axum::body::{Body, Bytes};
use axum::http::{Method, Request};
use futures_util::stream;
use marquee_domain::account::Role;
use marquee_domain::{DisplayName, UiLanguage};
use marquee_identity::{Address, Client, NewPerson, Password};
use marquee_storage::testing::{TestDb, on_both};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::harness::Operator;

on_both!(
    who_is_no_operator_any_more_does_nothing_with_a_late_body,
    records_of_who_is_no_operator_any_more_are_not_taken,
);

/// The bearer of somebody new who is an operator, and their account.
async fn somebody(operator: &Operator, email: &str) -> (String, marquee_domain::account::Account) {
    let (address, password) = (Address::parse(email).unwrap(), Password::new("long enough"));
    let new = NewPerson {
        address: &address,
        password: Some(&password),
        display_name: &DisplayName::default(),
        role: Role::Operator,
        language: UiLanguage::En,
    };
    operator.identity.add_person(new).await.unwrap();
    let client = Client::nobody(UiLanguage::En);
    let done = operator
        .identity
        .sign_in(&address, &password, None, &client);
    let done = done.await.unwrap();
    (
        format!("Bearer {}", done.access_token.expose()),
        done.account,
    )
}

/// A call whose body comes by and by.
async fn call(
    operator: &Operator,
    (method, path): (Method, &str),
    bearer: &str,
    body: mpsc::Receiver<Bytes>,
) -> (u16, Value) {
    let body = stream::unfold(body, async |mut body| {
        let chunk = body.recv().await?;
        Some((Ok::<_, std::io::Error>(chunk), body))
    });
    let request = Request::builder()
        .method(method)
        .uri(format!("/operator/api/v1{path}"))
        .header("content-type", "application/json")
        .header("authorization", bearer);
    let request = request.body(Body::from_stream(body)).unwrap();
    operator.deliver(request).await
}

async fn who_is_no_operator_any_more_does_nothing_with_a_late_body(test: TestDb) {
    let operator = Operator::new(test).await;
    for (n, (method, path, body)) in [
        (
            Method::POST,
            "/people",
            json!({"email": "backdoor@example.org", "password": "long enough", "role": "operator"}),
        ),
        (Method::PATCH, "/people/x", json!({"suspended": true})),
        (
            Method::PUT,
            "/public-url",
            json!({"public_url": "http://elsewhere.example"}),
        ),
        (
            Method::PATCH,
            "/services/club",
            json!({"visibility": "members"}),
        ),
        (Method::POST, "/folders", json!({"path": "/somewhere"})),
        (
            Method::PUT,
            "/records/row_group/late",
            json!({"surface": "browser", "order": 1}),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let (bearer, account) = somebody(&operator, &format!("op{n}@example.org")).await;
        let (send, body_comes) = mpsc::channel(1);
        let end = async {
            // Its headers have been judged by now.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            operator
                .identity
                .set_role(&account, Role::Viewer)
                .await
                .unwrap();
            send.send(Bytes::from(body.to_string())).await.unwrap();
            drop(send);
        };
        let call = call(&operator, (method, path), &bearer, body_comes);
        let ((status, said), ()) = tokio::join!(call, end);
        assert_eq!(
            (status, &said["code"]),
            (401, &json!("OPERATOR_TOKEN_REQUIRED")),
            "{path}"
        );
    }
    assert!(operator.list("row_group").await.is_empty());
    let (_, people) = operator.call(Method::GET, "/people", None).await;
    assert!(!people.to_string().contains("backdoor"), "{people}");
}

async fn records_of_who_is_no_operator_any_more_are_not_taken(test: TestDb) {
    let operator = Operator::new(test).await;
    let (bearer, account) = somebody(&operator, "op@example.org").await;
    let (send, body_comes) = mpsc::channel(1);
    let record = |n: usize| {
        let record =
            json!({"kind": "content", "id": format!("late-{n}"), "type": "movie", "title": "Late"});
        Bytes::from(format!("{record}\n"))
    };
    let end = async {
        send.send(record(0)).await.unwrap();
        operator
            .identity
            .set_role(&account, Role::Viewer)
            .await
            .unwrap();
        // Longer than what is known of a caller holds.
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        for n in 1..100 {
            if send.send(record(n)).await.is_err() {
                break;
            }
        }
        drop(send);
    };
    let call = call(
        &operator,
        (Method::POST, "/import/catalog"),
        &bearer,
        body_comes,
    );
    let ((status, said), ()) = tokio::join!(call, end);
    assert_eq!(
        (status, &said["code"]),
        (401, &json!("OPERATOR_TOKEN_REQUIRED")),
        "{said}"
    );
    assert!(operator.list("row_group").await.len() <= 1);
}
