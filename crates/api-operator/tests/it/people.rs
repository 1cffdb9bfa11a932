//! People: made, changed, suspended and signed out by operators.

use axum::http::Method;
use marquee_domain::UiLanguage;
use marquee_identity::{Address, Client, IdentityError, Password, Refusal};
use serde_json::json;

use crate::harness::Operator;

async fn operator() -> Operator {
    Operator::new(marquee_storage::testing::sqlite().await).await
}

/// Signs somebody in past the faces, and returns the access token.
async fn sign_in(operator: &Operator, email: &str) -> Result<String, IdentityError> {
    let (address, password) = (Address::parse(email).unwrap(), Password::new("long enough"));
    let client = Client::nobody(UiLanguage::En);
    let done = operator
        .identity
        .sign_in(&address, &password, None, &client);
    Ok(done.await?.access_token.expose().to_owned())
}

#[tokio::test]
async fn operators_make_change_and_sign_out_people() {
    let operator = operator().await;
    let new = json!({"email": "Op@example.com", "password": "long enough", "role": "operator"});
    let (status, made) = operator.call(Method::POST, "/people", Some(&new)).await;
    assert_eq!((status, &made["role"]), (201, &json!("operator")), "{made}");
    let (status, failed) = operator.call(Method::POST, "/people", Some(&new)).await;
    assert_eq!((status, &failed["code"]), (409, &json!("ADDRESS_TAKEN")));
    let uuid = made["uuid"].as_str().unwrap();

    // An operator's own token opens this API, until the role or the session ends.
    let token = format!(
        "Bearer {}",
        sign_in(&operator, "op@example.com").await.unwrap()
    );
    let status = async || {
        operator
            .send(Method::GET, "/status", Some(&token), None)
            .await
            .0
    };
    assert_eq!(status().await, 200);
    let person = format!("/people/{uuid}");
    let change = json!({"role": "viewer"});
    let (code, changed) = operator.call(Method::PATCH, &person, Some(&change)).await;
    assert_eq!((code, &changed["role"]), (200, &json!("viewer")));
    assert_eq!(status().await, 401);
    let viewer = format!(
        "Bearer {}",
        sign_in(&operator, "op@example.com").await.unwrap()
    );
    assert_eq!(
        operator
            .send(Method::GET, "/status", Some(&viewer), None)
            .await
            .0,
        401
    );

    let (_, detail) = operator.call(Method::GET, &person, None).await;
    assert_eq!(detail["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(detail["events"][0]["kind"], "signed_in");
    let sessions = format!("{person}/sessions");
    assert_eq!(operator.call(Method::DELETE, &sessions, None).await.0, 204);
    let (_, detail) = operator.call(Method::GET, &person, None).await;
    assert_eq!(detail["sessions"], json!([]));

    let suspend = json!({"suspended": true});
    let (_, changed) = operator.call(Method::PATCH, &person, Some(&suspend)).await;
    assert_eq!(changed["state"], "suspended");
    let refused = sign_in(&operator, "op@example.com").await;
    assert!(matches!(
        refused,
        Err(IdentityError::Refused(Refusal::AccountDisabled))
    ));
    let restore = json!({"suspended": false});
    operator.call(Method::PATCH, &person, Some(&restore)).await;
    assert!(sign_in(&operator, "op@example.com").await.is_ok());

    let (_, list) = operator.call(Method::GET, "/people", None).await;
    assert_eq!(list["people"][0]["email"], "Op@example.com");
    let (_, rest) = operator
        .call(Method::GET, "/people?after=op@EXAMPLE.com", None)
        .await;
    assert_eq!(rest["people"], json!([]));
}

#[tokio::test]
async fn bad_input_about_people_is_told_apart() {
    let operator = operator().await;
    for body in [
        json!({}),
        json!({"email": "nobody"}),
        json!({"email": "a@b.example", "role": "queen"}),
        json!({"email": "a@b.example", "password": "short"}),
        json!({"email": "a@b.example", "state": "active"}),
    ] {
        let (status, failed) = operator.call(Method::POST, "/people", Some(&body)).await;
        assert!(matches!(status, 400 | 422), "{body}: {status}");
        assert_eq!(failed["code"], "VALIDATION_ERROR", "{body}");
    }
    for (method, path) in [
        (Method::GET, "/people/x"),
        (Method::DELETE, "/people/x/sessions"),
        (Method::POST, "/people/x/reset-password"),
    ] {
        assert_eq!(operator.call(method.clone(), path, None).await.0, 404);
        assert_eq!(operator.send(method, path, None, None).await.0, 401);
    }
}
