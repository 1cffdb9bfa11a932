//! Accounts, from a mailed code to the end of every session; and what tests of other things do with them: sign up and
//! in, read letters, let televisions in.

mod access_tokens;
mod changes;
mod merging;
mod own_data;
mod sessions;
mod sign_in;
mod sign_up;
mod televisions;

use axum::http::Method;
use marquee_domain::letter::Letter;
use marquee_domain::{AccountId, Clock};
use marquee_storage::outbox;
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp};
use crate::schema::validate;

pub(crate) const SAM: &str = "Sam@Example.com";
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

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.sign_in_with(&[], body).await
    }

    pub(crate) async fn sign_in_with(&self, headers: &[(&str, &str)], body: Value) -> Answer {
        let path = (Method::POST, "/auth/sign-in/");
        self.post("signIn", path, headers, body).await
    }

    /// Signs in by the word of `google` or `apple`.
    pub(crate) async fn sign_in_social(
        &self,
        provider: &str,
        headers: &[(&str, &str)],
        token: &str,
    ) -> Answer {
        let operation = match provider {
            "google" => "signInWithGoogle",
            _ => "signInWithApple",
        };
        let path = format!("/auth/social/{provider}/");
        let body = json!({"id_token": token});
        self.post(operation, (Method::POST, &path), headers, body)
            .await
    }

    pub(crate) async fn profile(&self, headers: &[(&str, &str)]) -> Answer {
        let path = (Method::GET, "/account/profile/");
        self.post("getProfile", path, headers, Value::Null).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.refresh_by(&format!("refresh_token={token}")).await
    }

    /// Refreshes with a `Cookie` header of any form.
    pub(crate) async fn refresh_by(&self, cookie: &str) -> Answer {
        let path = (Method::POST, "/auth/refresh/");
        let headers = [("cookie", cookie)];
        self.post("refreshAccessToken", path, &headers, json!({}))
            .await
    }

    /// Has a television show a code; the answer's `result`.
    pub(crate) async fn show_code(&self, television: &[(&str, &str)]) -> Value {
        let path = (Method::POST, "/auth/ctv/activation/");
        let answer = self
            .post("requestCtvActivation", path, television, Value::Null)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()["result"].clone()
    }

    /// Lets the television in that shows a code.
    pub(crate) async fn confirm_code(&self, session: &Session, code: &str) -> Answer {
        let path = (Method::POST, "/auth/ctv/activation/confirm/");
        let body = json!({"code": code});
        self.post("confirmCtvActivation", path, &session.bearer(), body)
            .await
    }

    /// The id of a film.
    pub(crate) async fn film(&self) -> Value {
        self.ok("getContent", "/content/the-long-tide/", "en").await["id"].clone()
    }

    /// Makes a film a favorite of whoever the headers name.
    pub(crate) async fn keep(&self, film: &Value, headers: &[(&str, &str)]) -> Answer {
        let path = (Method::POST, "/favorites/");
        let body = json!({"source_id": film, "type": "content"});
        self.post("addFavorite", path, headers, body).await
    }

    /// The favorites of whoever the headers name.
    pub(crate) async fn kept(&self, headers: &[(&str, &str)]) -> Value {
        let path = (Method::GET, "/favorites/");
        let answer = self.post("listFavorites", path, headers, Value::Null).await;
        answer.json()["result"].clone()
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

pub(crate) fn account_id(session: &Session) -> AccountId {
    AccountId(session.user["id"].as_i64().unwrap())
}
