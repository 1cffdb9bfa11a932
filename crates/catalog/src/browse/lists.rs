//! Pages of contents, seasons and series, with their filters.

use marquee_domain::catalog::ContentKind;
use marquee_domain::{CategoryId, SeasonId, SeriesId, ServiceId};
use marquee_storage::Query;
use marquee_storage::catalog::{
    self as stored, ContentFilter, ContentOrder, Matching, SeasonFilter, SeriesFilter, Shown,
};

use super::category::category_of_slug;
use super::placed::{OpenedSeries, PlacedContent, PlacedSeason, above, open_series, place};
use super::{Audience, Listing, PageRequest};
use crate::Result;

/// What a caller wants to see of the contents.
#[derive(Debug, Clone, Default)]
pub struct ContentQuery {
    /// Kinds to keep; none keeps all, an empty list keeps nothing.
    pub kinds: Option<Vec<ContentKind>>,
    /// Titles to keep, from [`crate::search::matching`].
    pub search: Option<Matching>,
    /// Slug of a category.
    pub category: Option<String>,
    /// A season by id.
    pub season_id: Option<i64>,
    /// A season by slug.
    pub season_slug: Option<String>,
    /// The asked order; none means episode order inside a season, else newest.
    pub order: Option<ContentOrder>,
}

/// What a caller wants to see of seasons or series.
#[derive(Debug, Clone, Default)]
pub struct TitleQuery {
    /// Titles to keep, from [`crate::search::matching`].
    pub search: Option<Matching>,
    /// Slug of a category.
    pub category: Option<String>,
    /// A series by id (seasons only).
    pub series_id: Option<i64>,
}

/// A page of contents.
///
/// # Errors
/// [`CatalogError::PageNotFound`] past the end.
pub async fn contents(
    q: &mut dyn Query,
    who: Audience,
    query: &ContentQuery,
    page: PageRequest,
) -> Result<Listing<PlacedContent>> {
    let CategoryFilter::Keep(category) =
        category_filter(q, who.service, query.category.as_deref()).await?
    else {
        return empty(page);
    };
    let SeasonChoice::Keep(season) = season_choice(q, who, query).await? else {
        return empty(page);
    };
    let order = query.order.unwrap_or(if season.is_some() {
        ContentOrder::Episode
    } else {
        ContentOrder::Newest
    });
    let filter = ContentFilter {
        kinds: query.kinds.clone(),
        search: query.search.clone(),
        category,
        season,
        order,
    };
    let (count, found) =
        stored::list_contents(q, who.service, &filter, who.now, page.page()).await?;
    page.check(count)?;
    Ok(Listing {
        count,
        items: place(q, found).await?,
    })
}

/// A page of seasons.
///
/// # Errors
/// [`CatalogError::PageNotFound`] past the end.
pub async fn seasons(
    q: &mut dyn Query,
    who: Audience,
    query: &TitleQuery,
    page: PageRequest,
) -> Result<Listing<PlacedSeason>> {
    let CategoryFilter::Keep(category) =
        category_filter(q, who.service, query.category.as_deref()).await?
    else {
        return empty(page);
    };
    let filter = SeasonFilter {
        category,
        search: query.search.clone(),
        series: query.series_id.map(SeriesId),
    };
    let (count, found) =
        stored::list_seasons(q, who.service, &filter, who.now, page.page()).await?;
    page.check(count)?;
    let (_, series) = above(q, found.iter().map(|season| (season.id, season.series))).await?;
    let ids: Vec<i64> = found.iter().map(|season| season.id.0).collect();
    let mut facts = stored::season_facts(q, &ids, who.now).await?;
    let items = found
        .into_iter()
        .filter_map(|season| {
            let series = series.get(&season.series)?.clone();
            let facts = facts.remove(&season.id).unwrap_or_default();
            Some(PlacedSeason {
                season,
                series,
                facts,
            })
        })
        .collect();
    Ok(Listing { count, items })
}

/// A page of series.
///
/// # Errors
/// [`CatalogError::PageNotFound`] past the end.
pub async fn series(
    q: &mut dyn Query,
    who: Audience,
    query: &TitleQuery,
    page: PageRequest,
) -> Result<Listing<OpenedSeries>> {
    let CategoryFilter::Keep(category) =
        category_filter(q, who.service, query.category.as_deref()).await?
    else {
        return empty(page);
    };
    let filter = SeriesFilter {
        category,
        search: query.search.clone(),
    };
    let (count, found) = stored::list_series(q, who.service, &filter, who.now, page.page()).await?;
    page.check(count)?;
    Ok(Listing {
        count,
        items: open_series(q, found, who.now).await?,
    })
}

/// What a category slug as a filter comes down to.
enum CategoryFilter {
    /// Keep what is in this category; without one, everything.
    Keep(Option<CategoryId>),
    /// There is no such category, so nothing is in it.
    Nothing,
}

async fn category_filter(
    q: &mut dyn Query,
    service: ServiceId,
    slug: Option<&str>,
) -> Result<CategoryFilter> {
    let Some(slug) = slug else {
        return Ok(CategoryFilter::Keep(None));
    };
    let found = category_of_slug(q, service, slug).await?;
    Ok(found.map_or(CategoryFilter::Nothing, |id| CategoryFilter::Keep(Some(id))))
}

/// What the two season filters come down to together.
enum SeasonChoice {
    /// Keep what is in this season; without one, everything.
    Keep(Option<SeasonId>),
    /// They name no season, or two different ones.
    Nothing,
}

async fn season_choice(
    q: &mut dyn Query,
    who: Audience,
    query: &ContentQuery,
) -> Result<SeasonChoice> {
    let id = query.season_id.map(SeasonId);
    if let Some(slug) = &query.season_slug {
        let found = stored::find_season_by_slug(q, who.service, slug, who.now).await?;
        return Ok(match found {
            Some(found) if id.is_none_or(|id| id == found.id) => SeasonChoice::Keep(Some(found.id)),
            _ => SeasonChoice::Nothing,
        });
    }
    let Some(id) = id else {
        return Ok(SeasonChoice::Keep(None));
    };
    // An id of another service, or of a season that is not published, holds nothing here.
    let found = stored::seasons_by_ids(q, &[id.0], Shown::At(who.now)).await?;
    let ours = found
        .first()
        .is_some_and(|found| found.head.service == who.service);
    Ok(if ours {
        SeasonChoice::Keep(Some(id))
    } else {
        SeasonChoice::Nothing
    })
}

fn empty<T>(page: PageRequest) -> Result<Listing<T>> {
    page.check(0)?;
    Ok(Listing {
        count: 0,
        items: Vec::new(),
    })
}
