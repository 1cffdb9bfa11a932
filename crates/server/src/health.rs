//! Whether the program lives, whether it is ready, and its metrics.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use marquee_storage::Db;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::listen::Faces;

struct Health {
    db: Db,
    metrics: PrometheusHandle,
}

/// `/healthz`, `/readyz` and `/metrics`.
pub(crate) fn router(db: Db, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics_page))
        .with_state(Arc::new(Health { db, metrics }))
}

/// Ready means that the database answers.
async fn ready(State(health): State<Arc<Health>>) -> (StatusCode, &'static str) {
    let answer = tokio::time::timeout(Duration::from_secs(2), health.db.refresh_version()).await;
    match answer {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
    }
}

/// Metrics for whoever has the operator token; a listener of their own needs none.
async fn metrics_page(State(health): State<Arc<Health>>, headers: HeaderMap) -> impl IntoResponse {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match marquee_identity::is_operator(&health.db, token.unwrap_or_default()).await {
        Ok(true) => (StatusCode::OK, health.metrics.render()),
        Ok(false) => (
            StatusCode::UNAUTHORIZED,
            "the operator token is needed\n".to_owned(),
        ),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n".to_owned(),
        ),
    }
}

/// Metrics without a token, for a listener of their own.
pub(crate) fn metrics_face(metrics: PrometheusHandle) -> Faces {
    let page = get(move || async move { metrics.render() });
    Faces {
        router: Router::new().route("/metrics", page),
        edge: None,
    }
}
