//! Everything in one file, from and to either database.
//!
//! The file is gzip over JSON lines: a header, then for each table a line with its columns and a
//! line per row, ordered by primary key, then a line with the number of rows. The same content gives
//! the same bytes on both databases, and restoring a backup and taking another returns it byte for
//! byte. What can be made again from other tables is left out. Pictures follow as lines of their own, by name. Values are JSON integers, strings, booleans, floats or null.

mod dump;
mod files;
mod restore;
mod tables;

pub use self::dump::dump;
pub use self::restore::restore;
use self::tables::TABLES;

/// Tables that a backup leaves out: what they hold is worked out or fetched again, or belongs to one server's secret.
pub const DERIVED: &[&str] = &[
    "changes",
    "epoch",
    "neighbours",
    "provider_keys",
    "server_secret",
    "signing_keys",
    "trainings",
];

/// The names of all tables that a backup holds, for the schema comparison.
#[must_use]
pub fn table_names() -> Vec<&'static str> {
    TABLES.iter().map(|table| table.name).collect()
}
