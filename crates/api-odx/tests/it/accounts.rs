//! Accounts: from a mailed code to the end of every session.

use axum::http::Method;
use marquee_domain::letter::Letter;
use marquee_domain::{Clock, account};
use marquee_storage::outbox;
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp};
use crate::schema::validate;

const SAM: &str = "Sam@Example.com";
pub(crate) const PASSWORD: &str = "long enough";

impl TestApp {
    /// A call of the service with a JSON body, whose answer must fit the contract.
    pub(crate) async fn post(
        &self,
        operation: &str,
        (method, path): (Method, &str),
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let mut all = vec![
            ("service-name", "amasian"),
            ("content-type", "application/json"),
        ];
        all.extend_from_slice(headers);
        let answer = self.send(method, path, &all, body.to_string()).await;
        if !answer.bytes.is_empty() {
            validate(operation, answer.status, &answer.json());
        }
        answer
    }

    /// The letters that wait, which are taken out of the outbox.
    pub(crate) async fn letters(&self) -> Vec<(String, Letter)> {
        let now = self.clock.now();
        let mut unit = self.test.db.begin().await.unwrap();
        let mails = outbox::claim(&mut unit, now, 1_000, 100).await.unwrap();
        for mail in &mails {
            outbox::sent(&mut unit, mail.id, now).await.unwrap();
        }
        unit.save().await.unwrap();
        let mut letters = Vec::new();
        for mail in mails {
            let letter = self.identity.letter(&mail).await.unwrap();
            letters.push((mail.to, letter.unwrap()));
        }
        letters
    }

    pub(crate) async fn code(&self) -> String {
        let letters = self.letters().await;
        match letters.last() {
            Some((_, Letter::SignUpCode { code, .. } | Letter::AddressChangeCode { code, .. })) => {
                code.clone()
            }
            other => panic!("a code was expected, not {other:?}"),
        }
    }

    /// Has a new password asked for; the token of the link that is mailed.
    pub(crate) async fn reset_token(&self, email: &str) -> String {
        let request = (Method::POST, "/auth/password-reset/request/");
        self.post(
            "requestPasswordReset",
            request,
            &[],
            json!({"email": email}),
        )
        .await;
        self.identity.work_off().await.unwrap();
        let letters = self.letters().await;
        let Some((_, Letter::PasswordReset { page, .. })) = letters.last() else {
            panic!("{letters:?}");
        };
        page.as_str().split_once("token=").unwrap().1.to_owned()
    }

    /// Signs somebody up, and returns their session.
    pub(crate) async fn sign_up(&self, email: &str, headers: &[(&str, &str)]) -> Session {
        let path = (Method::POST, "/auth/sign-up/request/");
        let answer = self
            .post("requestSignUpCode", path, &[], json!({"email": email}))
            .await;
        assert_eq!(answer.status, 200, "{:?}", answer.json());
        let code = self.code().await;
        let path = (Method::POST, "/auth/sign-up/verify/");
        let body = json!({"email": email, "code": code});
        let answer = self.post("verifySignUpCode", path, &[], body).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["result"]["verified"], true);
        let path = (Method::POST, "/auth/sign-up/complete/");
        let body = json!({"email": email, "password": PASSWORD, "display_name": "Sam"});
        let answer = self.post("completeSignUp", path, headers, body).await;
        assert_eq!(answer.status, 201, "{:?}", answer.json());
        Session::of(&answer)
    }

    async fn sign_in(&self, password: &str, otp: Option<&str>) -> Answer {
        let mut body = json!({"email": SAM, "password": password});
        if let Some(otp) = otp {
            body["otp"] = json!(otp);
        }
        let path = (Method::POST, "/auth/sign-in/");
        self.post("signIn", path, &[], body).await
    }

    async fn profile(&self, session: &Session) -> Answer {
        let path = (Method::GET, "/account/profile/");
        self.post("getProfile", path, &session.bearer(), json!({}))
            .await
    }

    pub(crate) async fn refresh(&self, cookie: &str) -> Answer {
        let cookie = format!("refresh_token={cookie}");
        let path = (Method::POST, "/auth/refresh/");
        self.post(
            "refreshAccessToken",
            path,
            &[("cookie", &cookie)],
            json!({}),
        )
        .await
    }
}

/// What a client holds after signing in.
#[derive(Clone)]
pub(crate) struct Session {
    header: String,
    pub(crate) refresh: String,
    pub(crate) user: Value,
}

impl Session {
    pub(crate) fn of(answer: &Answer) -> Self {
        let cookie = answer.header("set-cookie");
        let token = cookie.strip_prefix("refresh_token=").unwrap();
        let body = answer.json();
        let access = body["result"]["access_token"].as_str().unwrap().to_owned();
        Self {
            header: format!("Bearer {access}"),
            refresh: token.split(';').next().unwrap().to_owned(),
            user: body["result"]["user"].clone(),
        }
    }

    pub(crate) fn bearer(&self) -> [(&str, &str); 1] {
        [("authorization", &self.header)]
    }
}

#[tokio::test]
async fn somebody_signs_up_signs_in_refreshes_and_signs_out() {
    let app = TestApp::with_catalog().await;
    let first = app
        .sign_up(SAM, &[("did", "phone"), ("x-device-type", "mobile")])
        .await;
    assert_eq!(first.user["email"], SAM);
    assert_eq!(first.user["is_email_verified"], true);

    let answer = app.sign_in(PASSWORD, None).await;
    assert_eq!(answer.status, 200);
    let cookie = answer.header("set-cookie");
    for part in [
        "Path=/odx/api/v4/auth/",
        "Max-Age=2592000",
        "HttpOnly",
        "SameSite=Lax",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let second = Session::of(&answer);
    let profile = app.profile(&second).await;
    assert_eq!(profile.json()["result"]["uuid"], first.user["uuid"]);

    let answer = app.refresh(&second.refresh).await;
    assert_eq!(answer.status, 200);
    let third = Session::of(&answer);
    assert_ne!(third.refresh, second.refresh);
    assert_eq!(app.profile(&third).await.status, 200);

    let path = (Method::POST, "/auth/sign-out/");
    let answer = app.post("signOut", path, &third.bearer(), json!({})).await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").starts_with("refresh_token=; "));
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    let answer = app.profile(&third).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "TOKEN_INVALID")
    );
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    assert_eq!(
        app.refresh(&third.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    // The other session goes on.
    assert_eq!(app.profile(&first).await.status, 200);
}

#[tokio::test]
async fn a_spent_refresh_token_gets_its_successor_for_ten_seconds_and_ends_the_session_afterwards()
{
    let app = TestApp::new().await;
    let session = app.sign_up(SAM, &[]).await;
    let next = Session::of(&app.refresh(&session.refresh).await);
    app.clock.advance(9_000);
    // The answer was lost: the same successor, again.
    let again = Session::of(&app.refresh(&session.refresh).await);
    assert_eq!(next.refresh, again.refresh);
    // Its use ends the grace.
    let after = Session::of(&app.refresh(&next.refresh).await);
    let answer = app.refresh(&session.refresh).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "REFRESH_TOKEN_INVALID")
    );
    assert_eq!(answer.header("set-cookie"), "", "the winner's cookie stays");
    assert_eq!(
        app.refresh(&after.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    assert_eq!(app.profile(&after).await.code(), "TOKEN_INVALID");
    let letters = app.letters().await;
    assert!(matches!(letters.last(), Some((to, Letter::SessionRevoked { .. })) if to == SAM));

    // Too late without use is a replay as well.
    let session = Session::of(&app.sign_in(PASSWORD, None).await);
    let next = Session::of(&app.refresh(&session.refresh).await);
    app.clock.advance(10_001);
    assert_eq!(
        app.refresh(&session.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    assert_eq!(
        app.refresh(&next.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    for bad in ["x", "", &session.refresh[1..], &"A".repeat(70)] {
        assert_eq!(app.refresh(bad).await.code(), "REFRESH_TOKEN_INVALID");
    }
}

#[tokio::test]
async fn codes_are_counted_and_end() {
    let app = TestApp::new().await;
    let request = (Method::POST, "/auth/sign-up/request/");
    let resend = (Method::POST, "/auth/sign-up/resend/");
    let verify = (Method::POST, "/auth/sign-up/verify/");
    let address = json!({"email": SAM});
    app.post("requestSignUpCode", request.clone(), &[], address.clone())
        .await;
    let code = app.code().await;
    let answer = app
        .post("resendSignUpCode", resend.clone(), &[], address.clone())
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (429, "RATE_LIMITED")
    );
    assert!(answer.header("retry-after").parse::<u64>().unwrap() <= 60);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let body = json!({"email": SAM, "code": wrong});
        let answer = app
            .post("verifySignUpCode", verify.clone(), &[], body)
            .await;
        assert_eq!(answer.code(), "VERIFICATION_CODE_INVALID");
    }
    let body = json!({"email": SAM, "code": code});
    let answer = app
        .post("verifySignUpCode", verify.clone(), &[], body)
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (429, "TOO_MANY_ATTEMPTS")
    );
    app.clock.advance(61_000);
    app.post("resendSignUpCode", resend, &[], address.clone())
        .await;
    let code = app.code().await;
    app.clock.advance(600_001);
    let body = json!({"email": SAM, "code": code});
    let answer = app.post("verifySignUpCode", verify, &[], body).await;
    assert_eq!(answer.code(), "VERIFICATION_CODE_EXPIRED");
    let complete = (Method::POST, "/auth/sign-up/complete/");
    let body = json!({"email": SAM, "password": PASSWORD});
    let answer = app.post("completeSignUp", complete, &[], body).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "EMAIL_NOT_VERIFIED")
    );
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_spelled() {
    let app = TestApp::new().await;
    app.sign_up(SAM, &[]).await;
    app.clock.advance(61_000);
    let request = (Method::POST, "/auth/sign-up/request/");
    let body = json!({"email": " sam@EXAMPLE.com"});
    let answer = app.post("requestSignUpCode", request, &[], body).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (409, "EMAIL_ALREADY_REGISTERED")
    );
    let status = "/auth/registration-status/?email=SAM%40example.com";
    let result = app.ok("checkRegistration", status, "en").await;
    assert_eq!(
        result,
        json!({"registered": true, "login_methods": ["email"]})
    );
    let result = app
        .ok(
            "checkRegistration",
            "/auth/registration-status/?email=a%40b.example",
            "en",
        )
        .await;
    assert_eq!(result, json!({"registered": false, "login_methods": []}));
}

#[tokio::test]
async fn wrong_passwords_and_unknown_addresses_read_the_same() {
    let app = TestApp::new().await;
    app.sign_up(SAM, &[]).await;
    let wrong = app.sign_in("not this one", None).await;
    let path = (Method::POST, "/auth/sign-in/");
    let body = json!({"email": "nobody@example.com", "password": PASSWORD});
    let unknown = app.post("signIn", path, &[], body).await;
    assert_eq!(
        (wrong.status, wrong.code().as_str()),
        (401, "INVALID_CREDENTIALS")
    );
    assert_eq!(
        (unknown.status, &unknown.bytes),
        (wrong.status, &wrong.bytes)
    );
    // After ten of them an address has to wait, whether it has an account or not.
    for _ in 0..9 {
        app.sign_in("not this one", None).await;
    }
    let answer = app.sign_in(PASSWORD, None).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (429, "TOO_MANY_ATTEMPTS")
    );
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_and_ends_every_session() {
    let app = TestApp::new().await;
    let session = app.sign_up(SAM, &[]).await;
    let request = (Method::POST, "/auth/password-reset/request/");
    let known = app
        .post(
            "requestPasswordReset",
            request.clone(),
            &[],
            json!({"email": SAM}),
        )
        .await;
    let unknown = json!({"email": "nobody@example.com"});
    let unknown = app
        .post("requestPasswordReset", request, &[], unknown)
        .await;
    assert_eq!((known.status, known.bytes), (200, unknown.bytes));
    assert_eq!(app.identity.work_off().await.unwrap(), 2);
    assert_eq!(app.identity.work_off().await.unwrap(), 0);
    let letters = app.letters().await;
    let [(to, Letter::PasswordReset { page, .. })] = letters.as_slice() else {
        panic!("{letters:?}");
    };
    assert_eq!(to, SAM);
    let token = page.as_str().split_once("token=").unwrap().1;
    let confirm = (Method::POST, "/auth/password-reset/confirm/");
    let body = |password: &str| json!({"token": token, "new_password": password});
    let answer = app
        .post("resetPassword", confirm.clone(), &[], body("password1"))
        .await;
    assert_eq!(answer.code(), "VALIDATION_ERROR");
    assert!(answer.json()["messages"]["new_password"].is_object());
    let answer = app
        .post("resetPassword", confirm.clone(), &[], body("a better one"))
        .await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    let answer = app
        .post("resetPassword", confirm, &[], body("another one still"))
        .await;
    assert_eq!(answer.code(), "RESET_TOKEN_INVALID");
    assert_eq!(app.profile(&session).await.code(), "TOKEN_INVALID");
    assert_eq!(app.sign_in(PASSWORD, None).await.status, 401);
    assert_eq!(app.sign_in("a better one", None).await.status, 200);
}

#[tokio::test]
async fn a_television_is_let_in_once() {
    let app = TestApp::with_catalog().await;
    let session = app.sign_up(SAM, &[("did", "phone")]).await;
    let tv = [
        ("did", "tv"),
        ("x-device-type", "ctv"),
        ("user-agent", "TV app"),
    ];
    let request = (Method::POST, "/auth/ctv/activation/");
    let answer = app
        .post("requestCtvActivation", request.clone(), &tv, json!({}))
        .await;
    let shown = answer.json()["result"].clone();
    let code = shown["code"].as_str().unwrap().to_owned();
    assert_eq!(shown["activation_url"], "http://test.example/activate");
    assert_eq!(
        shown["qr_url"],
        format!("http://test.example/activate?code={code}")
    );
    let poll = format!("/auth/ctv/activation/?code={}", code.to_lowercase());
    let result = app.ok("pollCtvActivation", &poll, "en").await;
    assert_eq!(result, json!({"status": "pending"}));
    let confirm = (Method::POST, "/auth/ctv/activation/confirm/");
    let body = json!({"code": format!("{}-{}", &code[..4].to_lowercase(), &code[4..])});
    let answer = app
        .post(
            "confirmCtvActivation",
            confirm.clone(),
            &session.bearer(),
            body.clone(),
        )
        .await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    let answer = app
        .post(
            "confirmCtvActivation",
            confirm.clone(),
            &session.bearer(),
            body,
        )
        .await;
    assert_eq!(answer.code(), "ACTIVATION_CODE_ALREADY_USED");
    app.clock.advance(5_000);
    let result = app.ok("pollCtvActivation", &poll, "en").await;
    assert_eq!(result["status"], "confirmed");
    assert_eq!(result["user"]["uuid"], session.user["uuid"]);
    app.clock.advance(5_000);
    let service = [("service-name", "amasian")];
    assert_eq!(
        app.fails("pollCtvActivation", &poll, &service, 404).await,
        "ACTIVATION_CODE_NOT_FOUND"
    );
    // A television sends the token in the cookie itself.
    let refreshed = app.refresh(result["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.status, 200);
    let letters = app.letters().await;
    assert!(
        matches!(letters.last(), Some((_, Letter::NewDevice { from, .. })) if from.app == "TV app")
    );
    let answer = app
        .post(
            "confirmCtvActivation",
            confirm,
            &session.bearer(),
            json!({"code": "ACDF3467"}),
        )
        .await;
    assert_eq!(answer.code(), "ACTIVATION_CODE_NOT_FOUND");
}

#[tokio::test]
async fn an_account_with_a_second_factor_asks_for_it_wherever_tokens_or_credentials_are_at_stake() {
    let app = TestApp::new().await;
    let session = app.sign_up(SAM, &[]).await;
    let id = account_id(&session);
    let factor = app.identity.enable_second_factor(id).await.unwrap();
    app.letters().await;
    let needed = |answer: Answer| {
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "MFA_REQUIRED")
        );
    };
    needed(app.sign_in(PASSWORD, None).await);
    needed(app.sign_in(PASSWORD, Some("000000")).await);
    // The session from before shows one factor: it can neither go on nor change anything.
    assert_eq!(
        app.refresh(&session.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    let change = (Method::POST, "/account/password/change/");
    let body = json!({"current_password": PASSWORD, "new_password": "a better one"});
    needed(
        app.post(
            "changePassword",
            change.clone(),
            &session.bearer(),
            body.clone(),
        )
        .await,
    );
    let email = (Method::POST, "/account/email-change/request/");
    let new = json!({"new_email": "new@example.com"});
    needed(
        app.post("requestEmailChange", email, &session.bearer(), new)
            .await,
    );
    let verify = (Method::POST, "/account/email-change/verify/");
    needed(
        app.post(
            "verifyEmailChange",
            verify,
            &session.bearer(),
            json!({"code": "123456"}),
        )
        .await,
    );
    let unlink = (Method::DELETE, "/account/linked-accounts/google/");
    needed(
        app.post("unlinkSocialAccount", unlink, &session.bearer(), json!({}))
            .await,
    );
    let confirm = (Method::POST, "/auth/ctv/activation/confirm/");
    needed(
        app.post(
            "confirmCtvActivation",
            confirm,
            &session.bearer(),
            json!({"code": "ACDF3467"}),
        )
        .await,
    );
    let google = (Method::POST, "/auth/social/google/");
    needed(
        app.post(
            "signInWithGoogle",
            google,
            &[],
            json!({"id_token": format!("s {SAM}")}),
        )
        .await,
    );
    let token = app.reset_token(SAM).await;
    let reset = (Method::POST, "/auth/password-reset/confirm/");
    let body_of_reset = json!({"token": token, "new_password": "a better one"});
    needed(app.post("resetPassword", reset, &[], body_of_reset).await);

    // A recovery code opens, once.
    app.clock.advance(700_000);
    let code = factor.recovery_codes[3].expose().to_lowercase();
    let answer = app.sign_in(PASSWORD, Some(&code)).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    needed(app.sign_in(PASSWORD, Some(&code)).await);
    let both = Session::of(&answer);
    assert_eq!(app.refresh(&both.refresh).await.status, 200);
    assert_eq!(
        app.post("changePassword", change, &both.bearer(), body)
            .await
            .status,
        200
    );
}

pub(crate) fn account_id(session: &Session) -> marquee_domain::AccountId {
    marquee_domain::AccountId(session.user["id"].as_i64().unwrap())
}

#[tokio::test]
async fn a_provider_opens_makes_and_links_accounts() {
    let app = TestApp::new().await;
    let sign_in = async |provider: &str, token: &str| {
        let path = format!("/auth/social/{provider}/");
        let operation = if provider == "google" {
            "signInWithGoogle"
        } else {
            "signInWithApple"
        };
        app.post(
            operation,
            (Method::POST, &path),
            &[],
            json!({"id_token": token}),
        )
        .await
    };
    let answer = sign_in("google", "g1 new@gmail.com").await;
    assert_eq!(
        answer.json()["result"]["is_new_user"],
        true,
        "{:?}",
        answer.json()
    );
    let session = Session::of(&answer);
    let answer = sign_in("google", "g1 other@gmail.com").await;
    assert_eq!(answer.json()["result"]["is_new_user"], false);
    assert_eq!(
        answer.json()["result"]["user"]["uuid"],
        session.user["uuid"]
    );
    assert_eq!(
        sign_in("google", "bad").await.code(),
        "SOCIAL_TOKEN_INVALID"
    );
    // Linked by itself only where the provider's word on the address is final.
    app.sign_up(SAM, &[]).await;
    let answer = sign_in("apple", &format!("a1 !{SAM}")).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (409, "EMAIL_ALREADY_REGISTERED")
    );
    let answer = sign_in("apple", &format!("a1 {SAM}")).await;
    assert_eq!(answer.json()["result"]["auto_linked"], true);
    let session_of_sam = Session::of(&answer);
    let path = (Method::GET, "/account/linked-accounts/");
    let answer = app
        .post(
            "listLinkedAccounts",
            path,
            &session_of_sam.bearer(),
            json!({}),
        )
        .await;
    let types: Vec<Value> = answer.json()["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["type"].clone())
        .collect();
    assert_eq!(types, ["email", "apple"]);
    // The last way to sign in stays.
    let unlink = async |session: &Session, provider: &str| {
        let path = format!("/account/linked-accounts/{provider}/");
        app.post(
            "unlinkSocialAccount",
            (Method::DELETE, &path),
            &session.bearer(),
            json!({}),
        )
        .await
    };
    assert_eq!(unlink(&session, "google").await.code(), "LAST_LOGIN_METHOD");
    assert_eq!(
        unlink(&session, "apple").await.code(),
        "LINKED_ACCOUNT_NOT_FOUND"
    );
    assert_eq!(unlink(&session, "myspace").await.code(), "VALIDATION_ERROR");
    assert_eq!(unlink(&session_of_sam, "apple").await.status, 200);
    assert_eq!(account::Provider::ALL.len(), 2);
}

#[tokio::test]
async fn an_address_is_changed_by_a_code_to_the_new_one() {
    let app = TestApp::new().await;
    let session = app.sign_up(SAM, &[]).await;
    let request = (Method::POST, "/account/email-change/request/");
    let body = json!({"new_email": "new@example.com"});
    let answer = app
        .post("requestEmailChange", request, &session.bearer(), body)
        .await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    let code = app.code().await;
    let verify = (Method::POST, "/account/email-change/verify/");
    let answer = app
        .post(
            "verifyEmailChange",
            verify,
            &session.bearer(),
            json!({"code": code}),
        )
        .await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    let letters = app.letters().await;
    let [(to, Letter::AddressChanged { address, .. })] = letters.as_slice() else {
        panic!("{letters:?}");
    };
    assert_eq!((to.as_str(), address.as_str()), (SAM, "new@example.com"));
    assert_eq!(
        app.profile(&session).await.json()["result"]["email"],
        "new@example.com"
    );
    assert_eq!(app.sign_in(PASSWORD, None).await.status, 401);
}

#[tokio::test]
async fn favorites_and_members_services_follow_the_session() {
    let app = TestApp::with_catalog().await;
    let session = app.sign_up(SAM, &[]).await;
    let favorites = (Method::POST, "/favorites/");
    let id = app.ok("getContent", "/content/the-long-tide/", "en").await["id"].clone();
    let body = json!({"source_id": id, "type": "content"});
    let answer = app
        .post("addFavorite", favorites, &session.bearer(), body)
        .await;
    assert_eq!(answer.status, 201, "{:?}", answer.bytes);
    let list = (Method::GET, "/favorites/");
    let answer = app
        .post("listFavorites", list, &session.bearer(), json!({}))
        .await;
    assert_eq!(answer.json()["result"][0]["device_id"], Value::Null);
    // A service for members opens with a session, and its answers are nobody else's.
    let club = [("service-name", "club")];
    assert_eq!(
        app.fails("listContent", "/content/", &club, 401).await,
        "AUTHENTICATION_REQUIRED"
    );
    let with = [club[0], session.bearer()[0]];
    let answer = app.call(Method::GET, "/content/", &with).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "private, no-store");
    assert_eq!(
        app.fails("listContent", "/content/", &club, 401).await,
        "AUTHENTICATION_REQUIRED"
    );
}

#[tokio::test]
async fn a_device_is_merged_and_merging_again_changes_nothing() {
    let app = TestApp::with_catalog().await;
    let film = app.ok("getContent", "/content/the-long-tide/", "en").await["id"].clone();
    let tv = [("did", "tv")];
    let add = (Method::POST, "/favorites/");
    app.post(
        "addFavorite",
        add,
        &tv,
        json!({"source_id": film, "type": "content"}),
    )
    .await;
    let save = (Method::POST, "/continue-watching/");
    let body = json!({"content_id": film, "last_position": 42});
    app.post("saveContinueWatching", save, &tv, body).await;
    app.sign_up(SAM, &[]).await;
    let path = (Method::POST, "/auth/sign-in/");
    let body = json!({"email": SAM, "password": PASSWORD});
    let answer = app.post("signIn", path.clone(), &tv, body.clone()).await;
    assert_eq!(answer.json()["result"]["merge_needed"], true);
    let session = Session::of(&answer);
    let merge = (Method::POST, "/account/merge-device/");
    for _ in 0..2 {
        let headers = [tv[0], session.bearer()[0]];
        let answer = app
            .post("mergeDeviceData", merge.clone(), &headers, json!({}))
            .await;
        assert_eq!(
            answer.json()["result"],
            json!({"success": true, "device_id": "tv"})
        );
    }
    let answer = app.post("signIn", path, &tv, body).await;
    assert_eq!(answer.json()["result"]["merge_needed"], false);
    let list = (Method::GET, "/favorites/");
    let mine = app
        .post("listFavorites", list.clone(), &session.bearer(), json!({}))
        .await;
    assert_eq!(mine.json()["result"].as_array().unwrap().len(), 1);
    let theirs = app.post("listFavorites", list, &tv, json!({})).await;
    assert_eq!(theirs.json()["result"], json!([]));
    let answer = app
        .post("mergeDeviceData", merge, &session.bearer(), json!({}))
        .await;
    assert_eq!(answer.code(), "DEVICE_ID_REQUIRED");
}

#[tokio::test]
async fn two_accounts_become_one_and_two_again() {
    let app = TestApp::with_catalog().await;
    let film = app.ok("getContent", "/content/the-long-tide/", "en").await["id"].clone();
    let sam = app.sign_up(SAM, &[]).await;
    app.clock.advance(61_000);
    let kim = app.sign_up("kim@example.com", &[]).await;
    let add = (Method::POST, "/favorites/");
    let favorite = json!({"source_id": film, "type": "content"});
    app.post("addFavorite", add, &kim.bearer(), favorite).await;
    app.letters().await;
    let merge = (Method::POST, "/account/merge/");
    let own = json!({"email": SAM, "password": PASSWORD});
    let answer = app
        .post("mergeAccounts", merge.clone(), &sam.bearer(), own)
        .await;
    assert_eq!(answer.code(), "SAME_ACCOUNT");
    let wrong = json!({"email": "kim@example.com", "password": "not this one"});
    let answer = app
        .post("mergeAccounts", merge.clone(), &sam.bearer(), wrong)
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "CREDENTIALS_INCORRECT")
    );
    for (body, field) in [
        (json!({}), "email"),
        (json!({"email": "kim@example.com"}), "password"),
        (json!({"provider": "google"}), "id_token"),
        (json!({"provider": "myspace", "id_token": "x"}), "provider"),
    ] {
        let answer = app
            .post("mergeAccounts", merge.clone(), &sam.bearer(), body)
            .await;
        assert!(
            answer.json()["messages"][field].is_object(),
            "{:?}",
            answer.json()
        );
    }
    let right = json!({"email": "Kim@example.com", "password": PASSWORD});
    let answer = app
        .post("mergeAccounts", merge.clone(), &sam.bearer(), right.clone())
        .await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    let count = async |session: &Session| {
        let list = (Method::GET, "/favorites/");
        let answer = app
            .post("listFavorites", list, &session.bearer(), json!({}))
            .await;
        answer.json()["result"].as_array().map(Vec::len)
    };
    assert_eq!(count(&sam).await, Some(1));
    assert_eq!(app.profile(&kim).await.code(), "TOKEN_INVALID");
    let sign_in = (Method::POST, "/auth/sign-in/");
    let answer = app
        .post("signIn", sign_in.clone(), &[], right.clone())
        .await;
    assert_eq!(answer.code(), "INVALID_CREDENTIALS");
    let answer = app
        .post("mergeAccounts", merge, &sam.bearer(), right.clone())
        .await;
    assert_eq!(answer.code(), "CREDENTIALS_INCORRECT");

    // Both addresses have the link that undoes it, which works once.
    let letters = app.letters().await;
    let to: Vec<&str> = letters.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, [SAM, "kim@example.com"]);
    let Some((_, Letter::AccountsMerged { undo, .. })) = letters.last() else {
        panic!("{letters:?}");
    };
    let token = undo.as_str().split_once("token=").unwrap().1;
    let nobody = marquee_identity::Client::nobody(marquee_domain::UiLanguage::En);
    assert_eq!(
        app.identity.undoable(token).await.unwrap().as_deref(),
        Some("kim@example.com")
    );
    assert!(!app.identity.undo_merge(&token[1..], &nobody).await.unwrap());
    assert!(app.identity.undo_merge(token, &nobody).await.unwrap());
    assert!(!app.identity.undo_merge(token, &nobody).await.unwrap());
    // Who was signed in may have come by an identity that went back.
    assert_eq!(app.profile(&sam).await.code(), "TOKEN_INVALID");
    let sam = Session::of(&app.sign_in(PASSWORD, None).await);
    assert_eq!(count(&sam).await, Some(0));
    let answer = app.post("signIn", sign_in, &[], right).await;
    assert_eq!(count(&Session::of(&answer)).await, Some(1));
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_its_address_is_free() {
    let app = TestApp::with_catalog().await;
    let session = app.sign_up(SAM, &[]).await;
    let film = app.ok("getContent", "/content/the-long-tide/", "en").await["id"].clone();
    let add = (Method::POST, "/favorites/");
    app.post(
        "addFavorite",
        add,
        &session.bearer(),
        json!({"source_id": film, "type": "content"}),
    )
    .await;
    let delete = (Method::DELETE, "/account/");
    let answer = app
        .post(
            "deleteAccount",
            delete.clone(),
            &session.bearer(),
            json!({}),
        )
        .await;
    assert_eq!(answer.code(), "VALIDATION_ERROR");
    let wrong = json!({"password": "not this one"});
    let answer = app
        .post("deleteAccount", delete.clone(), &session.bearer(), wrong)
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "PASSWORD_INCORRECT")
    );
    let social = json!({"provider": "google", "id_token": format!("g {SAM}")});
    let answer = app
        .post("deleteAccount", delete.clone(), &session.bearer(), social)
        .await;
    assert_eq!(
        answer.code(),
        "CREDENTIALS_INCORRECT",
        "whoever has a password shows it"
    );
    let answer = app
        .post(
            "deleteAccount",
            delete,
            &session.bearer(),
            json!({"password": PASSWORD}),
        )
        .await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(app.profile(&session).await.code(), "TOKEN_INVALID");
    assert_eq!(
        app.refresh(&session.refresh).await.code(),
        "REFRESH_TOKEN_INVALID"
    );
    assert_eq!(
        app.sign_in(PASSWORD, None).await.code(),
        "INVALID_CREDENTIALS"
    );
    let backup = {
        let dir = tempfile::tempdir().unwrap();
        let mut bytes = Vec::new();
        marquee_storage::backup::dump(&app.test.db, dir.path(), &mut bytes)
            .await
            .unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(
            &mut flate2::read::GzDecoder::new(bytes.as_slice()),
            &mut text,
        )
        .unwrap();
        text
    };
    // Only the mail that says so still knows the address, until it is sent.
    app.letters().await;
    assert!(
        !backup
            .replace("\"mails\"", "")
            .contains(&format!("user:{}", session.user["uuid"].as_str().unwrap()))
    );
    app.clock.advance(61_000);
    let again = app.sign_up(SAM, &[]).await;
    assert_ne!(again.user["uuid"], session.user["uuid"]);
}

#[tokio::test]
async fn ones_own_data_and_devices_are_shown_and_others_are_not() {
    let app = TestApp::new().await;
    let session = app
        .sign_up(SAM, &[("user-agent", "One"), ("x-device-type", "web")])
        .await;
    app.clock.advance(61_000);
    let kim = app.sign_up("kim@example.com", &[]).await;
    let path = (Method::GET, "/account/export/");
    let answer = app
        .post("exportAccount", path, &session.bearer(), json!({}))
        .await;
    let data = &answer.json()["result"];
    assert_eq!(data["account"]["email"], SAM);
    assert_eq!(data["sessions"][0]["app"], "One");
    assert!(
        data["events"]
            .as_array()
            .unwrap()
            .iter()
            .any(|event| event["kind"] == "signed_up")
    );
    let list = (Method::GET, "/account/sessions/");
    let answer = app
        .post("listAccountSessions", list, &session.bearer(), json!({}))
        .await;
    let devices = answer.json()["result"].clone();
    assert_eq!(devices.as_array().unwrap().len(), 1);
    assert_eq!(
        (&devices[0]["device_type"], &devices[0]["is_current"]),
        (&json!("web"), &json!(true))
    );
    let end = format!("/account/sessions/{}/", devices[0]["id"].as_str().unwrap());
    let path = (Method::DELETE, end.as_str());
    // Somebody else's is as unknown as one that never was.
    let answer = app
        .post("endAccountSession", path.clone(), &kim.bearer(), json!({}))
        .await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"));
    let answer = app
        .post("endAccountSession", path, &session.bearer(), json!({}))
        .await;
    assert_eq!(answer.status, 204);
    assert_eq!(app.profile(&session).await.code(), "TOKEN_INVALID");
}

/// The operations of the document that need a token: signed out they ask for one, and a token that is
/// none, has lapsed or belongs to an ended session is refused.
#[tokio::test]
async fn every_operation_that_needs_a_token_refuses_without_a_good_one() {
    let app = TestApp::new().await;
    let session = app.sign_up(SAM, &[]).await;
    let gone = Session::of(&app.sign_in(PASSWORD, None).await);
    let path = (Method::POST, "/auth/sign-out/");
    app.post("signOut", path, &gone.bearer(), json!({})).await;
    let document: Value = serde_json::from_str(&marquee_api_odx::openapi::json()).unwrap();
    let mut seen = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let security = operation["security"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let id = operation["operationId"].as_str().unwrap();
            let named = |scheme: &Value| scheme.get("bearerAuth").is_some();
            if !security.iter().any(named) {
                continue;
            }
            let path = path
                .replace("{provider}", "google")
                .replace("{session_id}", "x");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let required = security.iter().all(named);
            if required {
                let answer = app.post(id, (method.clone(), &path), &[], json!({})).await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (401, "AUTHENTICATION_REQUIRED"),
                    "{id}"
                );
            }
            let none = |text: &str| format!("Bearer {text}");
            for bad in [
                none("x"),
                none(""),
                none(&"x".repeat(9_000)),
                "Basic eDp5".to_owned(),
                gone.header.clone(),
            ] {
                let headers = [("authorization", bad.as_str()), ("did", "tv")];
                let answer = app
                    .post(id, (method.clone(), &path), &headers, json!({}))
                    .await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (401, "TOKEN_INVALID"),
                    "{id}: {bad}"
                );
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 21, "operations that take a token");
    app.clock.advance(900_000);
    assert_eq!(app.profile(&session).await.code(), "TOKEN_EXPIRED");
}
