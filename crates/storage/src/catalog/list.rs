//! Pages of titles. A page and its count are answered from one covering index; only the rows of the
//! page itself are then read.

use marquee_domain::catalog::{Content, ContentKind, Season, Series};
use marquee_domain::{CategoryId, SeasonId, SeriesId, ServiceId, Timestamp};

use super::lookup::{Shown, contents_by_ids, seasons_by_ids, series_by_ids};
use crate::db::Query;
use crate::statement::{Statement, Value};
use crate::{Result, StorageError};

/// Which page: `offset` items are passed over, at most `limit` returned.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Items before the page.
    pub offset: i64,
    /// Items on it, at most.
    pub limit: i64,
}

/// How contents are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentOrder {
    /// Publish start, falling.
    Newest,
    /// Recent play starts, falling.
    Popularity,
    /// Place in the season, rising.
    Episode,
}

/// Which contents.
#[derive(Debug, Clone)]
pub struct ContentFilter {
    /// Kinds to keep; none keeps all, an empty list keeps nothing.
    pub kinds: Option<Vec<ContentKind>>,
    /// Folded text that a title holds.
    pub search: Option<String>,
    /// Category to keep.
    pub category: Option<CategoryId>,
    /// Season to keep.
    pub season: Option<SeasonId>,
    /// Order.
    pub order: ContentOrder,
}

/// Which seasons.
#[derive(Debug, Clone, Default)]
pub struct SeasonFilter {
    /// Category to keep.
    pub category: Option<CategoryId>,
    /// Folded text that a title holds.
    pub search: Option<String>,
    /// Series to keep.
    pub series: Option<SeriesId>,
}

/// Which series.
#[derive(Debug, Clone, Default)]
pub struct SeriesFilter {
    /// Category to keep.
    pub category: Option<CategoryId>,
    /// Folded text that a title holds.
    pub search: Option<String>,
}

/// An entry of a category page.
#[derive(Debug, Clone)]
pub enum ListedItem {
    /// A series.
    Series(Series),
    /// A content that stands alone.
    Content(Content),
}

/// The conditions of a query and their values, numbered as they are added.
struct Where {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Where {
    fn new() -> Self {
        Self {
            conditions: Vec::new(),
            values: Vec::new(),
        }
    }

    fn param(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Adds `column op $n`.
    fn compare(&mut self, left: &str, value: impl Into<Value>) {
        let param = self.param(value);
        self.conditions.push(format!("{left} {param}"));
    }

    /// The one predicate.
    fn published(&mut self, alias: &str, now: Timestamp) {
        let param = self.param(now);
        self.conditions.push(format!(
            "{alias}.visible_from <= {param} AND {alias}.visible_until > {param}"
        ));
    }

    /// A substring of the folded titles.
    fn search(&mut self, item_kind: &str, id: &str, text: &str) {
        let escaped = text
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        let param = self.param(format!("%{escaped}%"));
        self.conditions.push(format!(
            "EXISTS (SELECT 1 FROM title_texts t WHERE t.item_kind = '{item_kind}' AND t.item_id = {id} AND t.folded LIKE {param} ESCAPE '\\')"
        ));
    }

    fn kinds(&mut self, column: &str, kinds: &[ContentKind]) {
        if kinds.is_empty() {
            self.conditions.push("1 = 0".to_owned());
            return;
        }
        let params: Vec<String> = kinds.iter().map(|kind| self.param(kind.as_str())).collect();
        self.conditions
            .push(format!("{column} IN ({})", params.join(", ")));
    }

    fn statement(&self, select: &str, from: &str, tail: &str, page: Option<Page>) -> Statement {
        let mut values = self.values.clone();
        let mut sql = format!(
            "SELECT {select} FROM {from} WHERE {} {tail}",
            self.conditions.join(" AND ")
        );
        if let Some(page) = page {
            values.extend([page.limit.into(), page.offset.into()]);
            sql.push_str(&format!(
                " LIMIT ${} OFFSET ${}",
                values.len() - 1,
                values.len()
            ));
        }
        let mut statement = Statement::built(sql);
        statement.values = values;
        statement
    }
}

/// Runs count and page over the same conditions; the page is left out when it lies past the end.
async fn ids(
    q: &mut dyn Query,
    filter: &Where,
    from: &str,
    id: &str,
    order: &str,
    page: Page,
) -> Result<(i64, Vec<i64>)> {
    let count = q
        .row(filter.statement("COUNT(*)", from, "", None))
        .await?
        .map_or(Ok(0), |row| row.int(0))?;
    if page.offset >= count {
        return Ok((count, Vec::new()));
    }
    let rows = q
        .rows(filter.statement(id, from, &format!("ORDER BY {order}"), Some(page)))
        .await?;
    Ok((
        count,
        rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?,
    ))
}

/// Puts found items into the order of their ids.
fn arrange<T>(ids: &[i64], mut found: Vec<T>, id_of: impl Fn(&T) -> i64) -> Vec<T> {
    found.sort_by_key(|item| {
        ids.iter()
            .position(|id| *id == id_of(item))
            .unwrap_or(usize::MAX)
    });
    found
}

/// A page of published contents, and how many there are over all pages.
///
/// # Errors
/// When the database fails.
pub async fn list_contents(
    q: &mut dyn Query,
    service: ServiceId,
    filter: &ContentFilter,
    now: Timestamp,
    page: Page,
) -> Result<(i64, Vec<Content>)> {
    let mut conditions = Where::new();
    // A category narrows most, so it leads; its entries carry copies of what is filtered and sorted by.
    let by_category = filter
        .category
        .filter(|_| filter.season.is_none() && filter.order == ContentOrder::Newest);
    let (from, id, order) = if let Some(category) = by_category {
        conditions.compare("i.category_id =", category.0);
        conditions
            .conditions
            .push("i.item_kind = 'content'".to_owned());
        conditions.published("i", now);
        if let Some(kinds) = &filter.kinds {
            conditions.kinds("i.content_kind", kinds);
        }
        (
            "category_items i",
            "i.item_id",
            "i.visible_from DESC, i.item_id DESC",
        )
    } else {
        match filter.season {
            Some(season) => conditions.compare("c.season_id =", season.0),
            None => conditions.compare("c.service_id =", service.0),
        }
        conditions.published("c", now);
        if let Some(kinds) = &filter.kinds {
            conditions.kinds("c.kind", kinds);
        }
        if let Some(category) = filter.category {
            let param = conditions.param(category.0);
            conditions.conditions.push(format!(
                "EXISTS (SELECT 1 FROM category_items i WHERE i.category_id = {param} AND i.item_kind = 'content' AND i.item_id = c.id)"
            ));
        }
        let order = match filter.order {
            ContentOrder::Newest => "c.visible_from DESC, c.id DESC",
            ContentOrder::Popularity => "c.popularity DESC, c.visible_from DESC, c.id DESC",
            ContentOrder::Episode => "c.content_order ASC NULLS LAST, c.id ASC",
        };
        ("contents c", "c.id", order)
    };
    if let Some(text) = &filter.search {
        conditions.search("content", id, text);
    }
    let (count, ids) = ids(q, &conditions, from, id, order, page).await?;
    let found = contents_by_ids(q, &ids, Shown::At(now)).await?;
    Ok((count, arrange(&ids, found, |content| content.id.0)))
}

/// A page of published seasons: of one series by order, else newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_seasons(
    q: &mut dyn Query,
    service: ServiceId,
    filter: &SeasonFilter,
    now: Timestamp,
    page: Page,
) -> Result<(i64, Vec<Season>)> {
    let mut conditions = Where::new();
    conditions.compare("c.service_id =", service.0);
    conditions.published("c", now);
    if let Some(series) = filter.series {
        conditions.compare("c.series_id =", series.0);
    }
    if let Some(category) = filter.category {
        let param = conditions.param(category.0);
        conditions.conditions.push(format!(
            "EXISTS (SELECT 1 FROM category_items i WHERE i.category_id = {param} AND i.item_kind = 'season' AND i.item_id = c.id)"
        ));
    }
    if let Some(text) = &filter.search {
        conditions.search("season", "c.id", text);
    }
    let order = if filter.series.is_some() {
        "c.season_order, c.id"
    } else {
        "c.visible_from DESC, c.id DESC"
    };
    let (count, ids) = ids(q, &conditions, "seasons c", "c.id", order, page).await?;
    let found = seasons_by_ids(q, &ids, Shown::At(now)).await?;
    Ok((count, arrange(&ids, found, |season| season.id.0)))
}

/// A page of published series, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list_series(
    q: &mut dyn Query,
    service: ServiceId,
    filter: &SeriesFilter,
    now: Timestamp,
    page: Page,
) -> Result<(i64, Vec<Series>)> {
    let mut conditions = Where::new();
    let (from, id, order) = if let Some(category) = filter.category {
        conditions.compare("i.category_id =", category.0);
        conditions
            .conditions
            .push("i.item_kind = 'series'".to_owned());
        conditions.published("i", now);
        (
            "category_items i",
            "i.item_id",
            "i.visible_from DESC, i.item_id DESC",
        )
    } else {
        conditions.compare("c.service_id =", service.0);
        conditions.published("c", now);
        ("series c", "c.id", "c.visible_from DESC, c.id DESC")
    };
    if let Some(text) = &filter.search {
        conditions.search("series", id, text);
    }
    let (count, ids) = ids(q, &conditions, from, id, order, page).await?;
    let found = series_by_ids(q, &ids, Shown::At(now)).await?;
    Ok((count, arrange(&ids, found, |series| series.id.0)))
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
    conditions.conditions.push("i.listed = TRUE".to_owned());
    conditions.published("i", now);
    let from = "category_items i";
    let count = q
        .row(conditions.statement("COUNT(*)", from, "", None))
        .await?
        .map_or(Ok(0), |row| row.int(0))?;
    if page.offset >= count {
        return Ok((count, Vec::new()));
    }
    let order = "ORDER BY i.visible_from DESC, i.item_kind, i.item_id DESC";
    let rows = q
        .rows(conditions.statement("i.item_kind, i.item_id", from, order, Some(page)))
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

/// The next instant after `now` at which something of a service begins or ends to show: cached answers end there.
///
/// # Errors
/// When the database fails.
pub async fn next_boundary(
    q: &mut dyn Query,
    service: ServiceId,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let mut next: Option<Timestamp> = None;
    for sql in [
        "SELECT MIN(visible_from) FROM series WHERE service_id = $1 AND visible_from > $2",
        "SELECT MIN(visible_until) FROM series WHERE service_id = $1 AND visible_until > $2",
        "SELECT MIN(visible_from) FROM seasons WHERE service_id = $1 AND visible_from > $2",
        "SELECT MIN(visible_until) FROM seasons WHERE service_id = $1 AND visible_until > $2",
        "SELECT MIN(visible_from) FROM contents WHERE service_id = $1 AND visible_from > $2",
        "SELECT MIN(visible_until) FROM contents WHERE service_id = $1 AND visible_until > $2",
    ] {
        let at = q
            .row(Statement::new(sql).bind(service.0).bind(now))
            .await?
            .map_or(Ok(None), |row| row.opt_int(0))?;
        next = match (next, at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    Ok(next)
}
