//! Titles and what belongs to them: series, seasons, contents, categories, tags, people.
//!
//! The `…Doc` types hold what is read whole and never queried inside; their serialised form is what
//! the database keeps, so members may be added with a default but not renamed.

mod document;
mod label;

use serde::{Deserialize, Serialize};

pub use self::document::{
    Badges, Credit, CuePoint, Image, NamesPictures, Orientation, Role, TitleDoc, is_stored,
};
pub use self::label::{Label, LabelDoc, LabelKind};

use crate::clock::Timestamp;
use crate::ids::{ContentId, SeasonId, SeriesId, ServiceId};
use crate::publish::Window;

/// What kind of content: the values of the `types` filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentKind {
    /// An episode of a series.
    TvSeries,
    /// A short piece, alone or beside a season.
    Clip,
    /// A film.
    Movie,
}

impl ContentKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::TvSeries, Self::Clip, Self::Movie];

    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TvSeries => "tv-series",
            Self::Clip => "clip",
            Self::Movie => "movie",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Identity and place of any catalog item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Service it belongs to.
    pub service: ServiceId,
    /// The caller's own key for it, by which imports find it again.
    pub external_key: String,
    /// Name in addresses, unique per service and kind.
    pub slug: String,
    /// When an editor lets it show.
    pub own: Window,
    /// When it shows, parents included.
    pub window: Window,
    /// When it was first stored.
    pub created_at: Timestamp,
    /// Fingerprint of the record it was last imported from; zero when edited since.
    pub digest: i64,
}

/// What people look for, by its key: a series, or a content that stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TitleKey {
    /// A series.
    Series(SeriesId),
    /// A content.
    Content(ContentId),
}

/// A series.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its id.
    pub id: SeriesId,
    /// Identity and place.
    pub head: Head,
    /// Everything that is only read.
    pub doc: TitleDoc,
}

/// A season of a series.
#[derive(Debug, Clone)]
pub struct Season {
    /// Its id.
    pub id: SeasonId,
    /// Series it belongs to.
    pub series: SeriesId,
    /// Place in the series, from 1.
    pub order: i64,
    /// Identity and place.
    pub head: Head,
    /// Everything that is only read.
    pub doc: TitleDoc,
}

/// A content: an episode, a clip or a movie.
#[derive(Debug, Clone)]
pub struct Content {
    /// Its id.
    pub id: ContentId,
    /// Episode, clip or movie.
    pub kind: ContentKind,
    /// Season and its series; none for what stands alone.
    pub season: Option<(SeasonId, SeriesId)>,
    /// Place in the season, from 1.
    pub order: Option<i64>,
    /// Measured or stated running time in milliseconds.
    pub duration_ms: Option<i64>,
    /// True when at least one source plays.
    pub playable: bool,
    /// Identity and place.
    pub head: Head,
    /// Everything that is only read.
    pub doc: TitleDoc,
}

impl Content {
    /// The title that people know it by: its series, or itself when it stands alone.
    #[must_use]
    pub fn title(&self) -> TitleKey {
        self.season
            .map_or(TitleKey::Content(self.id), |(_, series)| {
                TitleKey::Series(series)
            })
    }
}
