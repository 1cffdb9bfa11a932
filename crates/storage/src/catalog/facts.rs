//! What is known of titles beside their documents: their labels, and the language they were made in.
//! Copies, so that titles can be found by them; the documents are the truth.

use std::collections::HashMap;

use marquee_domain::catalog::{LabelKind, TitleDoc, TitleKey};
use marquee_domain::{ContentId, SeriesId, ServiceId, Timestamp};

use super::Table;
use crate::db::{Db, Query};
use crate::statement::{Row, Statement, Value, insert_many, placeholders};
use crate::unit::Unit;
use crate::{Result, StorageError, meta};

/// People of a title that count, in billing order.
const PEOPLE: usize = 12;
/// Titles that are looked at after weighing.
const CANDIDATES: i64 = 500;
/// Titles that one unit of work looks at when an older database is brought up to date.
const CHUNK: i64 = 500;
/// Set once the copies are there.
const FILLED: &str = "title_facts";

/// The labels of a title: categories, tags, and those who are billed first.
#[must_use]
pub fn labels_of(doc: &TitleDoc) -> Vec<i64> {
    let mut labels: Vec<i64> = doc.categories.iter().map(|id| id.0).collect();
    labels.extend(doc.tags.iter().map(|id| id.0));
    let people = doc.credits.iter().take(PEOPLE);
    labels.extend(people.map(|credit| credit.person.0));
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// The language that a title was made in; empty when nobody says.
pub(super) fn language_of(doc: &TitleDoc) -> &str {
    doc.original_language
        .as_ref()
        .map_or("", |tag| tag.as_str())
}

/// Stores the labels of titles. What is stored of the `known` items, which were there before, is forgotten.
///
/// # Errors
/// When the database fails.
pub async fn put_title_labels(
    unit: &mut Unit,
    known: &[(Table, i64)],
    labels: &[(Table, i64, Vec<i64>)],
) -> Result<()> {
    for table in [Table::Series, Table::Content] {
        let of_table = known.iter().filter(|(t, _)| *t == table);
        let ids: Vec<i64> = of_table.map(|(_, id)| *id).collect();
        if ids.is_empty() {
            continue;
        }
        let list = placeholders(2, ids.len());
        let sql = format!("DELETE FROM title_labels WHERE item_kind = $1 AND item_id IN ({list})");
        let statement = Statement::built(sql).bind(table.item_kind());
        unit.execute(statement.bind_list(&ids)).await?;
    }
    let rows = labels.iter().flat_map(|(table, id, labels)| {
        let row = |label: &i64| -> Vec<Value> {
            vec![(*label).into(), table.item_kind().into(), (*id).into()]
        };
        labels.iter().map(row)
    });
    let statements = insert_many(
        "INSERT INTO title_labels (label_id, item_kind, item_id)",
        "ON CONFLICT (label_id, item_kind, item_id) DO NOTHING",
        rows.collect(),
    );
    unit.execute_all(statements).await
}

fn key(kind: &str, id: i64) -> Result<TitleKey> {
    match kind {
        "series" => Ok(TitleKey::Series(SeriesId(id))),
        "content" => Ok(TitleKey::Content(ContentId(id))),
        _ => Err(StorageError::Corrupt {
            table: "title_labels",
            column: "item_kind",
            id: kind.to_owned(),
        }),
    }
}

/// The labels of some titles with their kinds, once per title that has them.
///
/// # Errors
/// When the database fails.
pub async fn labels_of_titles(
    q: &mut dyn Query,
    titles: &[TitleKey],
) -> Result<Vec<(i64, LabelKind)>> {
    let mut found = Vec::new();
    for table in [Table::Series, Table::Content] {
        let ids: Vec<i64> = titles
            .iter()
            .filter_map(|title| match (title, table) {
                (TitleKey::Series(id), Table::Series) => Some(id.0),
                (TitleKey::Content(id), Table::Content) => Some(id.0),
                _ => None,
            })
            .collect();
        if ids.is_empty() {
            continue;
        }
        let list = placeholders(2, ids.len());
        let sql = format!(
            "SELECT t.label_id, l.kind FROM title_labels t JOIN labels l ON l.id = t.label_id \
             WHERE t.item_kind = $1 AND t.item_id IN ({list}) ORDER BY t.item_id, t.label_id"
        );
        let statement = Statement::built(sql).bind(table.item_kind());
        for row in q.rows(statement.bind_list(&ids)).await? {
            let word = row.text(1)?;
            let kinds = [LabelKind::Category, LabelKind::Tag, LabelKind::Person];
            let kind = kinds.into_iter().find(|kind| kind.as_str() == word);
            let kind = kind.ok_or(StorageError::Corrupt {
                table: "labels",
                column: "kind",
                id: word,
            })?;
            found.push((row.int(0)?, kind));
        }
    }
    Ok(found)
}

/// How many titles have each of some labels.
///
/// # Errors
/// When the database fails.
pub async fn label_sizes(q: &mut dyn Query, labels: &[i64]) -> Result<HashMap<i64, i64>> {
    if labels.is_empty() {
        return Ok(HashMap::new());
    }
    let list = placeholders(1, labels.len());
    let sql = format!(
        "SELECT label_id, COUNT(*) FROM title_labels WHERE label_id IN ({list}) GROUP BY label_id"
    );
    let rows = q.rows(Statement::built(sql).bind_list(labels)).await?;
    rows.iter()
        .map(|row| Ok((row.int(0)?, row.int(1)?)))
        .collect()
}

/// The published titles that weigh most by their labels, of equals the more popular ones first.
///
/// Weighing runs along one index; only the [`CANDIDATES`] that weigh most are then looked at, so of
/// very many equals it is the latest ones that are compared by popularity.
///
/// # Errors
/// When the database fails.
pub async fn heaviest_titles(
    q: &mut dyn Query,
    service: ServiceId,
    weights: &[(i64, i64)],
    now: Timestamp,
    limit: i64,
) -> Result<Vec<TitleKey>> {
    if weights.is_empty() {
        return Ok(Vec::new());
    }
    let labels: Vec<i64> = weights.iter().map(|(label, _)| *label).collect();
    let mut statement = Statement::new("")
        .bind(service.0)
        .bind(now)
        .bind(limit)
        .bind(CANDIDATES);
    let first = statement.values.len() + 1;
    statement = statement.bind_list(&labels);
    let mut cases = String::new();
    for (label, weight) in weights {
        let at = statement.values.len();
        cases.push_str(&format!(" WHEN ${} THEN ${}", at + 1, at + 2));
        statement = statement.bind(*label).bind(*weight);
    }
    let list = placeholders(first, labels.len());
    statement.sql = format!(
        "SELECT k.item_kind, k.item_id FROM (SELECT t.item_kind, t.item_id, \
            CAST(SUM(CASE t.label_id{cases} ELSE 0 END) AS BIGINT) AS weight \
            FROM title_labels t WHERE t.label_id IN ({list}) GROUP BY t.item_kind, t.item_id \
            ORDER BY weight DESC, t.item_id DESC, t.item_kind LIMIT $4) k \
         LEFT JOIN series s ON k.item_kind = 'series' AND s.id = k.item_id \
            AND s.service_id = $1 AND s.visible_from <= $2 AND s.visible_until > $2 \
         LEFT JOIN contents c ON k.item_kind = 'content' AND c.id = k.item_id \
            AND c.service_id = $1 AND c.visible_from <= $2 AND c.visible_until > $2 \
         WHERE s.id IS NOT NULL OR c.id IS NOT NULL \
         ORDER BY k.weight DESC, COALESCE(s.popularity, c.popularity) DESC, k.item_kind, k.item_id DESC LIMIT $3"
    )
    .into();
    let rows = q.rows(statement).await?;
    rows.iter()
        .map(|row| key(&row.text(0)?, row.int(1)?))
        .collect()
}

/// Fills the copies from the documents of a database that is older than they are; once.
pub(crate) async fn fill(db: &Db) -> Result<()> {
    if meta::get(&mut db.reader(), FILLED).await?.is_some() {
        return Ok(());
    }
    for table in [Table::Series, Table::Content] {
        let mut after = 0;
        while let Some(last) = fill_chunk(db, table, after).await? {
            after = last;
        }
    }
    let mut unit = db.begin().await?;
    meta::set(&mut unit, FILLED, "1").await?;
    unit.save().await
}

/// Fills the copies of the titles behind an id, and says which was the last of them.
async fn fill_chunk(db: &Db, table: Table, after: i64) -> Result<Option<i64>> {
    let alone = match table {
        Table::Content => "season_id IS NULL",
        Table::Series | Table::Season => "TRUE",
    };
    let sql = format!(
        "SELECT id, doc, {alone} AS alone FROM {} WHERE id > $1 ORDER BY id LIMIT $2",
        table.name()
    );
    let mut unit = db.begin().await?;
    let q: &mut dyn Query = &mut unit;
    let rows: Vec<Row> = q
        .rows(Statement::built(sql).bind(after).bind(CHUNK))
        .await?;
    let mut last = None;
    let mut labels = Vec::new();
    for row in &rows {
        let (id, doc) = (row.int(0)?, row.json::<TitleDoc>(1, "titles", "doc")?);
        last = Some(id);
        let sql = format!("UPDATE {} SET language = $2 WHERE id = $1", table.name());
        let language = language_of(&doc);
        if !language.is_empty() {
            unit.execute(Statement::built(sql).bind(id).bind(language))
                .await?;
        }
        if row.bool(2)? {
            labels.push((table, id, labels_of(&doc)));
        }
    }
    put_title_labels(&mut unit, &[], &labels).await?;
    unit.save().await?;
    Ok(last)
}
