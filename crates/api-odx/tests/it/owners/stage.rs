//! Two people and their things, and what one of them tries at the other's.

use axum::http::Method;
use serde_json::{Value, json};

use crate::accounts::Session;
use crate::harness::{Answer, TestApp};

/// Sam, who has everything, and Kim, who knows the names of it all.
pub(super) struct Stage {
    pub(super) app: TestApp,
    sam: Session,
    /// A session of Sam's on a television, whose device keeps something of its own, too.
    pub(super) television: Session,
    kim: Session,
    film: Value,
}

pub(super) const SAM: &str = "sam@gmail.com";
const DEVICE: (&str, &str) = ("did", "sams-television");

impl Stage {
    pub(super) async fn new() -> Self {
        let app = TestApp::with_catalog().await;
        let film = app.film().await;
        let sam = app.sign_up(SAM, &[]).await;
        app.clock.advance(61_000);
        let kim = app.sign_up("kim@example.com", &[]).await;
        let token = format!("g1 {SAM}");
        let answer = app.sign_in_social("google", &[DEVICE], &token).await;
        assert_eq!(answer.json()["result"]["auto_linked"], true);
        let television = Session::of(&answer);
        let stage = Self {
            app,
            sam,
            television,
            kim,
            film,
        };
        for headers in [stage.sam.bearer().as_slice(), &[DEVICE]] {
            let answer = stage.app.keep(&stage.film, headers).await;
            assert_eq!(answer.status, 201);
            stage.watch(headers, 60).await;
        }
        stage.app.letters().await;
        stage
    }

    async fn watch(&self, headers: &[(&str, &str)], position: i64) -> Answer {
        let body = json!({"content_id": self.film, "last_position": position});
        let save = (Method::POST, "/continue-watching/");
        self.app
            .post("saveContinueWatching", save, headers, body)
            .await
    }

    async fn get(&self, operation: &str, path: &str, headers: &[(&str, &str)]) -> Value {
        let answer = self
            .app
            .post(operation, (Method::GET, path), headers, Value::Null)
            .await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.json());
        answer.json()["result"].clone()
    }

    /// All that Sam has, as Sam and Sam's device see it.
    pub(super) async fn sams(&self) -> Vec<Value> {
        let sam = self.sam.bearer();
        let mut all = vec![
            self.get("getProfile", "/account/profile/", &sam).await,
            self.get("listLinkedAccounts", "/account/linked-accounts/", &sam)
                .await,
            self.get("listAccountSessions", "/account/sessions/", &sam)
                .await,
            self.get("listFavorites", "/favorites/", &sam).await,
            self.get("listFavorites", "/favorites/", &[DEVICE]).await,
        ];
        let sql = "SELECT owner, position_s FROM progress ORDER BY owner";
        let mut reader = self.app.test.db.reader();
        let q: &mut dyn marquee_storage::Query = &mut reader;
        for row in q.rows(marquee_storage::Statement::new(sql)).await.unwrap() {
            let owner = row.text(0).unwrap();
            if !owner.contains(self.kim.user["uuid"].as_str().unwrap()) {
                all.push(json!([owner, row.int(1).unwrap()]));
            }
        }
        all
    }

    /// Kim's call, with something of Sam's in it.
    pub(super) async fn by_kim(
        &self,
        operation: &str,
        method: Method,
        path: &str,
        body: Value,
    ) -> Answer {
        let headers = [self.kim.bearer()[0], DEVICE];
        self.app
            .post(operation, (method, path), &headers, body)
            .await
    }

    /// Kim at Sam's things. The status and the code that Kim must get.
    pub(super) async fn attempt(&self, operation: &str) -> (Answer, u16, &'static str) {
        let (app, film) = (&self.app, &self.film);
        let post = Method::POST;
        let google = json!({"provider": "google", "id_token": format!("g1 {SAM}")});
        match operation {
            // The device's own favorites are not shown, not added to and not removed; they are Kim's.
            "listFavorites" => {
                let answer = self
                    .by_kim(operation, Method::GET, "/favorites/", Value::Null)
                    .await;
                assert_eq!(answer.json()["result"], json!([]));
                (answer, 200, "SUCCESS")
            }
            "listCarousel" => {
                let path = "/carousel/?slug=none";
                (
                    self.by_kim(operation, Method::GET, path, Value::Null).await,
                    404,
                    "NOT_FOUND",
                )
            }
            "addFavorite" => {
                let body = json!({"source_id": film, "type": "content"});
                (
                    self.by_kim(operation, post, "/favorites/", body).await,
                    201,
                    "",
                )
            }
            "removeFavorite" => {
                let body = json!({"source_id": film, "type": "content"});
                let answer = self
                    .by_kim(operation, Method::DELETE, "/favorites/", body)
                    .await;
                (answer, 404, "FAVORITE_NOT_FOUND")
            }
            "saveContinueWatching" => {
                let body = json!({"content_id": film, "last_position": 5});
                (
                    self.by_kim(operation, post, "/continue-watching/", body)
                        .await,
                    200,
                    "SUCCESS",
                )
            }
            "confirmCtvActivation" => {
                // The code of a television that Sam has let in, which has not asked since.
                let shown = app.show_code(&[DEVICE]).await;
                let code = shown["code"].as_str().unwrap();
                assert_eq!(app.confirm_code(&self.sam, code).await.status, 200);
                let body = json!({"code": code});
                let answer = self
                    .by_kim(operation, post, "/auth/ctv/activation/confirm/", body)
                    .await;
                (answer, 409, "ACTIVATION_CODE_ALREADY_USED")
            }
            "deleteAccount" => {
                let answer = self
                    .by_kim(operation, Method::DELETE, "/account/", google)
                    .await;
                (answer, 400, "CREDENTIALS_INCORRECT")
            }
            "endAccountSession" => {
                let sam = self.sam.bearer();
                let sessions = self
                    .get("listAccountSessions", "/account/sessions/", &sam)
                    .await;
                let path = format!("/account/sessions/{}/", sessions[0]["id"].as_str().unwrap());
                let answer = self
                    .by_kim(operation, Method::DELETE, &path, Value::Null)
                    .await;
                (answer, 404, "NOT_FOUND")
            }
            "mergeAccounts" => {
                let other = json!({"provider": "apple", "id_token": format!("g1 {SAM}")});
                let answer = self
                    .by_kim(operation, post.clone(), "/account/merge/", other)
                    .await;
                assert_eq!(answer.code(), "CREDENTIALS_INCORRECT");
                let body = json!({"email": SAM, "password": "not Sam's own"});
                let answer = self.by_kim(operation, post, "/account/merge/", body).await;
                (answer, 400, "CREDENTIALS_INCORRECT")
            }
            "refreshAccessToken" => {
                // Sam's token with another seal is nobody's; Kim's on Sam's device stays Kim's.
                let (head, tail) = self.sam.refresh.split_at(30);
                let mixed = format!("refresh_token={head}{}", &self.kim.refresh[30..]);
                assert_ne!(tail, &self.kim.refresh[30..]);
                let headers = [("cookie", mixed.as_str()), DEVICE];
                let path = (Method::POST, "/auth/refresh/");
                (
                    app.post(operation, path, &headers, Value::Null).await,
                    401,
                    "REFRESH_TOKEN_INVALID",
                )
            }
            "requestEmailChange" => {
                let body = json!({"new_email": SAM.to_uppercase()});
                let answer = self
                    .by_kim(operation, post, "/account/email-change/request/", body)
                    .await;
                (answer, 409, "EMAIL_ALREADY_REGISTERED")
            }
            "unlinkSocialAccount" => {
                let path = "/account/linked-accounts/google/";
                let answer = self
                    .by_kim(operation, Method::DELETE, path, Value::Null)
                    .await;
                (answer, 404, "LINKED_ACCOUNT_NOT_FOUND")
            }
            "verifyEmailChange" => {
                let body = json!({"new_email": "sams.new@gmail.com"});
                let path = (Method::POST, "/account/email-change/request/");
                let asked = app
                    .post("requestEmailChange", path, &self.sam.bearer(), body)
                    .await;
                assert_eq!(asked.status, 200);
                let body = json!({"code": app.code().await});
                let answer = self
                    .by_kim(operation, post, "/account/email-change/verify/", body)
                    .await;
                (answer, 400, "VERIFICATION_CODE_INVALID")
            }
            _ => panic!("{operation}: no attempt at another's things"),
        }
    }
}
