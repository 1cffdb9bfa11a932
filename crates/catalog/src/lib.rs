//! Titles, categories, people: how records become rows, and what may be shown of them.
//!
//! * [`import`] applies checked records: idempotent, in place, each whole or not at all.
//! * [`browse`] answers lists and details for the faces; everything goes through the one predicate
//!   of `storage::catalog`.
//! * [`home`] answers what home screens show: groups of rows, rows, covers.
//! * [`neighbours`] is the port through which rows learn which titles are near others.
//! * [`personal`] keeps favorites and progress.
//! * [`playback`] says what a player needs and what follows.
//! * [`recommend`] learns which titles go together, and suggests some.

pub mod browse;
pub mod fold;
pub mod home;
pub mod import;
pub mod neighbours;
pub mod personal;
pub mod playback;
pub mod recommend;
pub mod record;
pub mod search;
pub mod watching;

/// Failures of the catalog's rules.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// There is no such thing, or it is not published.
    #[error("not found")]
    NotFound,
    /// The page lies past the end of the list.
    #[error("there is no such page")]
    PageNotFound,
    /// The owner keeps as much as one may.
    #[error("there is no more room")]
    Full,
    /// Storage failed.
    #[error("storage failed")]
    Storage(#[from] marquee_storage::StorageError),
    /// The search index failed.
    #[error("search failed")]
    Search(#[from] marquee_search::Error),
    /// A search ended in a panic.
    #[error("a search ended badly")]
    SearchEnded,
}

/// What every rule returns.
pub type Result<T> = std::result::Result<T, CatalogError>;
