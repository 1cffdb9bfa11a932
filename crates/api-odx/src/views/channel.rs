//! Rows of the channel screen and their tiles.

use marquee_catalog::home::{Item, Tile};
use marquee_domain::catalog::TitleDoc;
use marquee_domain::home::{Channel, Row};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, Type};

use super::Look;
use super::page::page;
use super::picture::{ListView, text};
use super::row::OrientationWord;

/// One row of the channel screen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CarouselChannelGroup)]
pub struct RowOfChannels {
    id: i64,
    title: String,
    /// Value for the `slug` parameter of the channel carousel.
    slug: String,
    /// Cut of the tiles in the row.
    #[schema(value_type = OrientationWord)]
    image_orientation: &'static str,
}

impl RowOfChannels {
    /// A row.
    pub(crate) fn new(row: &Row, look: Look<'_>) -> Self {
        Self {
            id: row.id.0,
            title: text(&row.doc.titles, look),
            slug: row.head.slug.clone(),
            image_orientation: row.doc.orientation.as_str(),
        }
    }
}

/// One program in the guide. There is no guide yet, so none is ever sent.
#[derive(ToSchema)]
#[schema(as = OdxV4EpgProgram)]
#[expect(
    dead_code,
    reason = "documents what `now_playing` holds once there is a guide"
)]
pub struct EpgProgram {
    id: i64,
    title: String,
    #[schema(required = true)]
    episode_title: Option<String>,
    /// Empty string when there is none.
    synopsis: String,
    /// Start, with offset.
    #[schema(format = DateTime)]
    start_time: String,
    /// End, with offset; the start of the next one when there is no gap.
    #[schema(format = DateTime)]
    end_time: String,
    #[schema(required = true)]
    thumbnail: Option<String>,
    /// Empty string when unrated.
    age_rating: String,
    /// Content to watch on demand instead.
    #[schema(required = true)]
    content_id: Option<i64>,
    #[schema(required = true)]
    content_slug: Option<String>,
}

/// Written out, because the contract has `anyOf` where the derive writes `oneOf`.
fn program_or_null() -> Schema {
    AnyOfBuilder::new()
        .item(Ref::from_schema_name("OdxV4EpgProgram"))
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .build()
        .into()
}

/// Ids that a client needs to open a channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4ChannelListInfo)]
pub struct ChannelInfo {
    channel_id: i64,
    channel_slug: String,
}

/// Tile and ids of one channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CarouselChannelData)]
pub struct ChannelData {
    view: ListView,
    info: ChannelInfo,
    /// Program on air, null when the guide has none.
    #[schema(required = true, schema_with = program_or_null)]
    now_playing: (),
}

impl ChannelData {
    /// Tile and ids apart, for lists that hold other things as well.
    pub(super) fn parts(self) -> (ListView, ChannelInfo) {
        (self.view, self.info)
    }

    pub(super) fn new(channel: &Channel, look: Look<'_>) -> Self {
        Self {
            view: view(&channel.doc, look),
            info: ChannelInfo {
                channel_id: channel.id.0,
                channel_slug: channel.head.slug.clone(),
            },
            now_playing: (),
        }
    }
}

fn view(doc: &TitleDoc, look: Look<'_>) -> ListView {
    ListView::new(doc, &[], look)
}

/// Ids of a bundle of channels.
#[derive(Debug, Serialize, ToSchema)]
struct MultichannelInfo {
    multichannel_id: i64,
    multichannel_slug: String,
}

/// Tile of a bundle of channels.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CarouselMultiChannelData)]
struct MultichannelData {
    view: ListView,
    info: MultichannelInfo,
    /// Channels of the bundle, in order.
    channels: Vec<ChannelData>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ChannelWord {
    Channel,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum MultichannelWord {
    Multichannel,
}

/// List entry of type `channel`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CarouselChannelItem)]
pub struct ChannelItem {
    #[serde(rename = "type")]
    kind: ChannelWord,
    data: ChannelData,
}

/// List entry of type `multichannel`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CarouselMultiChannelItem)]
pub struct MultichannelItem {
    #[serde(rename = "type")]
    kind: MultichannelWord,
    data: MultichannelData,
}

/// One tile of a row of channels.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ChannelRow {
    /// A channel.
    Channel(ChannelItem),
    /// A bundle.
    Multichannel(MultichannelItem),
}

impl ChannelRow {
    /// A tile; none for what a row of the channel screen does not show.
    pub(crate) fn new(tile: &Tile, look: Look<'_>) -> Option<Self> {
        let look = Look {
            cut: tile.cut,
            ..look
        };
        Some(match &tile.item {
            Item::Channel(channel) => Self::Channel(ChannelItem {
                kind: ChannelWord::Channel,
                data: ChannelData::new(channel, look),
            }),
            Item::Multichannel(bundle, channels) => Self::Multichannel(MultichannelItem {
                kind: MultichannelWord::Multichannel,
                data: MultichannelData {
                    view: view(&bundle.doc, look),
                    info: MultichannelInfo {
                        multichannel_id: bundle.id.0,
                        multichannel_slug: bundle.head.slug.clone(),
                    },
                    channels: channels
                        .iter()
                        .map(|channel| ChannelData::new(channel, look))
                        .collect(),
                },
            }),
            Item::Content(_) | Item::Series(_) | Item::Season(_) => return None,
        })
    }
}

page!(ChannelPage as OdxV4CarouselChannelList of ChannelRow);
