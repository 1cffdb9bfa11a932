//! Reading a backup into the database.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::GzDecoder;
use serde_json::Value as Json;

use super::files::write_file;
use super::tables::{TABLES, TableSpec, value};
use crate::db::Db;
use crate::statement::{Statement, Value, insert_many};
use crate::{Result, StorageError, migrate};

/// Longest line that restoring accepts.
const MAX_LINE: u64 = 64 << 20;

/// Replaces everything in the database by a backup, in one unit of work; its files go to `files`.
///
/// # Errors
/// When the file is not a whole backup of a schema that this program knows, or the database fails; nothing is changed then.
pub async fn restore(db: &Db, files: &Path, input: impl Read) -> Result<u64> {
    let mut reader = BufReader::new(GzDecoder::new(BufReader::new(input)));
    let mut unit = db.begin().await?;
    crate::neighbours::forget(&mut unit).await?;
    for table in TABLES.iter().rev() {
        unit.execute(Statement::built(format!("DELETE FROM {}", table.name)))
            .await?;
    }
    crate::changes::begin_epoch(&mut unit).await?;
    check_header(&mut reader)?;
    let mut current: Option<&TableSpec> = None;
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let mut total = 0_u64;
    loop {
        let next = line(&mut reader)?
            .ok_or_else(|| StorageError::Backup("the file ends too early".to_owned()))?;
        if let Json::Array(values) = &next {
            let table = current
                .ok_or_else(|| StorageError::Backup("a row comes before its table".to_owned()))?;
            rows.push(row_of(table, values)?);
            total += 1;
            if rows.len() >= 512 {
                unit.execute_all(insert_many(table.insert, "", std::mem::take(&mut rows)))
                    .await?;
            }
            continue;
        }
        if let Some(table) = current.take() {
            unit.execute_all(insert_many(table.insert, "", std::mem::take(&mut rows)))
                .await?;
        }
        if let Some(name) = next.get("file").and_then(Json::as_str) {
            write_file(
                files,
                name,
                next.get("base64")
                    .and_then(Json::as_str)
                    .unwrap_or_default(),
            )?;
            continue;
        }
        if let Some(count) = next.get("rows").and_then(Json::as_u64) {
            if count != total {
                return Err(StorageError::Backup(format!(
                    "{total} rows were read, {count} were written"
                )));
            }
            break;
        }
        current = Some(table_of(&next)?);
    }
    // Only at its very end does the file prove that it is whole.
    if line(&mut reader)?.is_some() {
        return Err(StorageError::Backup("something follows the end".to_owned()));
    }
    unit.save().await?;
    db.refresh_version().await?;
    Ok(total)
}

/// The first line says what the file is.
fn check_header(reader: &mut impl BufRead) -> Result<()> {
    let header =
        line(reader)?.ok_or_else(|| StorageError::Backup("the file is empty".to_owned()))?;
    if header.get("marquee_backup").and_then(Json::as_i64) != Some(1) {
        return Err(StorageError::Backup(
            "this is not a Marquee backup".to_owned(),
        ));
    }
    if header.get("schema").and_then(Json::as_i64) != Some(migrate::newest()) {
        return Err(StorageError::Backup(
            "it was taken by another version; restore it with that one and migrate".to_owned(),
        ));
    }
    Ok(())
}

/// The table that a line announces, with the columns that it has here.
fn table_of(line: &Json) -> Result<&'static TableSpec> {
    let name = line.get("table").and_then(Json::as_str).unwrap_or_default();
    let table = TABLES
        .iter()
        .find(|table| table.name == name)
        .ok_or_else(|| StorageError::Backup(format!("unknown table {name:?}")))?;
    let columns: Vec<&str> = line
        .get("columns")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    if !columns
        .iter()
        .eq(table.columns.iter().map(|(name, _)| name))
    {
        return Err(StorageError::Backup(format!(
            "table {name} has other columns"
        )));
    }
    Ok(table)
}

fn row_of(table: &TableSpec, values: &[Json]) -> Result<Vec<Value>> {
    if values.len() != table.columns.len() {
        return Err(StorageError::Backup(format!(
            "a row of {} has the wrong number of values",
            table.name
        )));
    }
    values
        .iter()
        .zip(table.columns)
        .map(|(json, (_, kind))| value(json, *kind))
        .collect()
}

fn line(reader: &mut impl BufRead) -> Result<Option<Json>> {
    let mut text = String::new();
    let read = reader
        .take(MAX_LINE)
        .read_line(&mut text)
        .map_err(|e| StorageError::Backup(format!("the file is damaged: {e}")))?;
    if read == 0 {
        return Ok(None);
    }
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|e| StorageError::Backup(format!("a line is not JSON: {e}")))
}
