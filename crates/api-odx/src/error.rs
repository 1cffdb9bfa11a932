//! Every failure of the face: one table of stable [`codes`], one envelope.

mod account_codes;
mod codes;
mod request_codes;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use marquee_catalog::CatalogError;
use marquee_domain::UiLanguage;
use marquee_http::RequestId;
use marquee_storage::StorageError;
use serde_json::{Map, Value, json};

pub use self::account_codes::ACCOUNT_CODES;
pub use self::codes::ErrorCode;
pub use self::request_codes::CODES;
use crate::call::language_of;

/// A failure on its way to the client, in the client's language.
#[derive(Debug)]
pub struct Error {
    code: ErrorCode,
    language: UiLanguage,
    fields: Vec<(String, String)>,
    retry_after_s: Option<u64>,
}

impl Error {
    /// A failure without detail.
    #[must_use]
    pub fn new(code: ErrorCode, language: UiLanguage) -> Self {
        Self {
            code,
            language,
            fields: Vec::new(),
            retry_after_s: None,
        }
    }

    /// A `VALIDATION_ERROR` with a sentence for each field at fault, under the request's own name for it.
    #[must_use]
    pub fn validation(language: UiLanguage, fields: Vec<(String, String)>) -> Self {
        Self {
            code: ErrorCode::ValidationError,
            language,
            fields,
            retry_after_s: None,
        }
    }

    /// With the seconds after which it makes sense to ask again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds.max(1));
        self
    }

    /// A failure of ours, which is logged and told to nobody.
    pub(crate) fn internal(
        what: &str,
        error: &dyn std::error::Error,
        language: UiLanguage,
        id: Option<RequestId>,
    ) -> Self {
        log(what, error, id);
        Self::new(ErrorCode::InternalError, language)
    }

    /// Translates a failure of the rules; what is internal is logged here and nowhere else.
    #[must_use]
    pub fn from_catalog(error: &CatalogError, language: UiLanguage, id: Option<RequestId>) -> Self {
        let code = match error {
            CatalogError::NotFound => ErrorCode::NotFound,
            CatalogError::PageNotFound => ErrorCode::PageNotFound,
            CatalogError::Full => ErrorCode::ValidationError,
            CatalogError::Storage(storage) => return Self::from_storage(storage, language, id),
            CatalogError::Search(_) | CatalogError::SearchEnded => {
                log("search failed", error, id);
                ErrorCode::InternalError
            }
        };
        Self::new(code, language)
    }

    /// Translates a failure of storage.
    #[must_use]
    pub fn from_storage(error: &StorageError, language: UiLanguage, id: Option<RequestId>) -> Self {
        log("storage failed", error, id);
        match error {
            StorageError::Driver(_) | StorageError::Closed | StorageError::Io(_) => {
                Self::new(ErrorCode::ServiceUnavailable, language)
            }
            _ => Self::new(ErrorCode::InternalError, language),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (token, status, texts) = self.code.row();
        let at = UiLanguage::ALL
            .iter()
            .position(|language| *language == self.language)
            .unwrap_or(1);
        let text = texts.get(at).copied().unwrap_or_default();
        let mut messages = Map::new();
        messages.insert("__default".into(), json!({"title": text}));
        for (field, sentence) in &self.fields {
            messages.insert(field.clone(), json!({"title": sentence}));
        }
        let body =
            json!({"code": token, "title": text, "messages": messages, "result": Value::Null});
        let mut response = (status, Json(body)).into_response();
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let unavailable = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(1);
        if let Some(seconds) = self.retry_after_s.or(unavailable) {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            // RFC 6750, section 3.
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

pub(crate) async fn unknown_path(request: Request) -> Error {
    Error::new(ErrorCode::NotFound, language_of(request.headers()))
}

pub(crate) async fn method_not_allowed(request: Request) -> Error {
    // The router adds `Allow` with what the path does take.
    Error::new(ErrorCode::MethodNotAllowed, language_of(request.headers()))
}

/// Notes a failure of ours with everything that led to it.
fn log(what: &str, error: &dyn std::error::Error, id: Option<RequestId>) {
    let request = id.map(|id| id.to_string()).unwrap_or_default();
    let chain = std::iter::successors(Some(error), |e| e.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ");
    tracing::error!(request, error = chain, "{what}");
}
