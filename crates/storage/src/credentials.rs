//! What opens accounts: passwords, identities of providers, second factors.

use marquee_domain::account::Provider;
use marquee_domain::{AccountId, Timestamp};

use crate::db::Query;
use crate::statement::{Row, Statement};
use crate::unit::Unit;
use crate::{Result, StorageError};

/// A password as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPassword {
    /// Its hash as a PHC string.
    pub phc: String,
    /// When it was set: no two of an account have the same, and a new hash of the same password keeps it.
    pub set_at: Timestamp,
}

/// The password of an account.
///
/// # Errors
/// When the database fails.
pub async fn password(q: &mut dyn Query, account: AccountId) -> Result<Option<StoredPassword>> {
    let sql = "SELECT phc, changed_at FROM passwords WHERE account_id = $1";
    let row = q.row(Statement::new(sql).bind(account.0)).await?;
    row.map(|row| {
        Ok(StoredPassword {
            phc: row.text(0)?,
            set_at: row.int(1)?,
        })
    })
    .transpose()
}

/// Sets the password of an account. Of two that are set at one moment the second counts as later.
///
/// # Errors
/// When the database fails.
pub async fn set_password(
    unit: &mut Unit,
    account: AccountId,
    phc: &str,
    now: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO passwords (account_id, phc, changed_at) VALUES ($1, $2, $3) \
        ON CONFLICT (account_id) DO UPDATE SET phc = excluded.phc, changed_at = CASE \
        WHEN excluded.changed_at > passwords.changed_at THEN excluded.changed_at ELSE passwords.changed_at + 1 END";
    let statement = Statement::new(sql).bind(account.0).bind(phc).bind(now);
    unit.execute_one("set password", statement).await
}

/// Replaces one PHC string by another for the same password, unless it was changed meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn rehash_password(
    unit: &mut Unit,
    account: AccountId,
    (old, new): (&str, &str),
) -> Result<()> {
    let sql = "UPDATE passwords SET phc = $3 WHERE account_id = $1 AND phc = $2";
    let statement = Statement::new(sql).bind(account.0).bind(old).bind(new);
    unit.execute(statement).await?;
    Ok(())
}

/// A provider's identity that opens an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocialIdentity {
    /// Who vouches.
    pub provider: Provider,
    /// The provider's name for the person.
    pub subject: String,
    /// The account that it opens.
    pub account: AccountId,
    /// The address that the provider told, or an empty text.
    pub email: String,
    /// When it was linked.
    pub linked_at: Timestamp,
}

fn read_social(row: &Row) -> Result<SocialIdentity> {
    let word = row.text(0)?;
    let subject = row.text(1)?;
    let provider = Provider::parse(&word).ok_or_else(|| StorageError::Corrupt {
        table: "social_identities",
        column: "provider",
        id: subject.clone(),
    })?;
    Ok(SocialIdentity {
        provider,
        subject,
        account: AccountId(row.int(2)?),
        email: row.text(3)?,
        linked_at: row.int(4)?,
    })
}

const SOCIAL: &str =
    "SELECT provider, subject, account_id, email, linked_at FROM social_identities";

/// The identity of a provider's name for somebody.
///
/// # Errors
/// When the database fails.
pub async fn social(
    q: &mut dyn Query,
    provider: Provider,
    subject: &str,
) -> Result<Option<SocialIdentity>> {
    let sql = format!("{SOCIAL} WHERE provider = $1 AND subject = $2");
    let statement = Statement::built(sql).bind(provider.as_str()).bind(subject);
    q.row(statement)
        .await?
        .as_ref()
        .map(read_social)
        .transpose()
}

/// The identities that open an account, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn socials_of(q: &mut dyn Query, account: AccountId) -> Result<Vec<SocialIdentity>> {
    let sql = format!("{SOCIAL} WHERE account_id = $1 ORDER BY linked_at, provider");
    let statement = Statement::built(sql).bind(account.0);
    q.rows(statement).await?.iter().map(read_social).collect()
}

/// Links an identity, unless it opens an account already. Says whether it was linked.
///
/// # Errors
/// When the database fails.
pub async fn link_social(unit: &mut Unit, new: &SocialIdentity) -> Result<bool> {
    let sql = "INSERT INTO social_identities (provider, subject, account_id, email, linked_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (provider, subject) DO NOTHING";
    let statement = Statement::new(sql)
        .bind(new.provider.as_str())
        .bind(&new.subject)
        .bind(new.account.0)
        .bind(&new.email)
        .bind(new.linked_at);
    Ok(unit.execute(statement).await? == 1)
}

/// Unlinks an account's identities of a provider. Says whether there were any.
///
/// # Errors
/// When the database fails.
pub async fn unlink_social(
    unit: &mut Unit,
    account: AccountId,
    provider: Provider,
) -> Result<bool> {
    let sql = "DELETE FROM social_identities WHERE account_id = $1 AND provider = $2";
    let statement = Statement::new(sql).bind(account.0).bind(provider.as_str());
    Ok(unit.execute(statement).await? > 0)
}

/// Gives an identity to another account.
///
/// # Errors
/// When the database fails.
pub async fn move_social(
    unit: &mut Unit,
    provider: Provider,
    subject: &str,
    to: AccountId,
) -> Result<bool> {
    let sql = "UPDATE social_identities SET account_id = $3 WHERE provider = $1 AND subject = $2";
    let statement = Statement::new(sql)
        .bind(provider.as_str())
        .bind(subject)
        .bind(to.0);
    Ok(unit.execute(statement).await? == 1)
}

/// A second factor that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The shared secret, sealed.
    pub sealed_secret: String,
    /// The newest time step whose code was taken.
    pub last_step: i64,
}

/// The second factor of an account, when one is in force.
///
/// # Errors
/// When the database fails.
pub async fn second_factor(q: &mut dyn Query, account: AccountId) -> Result<Option<SecondFactor>> {
    let sql = "SELECT sealed_secret, last_step FROM second_factors WHERE account_id = $1 AND state = 'active'";
    let row = q.row(Statement::new(sql).bind(account.0)).await?;
    row.map(|row| {
        Ok(SecondFactor {
            sealed_secret: row.text(0)?,
            last_step: row.int(1)?,
        })
    })
    .transpose()
}

/// Puts a second factor in force, in place of any other.
///
/// # Errors
/// When the database fails.
pub async fn set_second_factor(
    unit: &mut Unit,
    account: AccountId,
    factor: &SecondFactor,
    now: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO second_factors (account_id, state, sealed_secret, last_step, created_at) \
        VALUES ($1, 'active', $2, $3, $4) ON CONFLICT (account_id) DO UPDATE SET state = excluded.state, \
        sealed_secret = excluded.sealed_secret, last_step = excluded.last_step, created_at = excluded.created_at";
    let statement = Statement::new(sql)
        .bind(account.0)
        .bind(&factor.sealed_secret)
        .bind(factor.last_step)
        .bind(now);
    unit.execute_one("set second factor", statement).await
}

/// Takes the code of a time step, once: no code of that step or an earlier one is taken afterwards.
///
/// # Errors
/// When the database fails.
pub async fn take_step(unit: &mut Unit, account: AccountId, step: i64) -> Result<bool> {
    let sql = "UPDATE second_factors SET last_step = $2 WHERE account_id = $1 AND state = 'active' AND last_step < $2";
    let statement = Statement::new(sql).bind(account.0).bind(step);
    Ok(unit.execute(statement).await? == 1)
}

/// The recovery codes of an account that are not used, by ordinal, as PHC strings.
///
/// # Errors
/// When the database fails.
pub async fn recovery_codes(q: &mut dyn Query, account: AccountId) -> Result<Vec<(i64, String)>> {
    let sql = "SELECT ordinal, phc FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL ORDER BY ordinal";
    let rows = q.rows(Statement::new(sql).bind(account.0)).await?;
    rows.iter()
        .map(|row| Ok((row.int(0)?, row.text(1)?)))
        .collect()
}

/// Replaces the recovery codes of an account.
///
/// # Errors
/// When the database fails.
pub async fn set_recovery_codes(
    unit: &mut Unit,
    account: AccountId,
    codes: &[String],
) -> Result<()> {
    let clear = "DELETE FROM recovery_codes WHERE account_id = $1";
    unit.execute(Statement::new(clear).bind(account.0)).await?;
    for (ordinal, phc) in (1_i64..).zip(codes) {
        let sql = "INSERT INTO recovery_codes (account_id, ordinal, phc) VALUES ($1, $2, $3)";
        let statement = Statement::new(sql).bind(account.0).bind(ordinal).bind(phc);
        unit.execute_one("add recovery code", statement).await?;
    }
    Ok(())
}

/// Uses a recovery code up. Says whether it was there and unused.
///
/// # Errors
/// When the database fails.
pub async fn use_recovery_code(
    unit: &mut Unit,
    account: AccountId,
    ordinal: i64,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND ordinal = $2 AND used_at IS NULL";
    let statement = Statement::new(sql).bind(account.0).bind(ordinal).bind(now);
    Ok(unit.execute(statement).await? == 1)
}
