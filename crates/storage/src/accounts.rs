//! Accounts and their addresses.

use marquee_domain::account::{Account, AccountState, LoginMethod, Role};
use marquee_domain::{AccountId, Timestamp};

use crate::db::Query;
use crate::meta::take_ids;
use crate::statement::{Row, Statement};
use crate::unit::Unit;
use crate::{Result, StorageError};

/// An account to be.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    /// Its public id.
    pub uuid: &'a str,
    /// Its address as typed.
    pub email: &'a str,
    /// The folded form of the address.
    pub email_key: &'a str,
    /// Empty when not given.
    pub display_name: &'a str,
    /// What it may do beside watching.
    pub role: Role,
    /// How it is made.
    pub made_with: LoginMethod,
    /// Code of the language that mails are written in.
    pub language: &'a str,
}

const FIELDS: &str = "SELECT a.id, a.uuid, a.email, a.email_verified, a.display_name, a.state, a.role, a.made_with, \
    a.language, a.created_at";

fn read(row: &Row) -> Result<Account> {
    let uuid = row.text(1)?;
    let corrupt = |column| StorageError::Corrupt {
        table: "accounts",
        column,
        id: uuid.clone(),
    };
    Ok(Account {
        id: AccountId(row.int(0)?),
        email: row.text(2)?,
        email_verified: row.bool(3)?,
        display_name: row.text(4)?,
        state: AccountState::parse(&row.text(5)?).ok_or_else(|| corrupt("state"))?,
        role: Role::parse(&row.text(6)?).ok_or_else(|| corrupt("role"))?,
        made_with: LoginMethod::parse(&row.text(7)?).ok_or_else(|| corrupt("made_with"))?,
        language: row.text(8)?,
        created_at: row.int(9)?,
        uuid,
    })
}

/// Makes an account whose address is verified, or none when another one has that address.
///
/// # Errors
/// When the database fails.
pub async fn add(unit: &mut Unit, new: &NewAccount<'_>, now: Timestamp) -> Result<Option<Account>> {
    let id = take_ids(unit, "account", 1).await?;
    let sql = "INSERT INTO accounts (id, uuid, email, email_verified, display_name, state, role, made_with, language, \
        created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let statement = Statement::new(sql)
        .bind(id)
        .bind(new.uuid)
        .bind(new.email)
        .bind(true)
        .bind(new.display_name)
        .bind(AccountState::Active.as_str())
        .bind(new.role.as_str())
        .bind(new.made_with.as_str())
        .bind(new.language)
        .bind(now);
    unit.execute_one("add account", statement).await?;
    if !take_address(unit, new.email_key, AccountId(id)).await? {
        let undo = Statement::new("DELETE FROM accounts WHERE id = $1").bind(id);
        unit.execute_one("drop account", undo).await?;
        return Ok(None);
    }
    by_id(unit, AccountId(id)).await
}

async fn take_address(unit: &mut Unit, email_key: &str, account: AccountId) -> Result<bool> {
    let sql = "INSERT INTO addresses (email_key, account_id) VALUES ($1, $2) ON CONFLICT (email_key) DO NOTHING";
    let taken = Statement::new(sql).bind(email_key).bind(account.0);
    Ok(unit.execute(taken).await? == 1)
}

/// One account.
///
/// # Errors
/// When the database fails.
pub async fn by_id(q: &mut dyn Query, id: AccountId) -> Result<Option<Account>> {
    let statement =
        Statement::built(format!("{FIELDS} FROM accounts a WHERE a.id = $1")).bind(id.0);
    q.row(statement).await?.as_ref().map(read).transpose()
}

/// Holds an account until the unit ends: whoever else holds it waits, on every node. Read as it is then.
///
/// A unit that decides by what an account is or has holds it before it looks, or two of them decide by what the other
/// one is about to change: units of PostgreSQL see each other's writes as they are saved. A unit that holds several
/// takes them by ascending ids.
///
/// # Errors
/// When the database fails.
pub async fn hold(unit: &mut Unit, id: AccountId) -> Result<Option<Account>> {
    let sql = "UPDATE accounts SET state = state WHERE id = $1";
    unit.execute(Statement::new(sql).bind(id.0)).await?;
    by_id(unit, id).await
}

/// The account of a public id.
///
/// # Errors
/// When the database fails.
pub async fn by_uuid(q: &mut dyn Query, uuid: &str) -> Result<Option<Account>> {
    let statement =
        Statement::built(format!("{FIELDS} FROM accounts a WHERE a.uuid = $1")).bind(uuid);
    q.row(statement).await?.as_ref().map(read).transpose()
}

/// The account of a folded address.
///
/// # Errors
/// When the database fails.
pub async fn by_address(q: &mut dyn Query, email_key: &str) -> Result<Option<Account>> {
    let sql = format!(
        "{FIELDS} FROM accounts a JOIN addresses d ON d.account_id = a.id WHERE d.email_key = $1"
    );
    let statement = Statement::built(sql).bind(email_key);
    q.row(statement).await?.as_ref().map(read).transpose()
}

/// The account of a folded address, and whether it is that: where nobody has the address, the account of the next one
/// comes instead. Both take the same reads, which are not to tell who has an account.
///
/// # Errors
/// When the database fails.
pub async fn by_address_or_next(
    q: &mut dyn Query,
    email_key: &str,
) -> Result<Option<(Account, bool)>> {
    let sql = format!(
        "{FIELDS}, d.email_key = $1 FROM accounts a JOIN addresses d ON d.account_id = a.id \
        WHERE d.email_key >= $1 ORDER BY d.email_key LIMIT 1"
    );
    let row = q.row(Statement::built(sql).bind(email_key)).await?;
    row.map(|row| Ok((read(&row)?, row.bool(10)?))).transpose()
}

/// Accounts by address, at most `limit` of those whose folded address is after `after`.
///
/// # Errors
/// When the database fails.
pub async fn list(q: &mut dyn Query, after: &str, limit: i64) -> Result<Vec<Account>> {
    let sql = format!(
        "{FIELDS} FROM accounts a JOIN addresses d ON d.account_id = a.id WHERE d.email_key > $1 ORDER BY d.email_key LIMIT $2"
    );
    let statement = Statement::built(sql).bind(after).bind(limit);
    q.rows(statement).await?.iter().map(read).collect()
}

/// Whether any account has this role.
///
/// # Errors
/// When the database fails.
pub async fn any_with_role(q: &mut dyn Query, role: Role) -> Result<bool> {
    let sql = "SELECT 1 FROM accounts WHERE role = $1 LIMIT 1";
    let row = q.row(Statement::new(sql).bind(role.as_str())).await?;
    Ok(row.is_some())
}

/// Sets the name shown.
///
/// # Errors
/// When the database fails or there is no such account.
pub async fn set_display_name(unit: &mut Unit, id: AccountId, name: &str) -> Result<()> {
    let sql = "UPDATE accounts SET display_name = $2 WHERE id = $1";
    let statement = Statement::new(sql).bind(id.0).bind(name);
    unit.execute_one("name account", statement).await
}

/// Changes the address, unless another account has it. Says whether it was changed.
///
/// # Errors
/// When the database fails.
pub async fn set_email(unit: &mut Unit, id: AccountId, email: &str, key: &str) -> Result<bool> {
    let old = "DELETE FROM addresses WHERE account_id = $1 AND email_key <> $2";
    let same = by_address(unit, key).await?;
    match same {
        Some(other) if other.id != id => return Ok(false),
        // Only its spelling changes.
        Some(_) => {}
        None => {
            // The old one goes first: an account has one address at a time.
            unit.execute(Statement::new(old).bind(id.0).bind(key))
                .await?;
            if !take_address(unit, key, id).await? {
                return Ok(false);
            }
        }
    }
    let sql = "UPDATE accounts SET email = $2, email_verified = $3 WHERE id = $1";
    let statement = Statement::new(sql).bind(id.0).bind(email).bind(true);
    unit.execute_one("change address", statement).await?;
    Ok(true)
}

/// Moves an account from one state to another. Says whether it was in that state.
///
/// # Errors
/// When the database fails.
pub async fn set_state(
    unit: &mut Unit,
    id: AccountId,
    from: AccountState,
    to: AccountState,
) -> Result<bool> {
    let sql = "UPDATE accounts SET state = $3 WHERE id = $1 AND state = $2";
    let statement = Statement::new(sql)
        .bind(id.0)
        .bind(from.as_str())
        .bind(to.as_str());
    Ok(unit.execute(statement).await? == 1)
}

/// Sets what an account may do beside watching.
///
/// # Errors
/// When the database fails or there is no such account.
pub async fn set_role(unit: &mut Unit, id: AccountId, role: Role) -> Result<()> {
    let sql = "UPDATE accounts SET role = $2 WHERE id = $1";
    let statement = Statement::new(sql).bind(id.0).bind(role.as_str());
    unit.execute_one("set role", statement).await
}

/// Removes an account with its address, credentials and codes. Its sessions must have been ended and
/// its personal data removed or moved by the caller. Says whether it was there.
///
/// # Errors
/// When the database fails.
pub async fn remove(unit: &mut Unit, id: AccountId) -> Result<bool> {
    const PARTS: &[&str] = &[
        "DELETE FROM addresses WHERE account_id = $1",
        "DELETE FROM passwords WHERE account_id = $1",
        "DELETE FROM social_identities WHERE account_id = $1",
        "DELETE FROM recovery_codes WHERE account_id = $1",
        "DELETE FROM second_factors WHERE account_id = $1",
        "DELETE FROM reset_tokens WHERE account_id = $1",
        "DELETE FROM activations WHERE account_id = $1",
    ];
    for sql in PARTS {
        unit.execute(Statement::new(sql).bind(id.0)).await?;
    }
    let sql = "DELETE FROM accounts WHERE id = $1";
    Ok(unit.execute(Statement::new(sql).bind(id.0)).await? == 1)
}
