//! The JSON shapes of the contract, one type per schema, and how catalog things become them.

mod content;
mod list;
mod picture;
mod playback;
mod season;

pub use content::{Cast, Category, ContentDetail, SeasonOfContent};
pub use list::{
    CategoryItem, CategoryList, CategoryPage, ContentItem, ContentItemData, ContentItemInfo,
    ContentPage, SeasonItem, SeasonItemData, SeasonItemInfo, SeasonPage, SeriesItem,
    SeriesItemData, SeriesItemInfo, SeriesPage,
};
pub use picture::{Badges, ListImage, ListView, Poster, Thumbnail};
pub use playback::{
    CuePoint, Manifest, MediaAudio, MediaOriginal, MediaSubtitle, MediaVideo, NextEpisode,
    Playback, PlaybackMedia,
};
pub use season::{SeasonDetail, SeasonSummary, SeriesInfo, Tag};

use std::collections::BTreeMap;

use marquee_domain::UiLanguage;
use serde::Serialize;
use utoipa::ToSchema;

/// What every view is made with.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Language of the answer.
    pub language: UiLanguage,
    /// What links begin with.
    pub public_url: &'a str,
}

/// One text for the viewer.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageEntry {
    /// The sentence to show.
    title: String,
    /// Longer explanation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
}

/// Wrapper around every JSON body of this API.
#[derive(Debug, Serialize, ToSchema)]
pub struct Envelope<T> {
    /// `SUCCESS`.
    code: Success,
    /// Short outcome text in the response language.
    title: &'static str,
    /// Empty unless the operation has a notice.
    messages: BTreeMap<String, MessageEntry>,
    /// What the operation returns.
    result: T,
}

/// The one code of success.
#[derive(Debug, Serialize, ToSchema)]
enum Success {
    #[serde(rename = "SUCCESS")]
    Success,
}

impl<T> Envelope<T> {
    /// A success.
    pub fn success(language: UiLanguage, result: T) -> Self {
        let title = match language {
            UiLanguage::Ko => "성공",
            UiLanguage::En => "Success",
            UiLanguage::Es => "Correcto",
            UiLanguage::ZhHans | UiLanguage::ZhHant => "成功",
            UiLanguage::Pt => "Sucesso",
        };
        Self {
            code: Success::Success,
            title,
            messages: BTreeMap::new(),
            result,
        }
    }
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

/// Running time for people: `58m`, `1h 32m`, `45s`.
pub(crate) fn display_duration(ms: i64) -> String {
    let seconds = (ms + 500) / 1000;
    match (seconds / 3600, seconds % 3600 / 60) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}

/// Running time in whole seconds as decimal digits, as the contract sends it for contents.
pub(crate) fn duration_text(ms: i64) -> String {
    ((ms + 500) / 1000).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        for (ms, expected) in [
            (3_480_000, "58m"),
            (5_520_000, "1h 32m"),
            (45_400, "45s"),
            (3_600_000, "1h"),
            (0, "0s"),
        ] {
            assert_eq!(display_duration(ms), expected);
        }
        assert_eq!(duration_text(3_479_600), "3480");
    }
}
