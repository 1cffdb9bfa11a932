//! Opening either database with the settings that the promises of this crate rest on.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::{DbOptions, Durability, Kind};
use crate::writer::Writer;
use crate::{Result, StorageError, migrate};

/// A writer and a pool of readers over one file.
pub(super) async fn sqlite(path: &Path, options: &DbOptions) -> Result<Kind> {
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match options.durability {
            Durability::Full => SqliteSynchronous::Full,
            Durability::Off => SqliteSynchronous::Off,
        })
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-16000")
        .statement_cache_capacity(256)
        .disable_statement_logging();
    let mut first = connect.connect().await?;
    migrate::sqlite(&mut first).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .connect_lazy_with(
            connect
                .clone()
                .read_only(true)
                .pragma("cache_size", "-4000"),
        );
    Ok(Kind::Sqlite {
        readers,
        writer: Writer::start(first),
    })
}

/// A pool of connections.
pub(super) async fn postgres(options: &DbOptions) -> Result<PgPool> {
    let connect = PgConnectOptions::from_str(&options.address)
        .map_err(|_| {
            StorageError::Address(
                "a PostgreSQL address looks like postgres://user@host/database".to_owned(),
            )
        })?
        .statement_cache_capacity(256)
        // A plan made for an empty table would be kept while an import fills it.
        .options([
            ("statement_timeout", "30s"),
            ("lock_timeout", "10s"),
            ("plan_cache_mode", "force_custom_plan"),
        ])
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(options.connections.max(2))
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .connect_with(connect)
        .await?;
    migrate::postgres(&pool).await?;
    Ok(pool)
}
