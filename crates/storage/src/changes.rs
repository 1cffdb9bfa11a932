//! What has changed in the catalog since some version of it, for indexes that a node keeps beside
//! the database.
//!
//! Every item has at most one row: the version of its last change. Units note what they change
//! ([`Unit::changed`](crate::Unit::changed)); the rows are written together with the new version, so
//! whoever reads the version first sees every change up to it.

use std::hash::{BuildHasher, RandomState};

use crate::Result;
use crate::catalog::Table;
use crate::db::{Db, Query};
use crate::statement::{Statement, Value, insert_many, placeholders};
use crate::unit::Unit;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Changed {
    /// A series, season or content: stored, altered or deleted.
    Title(Table),
    /// A channel: the same.
    Channel,
    /// A category, tag or person that titles refer to.
    Label,
}

impl Changed {
    const ALL: [Self; 5] = [
        Self::Title(Table::Series),
        Self::Title(Table::Season),
        Self::Title(Table::Content),
        Self::Channel,
        Self::Label,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Title(table) => table.item_kind(),
            Self::Channel => "channel",
            Self::Label => "label",
        }
    }
}

/// An item that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// What it is.
    pub what: Changed,
    /// Its id.
    pub id: i64,
    /// The catalog version of its last change.
    pub version: i64,
}

/// The rows that note these changes under the version that the unit has just raised.
pub(crate) fn note(changed: &[(Changed, i64)], version: i64) -> Vec<Statement> {
    let mut rows: Vec<(&str, i64)> = changed
        .iter()
        .map(|(what, id)| (what.as_str(), *id))
        .collect();
    // One statement may not touch a row twice, and units that meet lock rows in the same order.
    rows.sort_unstable();
    rows.dedup();
    let rows = rows
        .into_iter()
        .map(|(kind, id)| vec![kind.into(), id.into(), Value::from(version)])
        .collect();
    insert_many(
        "INSERT INTO changes (item_kind, item_id, version)",
        "ON CONFLICT (item_kind, item_id) DO UPDATE SET version = excluded.version",
        rows,
    )
}

/// The next changes after `version`, oldest first; `after` is the last one of the page before.
///
/// # Errors
/// When the database fails.
pub async fn since(
    q: &mut dyn Query,
    version: i64,
    after: Option<Change>,
    limit: i64,
) -> Result<Vec<Change>> {
    // Of kinds that a later program writes nothing is known here.
    let (at, kind, id) = after.map_or((version, "\u{10ffff}", i64::MAX), |last| {
        (last.version, last.what.as_str(), last.id)
    });
    let sql = "SELECT item_id, item_kind, version FROM changes \
        WHERE version >= $1 AND (version > $1 OR item_kind > $2 OR (item_kind = $2 AND item_id > $3)) \
        ORDER BY version, item_kind, item_id LIMIT $4";
    let rows = q
        .rows(Statement::new(sql).bind(at).bind(kind).bind(id).bind(limit))
        .await?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in &rows {
        let kind = row.text(1)?;
        let what = Changed::ALL.into_iter().find(|what| what.as_str() == kind);
        changes.push(Change {
            what: what.ok_or_else(|| crate::StorageError::Corrupt {
                table: "changes",
                column: "item_kind",
                id: kind,
            })?,
            id: row.int(0)?,
            version: row.int(2)?,
        });
    }
    Ok(changes)
}

/// Ids of all channels.
///
/// # Errors
/// When the database fails.
pub async fn channel_ids(q: &mut dyn Query) -> Result<Vec<i64>> {
    let rows = q
        .rows(Statement::new("SELECT id FROM channels ORDER BY id"))
        .await?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// Ids of a table's titles, rising, behind `after`.
///
/// # Errors
/// When the database fails.
pub async fn ids_after(
    q: &mut dyn Query,
    table: Table,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT id FROM {} WHERE id > $1 ORDER BY id LIMIT $2",
        table.name()
    );
    let rows = q
        .rows(Statement::built(sql).bind(after).bind(limit))
        .await?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// How popular these titles are, as [`marquee_domain::popularity`] counts; seasons have no
/// popularity of their own. Ids that are gone are left out.
///
/// # Errors
/// When the database fails.
pub async fn popularity(q: &mut dyn Query, table: Table, ids: &[i64]) -> Result<Vec<(i64, f64)>> {
    if ids.is_empty() || table == Table::Season {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id, popularity FROM {} WHERE id IN ({})",
        table.name(),
        placeholders(1, ids.len())
    );
    let rows = q.rows(Statement::built(sql).bind_list(ids)).await?;
    rows.iter()
        .map(|row| Ok((row.int(0)?, row.float(1)?)))
        .collect()
}

/// Titles of a table that were ever played, by id, behind an id, with their popularity.
///
/// # Errors
/// When the database fails.
pub async fn played(
    q: &mut dyn Query,
    table: Table,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, f64)>> {
    if table == Table::Season {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id, popularity FROM {} WHERE id > $1 AND popularity > 0 ORDER BY id LIMIT $2",
        table.name()
    );
    let statement = Statement::built(sql).bind(after).bind(limit);
    let rows = q.rows(statement).await?;
    rows.iter()
        .map(|row| Ok((row.int(0)?, row.float(1)?)))
        .collect()
}

/// The epoch: a number that is another one once a backup was restored.
///
/// # Errors
/// When the database fails.
pub async fn epoch(db: &Db) -> Result<i64> {
    let stored = Statement::new("SELECT id FROM epoch");
    let reader: &mut dyn Query = &mut db.reader();
    if let Some(row) = reader.row(stored.clone()).await? {
        return row.int(0);
    }
    let mut unit = db.begin().await?;
    // Of two nodes that start together one stores its number, the other finds it.
    let sql = "INSERT INTO epoch (id) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM epoch)";
    unit.execute(Statement::new(sql).bind(random())).await?;
    let q: &mut dyn Query = &mut unit;
    let row = q.row(stored).await?;
    let epoch = row.map_or(Ok(0), |row| row.int(0))?;
    unit.save().await?;
    Ok(epoch)
}

/// Begins an epoch: everything that was stored has been replaced.
pub(crate) async fn begin_epoch(unit: &mut Unit) -> Result<()> {
    for sql in ["DELETE FROM changes", "DELETE FROM epoch"] {
        unit.execute(Statement::new(sql)).await?;
    }
    let sql = "INSERT INTO epoch (id) VALUES ($1)";
    unit.execute(Statement::new(sql).bind(random())).await?;
    Ok(())
}

/// Any number; the keys of the standard library's hash tables are random.
fn random() -> i64 {
    RandomState::new().hash_one(0_u8).cast_signed()
}
