//! What a home screen is made of: groups of rows, rows, covers, and the channels that both may show.
//!
//! The `…Doc` types are what the database keeps in its `doc` columns; see [`crate::catalog`].

mod cover;
mod names;
mod row;

use serde::{Deserialize, Serialize};

pub use self::cover::{Cover, CoverDoc, CoverKind, Landing, ROLLING_MS, Slide, shown_at_home};
pub use self::names::{ItemKind, PieceKind, Reference, Surface};
pub use self::row::{Fill, QueryKind, QueryOrder, Row, RowDoc, RowQuery};

use crate::catalog::{Head, TitleDoc};
use crate::clock::Timestamp;
use crate::ids::{ChannelId, MultichannelId, RowGroupId};
use crate::publish::{Status, Window};
use crate::text::Texts;

/// Milliseconds after which a client asks for a home screen again, unless an author says otherwise.
pub const REFRESH_MS: i64 = 600_000;

/// Publication of a row or a group as an author states it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Publication {
    /// Switched off: never shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
    /// Start of the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_start: Option<Timestamp>,
    /// End of the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_end: Option<Timestamp>,
}

impl Publication {
    /// When it shows, on its own.
    #[must_use]
    pub fn window(self, created: Timestamp) -> Window {
        let status = if self.off {
            Status::Draft
        } else {
            Status::Published
        };
        Window::new(status, self.publish_start, self.publish_end, created)
    }
}

/// A group of rows: everything that one screen shows at a time.
#[derive(Debug, Clone)]
pub struct RowGroup {
    /// Its id.
    pub id: RowGroupId,
    /// Identity and window.
    pub head: Head,
    /// Rank among the groups of its surface; the smallest one that may show is live.
    pub order: i64,
    /// Where it is shown.
    pub surface: Surface,
    /// Everything that is only read.
    pub doc: RowGroupDoc,
}

/// What is read whole of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RowGroupDoc {
    /// Names for editors.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub titles: Texts,
    /// Milliseconds after which a client asks again.
    pub refresh_ms: i64,
    /// As an author states it.
    #[serde(flatten)]
    pub publication: Publication,
}

impl Default for RowGroupDoc {
    fn default() -> Self {
        Self {
            titles: Texts::default(),
            refresh_ms: REFRESH_MS,
            publication: Publication::default(),
        }
    }
}

/// The live one of a surface's groups: of those that are on and inside their window the one of the
/// lowest order, and of several such the oldest.
#[must_use]
pub fn live(
    groups: impl IntoIterator<Item = RowGroup>,
    surface: Surface,
    now: Timestamp,
) -> Option<RowGroup> {
    groups
        .into_iter()
        .filter(|group| group.surface == surface && group.head.window.is_open(now))
        .min_by_key(|group| (group.order, group.id))
}

/// A channel: so far its name and logo.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Identity and window.
    pub head: Head,
    /// Place among the channels.
    pub order: i64,
    /// The bundle it belongs to.
    pub multichannel: Option<MultichannelId>,
    /// Name, logo, badges, publication; the rest of a title's document stays empty.
    pub doc: TitleDoc,
}

/// A bundle of channels.
#[derive(Debug, Clone)]
pub struct Multichannel {
    /// Its id.
    pub id: MultichannelId,
    /// Identity and window.
    pub head: Head,
    /// Place among the bundles.
    pub order: i64,
    /// As of a channel.
    pub doc: TitleDoc,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ServiceId;

    fn group(id: i64, order: i64, publication: Publication) -> RowGroup {
        let window = publication.window(5);
        RowGroup {
            id: RowGroupId(id),
            head: Head {
                service: ServiceId(1),
                external_key: id.to_string(),
                slug: id.to_string(),
                own: window,
                window,
                created_at: 5,
                digest: 1,
            },
            order,
            surface: Surface::Browser,
            doc: RowGroupDoc::default(),
        }
    }

    fn live_at(groups: &[RowGroup], now: Timestamp) -> Option<i64> {
        live(groups.to_vec(), Surface::Browser, now).map(|group| group.id.0)
    }

    const ON: Publication = Publication {
        off: false,
        publish_start: None,
        publish_end: None,
    };

    #[test]
    fn one_group_is_live_at_a_time() {
        let holiday = Publication {
            publish_start: Some(100),
            publish_end: Some(200),
            ..ON
        };
        let off = Publication { off: true, ..ON };
        let groups = [
            group(4, 2, ON),
            group(3, 2, ON),
            group(7, 1, holiday),
            group(1, 0, off),
        ];
        assert_eq!(live_at(&groups, 4), None, "nothing shows before it exists");
        assert_eq!(live_at(&groups, 99), Some(3), "of equals the oldest");
        assert_eq!(live_at(&groups, 100), Some(7), "the lowest order");
        assert_eq!(live_at(&groups, 200), Some(3), "its window has ended");
        assert_eq!(live_at(&[], 100), None);
        assert!(live(groups, Surface::Channel, 100).is_none());
    }
}
