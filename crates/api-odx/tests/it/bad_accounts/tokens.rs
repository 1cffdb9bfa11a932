//! Tokens and cookies that are forged, or come in each other's place.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::{SAM, is, raw};
use crate::harness::TestApp;

#[tokio::test]
async fn tokens_and_cookies_in_each_others_place_open_nothing() {
    let app = TestApp::new().await;
    let sam = app.sign_up(SAM, &[]).await;
    let access = sam.bearer()[0]
        .1
        .strip_prefix("Bearer ")
        .unwrap()
        .to_owned();
    let cookie = format!("refresh_token={}", sam.refresh);
    // A cookie alone is nobody; a refresh token is no access token; and the other way round.
    is(
        &app.profile(&[("cookie", &cookie)]).await,
        401,
        "AUTHENTICATION_REQUIRED",
        "cookie",
    );
    let bearer = format!("Bearer {}", sam.refresh);
    is(
        &app.profile(&[("authorization", &bearer)]).await,
        401,
        "TOKEN_INVALID",
        "refresh token",
    );
    let answer = app.refresh(&access).await;
    is(&answer, 401, "REFRESH_TOKEN_INVALID", "access token");
    // What is forged and comes beside a good cookie is refused; nobody is who two headers say.
    let forged = [
        ("authorization", "Bearer x.y.z"),
        ("cookie", cookie.as_str()),
    ];
    is(
        &app.profile(&forged).await,
        401,
        "TOKEN_INVALID",
        "forged and a cookie",
    );
    let both = [sam.bearer()[0], ("authorization", "Bearer x.y.z")];
    is(
        &app.profile(&both).await,
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
                &app.profile(&[("authorization", &token)]).await,
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
            &app.refresh_by(&bad).await,
            401,
            "REFRESH_TOKEN_INVALID",
            &bad[..bad.len().min(40)],
        );
    }
    let twice = format!("{cookie}; {cookie}");
    assert_eq!(app.refresh_by(&twice).await.status, 200);
}
