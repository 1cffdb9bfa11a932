//! Putting stored pictures into the documents that wait for them.

use std::collections::HashMap;

use marquee_domain::catalog::{LabelDoc, NamesPictures, TitleDoc};
use marquee_domain::home::CoverDoc;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Holder, read_doc};
use crate::catalog::to_json;
use crate::db::Query;
use crate::statement::{Row, Statement, placeholders};
use crate::unit::Unit;
use crate::{Result, StorageError};

/// Puts stored pictures into documents that still name them by address, at most so many uses. Says how many uses it
/// looked at and how many it is done with: those of documents that somebody else changes right now stay.
///
/// # Errors
/// When the database fails.
pub async fn place(unit: &mut Unit, limit: i64) -> Result<(usize, usize)> {
    let sql = "SELECT u.address_key, u.service_id, u.item_kind, u.external_key, a.address, a.location \
        FROM picture_uses u JOIN picture_addresses a ON a.address_key = u.address_key WHERE a.state = 'stored' \
        ORDER BY u.service_id, u.item_kind, u.external_key, u.address_key LIMIT $1";
    let q: &mut dyn Query = unit;
    let rows = q.rows(Statement::new(sql).bind(limit)).await?;
    let mut done = 0;
    let mut at = 0;
    while let Some(first) = rows.get(at) {
        let item = |row: &Row| Ok::<_, StorageError>((row.int(1)?, row.text(2)?, row.text(3)?));
        let (service, word, key) = item(first)?;
        let mut stored = HashMap::new();
        let mut uses = Vec::new();
        while let Some(row) = rows.get(at) {
            if item(row)? != (service, word.clone(), key.clone()) {
                break;
            }
            uses.push(row.text(0)?);
            stored.insert(row.text(4)?, row.text(5)?);
            at += 1;
        }
        let holder = Holder::ALL.into_iter().find(|h| h.as_str() == word);
        let holder = holder.ok_or_else(|| StorageError::Corrupt {
            table: "picture_uses",
            column: "item_kind",
            id: word.clone(),
        })?;
        if !place_in(unit, holder, service, &key, &stored).await? {
            continue;
        }
        done += uses.len();
        let sql = format!(
            "DELETE FROM picture_uses WHERE service_id = $1 AND item_kind = $2 AND external_key = $3 AND address_key IN ({})",
            placeholders(4, uses.len())
        );
        let statement = Statement::built(sql).bind(service).bind(word).bind(key);
        unit.execute(statement.bind_list(&uses)).await?;
    }
    Ok((rows.len(), done))
}

/// Puts stored pictures into one document. False when somebody else changed it meanwhile.
async fn place_in(
    unit: &mut Unit,
    holder: Holder,
    service: i64,
    key: &str,
    stored: &HashMap<String, String>,
) -> Result<bool> {
    let of_kind = match holder {
        Holder::Label(_) => " AND kind = $3",
        _ => "",
    };
    let table = holder.table();
    let sql =
        format!("SELECT id, doc FROM {table} WHERE service_id = $1 AND external_key = $2{of_kind}");
    let mut statement = Statement::built(sql).bind(service).bind(key);
    if let Holder::Label(kind) = holder {
        statement = statement.bind(kind.as_str());
    }
    let q: &mut dyn Query = unit;
    let Some(row) = q.row(statement).await? else {
        return Ok(true);
    };
    let (id, doc) = (row.int(0)?, row.text(1)?);
    let Some(new) = holder.replaced(&doc, stored)? else {
        return Ok(true);
    };
    let sql = format!("UPDATE {table} SET doc = $2 WHERE id = $1 AND doc = $3");
    let statement = Statement::built(sql).bind(id).bind(new).bind(doc);
    unit.touch_catalog();
    Ok(unit.execute(statement).await? == 1)
}

impl Holder {
    /// A document of this kind with some of its locations replaced; none when all stay.
    fn replaced(self, doc: &str, stored: &HashMap<String, String>) -> Result<Option<String>> {
        match self {
            Self::Title(_) | Self::Channel | Self::Multichannel => {
                replaced::<TitleDoc>(self, doc, stored)
            }
            Self::Label(_) => replaced::<LabelDoc>(self, doc, stored),
            Self::Cover => replaced::<CoverDoc>(self, doc, stored),
        }
    }
}

fn replaced<T: NamesPictures + DeserializeOwned + Serialize>(
    holder: Holder,
    doc: &str,
    stored: &HashMap<String, String>,
) -> Result<Option<String>> {
    let mut doc: T = read_doc(holder, doc)?;
    let mut changed = false;
    for location in doc.locations_mut() {
        if let Some(known) = stored.get(location.as_str()) {
            known.clone_into(location);
            changed = true;
        }
    }
    Ok(changed.then(|| to_json(&doc)))
}
