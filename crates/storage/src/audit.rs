//! What happened to accounts.

use marquee_domain::Timestamp;

use crate::Result;
use crate::db::Query;
use crate::statement::Statement;
use crate::unit::Unit;

/// An event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its own id, drawn at random.
    pub id: i64,
    /// When it was.
    pub at: Timestamp,
    /// What it was, one of a fixed set of words.
    pub kind: String,
    /// Public id of the account that it is about, or an empty text.
    pub account: String,
    /// Who did it: `viewer`, `operator`, `system` or `stranger`.
    pub actor: String,
    /// The session in which it was, or an empty text.
    pub sid: String,
    /// The network that it came from, coarse.
    pub network: String,
    /// More, as words; never a secret.
    pub detail: String,
}

/// Stores an event.
///
/// # Errors
/// When the database fails.
pub async fn add(unit: &mut Unit, event: &Event) -> Result<()> {
    let sql = "INSERT INTO audit_events (id, at, kind, account, actor, sid, network, detail) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let statement = Statement::new(sql)
        .bind(event.id)
        .bind(event.at)
        .bind(&event.kind)
        .bind(&event.account)
        .bind(&event.actor)
        .bind(&event.sid)
        .bind(&event.network)
        .bind(&event.detail);
    unit.execute_one("add audit event", statement).await
}

/// The newest events of an account.
///
/// # Errors
/// When the database fails.
pub async fn of_account(q: &mut dyn Query, account: &str, limit: i64) -> Result<Vec<Event>> {
    let sql = "SELECT id, at, kind, account, actor, sid, network, detail FROM audit_events \
        WHERE account = $1 ORDER BY at DESC, id DESC LIMIT $2";
    let statement = Statement::new(sql).bind(account).bind(limit);
    let rows = q.rows(statement).await?;
    rows.iter()
        .map(|row| {
            Ok(Event {
                id: row.int(0)?,
                at: row.int(1)?,
                kind: row.text(2)?,
                account: row.text(3)?,
                actor: row.text(4)?,
                sid: row.text(5)?,
                network: row.text(6)?,
                detail: row.text(7)?,
            })
        })
        .collect()
}

/// The accounts that events of a kind since a time are about.
///
/// # Errors
/// When the database fails.
pub async fn accounts_of(q: &mut dyn Query, kind: &str, since: Timestamp) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT account FROM audit_events WHERE at >= $1 AND kind = $2";
    let rows = q.rows(Statement::new(sql).bind(since).bind(kind)).await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Removes events from before a time.
///
/// # Errors
/// When the database fails.
pub async fn purge(unit: &mut Unit, before: Timestamp) -> Result<()> {
    let sql = "DELETE FROM audit_events WHERE at < $1";
    unit.execute(Statement::new(sql).bind(before)).await?;
    Ok(())
}
