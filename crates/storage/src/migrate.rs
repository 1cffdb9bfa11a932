//! Bringing the schema up to date.
//!
//! Each migration is one text for both databases with two placeholders: `{id}`, the type of a
//! primary key, and `{text}`, the type of a text column. A migration is never edited once shipped.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::{Result, StorageError};

const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "catalog", include_str!("../migrations/0001_catalog.sql")),
    (
        2,
        "personal",
        include_str!("../migrations/0002_personal.sql"),
    ),
    (3, "home", include_str!("../migrations/0003_home.sql")),
    (
        4,
        "recommend",
        include_str!("../migrations/0004_recommend.sql"),
    ),
    (5, "search", include_str!("../migrations/0005_search.sql")),
    (6, "artwork", include_str!("../migrations/0006_artwork.sql")),
    (
        7,
        "accounts",
        include_str!("../migrations/0007_accounts.sql"),
    ),
    (8, "mail", include_str!("../migrations/0008_mail.sql")),
    (
        9,
        "provider_keys",
        include_str!("../migrations/0009_provider_keys.sql"),
    ),
    (
        10,
        "forgetting",
        include_str!("../migrations/0010_forgetting.sql"),
    ),
    (
        11,
        "activation_home",
        include_str!("../migrations/0011_activation_home.sql"),
    ),
];

fn migrator(id: &str, text: &str) -> Migrator {
    let migrations = MIGRATIONS
        .iter()
        .map(|(version, name, sql)| {
            let sql = sql.replace("{id}", id).replace("{text}", text);
            Migration::new(
                *version,
                Cow::Borrowed(*name),
                MigrationType::Simple,
                AssertSqlSafe(sql).into_sql_str(),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
}

pub(crate) async fn sqlite(conn: &mut sqlx::SqliteConnection) -> Result<()> {
    // Alone an alias of the row number, so that a look-up by id needs no second tree.
    run(migrator("INTEGER", "TEXT").run(conn).await)
}

pub(crate) async fn postgres(pool: &sqlx::PgPool) -> Result<()> {
    run(migrator("BIGINT", "TEXT COLLATE \"C\"").run(pool).await)
}

fn run(result: std::result::Result<(), sqlx::migrate::MigrateError>) -> Result<()> {
    result.map_err(|error| StorageError::Migration(error.to_string()))
}

/// The newest schema version that this program knows.
#[must_use]
pub fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |(version, ..)| *version)
}
