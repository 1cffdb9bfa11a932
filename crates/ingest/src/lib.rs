//! The doors in.
//!
//! * [`catalog`]: records as JSON lines, see `docs/import-format.md`.
//! * [`scan`]: folders of media, recognised by their names.
//! * [`probe`]: looking into what has been brought in.
//! * [`art`]: pictures that lie beside records and media; [`fetch`]: those that records name by address.
//!
//! Every door reports what it did as a [`Report`] and says how far it is through a [`Progress`].

pub mod art;
pub mod catalog;
pub mod fetch;
pub mod probe;
mod report;
pub mod scan;

pub use report::{NoProgress, Progress, Rejection, Report};

/// Failures that end a run; bad records and files do not, they are reported.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A file or folder cannot be read.
    #[error("{path} cannot be read")]
    Read {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Storage failed.
    #[error("storage failed")]
    Storage(#[from] marquee_storage::StorageError),
    /// A background step was lost.
    #[error("a background step ended unexpectedly")]
    Lost,
}
