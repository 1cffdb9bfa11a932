//! Sessions, and which refresh token of each is the live one.

use marquee_domain::account::{EndReason, Factors};
use marquee_domain::{AccountId, Timestamp};

use crate::db::Query;
use crate::statement::{Row, Statement};
use crate::unit::Unit;
use crate::{Result, StorageError};

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, a UUID.
    pub sid: String,
    /// Whose it is.
    pub account: AccountId,
    /// The device id that its client sent, or an empty text.
    pub device: String,
    /// The kind of device that its client named, or an empty text.
    pub device_type: String,
    /// What the client calls itself.
    pub app: String,
    /// The network it began in, coarse.
    pub network: String,
    /// What was shown when it began.
    pub factors: Factors,
    /// What its refresh tokens are derived with.
    pub seed: String,
    /// Number of the live refresh token.
    pub generation: i64,
    /// When that one took the place of the one before.
    pub rotated_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last heard of, to the minute or so.
    pub last_active_at: Timestamp,
    /// When it ends unless it is heard of before.
    pub expires_at: Timestamp,
    /// When and why it ended.
    pub ended: Option<(Timestamp, EndReason)>,
}

const COLUMNS: &str = "SELECT sid, account_id, device, device_type, app, network, factors, seed, generation, rotated_at, \
    created_at, last_active_at, expires_at, ended_at, end_reason FROM sessions";

fn read(row: &Row) -> Result<Session> {
    let sid = row.text(0)?;
    let corrupt = |column| StorageError::Corrupt {
        table: "sessions",
        column,
        id: sid.clone(),
    };
    let ended = row
        .opt_int(13)?
        .map(|at| {
            let reason = EndReason::parse(&row.text(14)?).ok_or_else(|| corrupt("end_reason"))?;
            Ok::<_, StorageError>((at, reason))
        })
        .transpose()?;
    Ok(Session {
        account: AccountId(row.int(1)?),
        device: row.text(2)?,
        device_type: row.text(3)?,
        app: row.text(4)?,
        network: row.text(5)?,
        factors: Factors::parse(&row.text(6)?).ok_or_else(|| corrupt("factors"))?,
        seed: row.text(7)?,
        generation: row.int(8)?,
        rotated_at: row.int(9)?,
        created_at: row.int(10)?,
        last_active_at: row.int(11)?,
        expires_at: row.int(12)?,
        ended,
        sid,
    })
}

/// Stores a session that begins.
///
/// # Errors
/// When the database fails.
pub async fn add(unit: &mut Unit, new: &Session) -> Result<()> {
    let sql = "INSERT INTO sessions (sid, account_id, device, device_type, app, network, factors, seed, generation, \
        rotated_at, created_at, last_active_at, expires_at, end_reason) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '')";
    let statement = Statement::new(sql)
        .bind(&new.sid)
        .bind(new.account.0)
        .bind(&new.device)
        .bind(&new.device_type)
        .bind(&new.app)
        .bind(&new.network)
        .bind(new.factors.words())
        .bind(&new.seed)
        .bind(new.generation)
        .bind(new.rotated_at)
        .bind(new.created_at)
        .bind(new.last_active_at)
        .bind(new.expires_at);
    unit.execute_one("add session", statement).await
}

/// One session, ended ones too.
///
/// # Errors
/// When the database fails.
pub async fn lookup(q: &mut dyn Query, sid: &str) -> Result<Option<Session>> {
    let statement = Statement::built(format!("{COLUMNS} WHERE sid = $1")).bind(sid);
    q.row(statement).await?.as_ref().map(read).transpose()
}

/// The live sessions of an account, newest first.
///
/// # Errors
/// When the database fails.
pub async fn live_of(
    q: &mut dyn Query,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<Session>> {
    let sql = format!(
        "{COLUMNS} WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY created_at DESC, sid"
    );
    let statement = Statement::built(sql).bind(account.0).bind(now);
    q.rows(statement).await?.iter().map(read).collect()
}

/// The sessions of an account that have ended or lapsed and are still kept, newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn past_of(
    q: &mut dyn Query,
    account: AccountId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Session>> {
    let sql = format!(
        "{COLUMNS} WHERE account_id = $1 AND (ended_at IS NOT NULL OR expires_at <= $2) \
         ORDER BY created_at DESC, sid LIMIT $3"
    );
    let statement = Statement::built(sql).bind(account.0).bind(now).bind(limit);
    q.rows(statement).await?.iter().map(read).collect()
}

/// Whether a device is new to an account that has others: by its id, or by app and network when it has none. The app
/// alone would not do: anybody can guess what a browser calls itself.
///
/// # Errors
/// When the database fails.
pub async fn device_is_new(
    q: &mut dyn Query,
    account: AccountId,
    (device, app, network): (&str, &str, &str),
) -> Result<bool> {
    let any = "SELECT 1 FROM sessions WHERE account_id = $1 LIMIT 1";
    if q.row(Statement::new(any).bind(account.0)).await?.is_none() {
        return Ok(false);
    }
    let statement = if device.is_empty() {
        let sql = "SELECT 1 FROM sessions WHERE account_id = $1 AND device = '' AND app = $2 AND network = $3 LIMIT 1";
        Statement::new(sql).bind(account.0).bind(app).bind(network)
    } else {
        let sql = "SELECT 1 FROM sessions WHERE account_id = $1 AND device = $2 LIMIT 1";
        Statement::new(sql).bind(account.0).bind(device)
    };
    Ok(q.row(statement).await?.is_none())
}

/// What a rotation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// The presented generation was the live one; its successor is the live one now.
    Rotated(Session),
    /// It was not, or the session has ended or is unknown.
    Not(Option<Session>),
}

/// Makes the successor of `generation` the live one, in one statement: of any number that present
/// the same generation at once, one rotates and the others find what it left.
///
/// # Errors
/// When the database fails.
pub async fn rotate(
    unit: &mut Unit,
    sid: &str,
    generation: i64,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<Rotation> {
    let sql = "UPDATE sessions SET generation = generation + 1, rotated_at = $3, last_active_at = $3, expires_at = $4 \
        WHERE sid = $1 AND generation = $2 AND ended_at IS NULL AND expires_at > $3 \
        RETURNING sid, account_id, device, device_type, app, network, factors, seed, generation, rotated_at, \
        created_at, last_active_at, expires_at, ended_at, end_reason";
    let statement = Statement::new(sql)
        .bind(sid)
        .bind(generation)
        .bind(now)
        .bind(expires_at);
    let q: &mut dyn Query = unit;
    if let Some(row) = q.row(statement).await? {
        return Ok(Rotation::Rotated(read(&row)?));
    }
    Ok(Rotation::Not(lookup(unit, sid).await?))
}

/// Ends a session of an account. Says whether it was live.
///
/// # Errors
/// When the database fails.
pub async fn end(
    unit: &mut Unit,
    account: AccountId,
    sid: &str,
    reason: EndReason,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE sessions SET ended_at = $3, end_reason = $4 WHERE sid = $1 AND account_id = $2 AND ended_at IS NULL";
    let statement = Statement::new(sql)
        .bind(sid)
        .bind(account.0)
        .bind(now)
        .bind(reason.as_str());
    Ok(unit.execute(statement).await? == 1)
}

/// Ends all sessions of an account, and says which.
///
/// # Errors
/// When the database fails.
pub async fn end_all(
    unit: &mut Unit,
    account: AccountId,
    reason: EndReason,
    now: Timestamp,
) -> Result<Vec<String>> {
    let sql = "UPDATE sessions SET ended_at = $2, end_reason = $3 WHERE account_id = $1 AND ended_at IS NULL RETURNING sid";
    let statement = Statement::new(sql)
        .bind(account.0)
        .bind(now)
        .bind(reason.as_str());
    let q: &mut dyn Query = unit;
    let rows = q.rows(statement).await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// The sessions that ended at `since` or later, and why.
///
/// # Errors
/// When the database fails.
pub async fn ended_since(
    q: &mut dyn Query,
    since: Timestamp,
) -> Result<Vec<(String, Timestamp, EndReason)>> {
    let sql = "SELECT sid, ended_at, end_reason FROM sessions WHERE ended_at >= $1";
    let rows = q.rows(Statement::new(sql).bind(since)).await?;
    rows.iter()
        .map(|row| {
            let sid = row.text(0)?;
            let reason = EndReason::parse(&row.text(2)?).ok_or_else(|| StorageError::Corrupt {
                table: "sessions",
                column: "end_reason",
                id: sid.clone(),
            })?;
            Ok((sid, row.int(1)?, reason))
        })
        .collect()
}

/// Forgets where the ended sessions of an account were. Their ids stay for as long as tokens could be presented.
///
/// # Errors
/// When the database fails.
pub async fn scrub(unit: &mut Unit, account: AccountId) -> Result<()> {
    let sql = "UPDATE sessions SET device = '', device_type = '', app = '', network = '', seed = '' WHERE account_id = $1";
    unit.execute(Statement::new(sql).bind(account.0)).await?;
    Ok(())
}

/// Removes sessions that ended or lapsed before a time.
///
/// # Errors
/// When the database fails.
pub async fn purge(unit: &mut Unit, before: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM sessions WHERE ended_at < $1 OR expires_at < $1";
    unit.execute(Statement::new(sql).bind(before)).await
}
