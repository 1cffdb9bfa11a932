//! From what an author calls an item to the item.

use std::collections::{HashMap, HashSet};

use marquee_domain::home::{ItemKind, Reference};
use marquee_domain::{ServiceId, Timestamp};

use crate::Result;
use crate::catalog::Shown;
use crate::db::Query;
use crate::statement::{Statement, placeholders};

/// Names that one statement asks for.
const CHUNK: usize = 256;

/// An item that a reference leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Found {
    /// What it is.
    pub kind: ItemKind,
    /// Its id within its kind.
    pub id: i64,
}

fn table(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Content => "contents",
        ItemKind::Series => "series",
        ItemKind::Season => "seasons",
        ItemKind::Channel => "channels",
        ItemKind::Multichannel => "multichannels",
    }
}

/// Where these references lead, each in its place. A name is an external key before it is a slug,
/// and without a kind that of the first kind of [`ItemKind::ALL`] that knows it.
///
/// # Errors
/// When the database fails.
pub async fn resolve(
    q: &mut dyn Query,
    service: ServiceId,
    references: &[Reference],
    shown: Shown,
) -> Result<Vec<Option<Found>>> {
    // By kind, and whether by key: id of each name.
    let mut known: HashMap<(ItemKind, bool), HashMap<String, i64>> = HashMap::new();
    for kind in ItemKind::ALL {
        let mut names: Vec<&str> = references
            .iter()
            .filter(|reference| reference.kind.is_none_or(|wanted| wanted == kind))
            .map(|reference| reference.name.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        for names in names.chunks(CHUNK) {
            for (id, key, slug) in named(q, service, kind, names, shown).await? {
                known.entry((kind, true)).or_default().insert(key, id);
                known.entry((kind, false)).or_default().insert(slug, id);
            }
        }
    }
    let find = |reference: &Reference| {
        [true, false].into_iter().find_map(|by_key| {
            ItemKind::ALL
                .into_iter()
                .filter(|kind| reference.kind.is_none_or(|wanted| wanted == *kind))
                .find_map(|kind| {
                    let id = *known.get(&(kind, by_key))?.get(&reference.name)?;
                    Some(Found { kind, id })
                })
        })
    };
    Ok(references.iter().map(find).collect())
}

/// Id, external key and slug of the items of a kind that one of these names fits.
async fn named(
    q: &mut dyn Query,
    service: ServiceId,
    kind: ItemKind,
    names: &[&str],
    shown: Shown,
) -> Result<Vec<(i64, String, String)>> {
    let list = placeholders(2, names.len());
    let mut sql = format!(
        "SELECT id, external_key, slug FROM {} WHERE service_id = $1 \
         AND (external_key IN ({list}) OR slug IN ({list}))",
        table(kind)
    );
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut statement = Statement::new("").bind(service.0).bind_list(&names);
    if let Some(now) = shown.now() {
        statement = statement.bind(now);
        let at = statement.values.len();
        sql.push_str(&format!(
            " AND visible_from <= ${at} AND visible_until > ${at}"
        ));
    }
    statement.sql = sql.into();
    q.rows(statement)
        .await?
        .iter()
        .map(|row| Ok((row.int(0)?, row.text(1)?, row.text(2)?)))
        .collect()
}

/// Those of some items that are published in a service, in their order, each once.
///
/// # Errors
/// When the database fails.
pub async fn published(
    q: &mut dyn Query,
    service: ServiceId,
    items: &[Found],
    now: Timestamp,
) -> Result<Vec<Found>> {
    let mut shown: HashSet<Found> = HashSet::new();
    for kind in ItemKind::ALL {
        let of_kind = items.iter().filter(|item| item.kind == kind);
        let ids: Vec<i64> = of_kind.map(|item| item.id).collect();
        for ids in ids.chunks(CHUNK) {
            let sql = format!(
                "SELECT id FROM {} WHERE service_id = $1 AND visible_from <= $2 AND visible_until > $2 AND id IN ({})",
                table(kind),
                placeholders(3, ids.len())
            );
            let statement = Statement::built(sql).bind(service.0).bind(now);
            for row in q.rows(statement.bind_list(ids)).await? {
                shown.insert(Found {
                    kind,
                    id: row.int(0)?,
                });
            }
        }
    }
    let mut items = items.to_vec();
    items.retain(|item| shown.remove(item));
    Ok(items)
}
