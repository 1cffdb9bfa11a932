//! Hits of a search.

use marquee_catalog::home::Item;
use marquee_catalog::search::Answer;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::schema::{AnyOfBuilder, Schema};

use super::Look;
use super::channel::{ChannelData, ChannelInfo};
use super::list::{
    ContentItem, ContentItemInfo, SeasonItem, SeasonItemInfo, SeriesItem, SeriesItemInfo,
};
use super::picture::ListView;

/// Hits and completions for a term.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4SearchResult)]
pub struct SearchResult {
    /// Best hit first.
    results: Vec<Hit>,
    /// Terms that continue what was typed.
    auto_complete: Vec<String>,
}

/// One hit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4SearchResultItem)]
pub struct Hit {
    /// What the hit opens.
    #[serde(rename = "type")]
    kind: HitWord,
    data: HitData,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum HitWord {
    Content,
    Season,
    Series,
    Channel,
}

/// Tile and ids of one hit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4SearchResultData)]
struct HitData {
    view: ListView,
    /// Follows the hit's `type`.
    #[schema(schema_with = any_info)]
    info: HitInfo,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum HitInfo {
    Content(ContentItemInfo),
    Series(SeriesItemInfo),
    Season(SeasonItemInfo),
    Channel(ChannelInfo),
}

/// Written out, because the contract has `anyOf` where the derive writes `oneOf`.
fn any_info() -> Schema {
    AnyOfBuilder::new()
        .item(Ref::from_schema_name("OdxV4ContentListInfo"))
        .item(Ref::from_schema_name("OdxV4SeriesListInfo"))
        .item(Ref::from_schema_name("OdxV4SeasonListInfo"))
        .item(Ref::from_schema_name("OdxV4ChannelListInfo"))
        .build()
        .into()
}

impl SearchResult {
    /// What was found.
    pub(crate) fn new(found: Answer, look: Look<'_>) -> Self {
        Self {
            results: found
                .items
                .iter()
                .filter_map(|item| Hit::new(item, look))
                .collect(),
            auto_complete: found.auto_complete,
        }
    }
}

impl Hit {
    /// A hit; none for bundles of channels, which are not searched.
    fn new(item: &Item, look: Look<'_>) -> Option<Self> {
        let (kind, view, info) = match item {
            Item::Content(placed) => {
                let (view, info) = ContentItem::new(placed, look).parts();
                (HitWord::Content, view, HitInfo::Content(info))
            }
            Item::Series(opened) => {
                let (view, info) = SeriesItem::new(opened, look).parts();
                (HitWord::Series, view, HitInfo::Series(info))
            }
            Item::Season(placed) => {
                let (view, info) = SeasonItem::new(placed, look).parts();
                (HitWord::Season, view, HitInfo::Season(info))
            }
            Item::Channel(channel) => {
                let (view, info) = ChannelData::new(channel, look).parts();
                (HitWord::Channel, view, HitInfo::Channel(info))
            }
            Item::Multichannel(..) => return None,
        };
        let data = HitData { view, info };
        Some(Self { kind, data })
    }
}
