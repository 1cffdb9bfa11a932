//! Rows and how they are filled.

use serde::{Deserialize, Serialize};

use super::{Publication, Reference};
use crate::catalog::{ContentKind, Head, Orientation};
use crate::ids::{RowGroupId, RowId};
use crate::text::Texts;

/// A row of a screen: tiles side by side under a heading.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its id.
    pub id: RowId,
    /// Identity and window; the window lies inside that of its group.
    pub head: Head,
    /// Place in the group, from top to bottom.
    pub order: i64,
    /// The group it belongs to.
    pub group: RowGroupId,
    /// Everything that is only read.
    pub doc: RowDoc,
}

/// What is read whole of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowDoc {
    /// Headings by language.
    pub titles: Texts,
    /// How its tiles are cut.
    pub orientation: Orientation,
    /// Where its tiles come from.
    pub fill: Fill,
    /// As an author states it.
    #[serde(flatten)]
    pub publication: Publication,
}

/// Where the tiles of a row come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Fill {
    /// These items, in this order.
    Items {
        /// As an author names them.
        items: Vec<Reference>,
    },
    /// Titles that fit a query.
    Query {
        /// Which.
        query: RowQuery,
    },
    /// All channels, in their order.
    Channels,
    /// What the asking person has begun, and what follows what they have finished.
    ContinueWatching,
    /// What the asking person has marked.
    Favorites,
    /// Titles near the one that the asking person watched last.
    BecauseYouWatched,
    /// Titles near a named one.
    MoreLikeThis {
        /// The title; an episode or a season stands for its series.
        of: Reference,
    },
    /// Titles near all that the asking person has watched; popular ones when that is nothing.
    Recommended,
}

impl Fill {
    /// The word in records.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Items { .. } => "items",
            Self::Query { .. } => "query",
            Self::Channels => "channels",
            Self::ContinueWatching => "continue_watching",
            Self::Favorites => "favorites",
            Self::BecauseYouWatched => "because_you_watched",
            Self::MoreLikeThis { .. } => "more_like_this",
            Self::Recommended => "recommended",
        }
    }

    /// The contract's word for how a row is filled: which rows a client fetches again after a
    /// viewing (`continue_watching`), after a favorite (`favorites`), or neither.
    #[must_use]
    pub fn refetched_as(&self) -> &'static str {
        match self {
            Self::Items { .. }
            | Self::Query { .. }
            | Self::Channels
            | Self::MoreLikeThis { .. } => "curated",
            Self::ContinueWatching | Self::BecauseYouWatched | Self::Recommended => {
                "continue_watching"
            }
            Self::Favorites => "favorites",
        }
    }

    /// The items that an author named.
    #[must_use]
    pub fn references(&self) -> &[Reference] {
        match self {
            Self::Items { items } => items,
            Self::MoreLikeThis { of } => std::slice::from_ref(of),
            Self::Query { .. }
            | Self::Channels
            | Self::ContinueWatching
            | Self::Favorites
            | Self::BecauseYouWatched
            | Self::Recommended => &[],
        }
    }
}

/// Which titles a row queries; the conditions combine with AND.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RowQuery {
    /// Kinds of titles; none are series, and movies and clips that stand alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<QueryKind>,
    /// A category by external key or slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// A tag by external key or slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Language that a title was made in, as a lower-case tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Order.
    pub order: QueryOrder,
    /// Most titles.
    pub limit: u32,
}

/// What a query can list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueryKind {
    /// Series.
    Series,
    /// Movies.
    Movie,
    /// Clips.
    Clip,
    /// Episodes; they count as what their series is.
    Episode,
}

impl QueryKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Series, Self::Movie, Self::Clip, Self::Episode];

    /// The word in records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Series => "series",
            Self::Movie => "movie",
            Self::Clip => "clip",
            Self::Episode => "episode",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The kind of content; none for series.
    #[must_use]
    pub fn content(self) -> Option<ContentKind> {
        match self {
            Self::Series => None,
            Self::Movie => Some(ContentKind::Movie),
            Self::Clip => Some(ContentKind::Clip),
            Self::Episode => Some(ContentKind::TvSeries),
        }
    }
}

/// How a query is ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueryOrder {
    /// Publish start, falling.
    #[default]
    Newest,
    /// Recent play starts, falling.
    Popularity,
}

impl QueryOrder {
    /// The word in records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Popularity => "popularity",
        }
    }
}
