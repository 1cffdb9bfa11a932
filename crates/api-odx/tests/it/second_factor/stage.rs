//! Somebody with a second factor, and every call of the matrix with everything right but that.

use axum::http::Method;
use serde_json::{Value, json};

use crate::accounts::{PASSWORD, Session, account_id};
use crate::harness::{Answer, TestApp};

pub(super) const SAM: &str = "sam@gmail.com";

/// Sam, who can sign in with a password, with Google and with Apple, and has a second factor since just now.
pub(super) struct Stage {
    pub(super) app: TestApp,
    /// From before the factor.
    pub(super) early: Session,
    /// Somebody else, who has none.
    pub(super) kim: Session,
    pub(super) recovery_codes: Vec<String>,
    /// The code of a television that was let in before the factor.
    television: String,
    reset: String,
}

impl Stage {
    pub(super) async fn new() -> Self {
        let app = TestApp::new().await;
        let early = app.sign_up(SAM, &[]).await;
        app.clock.advance(61_000);
        let kim = app.sign_up("kim@example.com", &[]).await;
        for (provider, subject) in [("google", "g1"), ("apple", "a1")] {
            let token = format!("{subject} {SAM}");
            let answer = app.sign_in_social(provider, &[], &token).await;
            assert_eq!(answer.json()["result"]["auto_linked"], true);
        }
        let shown = app.show_code(&[("did", "tv")]).await;
        let television = shown["code"].as_str().unwrap().to_owned();
        assert_eq!(app.confirm_code(&early, &television).await.status, 200);
        let reset = app.reset_token(SAM).await;
        let id = account_id(&early);
        let factor = app.identity.enable_second_factor(id).await.unwrap();
        let codes = factor.recovery_codes.iter();
        let recovery_codes = codes.map(|code| code.expose().to_owned()).collect();
        Self {
            app,
            early,
            kim,
            recovery_codes,
            television,
            reset,
        }
    }

    /// A session that has shown both factors.
    pub(super) async fn both(&self) -> Session {
        let body = json!({"email": SAM, "password": PASSWORD, "otp": self.recovery_codes[0]});
        let answer = self.app.sign_in_with(&[], body).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        Session::of(&answer)
    }

    /// A call with everything right but the second factor; what is in `more` is added to the body.
    pub(super) async fn call(&self, operation: &str, session: &Session, more: &Value) -> Answer {
        let (delete, get, post) = (Method::DELETE, Method::GET, Method::POST);
        let poll = format!("/auth/ctv/activation/?code={}", self.television);
        let status = format!("/auth/registration-status/?email={SAM}");
        let (method, path, mut body) = match operation {
            "changePassword" => {
                let body = json!({"current_password": PASSWORD, "new_password": "a better one"});
                (post, "/account/password/change/", body)
            }
            "checkRegistration" => (get, status.as_str(), Value::Null),
            "completeSignUp" => {
                let body = json!({"email": SAM, "password": "a better one"});
                (post, "/auth/sign-up/complete/", body)
            }
            "confirmCtvActivation" => {
                let shown = self.app.show_code(&[("did", "other")]).await;
                let body = json!({"code": shown["code"]});
                (post, "/auth/ctv/activation/confirm/", body)
            }
            "deleteAccount" => (delete, "/account/", json!({"password": PASSWORD})),
            "mergeAccounts" => {
                let body = json!({"email": "kim@example.com", "password": PASSWORD});
                (post, "/account/merge/", body)
            }
            "pollCtvActivation" => (get, poll.as_str(), Value::Null),
            "refreshAccessToken" => (post, "/auth/refresh/", Value::Null),
            "requestEmailChange" => (
                post,
                "/account/email-change/request/",
                json!({"new_email": "new@gmail.com"}),
            ),
            "requestPasswordReset" => {
                (post, "/auth/password-reset/request/", json!({"email": SAM}))
            }
            "requestSignUpCode" => (post, "/auth/sign-up/request/", json!({"email": SAM})),
            "resendSignUpCode" => (post, "/auth/sign-up/resend/", json!({"email": SAM})),
            "resetPassword" => {
                let body = json!({"token": self.reset, "new_password": "a better one"});
                (post, "/auth/password-reset/confirm/", body)
            }
            "signIn" => (
                post,
                "/auth/sign-in/",
                json!({"email": SAM, "password": PASSWORD}),
            ),
            "signInWithApple" => (
                post,
                "/auth/social/apple/",
                json!({"id_token": format!("a1 {SAM}")}),
            ),
            "signInWithGoogle" => (
                post,
                "/auth/social/google/",
                json!({"id_token": format!("g1 {SAM}")}),
            ),
            "signOut" => (post, "/auth/sign-out/", Value::Null),
            "signOutAll" => (post, "/account/sign-out-all/", Value::Null),
            "unlinkSocialAccount" => (delete, "/account/linked-accounts/google/", Value::Null),
            "verifyEmailChange" => (
                post,
                "/account/email-change/verify/",
                json!({"code": "123456"}),
            ),
            "verifySignUpCode" => {
                let body = json!({"email": SAM, "code": "123456"});
                (post, "/auth/sign-up/verify/", body)
            }
            _ => panic!("{operation}: nobody has said how it is called"),
        };
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let cookie = format!("refresh_token={}", session.refresh);
        // Only what goes by a token is sent one.
        let signed = path.starts_with("/account/")
            || ["confirmCtvActivation", "signOut"].contains(&operation);
        let mut headers = vec![("cookie", cookie.as_str())];
        headers.extend(signed.then(|| session.bearer()[0]));
        self.app
            .post(operation, (method, path), &headers, body)
            .await
    }

    /// That the account opens with what opened it before, and with nothing less.
    pub(super) async fn stands(&self, operation: &str) {
        let both = self.both().await;
        let linked = (Method::GET, "/account/linked-accounts/");
        let answer = self
            .app
            .post("listLinkedAccounts", linked, &both.bearer(), Value::Null)
            .await;
        let linked: Vec<Value> = answer.json()["result"].as_array().unwrap().clone();
        assert_eq!(linked.len(), 3, "{operation}: {linked:?}");
        assert!(
            linked.iter().all(|one| one["email"] == SAM),
            "{operation}: {linked:?}"
        );
    }
}
