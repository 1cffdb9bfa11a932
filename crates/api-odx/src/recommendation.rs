//! Recommendation: what everybody might like.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use marquee_catalog::recommend;

use crate::Deps;
use crate::call::Call;
use crate::error::Error;
use crate::params::OptionalCallHeaders;
use crate::views::{Envelope, FailuresWithoutMissing, RecommendationItem};

/// List recommendations.
#[utoipa::path(get, path = "/recommendation/", operation_id = "listRecommendations", tag = "Recommendation",
    params(OptionalCallHeaders),
    responses((status = 200, body = Envelope<Vec<RecommendationItem>>), FailuresWithoutMissing))]
pub(crate) async fn list_recommendations(
    State(deps): State<Arc<Deps>>,
    call: Call<true>,
) -> Result<Response<Body>, Error> {
    call.cached(&deps, "listRecommendations", "", async || {
        let found = recommend::for_everyone(&mut deps.db.reader(), call.who).await?;
        let base = deps.public_url.current();
        let look = call.look(&base);
        let item = |item| RecommendationItem::new(item, look);
        Ok(found.iter().map(item).collect::<Vec<_>>())
    })
    .await
}
