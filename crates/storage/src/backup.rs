//! Everything in one file, from and to either database.
//!
//! The file is gzip over JSON lines: a header, then for each table a line with its columns and a
//! line per row, ordered by primary key, then a line with the number of rows. The same content gives
//! the same bytes on both databases, and restoring a backup and taking another returns it byte for
//! byte. Pictures follow as lines of their own, by name. Values are JSON integers, strings, booleans, floats or null.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use flate2::bufread::GzDecoder;
use flate2::{Compression, GzBuilder};
use serde_json::{Value as Json, json};

use crate::db::{Db, Query};
use crate::statement::{Row, Statement, Value, insert_many};
use crate::{Result, StorageError, migrate};

#[derive(Clone, Copy)]
enum Type {
    Int,
    Text,
    Bool,
    Float,
}
use Type::{Bool, Float, Int, Text};

struct TableSpec {
    name: &'static str,
    /// How many leading columns are the primary key.
    key: usize,
    columns: &'static [(&'static str, Type)],
    insert: &'static str,
}

macro_rules! tables {
    ($($name:literal, key $key:literal: $($column:ident $type:ident),+ ;)+) => {
        /// Every table, parents before children.
        const TABLES: &[TableSpec] = &[$(TableSpec {
            name: $name,
            key: $key,
            columns: &[$((stringify!($column), $type)),+],
            insert: concat!("INSERT INTO ", $name, " (", tables!(@list $($column)+), ")"),
        }),+];
    };
    (@list $first:ident $($rest:ident)*) => { concat!(stringify!($first) $(, ", ", stringify!($rest))*) };
}

tables! {
    "meta", key 1: key Text, value Text;
    "counters", key 1: name Text, value Int;
    "services", key 1: id Int, name Text, visibility Text, created_at Int;
    "labels", key 1: id Int, service_id Int, kind Text, external_key Text, slug Text, sort_order Int, digest Int, doc Text;
    "series", key 1: id Int, service_id Int, external_key Text, slug Text, own_from Int, own_until Int, visible_from Int,
        visible_until Int, created_at Int, digest Int, doc Text;
    "seasons", key 1: id Int, service_id Int, series_id Int, season_order Int, external_key Text, slug Text, own_from Int,
        own_until Int, visible_from Int, visible_until Int, created_at Int, digest Int, doc Text;
    "contents", key 1: id Int, service_id Int, kind Text, season_id Int, series_id Int, content_order Int, duration_ms Int,
        playable Bool, popularity Float, external_key Text, slug Text, own_from Int, own_until Int, visible_from Int,
        visible_until Int, created_at Int, digest Int, doc Text;
    "category_items", key 3: category_id Int, item_kind Text, item_id Int, content_kind Text, listed Bool, visible_from Int, visible_until Int;
    "title_texts", key 2: item_kind Text, item_id Int, service_id Int, folded Text;
    "folders", key 1: id Int, service_id Int, path Text, created_at Int, last_scan_at Int;
    "scan_items", key 2: folder_id Int, item_key Text, digest Int;
    "sources", key 1: id Int, content_id Int, role Text, position Int, location Text, size_bytes Int, revision Text, state Text,
        reason Text, info Text;
    "jobs", key 1: id Int, kind Text, payload Text, state Text, run_at Int, lease_until Int, attempts Int, progress Text,
        report Text, error Text, created_at Int, finished_at Int;
}

/// Rows read at a time.
const CHUNK: i64 = 500;
/// Longest line that restoring accepts.
const MAX_LINE: u64 = 64 << 20;

/// The names of all tables, for the schema comparison.
#[must_use]
pub fn table_names() -> Vec<&'static str> {
    TABLES.iter().map(|table| table.name).collect()
}

/// Writes everything, with the plain files in `files`. One consistent state: the whole is read inside one unit of work.
///
/// # Errors
/// When the database or the writer fails.
pub async fn dump(db: &Db, files: &Path, out: impl Write) -> Result<u64> {
    let mut gzip = GzBuilder::new().mtime(0).write(out, Compression::default());
    let mut unit = db.begin().await?;
    if db.flavour() == "postgres" {
        unit.execute(Statement::new(
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        ))
        .await?;
    }
    writeln!(
        gzip,
        "{}",
        json!({"marquee_backup": 1, "schema": migrate::newest()})
    )?;
    let mut total = 0;
    for table in TABLES {
        let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        writeln!(gzip, "{}", json!({"table": table.name, "columns": columns}))?;
        total += dump_table(&mut unit, table, &columns, &mut gzip).await?;
    }
    for (name, bytes) in read_files(files)? {
        writeln!(
            gzip,
            "{}",
            json!({"file": name, "base64": STANDARD.encode(bytes)})
        )?;
    }
    writeln!(gzip, "{}", json!({"rows": total}))?;
    gzip.finish()?.flush()?;
    Ok(total)
}

async fn dump_table(
    q: &mut dyn Query,
    table: &TableSpec,
    columns: &[&str],
    out: &mut impl Write,
) -> Result<u64> {
    let key = columns.get(..table.key).unwrap_or_default().join(", ");
    let params: Vec<String> = (1..=table.key).map(|n| format!("${n}")).collect();
    let mut after: Option<Vec<Value>> = None;
    let mut count = 0;
    loop {
        let condition = if after.is_some() {
            format!("WHERE ({key}) > ({})", params.join(", "))
        } else {
            String::new()
        };
        let mut statement = Statement::built(format!(
            "SELECT {} FROM {} {condition} ORDER BY {key} LIMIT {CHUNK}",
            columns.join(", "),
            table.name
        ));
        statement.values = after.take().unwrap_or_default();
        let rows = q.rows(statement).await?;
        for row in &rows {
            let mut line = Vec::with_capacity(columns.len());
            for (index, (_, kind)) in table.columns.iter().enumerate() {
                line.push(read(row, index, *kind)?);
            }
            writeln!(out, "{}", Json::Array(line))?;
            count += 1;
        }
        let Some(last) = rows.last().filter(|_| rows.len() as i64 == CHUNK) else {
            return Ok(count);
        };
        let keys = table.columns.iter().take(table.key).enumerate();
        after = Some(
            keys.map(|(index, (_, kind))| value(&read(last, index, *kind)?, *kind))
                .collect::<Result<_>>()?,
        );
    }
}

fn read(row: &Row, index: usize, kind: Type) -> Result<Json> {
    Ok(match kind {
        Int => row.opt_int(index)?.map_or(Json::Null, Json::from),
        Text => row.opt_text(index)?.map_or(Json::Null, Json::from),
        Bool => row.bool(index)?.into(),
        Float => row.float(index)?.into(),
    })
}

fn value(json: &Json, kind: Type) -> Result<Value> {
    let bad = || StorageError::Backup("a value has the wrong type".to_owned());
    Ok(match (kind, json) {
        (Int, Json::Null) => Value::Int(None),
        (Text, Json::Null) => Value::Text(None),
        (Int, json) => Value::Int(Some(json.as_i64().ok_or_else(bad)?)),
        (Text, json) => Value::Text(Some(json.as_str().ok_or_else(bad)?.to_owned())),
        (Bool, json) => Value::Bool(json.as_bool().ok_or_else(bad)?),
        (Float, json) => Value::Float(json.as_f64().ok_or_else(bad)?),
    })
}

/// Replaces everything in the database by a backup, in one unit of work; its files go to `files`.
///
/// # Errors
/// When the file is not a whole backup of a schema that this program knows, or the database fails; nothing is changed then.
pub async fn restore(db: &Db, files: &Path, input: impl Read) -> Result<u64> {
    let mut reader = BufReader::new(GzDecoder::new(BufReader::new(input)));
    let mut unit = db.begin().await?;
    for table in TABLES.iter().rev() {
        unit.execute(Statement::built(format!("DELETE FROM {}", table.name)))
            .await?;
    }
    let header =
        line(&mut reader)?.ok_or_else(|| StorageError::Backup("the file is empty".to_owned()))?;
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
    let mut current: Option<&TableSpec> = None;
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let mut total = 0_u64;
    loop {
        let next = line(&mut reader)?
            .ok_or_else(|| StorageError::Backup("the file ends too early".to_owned()))?;
        if let Json::Array(values) = &next {
            let table = current
                .ok_or_else(|| StorageError::Backup("a row comes before its table".to_owned()))?;
            if values.len() != table.columns.len() {
                return Err(StorageError::Backup(format!(
                    "a row of {} has the wrong number of values",
                    table.name
                )));
            }
            rows.push(
                values
                    .iter()
                    .zip(table.columns)
                    .map(|(json, (_, kind))| value(json, *kind))
                    .collect::<Result<_>>()?,
            );
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
        let name = next.get("table").and_then(Json::as_str).unwrap_or_default();
        let table = TABLES
            .iter()
            .find(|table| table.name == name)
            .ok_or_else(|| StorageError::Backup(format!("unknown table {name:?}")))?;
        let columns: Vec<&str> = next
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
        current = Some(table);
    }
    // Only at its very end does the file prove that it is whole.
    if line(&mut reader)?.is_some() {
        return Err(StorageError::Backup("something follows the end".to_owned()));
    }
    unit.save().await?;
    db.refresh_version().await?;
    Ok(total)
}

/// The plain files of a folder by name; none when there is no folder.
fn read_files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(files),
        Err(error) => return Err(error.into()),
    };
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if entry.file_type()?.is_file() && is_plain(&name) {
            files.insert(name, std::fs::read(entry.path())?);
        }
    }
    Ok(files)
}

/// A name that stays in its folder and is not half written.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(".part")
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

fn write_file(folder: &Path, name: &str, base64: &str) -> Result<()> {
    let bytes = STANDARD
        .decode(base64)
        .map_err(|_| StorageError::Backup(format!("file {name:?} is damaged")))?;
    if !is_plain(name) {
        return Err(StorageError::Backup(format!(
            "{name:?} is not a file name of ours"
        )));
    }
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(folder.join(name), bytes)?)
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
