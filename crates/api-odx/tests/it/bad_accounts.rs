//! Bad input about accounts: every member of every body, addresses that look alike, codes, tokens, cookies, names.

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::accounts::{PASSWORD, Session};
use crate::harness::{Answer, TestApp};
use crate::schema::validate;

const SAM: &str = "sam@example.com";

async fn raw(app: &TestApp, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let all = [&[("service-name", "amasian")], headers].concat();
    app.send(Method::POST, path, &all, body).await
}

fn is(answer: &Answer, status: u16, code: &str, about: &str) {
    let text = String::from_utf8_lossy(&answer.bytes).into_owned();
    assert_eq!(answer.status, status, "{about}: {text}");
    assert_eq!(answer.code(), code, "{about}: {text}");
}

async fn profile(app: &TestApp, headers: &[(&str, &str)]) -> Answer {
    let path = (Method::GET, "/account/profile/");
    app.post("getProfile", path, headers, Value::Null).await
}

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

#[tokio::test]
async fn addresses_that_look_alike_are_others_and_spellings_are_the_same() {
    let app = TestApp::new().await;
    app.sign_up(SAM, &[]).await;
    let ask = async |address: &str| {
        app.clock.advance(3_600_000);
        let path = (Method::POST, "/auth/sign-up/request/");
        app.post("requestSignUpCode", path, &[], json!({"email": address}))
            .await
    };
    for same in [
        "SAM@EXAMPLE.COM",
        " sam@example.com ",
        "ｓａｍ@example.com",
        "sam@ＥＸＡＭＰＬＥ.com",
    ] {
        is(&ask(same).await, 409, "EMAIL_ALREADY_REGISTERED", same);
    }
    // Cyrillic; a zero for an o; another domain.
    for other in [
        "sаm@example.com",
        "sam@examp1e.com",
        "sam@еxample.com",
        "sam+tag@example.com",
    ] {
        assert_eq!(ask(other).await.status, 200, "{other}");
    }
    let long = format!("{}@example.com", "s".repeat(65));
    let longest = format!("sam@{}.com", "e".repeat(300));
    for none in [
        "sam",
        "sam@",
        "@example.com",
        "sam@localhost",
        "sam@@example.com",
        "sam@exam ple.com",
        "sam@.com",
        "sam@example.com\r\nBcc: kim@example.com",
        "sam@example.com,kim@example.com",
        "sam@example.com;kim@example.com",
        "\"sam\"@example.com",
        "sam@[127.0.0.1]",
        "sam.@example.com",
        "s..m@example.com",
        "<sam@example.com>",
        "sam@example.com\u{0}",
        "sam\u{200b}@example.com",
        "sam\u{202e}@example.com",
        "sam@xn--a.com",
        &long,
        &longest,
    ] {
        let answer = ask(none).await;
        is(&answer, 400, "VALIDATION_ERROR", none);
        assert!(answer.json()["messages"]["email"].is_object(), "{none}");
    }
}

#[tokio::test]
async fn codes_are_six_digits_and_televisions_codes_are_read_as_people_type_them() {
    let app = TestApp::new().await;
    let path = (Method::POST, "/auth/sign-up/request/");
    app.post("requestSignUpCode", path, &[], json!({"email": SAM}))
        .await;
    let code = app.code().await;
    let verify = async |code: &str| {
        let path = (Method::POST, "/auth/sign-up/verify/");
        app.post(
            "verifySignUpCode",
            path,
            &[],
            json!({"email": SAM, "code": code}),
        )
        .await
    };
    let (head, tail) = code.split_at(3);
    for form in [
        format!("{head} {tail}"),
        format!(" {code}"),
        format!("{code}0"),
        head.to_owned(),
    ] {
        is(&verify(&form).await, 400, "VALIDATION_ERROR", &form);
    }
    // Digits of other scripts are others, and count as tries.
    let wide: String = code
        .chars()
        .map(|c| char::from_u32(0xff10 - 0x30 + c as u32).unwrap())
        .collect();
    let arabic: String = code
        .chars()
        .map(|c| char::from_u32(0x660 - 0x30 + c as u32).unwrap())
        .collect();
    for form in [wide.as_str(), &arabic, "      ", "ABCDEF"] {
        let answer = verify(form).await;
        is(&answer, 400, "VERIFICATION_CODE_INVALID", form);
    }
    assert_eq!(verify(&code).await.status, 200);

    let kim = app.sign_up("kim@example.com", &[]).await;
    let show = (Method::POST, "/auth/ctv/activation/");
    let answer = app
        .post("requestCtvActivation", show, &[("did", "tv")], Value::Null)
        .await;
    let shown = answer.json()["result"]["code"].as_str().unwrap().to_owned();
    let confirm = async |code: &str| {
        let path = (Method::POST, "/auth/ctv/activation/confirm/");
        app.post(
            "confirmCtvActivation",
            path,
            &kim.bearer(),
            json!({"code": code}),
        )
        .await
    };
    for other in ["ACDF346", "ACDF34670", "ÀCDF3467", "%00", "' OR 1=1"] {
        is(
            &confirm(other).await,
            404,
            "ACTIVATION_CODE_NOT_FOUND",
            other,
        );
    }
    let typed = format!(" {}-{} ", &shown[..4].to_lowercase(), &shown[4..]);
    assert_eq!(confirm(&typed).await.status, 200, "{typed}");
}

#[tokio::test]
async fn tokens_and_cookies_in_each_others_place_open_nothing() {
    let app = TestApp::new().await;
    let sam = app.sign_up(SAM, &[]).await;
    let access = sam.bearer()[0]
        .1
        .strip_prefix("Bearer ")
        .unwrap()
        .to_owned();
    let refresh = |cookie: String| {
        let app = &app;
        async move {
            let path = (Method::POST, "/auth/refresh/");
            app.post(
                "refreshAccessToken",
                path,
                &[("cookie", &cookie)],
                Value::Null,
            )
            .await
        }
    };
    let cookie = format!("refresh_token={}", sam.refresh);
    // A cookie alone is nobody; a refresh token is no access token; and the other way round.
    is(
        &profile(&app, &[("cookie", &cookie)]).await,
        401,
        "AUTHENTICATION_REQUIRED",
        "cookie",
    );
    let bearer = format!("Bearer {}", sam.refresh);
    is(
        &profile(&app, &[("authorization", &bearer)]).await,
        401,
        "TOKEN_INVALID",
        "refresh token",
    );
    let answer = refresh(format!("refresh_token={access}")).await;
    is(&answer, 401, "REFRESH_TOKEN_INVALID", "access token");
    // What is forged and comes beside a good cookie is refused; nobody is who two headers say.
    let forged = [
        ("authorization", "Bearer x.y.z"),
        ("cookie", cookie.as_str()),
    ];
    is(
        &profile(&app, &forged).await,
        401,
        "TOKEN_INVALID",
        "forged and a cookie",
    );
    let both = [sam.bearer()[0], ("authorization", "Bearer x.y.z")];
    is(
        &profile(&app, &both).await,
        401,
        "TOKEN_INVALID",
        "two headers",
    );
    // Without a signature, whatever is named as the way of signing.
    let [_, claims, _] = access.split('.').collect::<Vec<_>>().try_into().unwrap();
    for header in ["none", "None", "HS256", "RS256", ""] {
        let header = json!({"alg": header, "typ": "at+jwt"}).to_string();
        let header = URL_SAFE_NO_PAD.encode(header);
        for token in [
            format!("Bearer {header}.{claims}."),
            format!("Bearer {header}.{claims}.AAAA"),
        ] {
            is(
                &profile(&app, &[("authorization", &token)]).await,
                401,
                "TOKEN_INVALID",
                &token,
            );
        }
    }
    for spelled in ["Bearer", "Bearer ", "bearer\tx", "Token x"] {
        let headers = [("authorization", spelled)];
        let answer = raw(&app, "/account/sign-out-all/", &headers, Vec::new()).await;
        assert!(
            (400..500).contains(&answer.status),
            "{spelled:?}: {}",
            answer.status
        );
    }
    // Twice and different: somebody planted one. Nothing of it ends the session.
    for bad in [
        format!("refresh_token=x; {cookie}"),
        format!("{cookie}; refresh_token="),
        format!("refresh_token=\"{}\"", sam.refresh),
        format!("REFRESH_TOKEN={}", sam.refresh),
        "refresh_token".to_owned(),
        format!("refresh_token={}", "A".repeat(60_000)),
    ] {
        is(
            &refresh(bad.clone()).await,
            401,
            "REFRESH_TOKEN_INVALID",
            &bad[..bad.len().min(40)],
        );
    }
    assert_eq!(refresh(format!("{cookie}; {cookie}")).await.status, 200);
}

#[tokio::test]
async fn names_are_text_of_any_script_and_rule_nothing() {
    let app = TestApp::new().await;
    let sam: Session = app.sign_up(SAM, &[]).await;
    let rename = async |name: &str| {
        let path = (Method::PATCH, "/account/profile/");
        app.post(
            "updateProfile",
            path,
            &sam.bearer(),
            json!({"display_name": name}),
        )
        .await
    };
    let (hundred, more) = ("𝒮".repeat(100), "𝒮".repeat(101));
    for good in ["𠮷野家 🎬", "한국어", "<b>&\"'", hundred.as_str()] {
        let answer = rename(good).await;
        assert_eq!(answer.status, 200, "{good}");
        let shown = profile(&app, &sam.bearer()).await.json();
        assert_eq!(shown["result"]["display_name"], good);
    }
    for bad in [
        "a\u{202e}b",
        "a\u{2066}b",
        "a\u{7}b",
        "a\nb",
        "a\0b",
        more.as_str(),
    ] {
        let answer = rename(bad).await;
        is(&answer, 400, "VALIDATION_ERROR", bad);
        assert!(answer.json()["messages"]["display_name"].is_object());
    }
    let answer = profile(&app, &sam.bearer()).await;
    assert_eq!(answer.json()["result"]["display_name"], hundred);
    let path = (Method::POST, "/auth/sign-in/");
    let body = json!({"email": SAM, "password": PASSWORD});
    assert_eq!(app.post("signIn", path, &[], body).await.status, 200);
}
