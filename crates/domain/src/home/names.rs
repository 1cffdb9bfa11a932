//! The words of home screens, and how items are named.

use serde::{Deserialize, Serialize};

/// Where a group of rows is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Surface {
    /// The browse screen: titles.
    Browser,
    /// The channel screen: channels and bundles of them.
    Channel,
}

impl Surface {
    /// The word that is stored and read.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Channel => "channel",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Browser, Self::Channel]
            .into_iter()
            .find(|surface| surface.as_str() == word)
    }

    /// Whether its rows can show such items.
    #[must_use]
    pub fn shows(self, kind: ItemKind) -> bool {
        let is_channel = matches!(kind, ItemKind::Channel | ItemKind::Multichannel);
        is_channel == (self == Self::Channel)
    }
}

/// What a tile or a slide can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemKind {
    /// An episode, a clip or a movie.
    Content,
    /// A series.
    Series,
    /// A season.
    Season,
    /// A channel.
    Channel,
    /// A bundle of channels.
    Multichannel,
}

impl ItemKind {
    /// All of them, in the order in which a name that could be several things is looked up.
    pub const ALL: [Self; 5] = [
        Self::Content,
        Self::Series,
        Self::Season,
        Self::Channel,
        Self::Multichannel,
    ];

    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Series => "series",
            Self::Season => "season",
            Self::Channel => "channel",
            Self::Multichannel => "multichannel",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What home screens are made of, as records are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PieceKind {
    /// A group of rows.
    RowGroup,
    /// A row.
    Row,
    /// A cover.
    Cover,
    /// A channel.
    Channel,
    /// A bundle of channels.
    Multichannel,
}

impl PieceKind {
    /// The word in records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RowGroup => "row_group",
            Self::Row => "row",
            Self::Cover => "cover",
            Self::Channel => "channel",
            Self::Multichannel => "multichannel",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::RowGroup,
            Self::Row,
            Self::Cover,
            Self::Channel,
            Self::Multichannel,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
    }
}

/// An item as an author names it. It is looked up whenever it is needed, so that it may come, go
/// and come again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// What it is; without it the first kind of [`ItemKind::ALL`] that knows the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ItemKind>,
    /// Its external key, or else its slug.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surfaces_show_what_fits_them() {
        for kind in ItemKind::ALL {
            assert!(Surface::Browser.shows(kind) != Surface::Channel.shows(kind));
            assert_eq!(ItemKind::parse(kind.as_str()), Some(kind));
        }
        assert!(Surface::Channel.shows(ItemKind::Multichannel));
        assert!(Surface::Browser.shows(ItemKind::Season));
    }
}
