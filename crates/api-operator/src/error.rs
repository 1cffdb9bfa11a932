//! Failures of the operator API: a stable code, a sentence, and the request's id.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use marquee_http::RequestId;
use serde::Serialize;
use utoipa::ToSchema;

/// A failure on its way to the operator.
#[derive(Debug)]
pub struct Error {
    status: StatusCode,
    code: &'static str,
    title: String,
    id: Option<RequestId>,
}

/// The body of a failure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorView {
    /// Stable code for programs.
    code: &'static str,
    /// Sentence for people.
    title: String,
    /// Id of the request, as in the log.
    request_id: Option<String>,
}

impl Error {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        title: impl Into<String>,
        id: Option<RequestId>,
    ) -> Self {
        Self {
            status,
            code,
            title: title.into(),
            id,
        }
    }

    pub(crate) fn unauthorized(id: Option<RequestId>) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "OPERATOR_TOKEN_REQUIRED",
            "The operator token is missing or wrong; `marquee operator token` makes a new one.",
            id,
        )
    }

    pub(crate) fn not_found(id: Option<RequestId>) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "There is no such thing.",
            id,
        )
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "This address does not take that method.",
            None,
        )
    }

    pub(crate) fn bad_request(title: impl Into<String>, id: Option<RequestId>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", title, id)
    }

    /// Something failed here; logged with its causes, answered without them.
    pub(crate) fn internal(
        error: &(dyn std::error::Error + 'static),
        id: Option<RequestId>,
    ) -> Self {
        let chain: Vec<String> = std::iter::successors(Some(error), |e| e.source())
            .map(ToString::to_string)
            .collect();
        tracing::error!(
            request = id.map(|id| id.to_string()).unwrap_or_default(),
            error = chain.join(": "),
            "an operator call failed"
        );
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL_ERROR",
            "Something went wrong here; the log has more under this request id.",
            id,
        )
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let body = ErrorView {
            code: self.code,
            title: self.title,
            request_id: self.id.map(|id| id.to_string()),
        };
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
