//! Categories: which there are, and what one shows.

use std::collections::HashMap;

use marquee_domain::catalog::{Label, LabelKind, Series};
use marquee_domain::{CategoryId, SeriesId, ServiceId};
use marquee_storage::catalog::{self as stored, ListedItem};
use marquee_storage::{Query, labels};

use super::placed::{OpenedSeries, PlacedContent, open_series};
use super::{Audience, Listing, PageRequest};
use crate::{CatalogError, Result};

/// An entry of a category page.
#[derive(Debug, Clone)]
pub enum CategoryItem {
    /// A series.
    Series(Box<OpenedSeries>),
    /// A content that stands alone.
    Content(Box<PlacedContent>),
}

/// A page of what a category shows.
///
/// # Errors
/// [`CatalogError::NotFound`] for an unknown category, [`CatalogError::PageNotFound`] past the end.
pub async fn category_contents(
    q: &mut dyn Query,
    who: Audience,
    slug: &str,
    page: PageRequest,
) -> Result<Listing<CategoryItem>> {
    let category = category_of_slug(q, who.service, slug)
        .await?
        .ok_or(CatalogError::NotFound)?;
    let (count, found) = stored::list_category(q, category, who.now, page.page()).await?;
    page.check(count)?;
    let series: Vec<Series> = found
        .iter()
        .filter_map(|item| {
            if let ListedItem::Series(s) = item {
                Some(s.clone())
            } else {
                None
            }
        })
        .collect();
    let mut opened: HashMap<SeriesId, OpenedSeries> = open_series(q, series, who.now)
        .await?
        .into_iter()
        .map(|o| (o.series.id, o))
        .collect();
    let items = found
        .into_iter()
        .filter_map(|item| match item {
            ListedItem::Series(series) => opened
                .remove(&series.id)
                .map(|opened| CategoryItem::Series(Box::new(opened))),
            ListedItem::Content(content) => Some(CategoryItem::Content(Box::new(PlacedContent {
                content,
                place: None,
            }))),
        })
        .collect();
    Ok(Listing { count, items })
}

/// The categories that have something to show, in the editor's order.
///
/// # Errors
/// When storage fails.
pub async fn categories(q: &mut dyn Query, who: Audience) -> Result<Vec<Label>> {
    Ok(labels::list_live_categories(q, who.service, who.now, 200).await?)
}

/// The category of a slug.
pub(super) async fn category_of_slug(
    q: &mut dyn Query,
    service: ServiceId,
    slug: &str,
) -> Result<Option<CategoryId>> {
    let found = labels::find_by_slugs(q, service, LabelKind::Category, &[slug.to_owned()]).await?;
    Ok(found.first().map(|label| CategoryId(label.id)))
}
