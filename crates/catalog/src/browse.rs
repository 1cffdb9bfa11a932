//! Lists and details as the faces need them: titles together with what they refer to.
//!
//! Cost: a list is a count and a page from one index, then at most three reads by primary key; a
//! detail is at most six reads, all by key.

mod category;
mod details;
mod lists;
mod placed;

use marquee_domain::{Permit, ServiceId, Timestamp};
use marquee_storage::catalog::Page;

pub use self::category::{CategoryItem, categories, category_contents};
pub(crate) use self::details::content_by_id;
pub use self::details::{ContentDetail, Labels, SeasonDetail, content, season, series_detail};
pub use self::lists::{ContentQuery, TitleQuery, contents, seasons, series};
pub use self::placed::{OpenedSeries, PlacedContent, PlacedSeason};
pub(crate) use self::placed::{above, open_series, place};
use crate::{CatalogError, Result};

/// Who is asking, of which service, and when.
#[derive(Debug, Clone, Copy)]
pub struct Audience {
    /// The service.
    pub service: ServiceId,
    /// Proof that they may see it.
    pub permit: Permit,
    /// The instant that decides what is published.
    pub now: Timestamp,
}

/// A page number and size, both checked to be in bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// From 1.
    pub number: u32,
    /// From 1 to 100.
    pub size: u32,
}

impl PageRequest {
    fn page(self) -> Page {
        Page {
            offset: i64::from(self.number - 1) * i64::from(self.size),
            limit: i64::from(self.size),
        }
    }

    /// The part of a whole list that is on the page.
    pub(crate) fn cut<T>(self, all: &[T]) -> &[T] {
        let page = self.page();
        let start = usize::try_from(page.offset)
            .unwrap_or(usize::MAX)
            .min(all.len());
        let end = start.saturating_add(self.size as usize).min(all.len());
        all.get(start..end).unwrap_or_default()
    }

    /// Past the end is not found, except for the first page of an empty list.
    pub(crate) fn check(self, count: i64) -> Result<()> {
        let page = self.page();
        if self.number > 1 && page.offset >= count {
            Err(CatalogError::PageNotFound)
        } else {
            Ok(())
        }
    }
}

/// A page of things and how many there are over all pages.
#[derive(Debug, Clone)]
pub struct Listing<T> {
    /// Over all pages.
    pub count: i64,
    /// Of this page.
    pub items: Vec<T>,
}
