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

    /// Past the end is not found, except for the first page of an empty list.
    fn check(self, count: i64) -> Result<()> {
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
