//! Recommendation: which titles go together, and why one is suggested.
//!
//! Counted as watched and recommended are titles: a series as a whole, whatever was watched of it,
//! or a content that belongs to none.

use crate::catalog::TitleKey;
use crate::ids::{ContentId, SeriesId};

impl TitleKey {
    /// The word for the kind, as `item_kind` columns have it, and the id.
    #[must_use]
    pub fn parts(self) -> (&'static str, i64) {
        match self {
            Self::Series(id) => ("series", id.0),
            Self::Content(id) => ("content", id.0),
        }
    }

    /// Reads what [`TitleKey::parts`] gave.
    #[must_use]
    pub fn from_parts(kind: &str, id: i64) -> Option<Self> {
        match kind {
            "series" => Some(Self::Series(SeriesId(id))),
            "content" => Some(Self::Content(ContentId(id))),
            _ => None,
        }
    }
}

/// Why a title is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The same viewers watched both.
    WatchedTogether,
    /// They share categories or tags.
    SameCategory,
    /// They share people.
    SameCast,
    /// Many watch it at present.
    Popular,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 4] = [
        Self::WatchedTogether,
        Self::SameCategory,
        Self::SameCast,
        Self::Popular,
    ];

    /// The reason for people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WatchedTogether => "watched together",
            Self::SameCategory => "same category",
            Self::SameCast => "same cast",
            Self::Popular => "popular",
        }
    }

    /// Reads the words.
    #[must_use]
    pub fn parse(words: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == words)
    }
}

/// A title that goes with another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Which.
    pub title: TitleKey,
    /// How much, above 0; about 1 for the closest of a title that much is known of.
    pub score: f32,
    /// What it mostly comes from.
    pub reason: Reason,
}
