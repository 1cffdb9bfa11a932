//! Writing a backup.

use std::io::Write;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};
use serde_json::{Value as Json, json};

use super::files::read_files;
use super::tables::{TABLES, TableSpec, read, value};
use crate::db::{Db, Query};
use crate::statement::{Statement, Value};
use crate::{Result, migrate};

/// Rows read at a time.
const CHUNK: i64 = 500;

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
