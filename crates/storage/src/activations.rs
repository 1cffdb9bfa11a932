//! Codes that televisions show.

use marquee_domain::account::Factors;
use marquee_domain::{AccountId, Timestamp};

use crate::db::Query;
use crate::statement::{Row, Statement};
use crate::unit::Unit;
use crate::{Result, StorageError};

/// A television that waits to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// Its device id.
    pub device: String,
    /// Keyed hash of the code that it shows.
    pub code_hash: String,
    /// The kind of device that it named, or an empty text.
    pub device_type: String,
    /// What it calls itself.
    pub app: String,
    /// The network it is in, coarse.
    pub network: String,
    /// Keyed hash of the home that it is in, or an empty text.
    pub home: String,
    /// Who let it in, once somebody has, and what they had shown of themselves.
    pub confirmed: Option<(AccountId, Factors)>,
    /// When it asked.
    pub created_at: Timestamp,
    /// When the code ends.
    pub expires_at: Timestamp,
}

const COLUMNS: &str = "device, code_hash, device_type, app, network, account_id, factors, created_at, expires_at, home";

fn read(row: &Row) -> Result<Activation> {
    let device = row.text(0)?;
    let factors = Factors::parse(&row.text(6)?).ok_or_else(|| StorageError::Corrupt {
        table: "activations",
        column: "factors",
        id: device.clone(),
    })?;
    Ok(Activation {
        code_hash: row.text(1)?,
        device_type: row.text(2)?,
        app: row.text(3)?,
        network: row.text(4)?,
        confirmed: row.opt_int(5)?.map(|id| (AccountId(id), factors)),
        created_at: row.int(7)?,
        expires_at: row.int(8)?,
        home: row.text(9)?,
        device,
    })
}

/// Stores a code in the place of any other of the same device. Says no when another device shows that code.
///
/// # Errors
/// When the database fails.
pub async fn replace(unit: &mut Unit, new: &Activation, now: Timestamp) -> Result<bool> {
    let clear =
        "DELETE FROM activations WHERE device = $1 OR (code_hash = $2 AND expires_at <= $3)";
    let clear = Statement::new(clear)
        .bind(&new.device)
        .bind(&new.code_hash)
        .bind(now);
    unit.execute(clear).await?;
    let sql = "INSERT INTO activations (device, code_hash, state, device_type, app, network, factors, created_at, expires_at, home) \
        VALUES ($1, $2, 'pending', $3, $4, $5, '', $6, $7, $8) ON CONFLICT DO NOTHING";
    let statement = Statement::new(sql)
        .bind(&new.device)
        .bind(&new.code_hash)
        .bind(&new.device_type)
        .bind(&new.app)
        .bind(&new.network)
        .bind(new.created_at)
        .bind(new.expires_at)
        .bind(&new.home);
    Ok(unit.execute(statement).await? == 1)
}

/// The television that shows a code, while the code holds.
///
/// # Errors
/// When the database fails.
pub async fn lookup(
    q: &mut dyn Query,
    code_hash: &str,
    now: Timestamp,
) -> Result<Option<Activation>> {
    let sql = format!("SELECT {COLUMNS} FROM activations WHERE code_hash = $1 AND expires_at > $2");
    let statement = Statement::built(sql).bind(code_hash).bind(now);
    q.row(statement).await?.as_ref().map(read).transpose()
}

/// Lets a television in, once. Says whether it was waiting.
///
/// # Errors
/// When the database fails.
pub async fn confirm(
    unit: &mut Unit,
    code_hash: &str,
    (account, factors): (AccountId, &Factors),
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE activations SET state = 'confirmed', account_id = $3, factors = $4 \
        WHERE code_hash = $1 AND expires_at > $2 AND state = 'pending'";
    let statement = Statement::new(sql)
        .bind(code_hash)
        .bind(now)
        .bind(account.0)
        .bind(factors.words());
    Ok(unit.execute(statement).await? == 1)
}

/// Takes what was confirmed, once; the code is gone afterwards.
///
/// # Errors
/// When the database fails.
pub async fn take(unit: &mut Unit, code_hash: &str, now: Timestamp) -> Result<Option<Activation>> {
    let sql = format!(
        "DELETE FROM activations WHERE code_hash = $1 AND expires_at > $2 AND state = 'confirmed' RETURNING {COLUMNS}"
    );
    let statement = Statement::built(sql).bind(code_hash).bind(now);
    let q: &mut dyn Query = unit;
    q.row(statement).await?.as_ref().map(read).transpose()
}

/// Removes a code that its viewer refused.
///
/// # Errors
/// When the database fails.
pub async fn refuse(unit: &mut Unit, code_hash: &str) -> Result<bool> {
    let sql = "DELETE FROM activations WHERE code_hash = $1 AND state = 'pending'";
    Ok(unit.execute(Statement::new(sql).bind(code_hash)).await? == 1)
}

/// Forgets that an account let televisions in that have not collected it.
///
/// # Errors
/// When the database fails.
pub async fn recall(unit: &mut Unit, account: AccountId) -> Result<()> {
    let sql = "DELETE FROM activations WHERE account_id = $1";
    unit.execute(Statement::new(sql).bind(account.0)).await?;
    Ok(())
}
