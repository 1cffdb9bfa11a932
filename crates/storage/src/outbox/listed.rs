//! Mails as their reader may know of them: that they were sent, not what they said.

use marquee_domain::Timestamp;

use super::State;
use crate::db::Query;
use crate::statement::{Row, Statement};
use crate::{Result, StorageError};

/// A mail without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which letter it is.
    pub letter: String,
    /// What became of it.
    pub state: State,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was sent or given up.
    pub finished_at: Option<Timestamp>,
}

fn read(row: &Row) -> Result<Listed> {
    let id = row.int(0)?;
    let state = State::parse(&row.text(2)?).ok_or_else(|| StorageError::Corrupt {
        table: "mails",
        column: "state",
        id: id.to_string(),
    })?;
    Ok(Listed {
        letter: row.text(1)?,
        state,
        created_at: row.int(3)?,
        finished_at: row.opt_int(4)?,
    })
}

/// The mails to an address that are still listed, newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn to_address(q: &mut dyn Query, to: &str, limit: i64) -> Result<Vec<Listed>> {
    let sql = "SELECT id, letter, state, created_at, finished_at FROM mails WHERE recipient = $1 \
         ORDER BY created_at DESC, id DESC LIMIT $2";
    let rows = q.rows(Statement::new(sql).bind(to).bind(limit)).await?;
    rows.iter().map(read).collect()
}
