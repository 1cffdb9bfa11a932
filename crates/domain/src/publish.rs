//! What "published" means in time. The same pair of instants is stored with every item, so that one
//! comparison in one place decides what is listed and found.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// Later than every real instant: an item that never shows starts here.
pub const NEVER: Timestamp = i64::MAX;

/// Whether an editor has released an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Shown inside its window.
    #[default]
    Published,
    /// Never shown.
    Draft,
}

/// When an item shows: from `from` (inclusive) until `until` (exclusive), UTC milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First instant at which the item shows; [`NEVER`] for a draft.
    pub from: Timestamp,
    /// First instant at which it no longer shows.
    pub until: Timestamp,
}

impl Window {
    /// The window of an item on its own; without a start it shows from `created`.
    #[must_use]
    pub fn new(
        status: Status,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
        created: Timestamp,
    ) -> Self {
        match status {
            Status::Draft => Self {
                from: NEVER,
                until: NEVER,
            },
            Status::Published => Self {
                from: start.unwrap_or(created),
                until: end.unwrap_or(NEVER),
            },
        }
    }

    /// The window inside that of a parent: a child never shows while its parent does not.
    #[must_use]
    pub fn inside(self, parent: Self) -> Self {
        Self {
            from: self.from.max(parent.from),
            until: self.until.min(parent.until),
        }
    }

    /// True when the item shows at `now`.
    #[must_use]
    pub fn is_open(self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_open_and_close() {
        let w = Window::new(Status::Published, Some(10), Some(20), 5);
        assert!([10, 19].iter().all(|t| w.is_open(*t)) && [9, 20].iter().all(|t| !w.is_open(*t)));
        assert!(Window::new(Status::Published, None, None, 5).is_open(5));
        assert!(!Window::new(Status::Draft, None, None, 5).is_open(i64::MAX - 1));
    }

    #[test]
    fn a_child_stays_inside_its_parent() {
        let parent = Window::new(Status::Published, Some(10), Some(20), 0);
        let child = Window::new(Status::Published, Some(1), None, 0).inside(parent);
        assert_eq!((child.from, child.until), (10, 20));
        let draft = Window::new(Status::Draft, None, None, 0);
        assert!(
            !Window::new(Status::Published, None, None, 0)
                .inside(draft)
                .is_open(100)
        );
    }
}
