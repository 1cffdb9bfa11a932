//! Failures as the OpenAPI document shows them; `Error` writes them.

use std::collections::BTreeMap;

use utoipa::openapi::content::Content;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{IntoResponses, ToSchema};

use super::MessageEntry;

/// How every catalog operation can fail.
pub(crate) struct Failures;

/// The same where nothing can be missing.
pub(crate) struct FailuresWithoutMissing;

/// How operations about what somebody keeps can fail.
pub(crate) struct PersonalFailures;

/// The same where nothing can be missing.
pub(crate) struct PersonalFailuresWithoutMissing;

/// How sign-up and the like can fail, where nobody is signed in.
pub(crate) struct PlainFailures;

/// The same where something may be taken already.
pub(crate) struct ClashFailures;

/// The same where something may be missing.
pub(crate) struct MissingFailures;

/// How operations of somebody who is signed in, or wants to be, can fail.
pub(crate) struct AccountFailures;

/// The same where something may be taken already.
pub(crate) struct SocialFailures;

/// The same where something may be missing or taken already.
pub(crate) struct AllFailures;

fn with(statuses: &[&str]) -> BTreeMap<String, RefOr<Response>> {
    // Written out, because the derive would repeat the whole schema in every operation.
    let envelope = Content::new(Some(Ref::from_schema_name("ErrorEnvelope")));
    let response = ResponseBuilder::new()
        .content("application/json", envelope)
        .build();
    statuses
        .iter()
        .map(|status| ((*status).to_owned(), response.clone().into()))
        .collect()
}

macro_rules! failures {
    ($($name:ident: $($status:literal)+;)+) => {$(
        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                with(&[$($status),+])
            }
        }
    )+};
}

failures! {
    PersonalFailuresWithoutMissing: "400" "401" "403" "429" "default";
    PersonalFailures: "400" "401" "403" "404" "429" "default";
    FailuresWithoutMissing: "400" "403" "429" "default";
    Failures: "400" "403" "404" "429" "default";
    PlainFailures: "400" "429" "default";
    ClashFailures: "400" "409" "429" "default";
    MissingFailures: "400" "404" "429" "default";
    AccountFailures: "400" "401" "403" "429" "default";
    SocialFailures: "400" "401" "403" "409" "429" "default";
    AllFailures: "400" "401" "403" "404" "409" "429" "default";
}

/// The envelope of every failure; documents what `Error` sends.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents the shape that `Error` writes")]
pub struct ErrorEnvelope {
    /// One of the stable codes.
    code: ErrorToken,
    /// Short text in the response language.
    title: String,
    /// `__default`, and an entry for each field at fault.
    messages: ErrorMessages,
    /// Always null.
    #[schema(required = true, schema_with = null)]
    result: (),
}

/// The type of a value that is always null.
fn null() -> utoipa::openapi::schema::Object {
    utoipa::openapi::schema::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::Null)
        .build()
}

/// Messages of a failure.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents the shape that `Error` writes")]
struct ErrorMessages {
    /// The general text.
    __default: MessageEntry,
    /// One text per field at fault.
    #[serde(flatten)]
    fields: BTreeMap<String, MessageEntry>,
}

macro_rules! tokens {
    ($($variant:ident = $token:literal),+ $(,)?) => {
        /// Every failure token of the contract.
        #[derive(ToSchema)]
        #[expect(dead_code, reason = "documents the values")]
        enum ErrorToken {
            $(#[schema(rename = $token)] $variant),+
        }
    };
}

tokens! {
    A1 = "VALIDATION_ERROR", A2 = "SERVICE_NAME_REQUIRED", A3 = "INVALID_SERVICE_NAME", A4 = "DEVICE_ID_REQUIRED",
    A5 = "VERIFICATION_CODE_INVALID", A6 = "VERIFICATION_CODE_EXPIRED", A7 = "EMAIL_NOT_VERIFIED", A8 = "RESET_TOKEN_INVALID",
    A9 = "PASSWORD_INCORRECT", B1 = "CREDENTIALS_INCORRECT", B2 = "AUTHENTICATION_REQUIRED", B3 = "TOKEN_INVALID", B4 = "TOKEN_EXPIRED",
    B5 = "INVALID_CREDENTIALS", B6 = "REFRESH_TOKEN_INVALID", B7 = "SOCIAL_TOKEN_INVALID", B8 = "REGION_BLOCK", B9 = "ACCOUNT_DISABLED",
    C1 = "MFA_REQUIRED", C2 = "NOT_FOUND", C3 = "PAGE_NOT_FOUND", C4 = "ACTIVATION_CODE_NOT_FOUND", C5 = "LINKED_ACCOUNT_NOT_FOUND",
    C6 = "FAVORITE_NOT_FOUND", C7 = "EMAIL_ALREADY_REGISTERED", C8 = "ACTIVATION_CODE_ALREADY_USED", C9 = "LAST_LOGIN_METHOD",
    D1 = "SAME_ACCOUNT", D2 = "RATE_LIMITED", D3 = "TOO_MANY_ATTEMPTS", D4 = "METHOD_NOT_ALLOWED", D5 = "PAYLOAD_TOO_LARGE",
    D6 = "UNSUPPORTED_MEDIA_TYPE", D7 = "INTERNAL_ERROR", D8 = "SERVICE_UNAVAILABLE",
}
