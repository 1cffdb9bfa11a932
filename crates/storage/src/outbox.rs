//! Mails to be sent: rows that are written in the same unit of work as what they tell of.
//!
//! A mail is `waiting`, then `sent` or `given_up`. Whoever sends one has it alone until its lease lapses; after a crash in
//! between it is sent again, so a mail arrives at least once. What it says is kept no longer than it is needed, and
//! sealed until then: it holds codes and links, and copies of a database get around.

mod listed;

use marquee_domain::{MailId, Timestamp, UiLanguage};

use crate::Result;
use crate::db::Query;
use crate::meta::take_ids;
use crate::statement::{Row, Statement};
use crate::unit::Unit;

pub use self::listed::{Listed, to_address};

/// How long a mail is tried, in milliseconds from when it was asked for: 3 days.
pub const TRIED_MS: i64 = 3 * 24 * 3_600_000;
/// How long a mail that is sent or given up stays listed, in milliseconds: 30 days.
pub const KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// The first pause after a failure, in milliseconds; it doubles.
const FIRST_PAUSE_MS: i64 = 60_000;
/// The longest pause, in milliseconds: 6 hours.
const LAST_PAUSE_MS: i64 = 6 * 3_600_000;
/// Longest reason that is kept, in characters.
const REASON_MAX: usize = 300;

/// A letter as it waits. Whoever asks for it seals it, and opens it again to send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedLetter {
    /// Which one it is, for operators.
    pub name: String,
    /// What it says.
    pub sealed: String,
}

/// Puts a letter into the outbox. It goes out once the unit is saved.
///
/// # Errors
/// When the database fails.
pub async fn add(
    unit: &mut Unit,
    to: &str,
    language: UiLanguage,
    letter: &SealedLetter,
    now: Timestamp,
) -> Result<()> {
    put(unit, None, to, language, letter, now).await.map(|_| ())
}

/// Puts a letter into the outbox unless one with this key ever was there; says whether it did. Keys are remembered for
/// as long as mails stay listed, 30 days.
///
/// # Errors
/// When the database fails.
pub async fn add_once(
    unit: &mut Unit,
    key: &str,
    to: &str,
    language: UiLanguage,
    letter: &SealedLetter,
    now: Timestamp,
) -> Result<bool> {
    put(unit, Some(key), to, language, letter, now).await
}

async fn put(
    unit: &mut Unit,
    key: Option<&str>,
    to: &str,
    language: UiLanguage,
    letter: &SealedLetter,
    now: Timestamp,
) -> Result<bool> {
    let id = take_ids(unit, "mails", 1).await?;
    let sql = "INSERT INTO mails (id, once_key, recipient, language, letter, parameters, state, due_at, attempts, reason, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, 0, '', $7) ON CONFLICT (once_key) DO NOTHING";
    let statement = Statement::new(sql)
        .bind(id)
        .bind(key.map(str::to_owned))
        .bind(to)
        .bind(language.code())
        .bind(&letter.name)
        .bind(&letter.sealed)
        .bind(now);
    let added = unit.execute(statement).await? == 1;
    if added {
        unit.mailed();
    }
    Ok(added)
}

/// A mail that somebody sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// Address as it was written.
    pub to: String,
    /// The reader's language.
    pub language: UiLanguage,
    /// What it tells.
    pub letter: SealedLetter,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// When it was asked for.
    pub created_at: Timestamp,
}

fn read(row: &Row) -> Result<Mail> {
    Ok(Mail {
        id: MailId(row.int(0)?),
        to: row.text(1)?,
        language: UiLanguage::of_code(&row.text(2)?).unwrap_or(UiLanguage::En),
        letter: SealedLetter {
            name: row.text(3)?,
            sealed: row.text(4)?,
        },
        attempts: row.int(5)?,
        created_at: row.int(6)?,
    })
}

/// Claims mails that are due, oldest first, for `lease_ms`. Two claimants never get the same one.
///
/// # Errors
/// When the database fails.
pub async fn claim(
    unit: &mut Unit,
    now: Timestamp,
    lease_ms: i64,
    limit: i64,
) -> Result<Vec<Mail>> {
    let sql = "UPDATE mails SET due_at = $2, attempts = attempts + 1 WHERE id IN (\
            SELECT id FROM mails WHERE state = 'waiting' AND due_at <= $1 ORDER BY id LIMIT $3) \
         AND state = 'waiting' AND due_at <= $1 RETURNING id, recipient, language, letter, parameters, attempts, created_at";
    let q: &mut dyn Query = unit;
    let statement = Statement::new(sql)
        .bind(now)
        .bind(now.saturating_add(lease_ms))
        .bind(limit);
    let rows = q.rows(statement).await?;
    let mut mails: Vec<Mail> = rows.iter().map(read).collect::<Result<_>>()?;
    // `RETURNING` promises no order.
    mails.sort_by_key(|mail| mail.id);
    Ok(mails)
}

/// Says that a mail went out, whoever has it by now.
///
/// # Errors
/// When the database fails.
pub async fn sent(unit: &mut Unit, id: MailId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE mails SET state = 'sent', parameters = '', reason = '', finished_at = $2 \
         WHERE id = $1 AND state = 'waiting'";
    unit.execute(Statement::new(sql).bind(id.0).bind(now))
        .await
        .map(|_| ())
}

/// Whether trying again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prospect {
    /// It may: the mail is tried again, after 1 minute, 2, 4, … at most 6 hours, until it is 3 days old.
    Hope,
    /// It will not: the mail is given up.
    None,
}

/// Says that a mail could not be sent, and why. Of somebody whose lease has lapsed nothing is heard.
///
/// # Errors
/// When the database fails.
pub async fn fail(
    unit: &mut Unit,
    mail: &Mail,
    reason: &str,
    prospect: Prospect,
    now: Timestamp,
) -> Result<()> {
    let reason: String = reason
        .chars()
        .filter(|c| *c != '\0')
        .take(REASON_MAX)
        .collect();
    let due_at = now.saturating_add(pause_ms(mail.attempts));
    let again = prospect == Prospect::Hope && due_at < mail.created_at.saturating_add(TRIED_MS);
    let statement = if again {
        let sql = "UPDATE mails SET due_at = $3, reason = $4 WHERE id = $1 AND attempts = $2 AND state = 'waiting'";
        Statement::new(sql)
            .bind(mail.id.0)
            .bind(mail.attempts)
            .bind(due_at)
            .bind(reason)
    } else {
        let sql = "UPDATE mails SET state = 'given_up', parameters = '', finished_at = $3, reason = $4 \
             WHERE id = $1 AND attempts = $2 AND state = 'waiting'";
        Statement::new(sql)
            .bind(mail.id.0)
            .bind(mail.attempts)
            .bind(now)
            .bind(reason)
    };
    unit.execute(statement).await.map(|_| ())
}

/// How long to wait after so many tries.
fn pause_ms(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    (FIRST_PAUSE_MS << doublings).min(LAST_PAUSE_MS)
}

/// When the next mail is due.
///
/// # Errors
/// When the database fails.
pub async fn next_due(q: &mut dyn Query) -> Result<Option<Timestamp>> {
    let sql = "SELECT MIN(due_at) FROM mails WHERE state = 'waiting'";
    match q.row(Statement::new(sql)).await? {
        Some(row) => row.opt_int(0),
        None => Ok(None),
    }
}

/// How many mails are in a state, for operators.
///
/// # Errors
/// When the database fails.
pub async fn count(q: &mut dyn Query, state: State) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM mails WHERE state = $1";
    let row = q.row(Statement::new(sql).bind(state.as_str())).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is still to be sent, or tried again.
    Waiting,
    /// It went out.
    Sent,
    /// It will not be tried again.
    GivenUp,
}

impl State {
    fn parse(word: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Sent, Self::GivenUp];
        all.into_iter().find(|state| state.as_str() == word)
    }

    /// As it is stored: `waiting`, `sent` or `given_up`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::GivenUp => "given_up",
        }
    }
}

/// Takes mails away that ended more than 30 days ago, at most `limit` at a time; returns how many.
///
/// # Errors
/// When the database fails.
pub async fn purge(unit: &mut Unit, now: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE finished_at <= $1 ORDER BY finished_at LIMIT $2)";
    let statement = Statement::new(sql)
        .bind(now.saturating_sub(KEPT_MS))
        .bind(limit);
    unit.execute(statement).await
}

/// Takes away what was and is to be sent to an address, for somebody who is to be forgotten.
///
/// # Errors
/// When the database fails.
pub async fn forget(unit: &mut Unit, to: &str) -> Result<u64> {
    let sql = "DELETE FROM mails WHERE recipient = $1";
    unit.execute(Statement::new(sql).bind(to)).await
}

#[cfg(test)]
mod tests {
    use super::pause_ms;

    #[test]
    fn pauses_double_up_to_six_hours() {
        let minutes: Vec<i64> = (0..=12).map(|n| pause_ms(n) / 60_000).collect();
        assert_eq!(
            minutes,
            [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
        );
        assert_eq!(pause_ms(i64::MAX), pause_ms(20));
    }
}
