//! Covers: billboards of slides over a screen.

use serde::{Deserialize, Serialize};

use super::{REFRESH_MS, Reference};
use crate::catalog::{Head, NamesPictures, TitleDoc};
use crate::clock::Timestamp;
use crate::ids::CoverId;
use crate::text::Texts;

/// Milliseconds that a slide stays up, unless an author says otherwise.
pub const ROLLING_MS: i64 = 7000;

/// A cover: slides that take turns over a screen.
#[derive(Debug, Clone)]
pub struct Cover {
    /// Its id.
    pub id: CoverId,
    /// Identity and window. Of a category, channel or series the slug is that of the page it covers.
    pub head: Head,
    /// Place among the covers.
    pub order: i64,
    /// Everything that is only read.
    pub doc: CoverDoc,
}

/// The screen that a cover belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CoverKind {
    /// The browse screen.
    Home,
    /// The page of a category.
    Category,
    /// The page of a channel.
    Channel,
    /// The page of a series.
    Series,
}

impl CoverKind {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Category => "category",
            Self::Channel => "channel",
            Self::Series => "series",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Home, Self::Category, Self::Channel, Self::Series]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// What the button of a slide does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Landing {
    /// Opens the detail page.
    #[default]
    Info,
    /// Starts playback.
    Play,
}

impl Landing {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Play => "play",
        }
    }
}

/// What is read whole of a cover.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoverDoc {
    /// The screen it belongs to.
    pub kind: CoverKind,
    /// Names for editors.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub titles: Texts,
    /// Switched on. What is off is listed all the same, and clients do not show it.
    pub enabled: bool,
    /// Milliseconds that a slide stays up.
    pub rolling_ms: i64,
    /// Milliseconds after which a client asks again.
    pub refresh_ms: i64,
    /// Start of the window as an author set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_start: Option<Timestamp>,
    /// End of the window as an author set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_end: Option<Timestamp>,
    /// Slides in their order.
    pub slides: Vec<Slide>,
}

impl Default for CoverDoc {
    fn default() -> Self {
        Self {
            kind: CoverKind::Home,
            titles: Texts::default(),
            enabled: true,
            rolling_ms: ROLLING_MS,
            refresh_ms: REFRESH_MS,
            publish_start: None,
            publish_end: None,
            slides: Vec::new(),
        }
    }
}

impl NamesPictures for CoverDoc {
    fn locations(&self) -> Vec<&String> {
        let mut locations = Vec::new();
        for slide in &self.slides {
            locations.extend(slide.doc.locations());
            locations.extend(&slide.title_image);
        }
        locations
    }

    fn locations_mut(&mut self) -> Vec<&mut String> {
        let mut locations = Vec::new();
        for slide in &mut self.slides {
            locations.extend(slide.doc.locations_mut());
            locations.extend(&mut slide.title_image);
        }
        locations
    }
}

/// A slide of a cover.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slide {
    /// What it opens.
    pub target: Reference,
    /// Titles, synopses and pictures of its own; what is missing is taken from the target.
    #[serde(default)]
    pub doc: TitleDoc,
    /// Caption of the button.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub call_to_action: Texts,
    /// Picture of the title lettering: a location as in [`Image`](crate::catalog::Image).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_image: Option<String>,
    /// Address of a clip that plays behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<String>,
    /// What its button does.
    #[serde(default)]
    pub landing: Landing,
}

/// The one cover that the browse screen shows: of those that are on, the one of the lowest order,
/// and of several such the oldest.
#[must_use]
pub fn shown_at_home<'a>(covers: impl IntoIterator<Item = &'a Cover>) -> Option<CoverId> {
    covers
        .into_iter()
        .filter(|cover| cover.doc.kind == CoverKind::Home && cover.doc.enabled)
        .min_by_key(|cover| (cover.order, cover.id))
        .map(|cover| cover.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ServiceId;
    use crate::publish::{NEVER, Window};

    fn cover(id: i64, order: i64, kind: CoverKind, enabled: bool) -> Cover {
        let window = Window {
            from: 0,
            until: NEVER,
        };
        Cover {
            id: CoverId(id),
            head: Head {
                service: ServiceId(1),
                external_key: id.to_string(),
                slug: id.to_string(),
                own: window,
                window,
                created_at: 0,
                digest: 1,
            },
            order,
            doc: CoverDoc {
                kind,
                enabled,
                ..CoverDoc::default()
            },
        }
    }

    #[test]
    fn the_browse_screen_shows_one_cover() {
        let covers = [
            cover(5, 1, CoverKind::Home, true),
            cover(4, 2, CoverKind::Home, true),
            cover(3, 0, CoverKind::Home, false),
            cover(2, 0, CoverKind::Series, true),
            cover(6, 1, CoverKind::Home, true),
        ];
        assert_eq!(shown_at_home(&covers), Some(CoverId(5)));
        assert_eq!(shown_at_home(&covers[2..4]), None);
    }
}
