//! The JSON shapes of the contract, one type per schema, and how catalog things become them.

mod account;
mod channel;
mod content;
mod cover;
mod failure;
mod list;
mod media;
mod page;
mod personal;
mod picture;
mod playback;
mod recommendation;
mod row;
mod search;
mod season;
pub(crate) mod texts;

pub use account::bodies::{
    AccountDeleteBody, AccountMergeBody, AppleSignInBody, CodeBody, CtvConfirmBody, EmailBody,
    EmailChangeBody, EmailCodeBody, GoogleSignInBody, PasswordChangeBody, PasswordResetBody,
    ProfileUpdateBody, SignInBody, SignUpCompleteBody,
};
pub use account::sessions::{
    ActivationRequested, ActivationStatus, AuthResponse, DeviceSession, SocialAuthResponse,
};
pub use account::{
    AccountExport, DeviceMergeResult, EmailCodeSent, EmailCodeVerified, LinkedAccount,
    MessageResult, Profile, RegistrationStatus, User,
};
pub use channel::{
    ChannelData, ChannelInfo, ChannelItem, ChannelPage, ChannelRow, EpgProgram, MultichannelItem,
    RowOfChannels,
};
pub use content::{Cast, Category, ContentDetail, SeasonOfContent};
pub use cover::{CoverDetail, CoverImages, CoverItem, CoverPage, CoverSlide};
pub use failure::ErrorEnvelope;
pub(crate) use failure::{
    AccountFailures, AllFailures, ClashFailures, Failures, FailuresWithoutMissing, MissingFailures,
    PersonalFailures, PersonalFailuresWithoutMissing, PlainFailures, SocialFailures,
};
pub use list::{
    CategoryItem, CategoryList, CategoryPage, ContentItem, ContentItemData, ContentItemInfo,
    ContentPage, SeasonItem, SeasonItemData, SeasonItemInfo, SeasonPage, SeriesItem,
    SeriesItemData, SeriesItemInfo, SeriesPage,
};
pub use media::{MediaAudio, MediaOriginal, MediaSubtitle, MediaVideo, PlaybackMedia};
pub use personal::{
    ContinueWatchingBody, ContinueWatchingRecord, ContinueWatchingResult, FavoriteBody,
    FavoriteItem,
};
pub use picture::{Badges, ListImage, ListView, Poster, Thumbnail};
pub use playback::{CuePoint, Manifest, NextEpisode, Playback};
pub use recommendation::{RecommendationData, RecommendationItem};
pub use row::{InnerRows, LiveGroups, RowItem, RowList, Tile, TilePage};
pub use search::{Hit, SearchResult};
pub use season::{SeasonDetail, SeasonSummary, SeriesInfo, Tag};

use std::collections::BTreeMap;

use marquee_domain::UiLanguage;
use marquee_domain::catalog::Orientation;
use serde::Serialize;
use utoipa::ToSchema;

/// What every view is made with.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Language of the answer.
    pub language: UiLanguage,
    /// What links begin with.
    pub public_url: &'a str,
    /// What pictures of a service for members are opened with.
    pub pass: Option<&'a str>,
    /// How the pictures of tiles are cut, if they can be had that way.
    pub cut: Orientation,
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
