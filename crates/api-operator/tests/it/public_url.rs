//! The public address: shown, chosen, checked, and the configuration's where that names one.

use axum::http::Method;
use marquee_identity::PublicAddress;
use marquee_storage::testing::{TestDb, postgres, sqlite};
use serde_json::{Value, json};

use crate::harness::Operator;

const PATH: &str = "/public-url";

#[tokio::test]
async fn the_public_address_is_chosen_and_the_configuration_wins() {
    an_operator_chooses_it(sqlite().await).await;
    the_configuration_wins(sqlite().await).await;
    if let Some(test) = postgres().await {
        an_operator_chooses_it(test).await;
    }
}

async fn shown(operator: &Operator) -> (Value, Value) {
    let (status, body) = operator.call(Method::GET, "/status", None).await;
    assert_eq!(status, 200, "{body}");
    (
        body["public_url"].clone(),
        body["public_url_origin"].clone(),
    )
}

async fn an_operator_chooses_it(test: TestDb) {
    let operator = Operator::new(test).await;
    let choose = async |choice: Value| operator.call(Method::PUT, PATH, Some(&choice)).await;
    let usual = (json!("http://test.example"), json!("listening"));
    assert_eq!(shown(&operator).await, usual);
    let chosen = choose(json!({"public_url": "https://TV.example/"})).await;
    assert_eq!(chosen.0, 204, "{}", chosen.1);
    let tv = (json!("https://tv.example"), json!("choice"));
    assert_eq!(shown(&operator).await, tv);
    for bad in [
        json!({"public_url": "https://tv.example/app"}),
        json!({"public_url": "https://me@tv.example"}),
        json!({"public_url": "javascript:alert(1)"}),
        json!({"public_url": "http://0.0.0.0:80"}),
        json!({"public_url": ""}),
        json!({"public_url": 7}),
        json!({"public_url": "https://tv.example", "more": 1}),
        json!({}),
    ] {
        let (status, body) = choose(bad.clone()).await;
        // What is no such body at all is 422, as everywhere in this API.
        assert!(matches!(status, 400 | 422), "{bad}: {status} {body}");
        assert_eq!(body["code"], "VALIDATION_ERROR", "{bad}");
    }
    assert_eq!(shown(&operator).await, tv);
    for bearer in [None, Some("Bearer mqo_no")] {
        let body = Some(json!({"public_url": "https://evil.example"}).to_string());
        let (status, _) = operator.send(Method::PUT, PATH, bearer, body).await;
        assert_eq!(status, 401);
    }
    // Another node that opens the database later has it, too.
    let db = &operator.test.db;
    let other = PublicAddress::open(db, None, "http://other").await.unwrap();
    assert_eq!(&*other.live().current(), "https://tv.example");
    let (status, _) = choose(json!({"public_url": null})).await;
    assert_eq!(status, 204);
    assert_eq!(shown(&operator).await, usual);
}

async fn the_configuration_wins(test: TestDb) {
    let operator = Operator::configured(test, "https://named.example").await;
    let named = (json!("https://named.example"), json!("configuration"));
    assert_eq!(shown(&operator).await, named);
    let choice = json!({"public_url": "https://tv.example"});
    let (status, body) = operator.call(Method::PUT, PATH, Some(&choice)).await;
    assert_eq!((status, &body["code"]), (409, &json!("CONFIGURED")));
    assert_eq!(shown(&operator).await, named);
}
