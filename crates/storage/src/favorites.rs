//! Favorites of accounts and devices.

use marquee_domain::personal::{FavoriteKind, Owner};
use marquee_domain::{ServiceId, Timestamp};

use crate::db::Query;
use crate::meta::take_ids;
use crate::statement::{Row, Statement};
use crate::unit::Unit;
use crate::{Result, StorageError};

/// A favorite as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Favorite {
    /// Its own id.
    pub id: i64,
    /// What kind of thing it is.
    pub kind: FavoriteKind,
    /// The id of the thing.
    pub source_id: i64,
    /// When it was added.
    pub created_at: Timestamp,
}

fn read(row: &Row) -> Result<Favorite> {
    let word = row.text(1)?;
    let kind = FavoriteKind::parse(&word).ok_or(StorageError::Corrupt {
        table: "favorites",
        column: "kind",
        id: word,
    })?;
    Ok(Favorite {
        id: row.int(0)?,
        kind,
        source_id: row.int(2)?,
        created_at: row.int(3)?,
    })
}

/// An owner's favorites in a service, newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn list(
    q: &mut dyn Query,
    owner: &Owner,
    service: ServiceId,
    limit: i64,
) -> Result<Vec<Favorite>> {
    let sql = "SELECT id, kind, source_id, created_at FROM favorites \
        WHERE owner = $1 AND service_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3";
    let statement = Statement::new(sql)
        .bind(owner.key())
        .bind(service.0)
        .bind(limit);
    q.rows(statement).await?.iter().map(read).collect()
}

/// How many favorites an owner has in a service.
///
/// # Errors
/// When the database fails.
pub async fn count(q: &mut dyn Query, owner: &Owner, service: ServiceId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM favorites WHERE owner = $1 AND service_id = $2";
    let statement = Statement::new(sql).bind(owner.key()).bind(service.0);
    let row = q.row(statement).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Whether the first owner has a favorite that the second lacks.
///
/// # Errors
/// When the database fails.
pub async fn lacks(q: &mut dyn Query, from: &Owner, into: &Owner) -> Result<bool> {
    let sql = "SELECT 1 FROM favorites a WHERE a.owner = $1 AND NOT EXISTS (SELECT 1 FROM favorites b \
        WHERE b.owner = $2 AND b.kind = a.kind AND b.source_id = a.source_id) LIMIT 1";
    let statement = Statement::new(sql).bind(from.key()).bind(into.key());
    Ok(q.row(statement).await?.is_some())
}

/// Adds a favorite; one that is there stays as it is. Says whether it is new.
///
/// # Errors
/// When the database fails.
pub async fn add(
    unit: &mut Unit,
    owner: &Owner,
    service: ServiceId,
    (kind, source_id): (FavoriteKind, i64),
    now: Timestamp,
) -> Result<bool> {
    let id = take_ids(unit, "favorite", 1).await?;
    let sql = "INSERT INTO favorites (id, service_id, owner, kind, source_id, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (owner, kind, source_id) DO NOTHING";
    let statement = Statement::new(sql)
        .bind(id)
        .bind(service.0)
        .bind(owner.key())
        .bind(kind.as_str())
        .bind(source_id)
        .bind(now);
    Ok(unit.execute(statement).await? == 1)
}

/// Removes a favorite. Says whether it was there.
///
/// # Errors
/// When the database fails.
pub async fn remove(
    unit: &mut Unit,
    owner: &Owner,
    (kind, source_id): (FavoriteKind, i64),
) -> Result<bool> {
    let sql = "DELETE FROM favorites WHERE owner = $1 AND kind = $2 AND source_id = $3";
    let statement = Statement::new(sql)
        .bind(owner.key())
        .bind(kind.as_str())
        .bind(source_id);
    Ok(unit.execute(statement).await? == 1)
}

/// Gives everything of one owner to another; of what both have, the earlier one stays. The first
/// owner has nothing afterwards, so doing it again changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn merge(unit: &mut Unit, from: &Owner, into: &Owner) -> Result<()> {
    let (from, into) = (from.key(), into.key());
    let earlier = "UPDATE favorites SET created_at = (SELECT f.created_at FROM favorites f \
            WHERE f.owner = $1 AND f.kind = favorites.kind AND f.source_id = favorites.source_id) \
        WHERE owner = $2 AND EXISTS (SELECT 1 FROM favorites f WHERE f.owner = $1 AND f.kind = favorites.kind \
            AND f.source_id = favorites.source_id AND f.created_at < favorites.created_at)";
    unit.execute(Statement::new(earlier).bind(&from).bind(&into))
        .await?;
    let moved = "UPDATE favorites SET owner = $2 WHERE owner = $1 AND NOT EXISTS (SELECT 1 FROM favorites f \
        WHERE f.owner = $2 AND f.kind = favorites.kind AND f.source_id = favorites.source_id)";
    unit.execute(Statement::new(moved).bind(&from).bind(&into))
        .await?;
    let rest = "DELETE FROM favorites WHERE owner = $1";
    unit.execute(Statement::new(rest).bind(&from)).await?;
    Ok(())
}
