//! Pages of what a category shows.

use marquee_domain::catalog::{Content, Series};
use marquee_domain::{CategoryId, Timestamp};

use super::Page;
use super::conditions::{Where, count_and_page};
use crate::catalog::lookup::{Shown, contents_by_ids, series_by_ids};
use crate::db::Query;
use crate::{Result, StorageError};

/// An entry of a category page.
#[derive(Debug, Clone)]
pub enum ListedItem {
    /// A series.
    Series(Series),
    /// A content that stands alone.
    Content(Content),
}

/// A page of what a category shows: series, and contents that stand alone, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_category(
    q: &mut dyn Query,
    category: CategoryId,
    now: Timestamp,
    page: Page,
) -> Result<(i64, Vec<ListedItem>)> {
    let mut conditions = Where::new();
    conditions.compare("i.category_id =", category.0);
    conditions.plain("i.listed = TRUE");
    conditions.published("i", now);
    let (count, rows) = count_and_page(
        q,
        &conditions,
        "category_items i",
        "i.item_kind, i.item_id",
        "i.visible_from DESC, i.item_kind, i.item_id DESC",
        page,
    )
    .await?;
    let places: Vec<(String, i64)> = rows
        .iter()
        .map(|row| Ok((row.text(0)?, row.int(1)?)))
        .collect::<Result<_>>()?;
    let of = |kind: &str| -> Vec<i64> {
        places
            .iter()
            .filter(|(k, _)| k == kind)
            .map(|(_, id)| *id)
            .collect()
    };
    let series = series_by_ids(q, &of("series"), Shown::At(now)).await?;
    let contents = contents_by_ids(q, &of("content"), Shown::At(now)).await?;
    let mut items = Vec::with_capacity(places.len());
    for (kind, id) in &places {
        match kind.as_str() {
            "series" => items.extend(
                series
                    .iter()
                    .find(|s| s.id.0 == *id)
                    .cloned()
                    .map(ListedItem::Series),
            ),
            "content" => items.extend(
                contents
                    .iter()
                    .find(|c| c.id.0 == *id)
                    .cloned()
                    .map(ListedItem::Content),
            ),
            _ => {
                return Err(StorageError::Corrupt {
                    table: "category_items",
                    column: "item_kind",
                    id: kind.clone(),
                });
            }
        }
    }
    Ok((count, items))
}
