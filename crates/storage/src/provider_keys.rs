//! The keys that providers of social sign-in publish, as they were fetched last.

use marquee_domain::Timestamp;
use marquee_domain::account::Provider;

use crate::Result;
use crate::db::Query;
use crate::statement::Statement;
use crate::unit::Unit;

/// The keys of a provider as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderKeys {
    /// Where they were fetched.
    pub address: String,
    /// The keys, as a JSON Web Key Set (RFC 7517).
    pub jwks: String,
    /// When they were fetched.
    pub fetched_at: Timestamp,
    /// Until when the provider vouched for them.
    pub fresh_until: Timestamp,
}

/// The keys of a provider that were fetched last.
///
/// # Errors
/// When the database fails.
pub async fn find(q: &mut dyn Query, provider: Provider) -> Result<Option<ProviderKeys>> {
    let sql =
        "SELECT address, jwks, fetched_at, fresh_until FROM provider_keys WHERE provider = $1";
    let row = q.row(Statement::new(sql).bind(provider.as_str())).await?;
    row.map(|row| {
        Ok(ProviderKeys {
            address: row.text(0)?,
            jwks: row.text(1)?,
            fetched_at: row.int(2)?,
            fresh_until: row.int(3)?,
        })
    })
    .transpose()
}

/// Stores the keys of a provider in the place of older ones.
///
/// # Errors
/// When the database fails.
pub async fn put(unit: &mut Unit, provider: Provider, keys: &ProviderKeys) -> Result<()> {
    let sql = "INSERT INTO provider_keys (provider, address, jwks, fetched_at, fresh_until) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (provider) DO UPDATE SET address = excluded.address, jwks = excluded.jwks, \
        fetched_at = excluded.fetched_at, fresh_until = excluded.fresh_until";
    let statement = Statement::new(sql)
        .bind(provider.as_str())
        .bind(&keys.address)
        .bind(&keys.jwks)
        .bind(keys.fetched_at)
        .bind(keys.fresh_until);
    unit.execute_one("put provider keys", statement).await
}
