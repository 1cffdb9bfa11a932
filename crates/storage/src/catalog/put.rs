//! Writing titles: whole rows, many at a time.

use marquee_domain::SeriesId;
use marquee_domain::catalog::{Content, ContentKind, Head, Season, Series, TitleDoc};

use super::facts::language_of;
use super::{Table, to_json};
use crate::Result;
use crate::changes::Changed;
use crate::db::Query;
use crate::statement::{Statement, Value, insert_many, placeholders};
use crate::unit::Unit;

fn head_values(id: i64, head: &Head, doc: &TitleDoc) -> Vec<Value> {
    vec![
        id.into(),
        head.service.0.into(),
        (&head.external_key).into(),
        (&head.slug).into(),
        head.own.from.into(),
        head.own.until.into(),
        head.window.from.into(),
        head.window.until.into(),
        head.created_at.into(),
        head.digest.into(),
        to_json(doc).into(),
    ]
}

/// The same with the language of a title.
fn title_values(id: i64, head: &Head, doc: &TitleDoc) -> Vec<Value> {
    let mut values = head_values(id, head, doc);
    values.push(language_of(doc).into());
    values
}

macro_rules! on_conflict {
    ($($more:literal),*) => {
        concat!(
            "ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, own_from = excluded.own_from, own_until = excluded.own_until, ",
            "visible_from = excluded.visible_from, visible_until = excluded.visible_until, digest = excluded.digest, doc = excluded.doc",
            $(", ", $more, " = excluded.", $more),*
        )
    };
}

/// Adds series, or replaces what is stored under their ids.
///
/// # Errors
/// When the database fails, or a key or slug is taken.
pub async fn put_series(unit: &mut Unit, series: &[Series]) -> Result<()> {
    let rows = series
        .iter()
        .map(|s| title_values(s.id.0, &s.head, &s.doc))
        .collect();
    let statements = insert_many(
        "INSERT INTO series (id, service_id, external_key, slug, own_from, own_until, visible_from, visible_until, created_at, digest, doc, language)",
        on_conflict!("language"),
        rows,
    );
    unit.changed(Changed::Title(Table::Series), series.iter().map(|s| s.id.0));
    unit.execute_all(statements).await
}

/// Adds seasons, or replaces what is stored under their ids.
///
/// # Errors
/// When the database fails, or a key or slug is taken.
pub async fn put_seasons(unit: &mut Unit, seasons: &[Season]) -> Result<()> {
    let rows = seasons
        .iter()
        .map(|s| {
            let mut values = head_values(s.id.0, &s.head, &s.doc);
            values.extend([s.series.0.into(), s.order.into()]);
            values
        })
        .collect();
    let statements = insert_many(
        "INSERT INTO seasons (id, service_id, external_key, slug, own_from, own_until, visible_from, visible_until, created_at, digest, doc, series_id, season_order)",
        on_conflict!("series_id", "season_order"),
        rows,
    );
    unit.changed(
        Changed::Title(Table::Season),
        seasons.iter().map(|s| s.id.0),
    );
    unit.execute_all(statements).await
}

/// Adds contents, or replaces what is stored under their ids. Popularity of known contents is kept.
///
/// # Errors
/// When the database fails, or a key or slug is taken.
pub async fn put_contents(unit: &mut Unit, contents: &[Content]) -> Result<()> {
    let rows = contents
        .iter()
        .map(|c| {
            let mut values = title_values(c.id.0, &c.head, &c.doc);
            values.extend([
                c.kind.as_str().into(),
                c.season.map(|(season, _)| season.0).into(),
                c.season.map(|(_, series)| series.0).into(),
                c.order.into(),
                c.duration_ms.into(),
                c.playable.into(),
                Value::Float(0.0),
            ]);
            values
        })
        .collect();
    let statements = insert_many(
        "INSERT INTO contents (id, service_id, external_key, slug, own_from, own_until, visible_from, visible_until, created_at, digest, doc, language, \
         kind, season_id, series_id, content_order, duration_ms, playable, popularity)",
        on_conflict!(
            "language",
            "kind",
            "season_id",
            "series_id",
            "content_order",
            "duration_ms",
            "playable"
        ),
        rows,
    );
    unit.changed(
        Changed::Title(Table::Content),
        contents.iter().map(|c| c.id.0),
    );
    unit.execute_all(statements).await
}

/// An item's place under a category.
#[derive(Debug, Clone)]
pub struct CategoryEntry {
    /// Category.
    pub category: i64,
    /// Where the item lives.
    pub table: Table,
    /// The item.
    pub item: i64,
    /// Kind of a content; none for series and seasons.
    pub kind: Option<ContentKind>,
    /// Shown on the category's own page.
    pub listed: bool,
    /// Its window, parents included.
    pub window: marquee_domain::publish::Window,
}

/// Stores under which categories items show. Of the `known` items, which were there before, older entries are forgotten.
///
/// # Errors
/// When the database fails.
pub async fn put_category_items(
    unit: &mut Unit,
    known: &[(Table, i64)],
    entries: &[CategoryEntry],
) -> Result<()> {
    for table in [Table::Series, Table::Season, Table::Content] {
        let ids: Vec<i64> = known
            .iter()
            .filter(|(t, _)| *t == table)
            .map(|(_, id)| *id)
            .collect();
        if !ids.is_empty() {
            let sql = format!(
                "DELETE FROM category_items WHERE item_kind = $1 AND item_id IN ({})",
                placeholders(2, ids.len())
            );
            unit.execute(
                Statement::built(sql)
                    .bind(table.item_kind())
                    .bind_list(&ids),
            )
            .await?;
        }
    }
    let rows = entries
        .iter()
        .map(|e| {
            vec![
                Value::from(e.category),
                e.table.item_kind().into(),
                e.item.into(),
                e.kind.map_or("", ContentKind::as_str).into(),
                e.listed.into(),
                e.window.from.into(),
                e.window.until.into(),
            ]
        })
        .collect();
    let statements = insert_many(
        "INSERT INTO category_items (category_id, item_kind, item_id, content_kind, listed, visible_from, visible_until)",
        "ON CONFLICT (category_id, item_kind, item_id) DO NOTHING",
        rows,
    );
    unit.touch_catalog();
    unit.execute_all(statements).await
}

/// Stores folded titles for `search=`: where, which, and the text.
///
/// # Errors
/// When the database fails.
pub async fn put_title_texts(
    unit: &mut Unit,
    service: i64,
    texts: &[(Table, i64, String)],
) -> Result<()> {
    let rows = texts
        .iter()
        .map(|(table, id, text)| {
            vec![
                table.item_kind().into(),
                (*id).into(),
                service.into(),
                text.into(),
            ]
        })
        .collect();
    let statements = insert_many(
        "INSERT INTO title_texts (item_kind, item_id, service_id, folded)",
        "ON CONFLICT (item_kind, item_id) DO UPDATE SET folded = excluded.folded",
        rows,
    );
    unit.execute_all(statements).await
}

/// Brings the windows of a series' seasons and contents in line after a parent's window has changed.
///
/// # Errors
/// When the database fails.
pub async fn refit_children(unit: &mut Unit, series: SeriesId) -> Result<()> {
    let seasons = "UPDATE seasons SET \
        visible_from = (SELECT CASE WHEN p.visible_from > seasons.own_from THEN p.visible_from ELSE seasons.own_from END FROM series p WHERE p.id = seasons.series_id), \
        visible_until = (SELECT CASE WHEN p.visible_until < seasons.own_until THEN p.visible_until ELSE seasons.own_until END FROM series p WHERE p.id = seasons.series_id) \
        WHERE series_id = $1";
    unit.execute(Statement::new(seasons).bind(series.0)).await?;
    let contents = "UPDATE contents SET \
        visible_from = (SELECT CASE WHEN p.visible_from > contents.own_from THEN p.visible_from ELSE contents.own_from END FROM seasons p WHERE p.id = contents.season_id), \
        visible_until = (SELECT CASE WHEN p.visible_until < contents.own_until THEN p.visible_until ELSE contents.own_until END FROM seasons p WHERE p.id = contents.season_id) \
        WHERE series_id = $1 AND season_id IS NOT NULL \
        AND (playable = TRUE OR NOT EXISTS (SELECT 1 FROM sources s WHERE s.content_id = contents.id AND s.role = 'rendition'))";
    unit.execute(Statement::new(contents).bind(series.0))
        .await?;
    unit.touch_catalog();
    Ok(())
}

/// Removes items and what hangs on them: a series with its seasons, a season with its contents.
///
/// # Errors
/// When the database fails.
pub async fn remove(unit: &mut Unit, table: Table, id: i64) -> Result<()> {
    let (seasons, contents) = match table {
        Table::Series => (
            "SELECT id FROM seasons WHERE series_id = $1",
            "SELECT id FROM contents WHERE series_id = $1",
        ),
        Table::Season => (
            "SELECT id FROM seasons WHERE id = $1",
            "SELECT id FROM contents WHERE season_id = $1",
        ),
        Table::Content => (
            "SELECT id FROM seasons WHERE 1 = 0 AND id = $1",
            "SELECT id FROM contents WHERE id = $1",
        ),
    };
    for (kind, ids) in [
        (Table::Content, contents),
        (Table::Season, seasons),
        (Table::Series, "SELECT id FROM series WHERE id = $1"),
    ] {
        if kind == Table::Series && table != kind {
            continue;
        }
        let q: &mut dyn Query = unit;
        let rows = q.rows(Statement::new(ids).bind(id)).await?;
        let gone = rows.iter().map(|row| row.int(0));
        let gone: Vec<i64> = gone.collect::<Result<_>>()?;
        unit.changed(Changed::Title(kind), gone);
        if kind == Table::Content {
            unit.execute(
                Statement::built(format!("DELETE FROM sources WHERE content_id IN ({ids})"))
                    .bind(id),
            )
            .await?;
        }
        for satellite in ["category_items", "title_texts", "title_labels"] {
            let sql = format!(
                "DELETE FROM {satellite} WHERE item_kind = '{}' AND item_id IN ({ids})",
                kind.item_kind()
            );
            unit.execute(Statement::built(sql).bind(id)).await?;
        }
    }
    // Children first, because of the references.
    if table == Table::Series {
        unit.execute(Statement::new("DELETE FROM contents WHERE series_id = $1").bind(id))
            .await?;
        unit.execute(Statement::new("DELETE FROM seasons WHERE series_id = $1").bind(id))
            .await?;
    }
    if table == Table::Season {
        unit.execute(Statement::new("DELETE FROM contents WHERE season_id = $1").bind(id))
            .await?;
    }
    unit.execute(Statement::built(format!("DELETE FROM {} WHERE id = $1", table.name())).bind(id))
        .await?;
    unit.touch_catalog();
    Ok(())
}
