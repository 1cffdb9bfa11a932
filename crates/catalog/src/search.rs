//! Search over the catalog: a node's own index that follows the database, and what it answers.
//!
//! [`Follower`] is the only writer of a node's index. It makes the index when there is none, and
//! then applies what [`marquee_storage::changes`] names. [`Searcher`] answers from it; until the
//! index is there, callers fall back on a scan of the folded titles.

mod ask;
mod documents;
mod follow;

use std::sync::{Arc, PoisonError, RwLock};

use marquee_search::Index;

pub use marquee_search::Kind;

pub use self::ask::{Answer, matching, search};
pub use self::follow::{FollowError, Follower};

/// Questions to a node's index. Copies ask the same one.
#[derive(Clone, Default)]
pub struct Searcher(Arc<RwLock<Option<Arc<Index>>>>);

impl Searcher {
    /// The index, once it holds the whole catalog.
    fn index(&self) -> Option<Arc<Index>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn publish(&self, index: Option<Arc<Index>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = index;
    }

    /// How far the index has followed the catalog: answers made from it are as old as that. `None`
    /// while there is no whole index.
    #[must_use]
    pub fn version(&self) -> Option<i64> {
        self.index().map(|index| index.generation())
    }

    /// How many titles the index holds; `None` while there is no index.
    #[must_use]
    pub fn titles(&self) -> Option<u64> {
        self.index().map(|index| index.count())
    }
}
