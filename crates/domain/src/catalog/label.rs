//! Categories, tags and people.

use serde::{Deserialize, Serialize};

use super::NamesPictures;
use crate::text::Texts;

/// A label of a service: a category, a tag or a person share this shape in storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LabelKind {
    /// Category.
    Category,
    /// Tag.
    Tag,
    /// Person.
    Person,
}

impl LabelKind {
    /// The word that is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Tag => "tag",
            Self::Person => "person",
        }
    }
}

/// Texts and picture of a category, tag or person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelDoc {
    /// Title or name by language.
    pub titles: Texts,
    /// Description by language.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub descriptions: Texts,
    /// Portrait of a person: a location as in [`Image`](super::Image).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

impl NamesPictures for LabelDoc {
    fn locations(&self) -> Vec<&String> {
        self.image.iter().collect()
    }

    fn locations_mut(&mut self) -> Vec<&mut String> {
        self.image.iter_mut().collect()
    }
}

/// A category, tag or person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its id within its kind.
    pub id: i64,
    /// The caller's own key.
    pub external_key: String,
    /// Name in addresses.
    pub slug: String,
    /// Place among its kind; smaller first.
    pub order: i64,
    /// Fingerprint of the record; zero for one that was only mentioned so far.
    pub digest: i64,
    /// Texts.
    pub doc: LabelDoc,
}
