//! How far accounts and devices have watched, and what that says of popularity.

use marquee_domain::personal::{Owner, Progress};
use marquee_domain::{ContentId, SeriesId, ServiceId, Timestamp, popularity};

use crate::Result;
use crate::db::Query;
use crate::statement::{Row, Statement, placeholders};
use crate::unit::Unit;

const COLUMNS: &str = "SELECT content_id, position_s, updated_at, device FROM progress";

fn read(row: &Row) -> Result<Progress> {
    Ok(Progress {
        content: ContentId(row.int(0)?),
        position_s: row.int(1)?,
        updated_at: row.int(2)?,
        device: row.text(3)?,
    })
}

/// Stores progress unless something newer is stored, and returns what is stored then.
///
/// # Errors
/// When the database fails.
pub async fn save(
    unit: &mut Unit,
    owner: &Owner,
    service: ServiceId,
    new: &Progress,
) -> Result<Progress> {
    let sql = "INSERT INTO progress (owner, content_id, service_id, position_s, updated_at, device) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (owner, content_id) DO UPDATE SET \
        position_s = excluded.position_s, updated_at = excluded.updated_at, device = excluded.device \
        WHERE progress.updated_at <= excluded.updated_at";
    let statement = Statement::new(sql)
        .bind(owner.key())
        .bind(new.content.0)
        .bind(service.0)
        .bind(new.position_s)
        .bind(new.updated_at)
        .bind(&new.device);
    if unit.execute(statement).await? == 1 {
        return Ok(new.clone());
    }
    let stored = of_content(unit, owner, new.content).await?;
    Ok(stored.unwrap_or_else(|| new.clone()))
}

/// An owner's progress on one content.
///
/// # Errors
/// When the database fails.
pub async fn of_content(
    q: &mut dyn Query,
    owner: &Owner,
    content: ContentId,
) -> Result<Option<Progress>> {
    let statement = Statement::built(format!("{COLUMNS} WHERE owner = $1 AND content_id = $2"))
        .bind(owner.key())
        .bind(content.0);
    q.row(statement).await?.as_ref().map(read).transpose()
}

/// An owner's progress on several contents, in no order.
///
/// # Errors
/// When the database fails.
pub async fn of_contents(
    q: &mut dyn Query,
    owner: &Owner,
    contents: &[ContentId],
) -> Result<Vec<Progress>> {
    if contents.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = contents.iter().map(|content| content.0).collect();
    let sql = format!(
        "{COLUMNS} WHERE owner = $1 AND content_id IN ({})",
        placeholders(2, ids.len())
    );
    let statement = Statement::built(sql).bind(owner.key()).bind_list(&ids);
    q.rows(statement).await?.iter().map(read).collect()
}

/// An owner's latest progress in a service, newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn recent(
    q: &mut dyn Query,
    owner: &Owner,
    service: ServiceId,
    limit: i64,
) -> Result<Vec<Progress>> {
    let sql = format!(
        "{COLUMNS} WHERE owner = $1 AND service_id = $2 ORDER BY updated_at DESC, content_id DESC LIMIT $3"
    );
    let statement = Statement::built(sql)
        .bind(owner.key())
        .bind(service.0)
        .bind(limit);
    q.rows(statement).await?.iter().map(read).collect()
}

/// Whether the first owner has progress that the second lacks, or has older.
///
/// # Errors
/// When the database fails.
pub async fn lacks(q: &mut dyn Query, from: &Owner, into: &Owner) -> Result<bool> {
    let sql = "SELECT 1 FROM progress a WHERE a.owner = $1 AND NOT EXISTS (SELECT 1 FROM progress b \
        WHERE b.owner = $2 AND b.content_id = a.content_id AND b.updated_at >= a.updated_at) LIMIT 1";
    let statement = Statement::new(sql).bind(from.key()).bind(into.key());
    Ok(q.row(statement).await?.is_some())
}

/// Counts a play start for a content, and for the series it belongs to.
///
/// # Errors
/// When the database fails.
pub async fn count_play(
    unit: &mut Unit,
    content: ContentId,
    series: Option<SeriesId>,
    at: Timestamp,
) -> Result<()> {
    let (read, write) = (
        "SELECT popularity FROM contents WHERE id = $1",
        "UPDATE contents SET popularity = $2 WHERE id = $1 AND popularity = $3",
    );
    count_in(unit, read, write, content.0, at).await?;
    if let Some(series) = series {
        let (read, write) = (
            "SELECT popularity FROM series WHERE id = $1",
            "UPDATE series SET popularity = $2 WHERE id = $1 AND popularity = $3",
        );
        count_in(unit, read, write, series.0, at).await?;
    }
    Ok(())
}

/// On PostgreSQL another play may be counted between reading and writing: then it is read again.
/// After a few rounds this play is let go, as one among so many.
async fn count_in(
    unit: &mut Unit,
    read: &'static str,
    write: &'static str,
    id: i64,
    at: Timestamp,
) -> Result<()> {
    for _ in 0..3 {
        let q: &mut dyn Query = unit;
        let Some(row) = q.row(Statement::new(read).bind(id)).await? else {
            return Ok(());
        };
        let old = row.float(0)?;
        let statement = Statement::new(write)
            .bind(id)
            .bind(popularity::after_play(old, at))
            .bind(old);
        if unit.execute(statement).await? == 1 {
            return Ok(());
        }
    }
    Ok(())
}

/// Gives everything of one owner to another; of what both have, the later one stays. The first
/// owner has nothing afterwards, so doing it again changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn merge(unit: &mut Unit, from: &Owner, into: &Owner) -> Result<()> {
    let (from, into) = (from.key(), into.key());
    let sql = "INSERT INTO progress (owner, content_id, service_id, position_s, updated_at, device) \
        SELECT $2, content_id, service_id, position_s, updated_at, device FROM progress WHERE owner = $1 \
        ON CONFLICT (owner, content_id) DO UPDATE SET position_s = excluded.position_s, \
        updated_at = excluded.updated_at, device = excluded.device WHERE progress.updated_at < excluded.updated_at";
    unit.execute(Statement::new(sql).bind(&from).bind(&into))
        .await?;
    let rest = "DELETE FROM progress WHERE owner = $1";
    unit.execute(Statement::new(rest).bind(&from)).await?;
    Ok(())
}
