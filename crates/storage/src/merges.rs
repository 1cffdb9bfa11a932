//! Merges of two accounts, and what is needed to undo them.

use marquee_domain::{AccountId, Timestamp};

use crate::Result;
use crate::db::Query;
use crate::meta::take_ids;
use crate::statement::{Row, Statement};
use crate::unit::Unit;

/// A merge as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Its id.
    pub id: i64,
    /// The account that both are now.
    pub kept: AccountId,
    /// The account that went into it.
    pub merged: AccountId,
    /// When.
    pub merged_at: Timestamp,
    /// What both had before, for undoing; JSON of whoever merges.
    pub journal: String,
}

const COLUMNS: &str = "SELECT id, kept_id, merged_id, merged_at, journal FROM account_merges";

fn read(row: &Row) -> Result<Merge> {
    Ok(Merge {
        id: row.int(0)?,
        kept: AccountId(row.int(1)?),
        merged: AccountId(row.int(2)?),
        merged_at: row.int(3)?,
        journal: row.text(4)?,
    })
}

/// Stores a merge, and returns its id.
///
/// # Errors
/// When the database fails.
pub async fn add(
    unit: &mut Unit,
    (kept, merged): (AccountId, AccountId),
    journal: &str,
    now: Timestamp,
) -> Result<i64> {
    let id = take_ids(unit, "account_merge", 1).await?;
    let sql = "INSERT INTO account_merges (id, kept_id, merged_id, merged_at, journal) VALUES ($1, $2, $3, $4, $5)";
    let statement = Statement::new(sql)
        .bind(id)
        .bind(kept.0)
        .bind(merged.0)
        .bind(now)
        .bind(journal);
    unit.execute_one("add merge", statement).await?;
    Ok(id)
}

/// A merge that was not undone.
///
/// # Errors
/// When the database fails.
pub async fn lookup(q: &mut dyn Query, id: i64) -> Result<Option<Merge>> {
    let sql = format!("{COLUMNS} WHERE id = $1 AND undone_at IS NULL");
    let row = q.row(Statement::built(sql).bind(id)).await?;
    row.as_ref().map(read).transpose()
}

/// Merges into an account that were not undone, newest first.
///
/// # Errors
/// When the database fails.
pub async fn into_account(q: &mut dyn Query, kept: AccountId) -> Result<Vec<Merge>> {
    let sql = format!(
        "{COLUMNS} WHERE kept_id = $1 AND undone_at IS NULL ORDER BY merged_at DESC, id DESC"
    );
    let rows = q.rows(Statement::built(sql).bind(kept.0)).await?;
    rows.iter().map(read).collect()
}

/// The merge in which an account went into another one, unless it was undone.
///
/// # Errors
/// When the database fails.
pub async fn of_account(q: &mut dyn Query, merged: AccountId) -> Result<Option<Merge>> {
    let sql = format!(
        "{COLUMNS} WHERE merged_id = $1 AND undone_at IS NULL ORDER BY merged_at DESC, id DESC LIMIT 1"
    );
    let row = q.row(Statement::built(sql).bind(merged.0)).await?;
    row.as_ref().map(read).transpose()
}

/// Merges from before a time, undone ones too: nobody can undo them any more.
///
/// # Errors
/// When the database fails.
pub async fn older(q: &mut dyn Query, before: Timestamp, limit: i64) -> Result<Vec<(Merge, bool)>> {
    let sql = "SELECT id, kept_id, merged_id, merged_at, journal, undone_at FROM account_merges \
        WHERE merged_at < $1 ORDER BY merged_at, id LIMIT $2";
    let rows = q.rows(Statement::new(sql).bind(before).bind(limit)).await?;
    rows.iter()
        .map(|row| Ok((read(row)?, row.opt_int(5)?.is_some())))
        .collect()
}

/// Notes that a merge was undone. Says whether it stood.
///
/// # Errors
/// When the database fails.
pub async fn undo(unit: &mut Unit, id: i64, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE account_merges SET undone_at = $2, journal = '' WHERE id = $1 AND undone_at IS NULL";
    Ok(unit.execute(Statement::new(sql).bind(id).bind(now)).await? == 1)
}

/// Removes a merge.
///
/// # Errors
/// When the database fails.
pub async fn remove(unit: &mut Unit, id: i64) -> Result<()> {
    let sql = "DELETE FROM account_merges WHERE id = $1";
    unit.execute(Statement::new(sql).bind(id)).await?;
    Ok(())
}

/// Removes what is told of an account's merges, into others and of others into it.
///
/// # Errors
/// When the database fails.
pub async fn forget(unit: &mut Unit, account: AccountId) -> Result<()> {
    let sql = "DELETE FROM account_merges WHERE kept_id = $1 OR merged_id = $1";
    unit.execute(Statement::new(sql).bind(account.0)).await?;
    Ok(())
}
