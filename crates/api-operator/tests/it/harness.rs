//! The real router over a database of its own, and an operator who has the token.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use http_body_util::BodyExt;
use marquee_api_operator::{Deps, router};
use marquee_domain::{MockClock, Visibility};
use marquee_storage::services;
use marquee_storage::testing::TestDb;
use serde_json::Value;
use tokio::sync::Notify;
use tower::ServiceExt;

pub(crate) struct Operator {
    router: Router,
    token: String,
    pub(crate) identity: marquee_identity::Identity,
    pub(crate) test: TestDb,
    pub(crate) art: tempfile::TempDir,
}

impl Operator {
    pub(crate) async fn new(test: TestDb) -> Self {
        Self::with(test, None).await
    }

    /// With a public address that the configuration names.
    pub(crate) async fn configured(test: TestDb, public_url: &str) -> Self {
        Self::with(test, Some(public_url.to_owned())).await
    }

    async fn with(test: TestDb, configured: Option<String>) -> Self {
        let mut unit = test.db.begin().await.unwrap();
        for name in ["amasian", "club"] {
            services::add(&mut unit, name, Visibility::Public, 1)
                .await
                .unwrap();
        }
        unit.save().await.unwrap();
        let token = marquee_identity::replace_operator_token(&test.db)
            .await
            .unwrap();
        let art = tempfile::tempdir().unwrap();
        let clock = Arc::new(MockClock::at(1_700_000_000_000));
        let identity = marquee_identity::testing::identity(
            test.db.clone(),
            clock.clone(),
            Arc::new(marquee_identity::NoProviders),
        );
        let usual = "http://test.example";
        let public_address = marquee_identity::PublicAddress::open(&test.db, configured, usual)
            .await
            .unwrap();
        let router = router(Deps {
            db: test.db.clone(),
            clock,
            wake: Arc::new(Notify::new()),
            art: marquee_artwork::Gallery::folder(art.path().to_owned()),
            public_address,
            identity: identity.clone(),
        });
        Self {
            router,
            identity,
            token: token.expose().to_owned(),
            test,
            art,
        }
    }

    /// A call with the token; answers with status and body.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let bearer = format!("Bearer {}", self.token);
        self.send(method, path, Some(&bearer), body.map(Value::to_string))
            .await
    }

    /// A call with the token, of a body that is no JSON object.
    pub(crate) async fn call_text(&self, method: Method, path: &str, body: String) -> (u16, Value) {
        let bearer = format!("Bearer {}", self.token);
        self.send(method, path, Some(&bearer), Some(body)).await
    }

    /// Any call.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: Option<String>,
    ) -> (u16, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/operator/api/v1{path}"))
            .header("content-type", "application/json");
        if let Some(bearer) = bearer {
            request = request.header("authorization", bearer);
        }
        let body = Body::from(body.unwrap_or_default());
        self.deliver(request.body(body).unwrap()).await
    }

    /// Any request; answers with status and body.
    pub(crate) async fn deliver(&self, request: Request<Body>) -> (u16, Value) {
        let path = request.uri().to_string();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        (status, json)
    }

    /// The records of a kind.
    pub(crate) async fn list(&self, kind: &str) -> Vec<Value> {
        let path = format!("/records/{kind}");
        let (status, body) = self.call(Method::GET, &path, None).await;
        assert_eq!(status, 200, "{body}");
        body["results"].as_array().unwrap().clone()
    }

    /// Puts a record, which must succeed, and says what became of it.
    pub(crate) async fn put(&self, path: &str, record: &Value) -> Value {
        let path = format!("/records/{path}");
        let (status, body) = self.call(Method::PUT, &path, Some(record)).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}
