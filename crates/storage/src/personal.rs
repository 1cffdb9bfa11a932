//! Everything that an owner keeps, whatever the service: for moving, handing out and removing it.

use marquee_domain::personal::{Owner, Progress};
use marquee_domain::{ContentId, ServiceId, Timestamp};

use crate::Result;
use crate::db::Query;
use crate::statement::Statement;
use crate::unit::Unit;

/// A favorite with its service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFavorite {
    /// The service.
    pub service: ServiceId,
    /// The word of its kind.
    pub kind: String,
    /// The id of the thing.
    pub source_id: i64,
    /// When it was added.
    pub created_at: Timestamp,
}

/// All favorites of an owner.
///
/// # Errors
/// When the database fails.
pub async fn favorites(q: &mut dyn Query, owner: &Owner) -> Result<Vec<KeptFavorite>> {
    let sql = "SELECT service_id, kind, source_id, created_at FROM favorites WHERE owner = $1 \
        ORDER BY created_at DESC, kind, source_id";
    let rows = q.rows(Statement::new(sql).bind(owner.key())).await?;
    rows.iter()
        .map(|row| {
            Ok(KeptFavorite {
                service: ServiceId(row.int(0)?),
                kind: row.text(1)?,
                source_id: row.int(2)?,
                created_at: row.int(3)?,
            })
        })
        .collect()
}

/// All progress of an owner, with its service.
///
/// # Errors
/// When the database fails.
pub async fn progress(q: &mut dyn Query, owner: &Owner) -> Result<Vec<(ServiceId, Progress)>> {
    let sql = "SELECT service_id, content_id, position_s, updated_at, device FROM progress WHERE owner = $1 \
        ORDER BY updated_at DESC, content_id";
    let rows = q.rows(Statement::new(sql).bind(owner.key())).await?;
    rows.iter()
        .map(|row| {
            let progress = Progress {
                content: ContentId(row.int(1)?),
                position_s: row.int(2)?,
                updated_at: row.int(3)?,
                device: row.text(4)?,
            };
            Ok((ServiceId(row.int(0)?), progress))
        })
        .collect()
}

/// Puts progress back as it was, whatever is stored.
///
/// # Errors
/// When the database fails.
pub async fn put_progress(
    unit: &mut Unit,
    owner: &Owner,
    service: ServiceId,
    old: &Progress,
) -> Result<()> {
    let sql = "INSERT INTO progress (owner, content_id, service_id, position_s, updated_at, device) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (owner, content_id) DO UPDATE SET \
        position_s = excluded.position_s, updated_at = excluded.updated_at, device = excluded.device";
    let statement = Statement::new(sql)
        .bind(owner.key())
        .bind(old.content.0)
        .bind(service.0)
        .bind(old.position_s)
        .bind(old.updated_at)
        .bind(&old.device);
    unit.execute(statement).await?;
    Ok(())
}

/// Removes an owner's progress on a content, if it is still this one.
///
/// # Errors
/// When the database fails.
pub async fn remove_progress(unit: &mut Unit, owner: &Owner, old: &Progress) -> Result<bool> {
    let sql = "DELETE FROM progress WHERE owner = $1 AND content_id = $2 AND updated_at = $3 AND position_s = $4";
    let statement = Statement::new(sql)
        .bind(owner.key())
        .bind(old.content.0)
        .bind(old.updated_at)
        .bind(old.position_s);
    Ok(unit.execute(statement).await? == 1)
}

/// Removes everything that an owner keeps.
///
/// # Errors
/// When the database fails.
pub async fn remove(unit: &mut Unit, owner: &Owner) -> Result<()> {
    for sql in [
        "DELETE FROM favorites WHERE owner = $1",
        "DELETE FROM progress WHERE owner = $1",
    ] {
        unit.execute(Statement::new(sql).bind(owner.key())).await?;
    }
    Ok(())
}
