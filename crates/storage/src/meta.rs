//! Small facts and rising numbers.

use crate::db::Query;
use crate::statement::Statement;
use crate::unit::Unit;
use crate::{Result, StorageError};

/// The value of a key.
///
/// # Errors
/// When the database fails.
pub async fn get(q: &mut dyn Query, key: &str) -> Result<Option<String>> {
    let row = q
        .row(Statement::new("SELECT value FROM meta WHERE key = $1").bind(key))
        .await?;
    row.map(|row| row.text(0)).transpose()
}

/// Sets a key.
///
/// # Errors
/// When the database fails.
pub async fn set(unit: &mut Unit, key: &str, value: &str) -> Result<()> {
    let sql = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    unit.execute_one("set meta", Statement::new(sql).bind(key).bind(value))
        .await
}

/// Sets a key unless it is there, and returns what is there then.
///
/// # Errors
/// When the database fails.
pub async fn get_or_set(unit: &mut Unit, key: &str, value: &str) -> Result<String> {
    let sql = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    unit.execute(Statement::new(sql).bind(key).bind(value))
        .await?;
    get(unit, key).await?.ok_or(StorageError::WrongCount {
        what: "get or set meta",
        expected: 1,
        changed: 0,
    })
}

/// The stored catalog version.
///
/// # Errors
/// When the database fails.
pub async fn catalog_version(q: &mut dyn Query) -> Result<i64> {
    let row = q
        .row(Statement::new(
            "SELECT value FROM counters WHERE name = 'catalog_version'",
        ))
        .await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Takes `count` ids of a sequence and returns the first of them.
///
/// # Errors
/// When the database fails.
pub async fn take_ids(unit: &mut Unit, sequence: &'static str, count: usize) -> Result<i64> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let sql = "INSERT INTO counters (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value";
    let q: &mut dyn Query = unit;
    let row = q
        .row(Statement::new(sql).bind(sequence).bind(count))
        .await?;
    let last = row.map(|row| row.int(0)).transpose()?.unwrap_or(count);
    Ok(last - count + 1)
}
