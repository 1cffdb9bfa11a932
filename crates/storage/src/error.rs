//! Failures of storage: opaque to callers, rich for operators.

/// A failure of the database, or a row that makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The driver or the server failed.
    #[error("the database failed")]
    Driver(#[source] sqlx::Error),
    /// A stored row cannot be understood.
    #[error("column {column} of {table} holds something unreadable (row {id})")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Key of the row.
        id: String,
    },
    /// A write did not change the rows it meant to.
    #[error("{what}: expected to change {expected} rows, changed {changed}")]
    WrongCount {
        /// The write.
        what: &'static str,
        /// Rows meant.
        expected: u64,
        /// Rows changed.
        changed: u64,
    },
    /// The commit that this unit of work shared failed; nothing of it is stored.
    #[error("the commit failed: {0}")]
    Commit(String),
    /// The database is closing.
    #[error("the database is closed")]
    Closed,
    /// The address does not name a database we know.
    #[error("unknown database address: {0}")]
    Address(String),
    /// A migration failed or the schema is newer than this program.
    #[error("the schema could not be brought up to date: {0}")]
    Migration(String),
    /// A backup file is not one of ours, or is damaged.
    #[error("backup: {0}")]
    Backup(String),
    /// A file failed.
    #[error("i/o failed")]
    Io(#[from] std::io::Error),
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Driver(error)
    }
}

impl StorageError {
    /// True when running the same unit of work again may succeed: serialization failure, deadlock, busy.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let Self::Driver(sqlx::Error::Database(e)) = self else {
            return false;
        };
        // PostgreSQL: serialization_failure, deadlock_detected. SQLite: SQLITE_BUSY and its extended codes.
        matches!(
            e.code().as_deref(),
            Some("40001" | "40P01" | "5" | "261" | "517")
        )
    }

    /// True when the statement broke a unique index.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Driver(sqlx::Error::Database(e)) if e.is_unique_violation())
    }
}
