//! Services: the named catalogs.

use marquee_domain::{ServiceId, Timestamp, Visibility};

use crate::db::Query;
use crate::meta::take_ids;
use crate::statement::{Row, Statement};
use crate::unit::Unit;
use crate::{Result, StorageError};

/// A service as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Its name, as `Service-Name` carries it.
    pub name: String,
    /// Who sees it.
    pub visibility: Visibility,
}

const COLUMNS: &str = "SELECT id, name, visibility FROM services";

fn read(row: &Row) -> Result<Service> {
    let word = row.text(2)?;
    let visibility = Visibility::parse(&word).ok_or(StorageError::Corrupt {
        table: "services",
        column: "visibility",
        id: word,
    })?;
    Ok(Service {
        id: ServiceId(row.int(0)?),
        name: row.text(1)?,
        visibility,
    })
}

/// All services by id.
///
/// # Errors
/// When the database fails.
pub async fn list(q: &mut dyn Query) -> Result<Vec<Service>> {
    q.rows(Statement::built(format!("{COLUMNS} ORDER BY id")))
        .await?
        .iter()
        .map(read)
        .collect()
}

/// The service of a name.
///
/// # Errors
/// When the database fails.
pub async fn find_by_name(q: &mut dyn Query, name: &str) -> Result<Option<Service>> {
    let row = q
        .row(Statement::built(format!("{COLUMNS} WHERE name = $1")).bind(name))
        .await?;
    row.as_ref().map(read).transpose()
}

/// Adds a service, or returns the one that has the name.
///
/// # Errors
/// When the database fails.
pub async fn add(
    unit: &mut Unit,
    name: &str,
    visibility: Visibility,
    now: Timestamp,
) -> Result<Service> {
    if let Some(known) = find_by_name(unit, name).await? {
        return Ok(known);
    }
    let id = take_ids(unit, "service", 1).await?;
    let sql = "INSERT INTO services (id, name, visibility, created_at) VALUES ($1, $2, $3, $4)";
    unit.execute_one(
        "add service",
        Statement::new(sql)
            .bind(id)
            .bind(name)
            .bind(visibility.as_str())
            .bind(now),
    )
    .await?;
    unit.touch_catalog();
    Ok(Service {
        id: ServiceId(id),
        name: name.to_owned(),
        visibility,
    })
}

/// Changes who sees a service.
///
/// # Errors
/// When the database fails or the service is gone.
pub async fn set_visibility(unit: &mut Unit, id: ServiceId, visibility: Visibility) -> Result<()> {
    let sql = "UPDATE services SET visibility = $2 WHERE id = $1";
    unit.execute_one(
        "set visibility",
        Statement::new(sql).bind(id.0).bind(visibility.as_str()),
    )
    .await?;
    unit.touch_catalog();
    Ok(())
}

/// How many contents and series a service holds, published or not.
///
/// # Errors
/// When the database fails.
pub async fn sizes(q: &mut dyn Query, id: ServiceId) -> Result<(i64, i64)> {
    let sql = "SELECT (SELECT COUNT(*) FROM contents WHERE service_id = $1), (SELECT COUNT(*) FROM series WHERE service_id = $1)";
    let row = q.row(Statement::new(sql).bind(id.0)).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
}
