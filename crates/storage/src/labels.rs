//! Categories, tags and people.

use marquee_domain::ServiceId;
use marquee_domain::catalog::{Label, LabelDoc, LabelKind};

use crate::Result;
use crate::db::Query;
use crate::statement::{Row, Statement, Value, insert_many, placeholders};
use crate::unit::Unit;

const SELECT: &str = "SELECT id, external_key, slug, sort_order, digest, doc FROM labels";

fn read(row: &Row) -> Result<Label> {
    Ok(Label {
        id: row.int(0)?,
        external_key: row.text(1)?,
        slug: row.text(2)?,
        order: row.int(3)?,
        digest: row.int(4)?,
        doc: row.json::<LabelDoc>(5, "labels", "doc")?,
    })
}

async fn find(
    q: &mut dyn Query,
    service: ServiceId,
    kind: LabelKind,
    column: &'static str,
    values: &[String],
) -> Result<Vec<Label>> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "{SELECT} WHERE service_id = $1 AND kind = $2 AND {column} IN ({})",
        placeholders(3, values.len())
    );
    let statement = Statement::built(sql)
        .bind(service.0)
        .bind(kind.as_str())
        .bind_list(values);
    q.rows(statement).await?.iter().map(read).collect()
}

/// The labels that have these external keys.
///
/// # Errors
/// When the database fails.
pub async fn find_by_keys(
    q: &mut dyn Query,
    service: ServiceId,
    kind: LabelKind,
    keys: &[String],
) -> Result<Vec<Label>> {
    find(q, service, kind, "external_key", keys).await
}

/// The labels that have these slugs.
///
/// # Errors
/// When the database fails.
pub async fn find_by_slugs(
    q: &mut dyn Query,
    service: ServiceId,
    kind: LabelKind,
    slugs: &[String],
) -> Result<Vec<Label>> {
    find(q, service, kind, "slug", slugs).await
}

/// The labels that have these ids, in no particular order.
///
/// # Errors
/// When the database fails.
pub async fn find_by_ids(q: &mut dyn Query, ids: &[i64]) -> Result<Vec<Label>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("{SELECT} WHERE id IN ({})", placeholders(1, ids.len()));
    q.rows(Statement::built(sql).bind_list(ids))
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Categories that show at least one published item of their own page, in the editor's order.
///
/// # Errors
/// When the database fails.
pub async fn list_live_categories(
    q: &mut dyn Query,
    service: ServiceId,
    now: i64,
    limit: i64,
) -> Result<Vec<Label>> {
    let sql = "SELECT l.id, l.external_key, l.slug, l.sort_order, l.digest, l.doc FROM labels l WHERE l.service_id = $1 AND l.kind = 'category' \
        AND EXISTS (SELECT 1 FROM category_items i WHERE i.category_id = l.id AND i.listed = TRUE AND i.visible_from <= $2 AND i.visible_until > $2) \
        ORDER BY l.sort_order, l.id LIMIT $3";
    q.rows(Statement::new(sql).bind(service.0).bind(now).bind(limit))
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Adds new labels, or replaces what is stored under their ids.
///
/// # Errors
/// When the database fails, or a key or slug is taken by another label.
pub async fn put(
    unit: &mut Unit,
    service: ServiceId,
    kind: LabelKind,
    labels: &[Label],
) -> Result<()> {
    // Nothing to store is no change: an import that finds everything as it was leaves cached answers alone.
    if labels.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(labels.len());
    for label in labels {
        rows.push(vec![
            Value::from(label.id),
            service.0.into(),
            kind.as_str().into(),
            (&label.external_key).into(),
            (&label.slug).into(),
            label.order.into(),
            label.digest.into(),
            crate::catalog::to_json(&label.doc).into(),
        ]);
    }
    let statements = insert_many(
        "INSERT INTO labels (id, service_id, kind, external_key, slug, sort_order, digest, doc)",
        "ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, sort_order = excluded.sort_order, digest = excluded.digest, doc = excluded.doc",
        rows,
    );
    unit.touch_catalog();
    unit.execute_all(statements).await
}
