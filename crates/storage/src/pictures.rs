//! Pictures that records name by address: which are still to be fetched, and what names them meanwhile.
//!
//! A document names such a picture by its address until it is stored. Then [`settle`] says where, and [`place`] puts
//! the stored one into the documents that wait for it. Both are safe to do twice, and an import that stores a document
//! at the same moment leaves a use behind, which the next [`place`] finds.

mod fill;
mod place;

use std::collections::HashMap;

use marquee_domain::catalog::{LabelKind, is_stored};
use marquee_domain::{ServiceId, Timestamp};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

pub(crate) use fill::fill;
pub use place::place;

use crate::catalog::Table;
use crate::db::Query;
use crate::statement::{Row, Statement, Value, insert_many, placeholders};
use crate::unit::Unit;
use crate::{Result, StorageError, jobs};

/// The kind of job that fetches pictures.
pub const JOB: &str = "fetch_pictures";

/// What names a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A series, season or content.
    Title(Table),
    /// A category, tag or person.
    Label(LabelKind),
    /// A cover.
    Cover,
    /// A channel.
    Channel,
    /// A bundle of channels.
    Multichannel,
}

impl Holder {
    const ALL: [Self; 9] = [
        Self::Title(Table::Series),
        Self::Title(Table::Season),
        Self::Title(Table::Content),
        Self::Label(LabelKind::Category),
        Self::Label(LabelKind::Tag),
        Self::Label(LabelKind::Person),
        Self::Cover,
        Self::Channel,
        Self::Multichannel,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Title(table) => table.item_kind(),
            Self::Label(kind) => kind.as_str(),
            Self::Cover => "cover",
            Self::Channel => "channel",
            Self::Multichannel => "multichannel",
        }
    }

    fn table(self) -> &'static str {
        match self {
            Self::Title(table) => table.name(),
            Self::Label(_) => "labels",
            Self::Cover => "covers",
            Self::Channel => "channels",
            Self::Multichannel => "multichannels",
        }
    }
}

fn read_doc<T: DeserializeOwned>(holder: Holder, doc: &str) -> Result<T> {
    serde_json::from_str(doc).map_err(|_| StorageError::Corrupt {
        table: holder.table(),
        column: "doc",
        id: String::new(),
    })
}

fn key_of(address: &str) -> String {
    let hash = Sha256::digest(address);
    let hash = hash.iter().take(16);
    hash.map(|byte| format!("{byte:02x}")).collect()
}

/// Where the pictures of some addresses are stored; those that are not are left out.
///
/// # Errors
/// When the database fails.
pub async fn stored(q: &mut dyn Query, addresses: &[String]) -> Result<HashMap<String, String>> {
    if addresses.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<String> = addresses.iter().map(|address| key_of(address)).collect();
    let sql = format!(
        "SELECT address, location FROM picture_addresses WHERE state = 'stored' AND address_key IN ({})",
        placeholders(1, keys.len())
    );
    let rows = q.rows(Statement::built(sql).bind_list(&keys)).await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .collect()
}

/// An item that names a picture by its address.
#[derive(Debug, Clone)]
pub struct Use {
    /// Address of the picture.
    pub address: String,
    /// What kind of item.
    pub holder: Holder,
    /// External key of the item.
    pub key: String,
}

/// Asks for pictures: they are fetched from `now` on, also those that had been given up.
///
/// # Errors
/// When the database fails.
pub async fn want(unit: &mut Unit, service: ServiceId, uses: &[Use], now: Timestamp) -> Result<()> {
    // What names nothing that can be fetched is left as it is.
    let mut uses: Vec<&Use> = uses.iter().filter(|u| !is_stored(&u.address)).collect();
    if uses.is_empty() {
        return Ok(());
    }
    // Units that meet lock rows in the same order.
    uses.sort_by_key(|u| key_of(&u.address));
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let mut last = None;
    for it in &uses {
        if last != Some(&it.address) {
            last = Some(&it.address);
            let (key, address) = (key_of(&it.address), it.address.clone());
            rows.push(vec![
                key.into(),
                address.into(),
                "waiting".into(),
                "".into(),
                0_i64.into(),
                now.into(),
                "".into(),
            ]);
        }
    }
    unit.execute_all(insert_many(
        "INSERT INTO picture_addresses (address_key, address, state, location, attempts, due_at, reason)",
        "ON CONFLICT (address_key) DO UPDATE SET state = excluded.state, attempts = 0, due_at = excluded.due_at \
         WHERE picture_addresses.state = 'given_up'",
        rows,
    ))
    .await?;
    let rows = uses.iter().map(|it| {
        vec![
            key_of(&it.address).into(),
            service.0.into(),
            it.holder.as_str().into(),
            (&it.key).into(),
        ]
    });
    unit.execute_all(insert_many(
        "INSERT INTO picture_uses (address_key, service_id, item_kind, external_key)",
        "ON CONFLICT (address_key, service_id, item_kind, external_key) DO NOTHING",
        rows.collect(),
    ))
    .await?;
    jobs::add_unless_queued(unit, JOB, "", now).await
}

/// A picture that somebody fetches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its address.
    pub address: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// Claims pictures that are due, oldest first, for `lease_ms`. Two claimants never get the same one.
///
/// # Errors
/// When the database fails.
pub async fn claim(
    unit: &mut Unit,
    now: Timestamp,
    lease_ms: i64,
    limit: i64,
) -> Result<Vec<Wanted>> {
    let sql = "UPDATE picture_addresses SET due_at = $2, attempts = attempts + 1 WHERE address_key IN (\
            SELECT address_key FROM picture_addresses WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, address_key LIMIT $3) \
         AND state = 'waiting' AND due_at <= $1 RETURNING address, attempts";
    let q: &mut dyn Query = unit;
    let statement = Statement::new(sql)
        .bind(now)
        .bind(now.saturating_add(lease_ms))
        .bind(limit);
    let read = |row: &Row| {
        Ok(Wanted {
            address: row.text(0)?,
            attempts: row.int(1)?,
        })
    };
    q.rows(statement).await?.iter().map(read).collect()
}

/// Says that the picture of an address is stored.
///
/// # Errors
/// When the database fails.
pub async fn settle(unit: &mut Unit, address: &str, location: &str) -> Result<()> {
    let sql = "UPDATE picture_addresses SET state = 'stored', location = $2, reason = '' WHERE address_key = $1";
    let statement = Statement::new(sql).bind(key_of(address)).bind(location);
    unit.execute_one("settle picture", statement).await
}

/// Says that the picture of an address could not be had, and when it is tried again; never for none.
///
/// # Errors
/// When the database fails.
pub async fn fail(
    unit: &mut Unit,
    address: &str,
    reason: &str,
    retry_at: Option<Timestamp>,
) -> Result<()> {
    let state = if retry_at.is_some() {
        "waiting"
    } else {
        "given_up"
    };
    let sql = "UPDATE picture_addresses SET state = $2, reason = $3, due_at = $4 \
        WHERE address_key = $1 AND state = 'waiting'";
    let statement = Statement::new(sql)
        .bind(key_of(address))
        .bind(state)
        .bind(reason)
        .bind(retry_at.unwrap_or(0));
    unit.execute(statement).await.map(|_| ())
}

/// When the next picture is due.
///
/// # Errors
/// When the database fails.
pub async fn next_due(q: &mut dyn Query) -> Result<Option<Timestamp>> {
    let sql = "SELECT MIN(due_at) FROM picture_addresses WHERE state = 'waiting'";
    match q.row(Statement::new(sql)).await? {
        Some(row) => row.opt_int(0),
        None => Ok(None),
    }
}
