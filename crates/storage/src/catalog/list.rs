//! Pages of titles. A page and its count are answered from one covering index; only the rows of the
//! page itself are then read.

mod category;
mod conditions;
mod titles;

use marquee_domain::catalog::{Content, ContentKind, Season, Series};
use marquee_domain::{CategoryId, SeasonId, SeriesId, ServiceId, Timestamp};

pub use self::category::{ListedItem, list_category};
use self::conditions::{Where, arrange, ids};
pub use self::titles::{TitleFilter, list_titles};
use super::lookup::{Shown, contents_by_ids, seasons_by_ids, series_by_ids};
use crate::Result;
use crate::db::Query;

/// Which page: `offset` items are passed over, at most `limit` returned.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Items before the page.
    pub offset: i64,
    /// Items on it, at most.
    pub limit: i64,
}

/// Which titles a search keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matching {
    /// Those that hold a folded text.
    Text(String),
    /// These, found by other means; at most some thousand.
    Ids(Vec<i64>),
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
    /// Titles to keep.
    pub search: Option<Matching>,
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
    /// Titles to keep.
    pub search: Option<Matching>,
    /// Series to keep.
    pub series: Option<SeriesId>,
}

/// Which series.
#[derive(Debug, Clone, Default)]
pub struct SeriesFilter {
    /// Category to keep.
    pub category: Option<CategoryId>,
    /// Titles to keep.
    pub search: Option<Matching>,
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
        conditions.plain("i.item_kind = 'content'");
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
            conditions.in_category("content", "c.id", category);
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
        conditions.in_category("season", "c.id", category);
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
        conditions.plain("i.item_kind = 'series'");
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
