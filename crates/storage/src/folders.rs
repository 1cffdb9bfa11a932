//! Folders that are scanned for media, and what each title in them looked like at the last scan.

use std::collections::HashMap;

use marquee_domain::{FolderId, ServiceId, Timestamp};

use crate::Result;
use crate::db::Query;
use crate::meta::take_ids;
use crate::statement::{Row, Statement, Value, insert_many};
use crate::unit::Unit;

/// A scanned folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// Service whose catalog it feeds.
    pub service: ServiceId,
    /// Absolute path on the server.
    pub path: String,
    /// End of the last scan.
    pub last_scan_at: Option<Timestamp>,
    /// Titles found in it.
    pub titles: i64,
}

const SELECT: &str = "SELECT id, service_id, path, last_scan_at, \
    (SELECT COUNT(*) FROM scan_items i WHERE i.folder_id = folders.id) FROM folders";

fn read(row: &Row) -> Result<Folder> {
    Ok(Folder {
        id: FolderId(row.int(0)?),
        service: ServiceId(row.int(1)?),
        path: row.text(2)?,
        last_scan_at: row.opt_int(3)?,
        titles: row.int(4)?,
    })
}

/// All folders by id.
///
/// # Errors
/// When the database fails.
pub async fn list(q: &mut dyn Query) -> Result<Vec<Folder>> {
    q.rows(Statement::built(format!("{SELECT} ORDER BY id")))
        .await?
        .iter()
        .map(read)
        .collect()
}

/// One folder.
///
/// # Errors
/// When the database fails.
pub async fn lookup(q: &mut dyn Query, id: FolderId) -> Result<Option<Folder>> {
    let row = q
        .row(Statement::built(format!("{SELECT} WHERE id = $1")).bind(id.0))
        .await?;
    row.as_ref().map(read).transpose()
}

/// Adds a folder, or returns the one of that path.
///
/// # Errors
/// When the database fails.
pub async fn add(
    unit: &mut Unit,
    service: ServiceId,
    path: &str,
    now: Timestamp,
) -> Result<Folder> {
    let find = format!("{SELECT} WHERE service_id = $1 AND path = $2");
    let q: &mut dyn Query = unit;
    if let Some(row) = q
        .row(Statement::built(find).bind(service.0).bind(path))
        .await?
    {
        return read(&row);
    }
    let id = take_ids(unit, "folder", 1).await?;
    let sql = "INSERT INTO folders (id, service_id, path, created_at) VALUES ($1, $2, $3, $4)";
    unit.execute_one(
        "add folder",
        Statement::new(sql)
            .bind(id)
            .bind(service.0)
            .bind(path)
            .bind(now),
    )
    .await?;
    Ok(Folder {
        id: FolderId(id),
        service,
        path: path.to_owned(),
        last_scan_at: None,
        titles: 0,
    })
}

/// Notes that a scan has ended.
///
/// # Errors
/// When the database fails or the folder is gone.
pub async fn mark_scanned(unit: &mut Unit, id: FolderId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE folders SET last_scan_at = $2 WHERE id = $1";
    unit.execute_one("mark scanned", Statement::new(sql).bind(id.0).bind(now))
        .await
}

/// What the titles of a folder looked like at the last scan: key to digest.
///
/// # Errors
/// When the database fails.
pub async fn scan_items(q: &mut dyn Query, id: FolderId) -> Result<HashMap<String, i64>> {
    let rows = q
        .rows(
            Statement::new("SELECT item_key, digest FROM scan_items WHERE folder_id = $1")
                .bind(id.0),
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.int(1)?)))
        .collect()
}

/// Stores what titles look like now.
///
/// # Errors
/// When the database fails.
pub async fn put_scan_items(unit: &mut Unit, id: FolderId, items: &[(String, i64)]) -> Result<()> {
    let rows = items
        .iter()
        .map(|(key, digest)| vec![Value::from(id.0), key.into(), (*digest).into()])
        .collect();
    let statements = insert_many(
        "INSERT INTO scan_items (folder_id, item_key, digest)",
        "ON CONFLICT (folder_id, item_key) DO UPDATE SET digest = excluded.digest",
        rows,
    );
    unit.execute_all(statements).await
}

/// Forgets titles that are gone.
///
/// # Errors
/// When the database fails.
pub async fn remove_scan_items(unit: &mut Unit, id: FolderId, keys: &[String]) -> Result<()> {
    for key in keys {
        let sql = "DELETE FROM scan_items WHERE folder_id = $1 AND item_key = $2";
        unit.execute(Statement::new(sql).bind(id.0).bind(key))
            .await?;
    }
    Ok(())
}
