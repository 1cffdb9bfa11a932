//! What is read whole of a title: texts, credits, pictures, marks on the timeline, publication as an author states it.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::{CategoryId, PersonId, TagId};
use crate::language::LanguageTag;
use crate::publish::Status;
use crate::text::Texts;

/// How a picture is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Orientation {
    /// Wider than high: a thumbnail.
    Landscape,
    /// Higher than wide: a poster.
    Portrait,
}

impl Orientation {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Landscape => "landscape",
            Self::Portrait => "portrait",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Landscape => Self::Portrait,
            Self::Portrait => Self::Landscape,
        }
    }
}

/// A picture of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Picture id, unique in the database.
    pub id: i64,
    /// Where it is: `art:<file name>` for a stored picture, else an absolute address.
    pub location: String,
    /// How it is cut.
    pub orientation: Orientation,
    /// Language of the lettering.
    pub language: LanguageTag,
    /// Picked by an editor to stand for the item.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub representative: bool,
}

/// Whether a location is that of a stored picture. Others have not been fetched and looked at (yet), and nobody is
/// shown them.
#[must_use]
pub fn is_stored(location: &str) -> bool {
    location.starts_with("art:")
}

impl Image {
    /// Whether it is stored, and may be shown.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        is_stored(&self.location)
    }
}

/// What a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Plays.
    Cast,
    /// Directs.
    Director,
    /// Writes.
    Writer,
    /// Produces.
    Producer,
}

/// A person's credit, in billing order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: Role,
}

/// A moment on the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CuePoint {
    /// Seconds from the start.
    pub timecode: f64,
    /// `AD`, `CODE` or another word the player knows.
    #[serde(rename = "type")]
    pub kind: String,
    /// Name for people.
    pub name: String,
    /// Free text for the player.
    #[serde(default)]
    pub metadata: String,
}

/// Texts over the corners of a tile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Badges {
    /// Top left corner.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub top_left: Texts,
    /// Top right corner.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub top_right: Texts,
    /// Bottom left corner.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub bottom_left: Texts,
    /// Bottom right corner.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub bottom_right: Texts,
}

/// What series, seasons and contents have in common.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TitleDoc {
    /// Titles by language.
    pub titles: Texts,
    /// Synopses by language.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub synopses: Texts,
    /// Captions for a narrow button (seasons).
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub short_titles: Texts,
    /// Other titles, for search.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Language the work was made in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_language: Option<LanguageTag>,
    /// Genre names as they are shown, when they are not categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub genres: Vec<String>,
    /// Categories in the editor's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryId>,
    /// Tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagId>,
    /// Credits in billing order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<Credit>,
    /// Pictures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
    /// Corner texts.
    #[serde(skip_serializing_if = "is_default")]
    pub badges: Badges,
    /// Rating label, such as `15`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_rating: Option<String>,
    /// The sound is dubbed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dubbing_mode: bool,
    /// Languages with subtitles, as an author states them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subtitles: Vec<LanguageTag>,
    /// Year of release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// First release day, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Last release day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
    /// Marked moments, rising.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cue_points: Vec<CuePoint>,
    /// Address of the ad request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ad_tag: Option<String>,
    /// Released or draft.
    #[serde(skip_serializing_if = "is_default")]
    pub status: Status,
    /// Start of the publish window as an author set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_start: Option<Timestamp>,
    /// End of the publish window as an author set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_end: Option<Timestamp>,
    /// Running time as an author states it, in milliseconds; measured media wins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime_ms: Option<i64>,
}

/// A document that names pictures.
pub trait NamesPictures {
    /// The locations of all of its pictures.
    fn locations(&self) -> Vec<&String>;

    /// The same, to be replaced.
    fn locations_mut(&mut self) -> Vec<&mut String>;
}

impl NamesPictures for TitleDoc {
    fn locations(&self) -> Vec<&String> {
        self.images.iter().map(|image| &image.location).collect()
    }

    fn locations_mut(&mut self) -> Vec<&mut String> {
        let images = self.images.iter_mut();
        images.map(|image| &mut image.location).collect()
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
