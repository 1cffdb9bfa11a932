//! People: made, changed, suspended and signed out by operators.

use axum::http::Method;
use marquee_domain::UiLanguage;
use marquee_identity::{Address, Client, IdentityError, Password, Refusal};
use marquee_storage::testing::{TestDb, on_both};
use serde_json::json;

use crate::harness::Operator;

on_both!(
    operators_make_change_and_sign_out_people,
    bad_input_about_people_is_told_apart,
    names_of_people_rule_nothing,
    nothing_has_a_name_with_a_nul,
);

/// Signs somebody in past the faces, and returns the access token.
async fn sign_in(operator: &Operator, email: &str) -> Result<String, IdentityError> {
    let (address, password) = (Address::parse(email).unwrap(), Password::new("long enough"));
    let client = Client::nobody(UiLanguage::En);
    let done = operator
        .identity
        .sign_in(&address, &password, None, &client);
    Ok(done.await?.access_token.expose().to_owned())
}

async fn operators_make_change_and_sign_out_people(test: TestDb) {
    let operator = Operator::new(test).await;
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

async fn bad_input_about_people_is_told_apart(test: TestDb) {
    let operator = Operator::new(test).await;
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

async fn names_of_people_rule_nothing(test: TestDb) {
    let operator = Operator::new(test).await;
    let add = async |name: &str| {
        let new =
            json!({"email": "kim@example.com", "password": "long enough", "display_name": name});
        operator.call(Method::POST, "/people", Some(&new)).await
    };
    let (long, longest) = ("é".repeat(101), "é".repeat(100));
    for (name, reason) in [
        (
            "a\u{0}b",
            "display_name holds a character that is not text.",
        ),
        (
            "a\u{202e}b",
            "display_name holds a character that is not text.",
        ),
        ("a\nb", "display_name holds a character that is not text."),
        (
            long.as_str(),
            "display_name may have at most 100 characters.",
        ),
    ] {
        let (status, failed) = add(name).await;
        assert_eq!(
            (status, &failed["code"]),
            (400, &json!("VALIDATION_ERROR")),
            "{name:?}"
        );
        assert_eq!(failed["title"], reason, "{name:?}");
    }
    let (status, made) = add(&format!(" {} ", &longest[4..])).await;
    assert_eq!((status, &made["display_name"]), (201, &json!(longest[4..])));
}

async fn nothing_has_a_name_with_a_nul(test: TestDb) {
    let operator = Operator::new(test).await;
    let change = json!({"suspended": true});
    let record = json!({"titles": {"en": "A"}});
    let members = json!({"visibility": "members"});
    for (method, path, body, expected) in [
        (Method::GET, "/people/%00", None, 404),
        (Method::PATCH, "/people/a%00", Some(&change), 404),
        (Method::DELETE, "/people/%00/sessions", None, 404),
        (Method::POST, "/people/%00/reset-password", None, 404),
        (Method::GET, "/people?after=%00", None, 400),
        (Method::GET, "/people?after=a%00%40b.example", None, 400),
        (Method::PATCH, "/services/amasian%00", Some(&members), 404),
        (Method::PUT, "/records/channel/a%00", Some(&record), 404),
        (Method::DELETE, "/records/channel/%00", None, 404),
        (Method::DELETE, "/records/channel/a?service=%00", None, 400),
        (Method::GET, "/records/chan%00nel", None, 404),
        (Method::GET, "/records/channel?service=%00", None, 400),
        (Method::POST, "/import/catalog?service=a%00", None, 400),
        (Method::POST, "/folders/%00/scan", None, 404),
        (Method::GET, "/jobs/%00", None, 404),
        (Method::GET, "/%00", None, 404),
        // Nor what is no text at all.
        (Method::GET, "/people/%ff", None, 404),
        (Method::GET, "/people?after=a&after=b", None, 400),
        // A percent sign that was escaped itself is text.
        (Method::GET, "/people?after=%2500", None, 200),
    ] {
        let (status, answer) = operator.call(method.clone(), path, body).await;
        assert_eq!(status, expected, "{method} {path}: {answer}");
        if expected != 200 {
            assert!(answer["code"].is_string(), "{method} {path}: {answer}");
        }
        let (status, _) = operator.send(method, path, None, None).await;
        assert_eq!(status, 401, "{path}: who is asking comes first");
    }
    for (method, path, body) in [
        (
            Method::POST,
            "/people",
            json!({"email": "a\u{0}@b.example"}),
        ),
        (
            Method::POST,
            "/people",
            json!({"email": "a@b.example", "role": "viewer\u{0}"}),
        ),
        (Method::POST, "/folders", json!({"path": "/\u{0}"})),
        (
            Method::POST,
            "/folders",
            json!({"path": "/", "service": "\u{0}"}),
        ),
        (
            Method::PATCH,
            "/services/amasian",
            json!({"visibility": "members\u{0}"}),
        ),
        (
            Method::PUT,
            "/public-url",
            json!({"public_url": "http://a\u{0}.example"}),
        ),
        (
            Method::PUT,
            "/records/channel/a",
            json!({"titles": {"en": "\u{0}b"}}),
        ),
        (
            Method::PUT,
            "/records/channel/a",
            json!({"titles": {"e\u{0}": "b"}}),
        ),
        (
            Method::PUT,
            "/records/channel/a",
            json!({"titles": {"en": "b"}, "\u{0}": 1}),
        ),
    ] {
        let (status, answer) = operator.call(method, path, Some(&body)).await;
        assert_eq!(
            (status, &answer["code"]),
            (400, &json!("VALIDATION_ERROR")),
            "{body}"
        );
    }
    // What a person's mails are written in is the nearest language there is, and a password may hold any character.
    let new = json!({"email": "a@b.example", "language": "\u{0}", "password": "long\u{0}enough"});
    assert_eq!(
        operator.call(Method::POST, "/people", Some(&new)).await.0,
        201
    );
    let line = json!({"kind": "channel", "id": "a\u{0}b", "titles": {"en": "A"}}).to_string();
    let (status, report) = operator
        .call_text(Method::POST, "/import/catalog", line)
        .await;
    assert_eq!(
        (status, &report["rejected_count"]),
        (200, &json!(1)),
        "{report}"
    );
}
