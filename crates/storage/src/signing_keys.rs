//! The keys that tokens are signed with, and what tells whose they are.

use marquee_domain::Timestamp;

use crate::Result;
use crate::db::Query;
use crate::statement::Statement;
use crate::unit::Unit;

/// A key as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name: the thumbprint of its public half (RFC 7638).
    pub kid: String,
    /// What it signs with, as tokens name it.
    pub algorithm: String,
    /// The private half, sealed.
    pub sealed_private: String,
    /// The public half, as a JSON Web Key without its name.
    pub public_key: String,
    /// From when on it signs.
    pub signs_from: Timestamp,
    /// Until when it signs.
    pub signs_until: Timestamp,
    /// Until when it is published.
    pub published_until: Timestamp,
}

/// The keys that are published at a time, those that sign last at the end.
///
/// # Errors
/// When the database fails.
pub async fn published(q: &mut dyn Query, now: Timestamp) -> Result<Vec<SigningKey>> {
    let sql = "SELECT kid, algorithm, sealed_private, public_key, signs_from, signs_until, published_until \
        FROM signing_keys WHERE published_until > $1 ORDER BY signs_from, kid";
    let rows = q.rows(Statement::new(sql).bind(now)).await?;
    rows.iter()
        .map(|row| {
            Ok(SigningKey {
                kid: row.text(0)?,
                algorithm: row.text(1)?,
                sealed_private: row.text(2)?,
                public_key: row.text(3)?,
                signs_from: row.int(4)?,
                signs_until: row.int(5)?,
                published_until: row.int(6)?,
            })
        })
        .collect()
}

/// Stores a key.
///
/// # Errors
/// When the database fails.
pub async fn add(unit: &mut Unit, new: &SigningKey) -> Result<()> {
    let sql = "INSERT INTO signing_keys (kid, algorithm, sealed_private, public_key, signs_from, signs_until, published_until) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let statement = Statement::new(sql)
        .bind(&new.kid)
        .bind(&new.algorithm)
        .bind(&new.sealed_private)
        .bind(&new.public_key)
        .bind(new.signs_from)
        .bind(new.signs_until)
        .bind(new.published_until);
    unit.execute_one("add signing key", statement).await
}

/// Removes keys that nothing can be checked with any more.
///
/// # Errors
/// When the database fails.
pub async fn purge(unit: &mut Unit, now: Timestamp) -> Result<()> {
    let sql = "DELETE FROM signing_keys WHERE published_until <= $1";
    unit.execute(Statement::new(sql).bind(now)).await?;
    Ok(())
}

/// Stores what tells the server's secret, unless something is stored, and returns what is stored then.
///
/// # Errors
/// When the database fails.
pub async fn hold_check(unit: &mut Unit, value: &str) -> Result<String> {
    let sql =
        "INSERT INTO server_secret (id, check_value) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
    unit.execute(Statement::new(sql).bind(value)).await?;
    let stored = check(unit).await?;
    Ok(stored.unwrap_or_default())
}

/// What tells the server's secret, once one is held.
///
/// # Errors
/// When the database fails.
pub async fn check(q: &mut dyn Query) -> Result<Option<String>> {
    let sql = "SELECT check_value FROM server_secret WHERE id = 1";
    let row = q.row(Statement::new(sql)).await?;
    row.map(|row| row.text(0)).transpose()
}
