//! Tiles and pages of tiles.

use marquee_catalog::browse::{self, OpenedSeries, PlacedContent, PlacedSeason};
use serde::Serialize;
use utoipa::ToSchema;

use super::content::Category;
use super::page::page;
use super::picture::ListView;
use super::{Look, display_duration, duration_text};

macro_rules! item {
    ($item:ident as $item_name:ident, $data:ident as $data_name:ident, $info:ident, $kind:ident, $variant:ident, $word:literal) => {
        #[doc = concat!("List entry of type `", $word, "`.")]
        #[derive(Debug, Serialize, ToSchema)]
        #[schema(as = $item_name)]
        pub struct $item {
            #[serde(rename = "type")]
            kind: $kind,
            data: $data,
        }

        /// Tile and ids.
        #[derive(Debug, Serialize, ToSchema)]
        #[schema(as = $data_name)]
        pub struct $data {
            view: ListView,
            info: $info,
        }

        #[derive(Debug, Serialize, ToSchema)]
        #[serde(rename_all = "lowercase")]
        enum $kind {
            $variant,
        }

        impl $item {
            /// What it paints and what it opens.
            pub(crate) fn parts(self) -> (ListView, $info) {
                (self.data.view, self.data.info)
            }

            fn with(view: ListView, info: $info) -> Self {
                Self {
                    kind: $kind::$variant,
                    data: $data { view, info },
                }
            }
        }
    };
}

item!(
    ContentItem as OdxV4ContentListItem,
    ContentItemData as OdxV4ContentListData,
    ContentItemInfo,
    ContentWord,
    Content,
    "content"
);
item!(
    SeasonItem as OdxV4SeasonListItem,
    SeasonItemData as OdxV4SeasonListData,
    SeasonItemInfo,
    SeasonWord,
    Season,
    "season"
);
item!(
    SeriesItem as OdxV4SeriesListItem,
    SeriesItemData as OdxV4SeriesListData,
    SeriesItemInfo,
    SeriesWord,
    Series,
    "series"
);

/// Ids and facts about a content that a client needs to open it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4ContentListInfo)]
pub struct ContentItemInfo {
    content_id: i64,
    content_slug: String,
    /// Absent when the content stands alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    season_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    season_slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    series_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    series_slug: Option<String>,
    /// Running time in whole seconds, in decimal digits.
    #[schema(required = true)]
    duration: Option<String>,
    /// Running time for people.
    #[schema(required = true)]
    display_duration: Option<String>,
    /// True when the sound is dubbed.
    dubbing_mode: bool,
    /// Place in the season, from 1; absent for a movie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    episode_order: Option<i64>,
    /// Kind of content.
    content_type: &'static str,
}

/// Ids and facts about a season.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4SeasonListInfo)]
pub struct SeasonItemInfo {
    season_id: i64,
    season_slug: String,
    series_id: i64,
    series_slug: String,
    season_order: i64,
    total_content_count: i64,
    dubbing_mode: bool,
}

/// Ids and facts about a series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4SeriesListInfo)]
pub struct SeriesItemInfo {
    series_id: i64,
    series_slug: String,
    /// Season that the series page opens on; absent when none is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    season_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    season_slug: Option<String>,
    total_number_of_seasons: i64,
    dubbing_mode: bool,
}

impl ContentItem {
    /// The tile of a content.
    pub(crate) fn new(placed: &PlacedContent, look: Look<'_>) -> Self {
        let PlacedContent { content, place } = placed;
        let above: Vec<_> = place
            .iter()
            .flat_map(|(season, series)| [&season.doc, &series.doc])
            .collect();
        let info = ContentItemInfo {
            content_id: content.id.0,
            content_slug: content.head.slug.clone(),
            season_id: place.as_ref().map(|(season, _)| season.id.0),
            season_slug: place.as_ref().map(|(season, _)| season.head.slug.clone()),
            series_id: place.as_ref().map(|(_, series)| series.id.0),
            series_slug: place.as_ref().map(|(_, series)| series.head.slug.clone()),
            duration: content.duration_ms.map(duration_text),
            display_duration: content.duration_ms.map(display_duration),
            dubbing_mode: content.doc.dubbing_mode
                || place
                    .as_ref()
                    .is_some_and(|(season, _)| season.doc.dubbing_mode),
            episode_order: content.order,
            content_type: content.kind.as_str(),
        };
        Self::with(ListView::new(&content.doc, &above, look), info)
    }

    /// The tile and the ids, for an entry of another list.
    pub(super) fn into_parts(self) -> (ListView, ContentItemInfo) {
        (self.data.view, self.data.info)
    }
}

impl SeasonItem {
    /// The tile of a season.
    pub(crate) fn new(placed: &PlacedSeason, look: Look<'_>) -> Self {
        let PlacedSeason {
            season,
            series,
            facts,
        } = placed;
        let info = SeasonItemInfo {
            season_id: season.id.0,
            season_slug: season.head.slug.clone(),
            series_id: series.id.0,
            series_slug: series.head.slug.clone(),
            season_order: season.order,
            total_content_count: facts.contents,
            dubbing_mode: season.doc.dubbing_mode,
        };
        Self::with(ListView::new(&season.doc, &[&series.doc], look), info)
    }
}

impl SeriesItem {
    /// The tile of a series.
    pub(crate) fn new(opened: &OpenedSeries, look: Look<'_>) -> Self {
        let OpenedSeries { series, seasons } = opened;
        let first = seasons.first();
        let info = SeriesItemInfo {
            series_id: series.id.0,
            series_slug: series.head.slug.clone(),
            season_id: first.map(|season| season.id.0),
            season_slug: first.map(|season| season.head.slug.clone()),
            total_number_of_seasons: i64::try_from(seasons.len()).unwrap_or(i64::MAX),
            dubbing_mode: first.map_or(series.doc.dubbing_mode, |season| season.doc.dubbing_mode),
        };
        let above: Vec<_> = first.iter().map(|season| &season.doc).collect();
        Self::with(ListView::new(&series.doc, &above, look), info)
    }

    /// The tile and the ids, for an entry of another list.
    pub(super) fn into_parts(self) -> (ListView, SeriesItemInfo) {
        (self.data.view, self.data.info)
    }
}

/// An entry of a category page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum CategoryItem {
    /// A series.
    Series(SeriesItem),
    /// A content that stands alone.
    Content(ContentItem),
}

impl CategoryItem {
    /// The tile of an entry.
    pub(crate) fn new(item: &browse::CategoryItem, look: Look<'_>) -> Self {
        match item {
            browse::CategoryItem::Series(series) => Self::Series(SeriesItem::new(series, look)),
            browse::CategoryItem::Content(content) => {
                Self::Content(ContentItem::new(content, look))
            }
        }
    }
}

page!(ContentPage as OdxV4ContentPagination of ContentItem);
page!(SeasonPage as OdxV4SeasonPagination of SeasonItem);
page!(SeriesPage as OdxV4SeriesPagination of SeriesItem);
page!(CategoryPage as OdxV4CategoryContentsPagination of CategoryItem);

/// The categories that have something to show (extension).
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryList {
    /// In the editor's order.
    pub(crate) results: Vec<Category>,
}
