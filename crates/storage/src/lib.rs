//! The database, SQLite or PostgreSQL, behind one set of repositories with one SQL text for both.
//!
//! * [`Db`] opens either database, runs the migrations and answers reads.
//! * [`Unit`] is a unit of work: every write goes through one, and nothing is stored until
//!   [`Unit::save`] has returned. On SQLite units of work share commits (see [`writer`]); on
//!   PostgreSQL each is a transaction of its own. Nothing but the database is awaited inside.
//! * The modules named for things are the repositories. They take `&mut dyn Query` (a reader or a
//!   unit) to read and `&mut Unit` to write.
//!
//! To add a query: write one SQL text with `$1` parameters, explicit `NULLS LAST`, casts around
//! sums, and add its behaviour to `tests/it`, which runs on both databases.

pub mod accounts;
pub mod activations;
pub mod audit;
pub mod backup;
pub mod catalog;
pub mod changes;
pub mod codes;
pub mod credentials;
mod db;
mod driver;
mod error;
pub mod favorites;
pub mod folders;
pub mod home;
pub mod jobs;
pub mod labels;
mod listen;
pub mod merges;
pub mod meta;
pub mod migrate;
pub mod neighbours;
pub mod outbox;
pub mod personal;
pub mod pictures;
pub mod progress;
pub mod provider_keys;
pub mod services;
pub mod sessions;
pub mod signing_keys;
pub mod sources;
mod statement;
#[cfg(feature = "testing")]
pub mod testing;
mod unit;
pub mod writer;

pub use db::{Db, DbOptions, Durability, Query, Reader};
pub use error::StorageError;
pub use listen::Listener;
pub use statement::{Row, Statement, Value};
pub use unit::Unit;

/// What every repository call returns.
pub type Result<T> = std::result::Result<T, StorageError>;
