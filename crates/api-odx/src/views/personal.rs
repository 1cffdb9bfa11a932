//! Favorites and progress as the contract shows them.

use marquee_domain::UiLanguage;
use marquee_domain::clock::rfc3339;
use marquee_domain::personal::{Owner, Progress};
use marquee_storage::favorites::Favorite;
use serde::Serialize;
use utoipa::ToSchema;

/// What a favorite can be.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "documents the values")]
enum FavoriteType {
    Content,
    Season,
    Channel,
}

/// The thing to keep or drop.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct FavoriteBody {
    /// Id of the content, season or channel.
    source_id: i64,
    #[schema(inline)]
    r#type: FavoriteType,
}

/// One favorite.
#[derive(Debug, Serialize, ToSchema)]
pub struct FavoriteItem {
    /// Id of the favorite itself.
    id: i64,
    /// Id of the favorite content, season or channel.
    source_id: i64,
    #[schema(inline, value_type = FavoriteType)]
    r#type: &'static str,
    /// Device that holds it; null when a user does.
    #[schema(required = true)]
    device_id: Option<String>,
    #[schema(format = DateTime)]
    created: String,
}

impl FavoriteItem {
    /// A favorite of an owner.
    pub(crate) fn new(favorite: &Favorite, owner: &Owner) -> Self {
        Self {
            id: favorite.id,
            source_id: favorite.source_id,
            r#type: favorite.kind.as_str(),
            device_id: owner.device().map(|device| device.as_str().to_owned()),
            created: rfc3339(favorite.created_at),
        }
    }
}

/// Progress to save.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what `Fields` reads")]
pub struct ContinueWatchingBody {
    #[schema(minimum = 1)]
    content_id: i64,
    /// Seconds from the start; playback durations count in milliseconds.
    #[schema(minimum = 0)]
    last_position: i64,
}

/// Progress as stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContinueWatchingRecord {
    /// Key of the record in the store.
    cache_key: String,
    content_id: i64,
    /// Seconds from the start.
    last_position: i64,
    /// Unix time of the write, in seconds.
    updated: i64,
    /// Device that sent it; empty string when the call had no `did`.
    device_id: String,
}

/// Outcome of saving progress.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContinueWatchingResult {
    success: bool,
    /// Text for the viewer.
    message: &'static str,
    data: ContinueWatchingRecord,
}

impl ContinueWatchingResult {
    /// What is stored of an owner.
    pub(crate) fn new(stored: &Progress, owner: &Owner, language: UiLanguage) -> Self {
        let message = match language {
            UiLanguage::Ko => "저장되었습니다.",
            UiLanguage::En => "Saved.",
            UiLanguage::Es => "Guardado.",
            UiLanguage::ZhHans => "已保存。",
            UiLanguage::ZhHant => "已儲存。",
            UiLanguage::Pt => "Guardado.",
        };
        Self {
            success: true,
            message,
            data: ContinueWatchingRecord {
                cache_key: stored.cache_key(owner),
                content_id: stored.content.0,
                last_position: stored.position_s,
                updated: stored.updated_at.div_euclid(1000),
                device_id: stored.device.clone(),
            },
        }
    }
}
