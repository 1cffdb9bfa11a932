//! Codes and tokens that were mailed.

use marquee_domain::{AccountId, Timestamp};

use crate::Result;
use crate::db::Query;
use crate::statement::Statement;
use crate::unit::Unit;

/// A code that was mailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailedCode {
    /// Where to, as typed.
    pub email: String,
    /// Keyed hash of the code.
    pub code_hash: String,
    /// How many wrong ones were tried.
    pub failures: i64,
    /// When it was mailed.
    pub sent_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Until when what it proved holds, once it was given back.
    pub proved_until: Option<Timestamp>,
}

/// Puts a code in the place of any other for the same purpose and person.
///
/// # Errors
/// When the database fails.
pub async fn replace(
    unit: &mut Unit,
    (purpose, about): (&str, &str),
    new: &MailedCode,
) -> Result<()> {
    let sql = "INSERT INTO mailed_codes (purpose, about, email, code_hash, failures, sent_at, expires_at) \
        VALUES ($1, $2, $3, $4, 0, $5, $6) ON CONFLICT (purpose, about) DO UPDATE SET email = excluded.email, \
        code_hash = excluded.code_hash, failures = 0, sent_at = excluded.sent_at, expires_at = excluded.expires_at, \
        proved_until = NULL";
    let statement = Statement::new(sql)
        .bind(purpose)
        .bind(about)
        .bind(&new.email)
        .bind(&new.code_hash)
        .bind(new.sent_at)
        .bind(new.expires_at);
    unit.execute_one("mail code", statement).await
}

/// The code for a purpose and person.
///
/// # Errors
/// When the database fails.
pub async fn lookup(
    q: &mut dyn Query,
    (purpose, about): (&str, &str),
) -> Result<Option<MailedCode>> {
    let sql = "SELECT email, code_hash, failures, sent_at, expires_at, proved_until FROM mailed_codes \
        WHERE purpose = $1 AND about = $2";
    let row = q.row(Statement::new(sql).bind(purpose).bind(about)).await?;
    row.map(|row| {
        Ok(MailedCode {
            email: row.text(0)?,
            code_hash: row.text(1)?,
            failures: row.int(2)?,
            sent_at: row.int(3)?,
            expires_at: row.int(4)?,
            proved_until: row.opt_int(5)?,
        })
    })
    .transpose()
}

/// Counts a wrong code against the one that was mailed, unless `most` were wrong already: a guess is
/// counted before it is compared, so that guesses at the same moment cannot share one place. Says
/// whether there was a place.
///
/// # Errors
/// When the database fails.
pub async fn count_guess(
    unit: &mut Unit,
    (purpose, about): (&str, &str),
    most: i64,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE mailed_codes SET failures = failures + 1 \
        WHERE purpose = $1 AND about = $2 AND failures < $3 AND expires_at > $4 AND proved_until IS NULL";
    let statement = Statement::new(sql)
        .bind(purpose)
        .bind(about)
        .bind(most)
        .bind(now);
    Ok(unit.execute(statement).await? == 1)
}

/// Notes that a code was given back, if it is still this one and was not before. Says whether.
///
/// # Errors
/// When the database fails.
pub async fn prove(
    unit: &mut Unit,
    (purpose, about): (&str, &str),
    code_hash: &str,
    until: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE mailed_codes SET proved_until = $4 \
        WHERE purpose = $1 AND about = $2 AND code_hash = $3 AND proved_until IS NULL";
    let statement = Statement::new(sql)
        .bind(purpose)
        .bind(about)
        .bind(code_hash)
        .bind(until);
    Ok(unit.execute(statement).await? == 1)
}

/// Uses what a code proved, once. Says whether it held.
///
/// # Errors
/// When the database fails.
pub async fn use_proof(
    unit: &mut Unit,
    (purpose, about): (&str, &str),
    now: Timestamp,
) -> Result<bool> {
    let sql = "DELETE FROM mailed_codes WHERE purpose = $1 AND about = $2 AND proved_until > $3";
    let statement = Statement::new(sql).bind(purpose).bind(about).bind(now);
    Ok(unit.execute(statement).await? == 1)
}

/// Whom codes of a purpose are about that have not ended, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn waiting(q: &mut dyn Query, purpose: &str, limit: i64) -> Result<Vec<String>> {
    let sql = "SELECT about FROM mailed_codes WHERE purpose = $1 ORDER BY sent_at, about LIMIT $2";
    let rows = q
        .rows(Statement::new(sql).bind(purpose).bind(limit))
        .await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Removes a code. Says whether it was there.
///
/// # Errors
/// When the database fails.
pub async fn take(unit: &mut Unit, (purpose, about): (&str, &str)) -> Result<bool> {
    let sql = "DELETE FROM mailed_codes WHERE purpose = $1 AND about = $2";
    let statement = Statement::new(sql).bind(purpose).bind(about);
    Ok(unit.execute(statement).await? == 1)
}

/// Puts a token that sets a new password in the place of any other of the account.
///
/// # Errors
/// When the database fails.
pub async fn set_reset(
    unit: &mut Unit,
    account: AccountId,
    token_hash: &str,
    expires_at: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO reset_tokens (account_id, token_hash, failures, expires_at) VALUES ($1, $2, 0, $3) \
        ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, failures = 0, expires_at = excluded.expires_at";
    let statement = Statement::new(sql)
        .bind(account.0)
        .bind(token_hash)
        .bind(expires_at);
    unit.execute_one("set reset token", statement).await
}

/// Whose password a token sets, while it holds.
///
/// # Errors
/// When the database fails.
pub async fn reset_of(
    q: &mut dyn Query,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<AccountId>> {
    let sql = "SELECT account_id FROM reset_tokens WHERE token_hash = $1 AND expires_at > $2";
    let statement = Statement::new(sql).bind(token_hash).bind(now);
    let row = q.row(statement).await?;
    row.map(|row| Ok(AccountId(row.int(0)?))).transpose()
}

/// Uses a token up. Says whether it held.
///
/// # Errors
/// When the database fails.
pub async fn use_reset(unit: &mut Unit, token_hash: &str, now: Timestamp) -> Result<bool> {
    let sql = "DELETE FROM reset_tokens WHERE token_hash = $1 AND expires_at > $2";
    let statement = Statement::new(sql).bind(token_hash).bind(now);
    Ok(unit.execute(statement).await? == 1)
}

/// Voids an account's token: somebody who signs in knows the password.
///
/// # Errors
/// When the database fails.
pub async fn void_reset(unit: &mut Unit, account: AccountId) -> Result<()> {
    let sql = "DELETE FROM reset_tokens WHERE account_id = $1";
    unit.execute(Statement::new(sql).bind(account.0)).await?;
    Ok(())
}

/// Removes what ended before a time.
///
/// # Errors
/// When the database fails.
pub async fn purge(unit: &mut Unit, before: Timestamp) -> Result<()> {
    for sql in [
        "DELETE FROM mailed_codes WHERE expires_at < $1 AND (proved_until IS NULL OR proved_until < $1)",
        "DELETE FROM reset_tokens WHERE expires_at < $1",
        "DELETE FROM activations WHERE expires_at < $1",
    ] {
        unit.execute(Statement::new(sql).bind(before)).await?;
    }
    Ok(())
}
