//! Tiles of recommendations.

use marquee_catalog::browse;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOf, AnyOfBuilder};
use utoipa::openapi::{Ref, RefOr, Schema};

use super::Look;
use super::list::{ContentItem, ContentItemInfo, SeriesItem, SeriesItemInfo};
use super::picture::ListView;

/// One recommendation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4RecommendationItem)]
pub struct RecommendationItem {
    /// What the tile opens.
    #[serde(rename = "type")]
    kind: RecommendationWord,
    data: RecommendationData,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum RecommendationWord {
    Series,
    Content,
}

/// Tile and ids of one recommendation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4RecommendationData)]
pub struct RecommendationData {
    view: ListView,
    /// Follows the item's `type`.
    #[schema(schema_with = either_info)]
    info: RecommendationInfo,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum RecommendationInfo {
    Series(SeriesItemInfo),
    Content(ContentItemInfo),
}

/// The contract says `anyOf`; an untagged enum would be `oneOf`.
fn either_info() -> RefOr<Schema> {
    let of = |name: &str| Ref::from_schema_name(name);
    let either: AnyOf = AnyOfBuilder::new()
        .item(of("OdxV4SeriesListInfo"))
        .item(of("OdxV4ContentListInfo"))
        .build();
    Schema::AnyOf(either).into()
}

impl RecommendationItem {
    /// The tile of a title.
    pub(crate) fn new(item: &browse::CategoryItem, look: Look<'_>) -> Self {
        let (kind, view, info) = match item {
            browse::CategoryItem::Series(series) => {
                let (view, info) = SeriesItem::new(series, look).into_parts();
                let info = RecommendationInfo::Series(info);
                (RecommendationWord::Series, view, info)
            }
            browse::CategoryItem::Content(content) => {
                let (view, info) = ContentItem::new(content, look).into_parts();
                let info = RecommendationInfo::Content(info);
                (RecommendationWord::Content, view, info)
            }
        };
        Self {
            kind,
            data: RecommendationData { view, info },
        }
    }
}
