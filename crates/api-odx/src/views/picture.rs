//! Pictures and the painted half of a tile.

use marquee_domain::catalog::{Image, Orientation, TitleDoc};
use marquee_domain::language::LanguageTag;
use serde::Serialize;
use utoipa::ToSchema;

use super::Look;

/// Still picture of a content.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OdxV4Thumbnail)]
pub struct Thumbnail {
    id: i64,
    /// Address of the picture.
    url: String,
    /// Picked to stand for the item.
    is_representative: bool,
    /// How the picture is cut.
    orientation: &'static str,
    /// Language of the lettering.
    language: String,
}

/// Poster picture.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OdxV4Poster)]
pub struct Poster {
    id: i64,
    /// Address of the picture.
    url: String,
    is_representative: bool,
    /// How the picture is cut.
    orientation: &'static str,
    /// Language of the lettering.
    language: String,
}

/// Picture of a tile in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OdxV4ListImage)]
pub struct ListImage {
    url: String,
    orientation: &'static str,
    language: String,
}

/// Texts laid over the corners of a tile.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = OdxV4Badges)]
pub struct Badges {
    top_left: String,
    top_right: String,
    bottom_left: String,
    bottom_right: String,
}

/// What a client paints for one tile.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OdxV4ListView)]
pub struct ListView {
    /// Caption in the response language.
    title: String,
    /// Absent when the item has no picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    image: Option<ListImage>,
    /// Old name of `badges`, same value. Always sent, though old clients alone need it.
    #[schema(required = false)]
    badge: Badges,
    badges: Badges,
}

impl ListView {
    /// The tile of an item: its own picture, else that of what it sits in.
    pub(crate) fn new(doc: &TitleDoc, above: &[&TitleDoc], look: Look<'_>) -> Self {
        let cut_as = |orientation| {
            std::iter::once(doc)
                .chain(above.iter().copied())
                .find_map(|doc| pick(doc, orientation, look))
        };
        let image = cut_as(look.cut).or_else(|| cut_as(look.cut.other()));
        let badges = Badges::of(doc, look);
        Self {
            title: title(doc, look),
            image: image.and_then(|image| {
                Some(ListImage {
                    url: address(&image.location, look)?,
                    orientation: image.orientation.as_str(),
                    language: image.language.as_str().to_owned(),
                })
            }),
            badge: badges.clone(),
            badges,
        }
    }
}

impl Badges {
    fn of(doc: &TitleDoc, look: Look<'_>) -> Self {
        let b = &doc.badges;
        Self {
            top_left: text(&b.top_left, look),
            top_right: text(&b.top_right, look),
            bottom_left: text(&b.bottom_left, look),
            bottom_right: text(&b.bottom_right, look),
        }
    }
}

/// A title in the language of the answer. Imports refuse items without one, so it is never empty.
pub(crate) fn title(doc: &TitleDoc, look: Look<'_>) -> String {
    doc.titles
        .pick(look.language, doc.original_language.as_ref())
        .unwrap_or_default()
        .to_owned()
}

/// A text in the language of the answer; empty when there is none.
pub(crate) fn text(texts: &marquee_domain::Texts, look: Look<'_>) -> String {
    texts
        .pick(look.language, None)
        .unwrap_or_default()
        .to_owned()
}

/// The absolute address of a stored picture. None of one that is still to be fetched: nobody has looked at what its
/// own address leads to.
pub(crate) fn address(location: &str, look: Look<'_>) -> Option<String> {
    let name = location.strip_prefix("art:")?;
    Some(match look.pass {
        None => format!("{}/art/{name}", look.public_url),
        Some(pass) => format!("{}/art/m/{pass}/{name}", look.public_url),
    })
}

/// The stored picture to show of an orientation: by language as texts are, editors' picks first within a language.
pub(crate) fn pick<'a>(
    doc: &'a TitleDoc,
    orientation: Orientation,
    look: Look<'_>,
) -> Option<&'a Image> {
    let rank = |image: &Image| {
        let tag = &image.language;
        let by_language = if *tag == LanguageTag::from(look.language) {
            0
        } else if tag.as_str() == "en" {
            1
        } else if Some(tag) == doc.original_language.as_ref() {
            2
        } else {
            3
        };
        (by_language, !image.representative)
    };
    doc.images
        .iter()
        .filter(|image| image.orientation == orientation && image.is_stored())
        .min_by_key(|image| rank(image))
}

impl Thumbnail {
    /// A stored picture as a thumbnail.
    pub(crate) fn new(image: &Image, look: Look<'_>) -> Option<Self> {
        Some(Self {
            id: image.id,
            url: address(&image.location, look)?,
            is_representative: image.representative,
            orientation: image.orientation.as_str(),
            language: image.language.as_str().to_owned(),
        })
    }
}

impl Poster {
    /// A stored picture as a poster.
    pub(crate) fn new(image: &Image, look: Look<'_>) -> Option<Self> {
        Some(Self {
            id: image.id,
            url: address(&image.location, look)?,
            is_representative: image.representative,
            orientation: image.orientation.as_str(),
            language: image.language.as_str().to_owned(),
        })
    }

    /// All posters of an item.
    pub(crate) fn all(doc: &TitleDoc, look: Look<'_>) -> Vec<Self> {
        doc.images
            .iter()
            .filter(|image| image.orientation == Orientation::Portrait)
            .filter_map(|image| Self::new(image, look))
            .collect()
    }
}
