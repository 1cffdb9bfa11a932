//! Addresses that look alike, codes as people type them, names in any script.

use axum::http::Method;
use serde_json::json;

use super::{SAM, is};
use crate::accounts::PASSWORD;
use crate::harness::TestApp;

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
    let shown = app.show_code(&[("did", "tv")]).await;
    let shown = shown["code"].as_str().unwrap();
    for other in ["ACDF346", "ACDF34670", "ÀCDF3467", "%00", "' OR 1=1"] {
        let answer = app.confirm_code(&kim, other).await;
        is(&answer, 404, "ACTIVATION_CODE_NOT_FOUND", other);
    }
    let typed = format!(" {}-{} ", &shown[..4].to_lowercase(), &shown[4..]);
    let answer = app.confirm_code(&kim, &typed).await;
    assert_eq!(answer.status, 200, "{typed}");
}

#[tokio::test]
async fn names_are_text_of_any_script_and_rule_nothing() {
    let app = TestApp::new().await;
    let sam = app.sign_up(SAM, &[]).await;
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
        let shown = app.profile(&sam.bearer()).await.json();
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
    let answer = app.profile(&sam.bearer()).await;
    assert_eq!(answer.json()["result"]["display_name"], hundred);
    assert_eq!(app.sign_in(SAM, PASSWORD).await.status, 200);
}
