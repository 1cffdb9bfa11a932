//! Groups of rows, rows of the browse screen, and their tiles.

use std::collections::BTreeMap;

use marquee_catalog::home::{self, Item};
use marquee_domain::home::{Row, RowGroup};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::schema::{AnyOfBuilder, Schema};

use super::list::{
    ContentItem, ContentItemInfo, SeasonItem, SeasonItemInfo, SeriesItem, SeriesItemInfo,
};
use super::page::page;
use super::picture::{ListView, text};
use super::{Envelope, Look, MessageEntry};

/// Which carousel group is live on each surface.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CarouselGroupList)]
pub struct LiveGroups {
    /// Slug of the live group of the browse screen; empty string when none is live.
    browser: String,
    /// Slug of the live group of the channel screen; empty string when none is live.
    channel: String,
}

impl LiveGroups {
    /// The live groups.
    pub(crate) fn new(browser: Option<RowGroup>, channel: Option<RowGroup>) -> Self {
        let slug = |group: Option<RowGroup>| group.map(|it| it.head.slug).unwrap_or_default();
        Self {
            browser: slug(browser),
            channel: slug(channel),
        }
    }
}

/// How the tiles of a row are cut.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "documents the values")]
pub(super) enum OrientationWord {
    Landscape,
    Portrait,
}

/// How a row is filled.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "documents the values")]
enum RowKind {
    Curated,
    ContinueWatching,
    Favorites,
}

/// One row of the browse screen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CarouselGroup)]
pub struct RowItem {
    id: i64,
    /// Row heading in the response language.
    title: String,
    /// Value for the `slug` parameter of the carousel list.
    slug: String,
    /// Cut of the tiles in the row.
    #[schema(value_type = OrientationWord)]
    image_orientation: &'static str,
    /// How the row is filled. Rows other than `curated` depend on who asks.
    #[schema(value_type = RowKind)]
    kind: &'static str,
}

/// Rows and how long they keep.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CarouselGroupRows)]
pub struct RowList {
    /// Milliseconds after which a client should ask again.
    refresh_time: i64,
    /// Rows from top to bottom.
    results: Vec<RowItem>,
}

/// Rows of the browse screen, wrapped in a second envelope.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CarouseGrouplList)]
pub struct InnerRows {
    /// Repeats the outer code.
    code: &'static str,
    /// Repeats the outer title.
    title: &'static str,
    /// Repeats the outer messages.
    messages: BTreeMap<String, MessageEntry>,
    result: RowList,
}

impl InnerRows {
    /// The rows of a group; without a group there are none.
    pub(crate) fn new(group: Option<&(RowGroup, Vec<Row>)>, look: Look<'_>) -> Self {
        let row = |row: &Row| RowItem {
            id: row.id.0,
            title: text(&row.doc.titles, look),
            slug: row.head.slug.clone(),
            image_orientation: row.doc.orientation.as_str(),
            kind: row.doc.fill.refetched_as(),
        };
        let rows = group.iter().flat_map(|(_, rows)| rows.iter().map(row));
        let result = RowList {
            refresh_time: home::refresh_ms(group.map(|(group, _)| group)),
            results: rows.collect(),
        };
        let outer = Envelope::success(look.language, ());
        Self {
            code: "SUCCESS",
            title: outer.title,
            messages: outer.messages,
            result,
        }
    }
}

/// What a tile opens.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum TileWord {
    Content,
    Series,
    Season,
}

/// Ids and facts of what a tile opens.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum TileInfo {
    Content(ContentItemInfo),
    Series(SeriesItemInfo),
    Season(SeasonItemInfo),
}

/// Written out, because the contract has `anyOf` where the derive writes `oneOf`.
fn any_info() -> Schema {
    AnyOfBuilder::new()
        .item(Ref::from_schema_name("OdxV4ContentListInfo"))
        .item(Ref::from_schema_name("OdxV4SeriesListInfo"))
        .item(Ref::from_schema_name("OdxV4SeasonListInfo"))
        .build()
        .into()
}

/// Tile and ids of one carousel item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CarouselData)]
struct TileData {
    view: ListView,
    /// Follows the item's `type`.
    #[schema(schema_with = any_info)]
    info: TileInfo,
    /// Seconds watched so far; only on contents, and only when the asking user or device has progress on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0)]
    last_position: Option<i64>,
}

/// One tile of a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CarouselItem)]
pub struct Tile {
    /// What the tile opens.
    #[serde(rename = "type")]
    kind: TileWord,
    data: TileData,
}

impl Tile {
    /// A tile; none for what a row of the browse screen does not show.
    pub(crate) fn new(tile: &home::Tile, look: Look<'_>) -> Option<Self> {
        let look = Look {
            cut: tile.cut,
            ..look
        };
        let (kind, view, info) = match &tile.item {
            Item::Content(placed) => {
                let (view, info) = ContentItem::new(placed, look).parts();
                (TileWord::Content, view, TileInfo::Content(info))
            }
            Item::Series(opened) => {
                let (view, info) = SeriesItem::new(opened, look).parts();
                (TileWord::Series, view, TileInfo::Series(info))
            }
            Item::Season(placed) => {
                let (view, info) = SeasonItem::new(placed, look).parts();
                (TileWord::Season, view, TileInfo::Season(info))
            }
            Item::Channel(_) | Item::Multichannel(..) => return None,
        };
        Some(Self {
            kind,
            data: TileData {
                view,
                info,
                last_position: tile.last_position,
            },
        })
    }
}

page!(TilePage as OdxV4CarouselList of Tile);
