//! Series, seasons and contents: what is stored of them and how it is listed.
//!
//! The `put_…` half is used by imports and edits only; the reading half obeys one predicate:
//! `visible_from <= now AND visible_until > now`, which is what "published" comes down to.

mod boundary;
mod facts;
mod inside;
mod list;
mod lookup;
mod put;

pub use boundary::next_boundary;
pub(crate) use facts::fill as fill_facts;
pub use facts::{heaviest_titles, label_sizes, labels_of, labels_of_titles, put_title_labels};
pub use inside::{
    SeasonFacts, contents_of_series, first_contents, following, season_facts, seasons_of,
};
pub use list::{
    ContentFilter, ContentOrder, ListedItem, Matching, Page, SeasonFilter, SeriesFilter,
    TitleFilter, list_category, list_contents, list_seasons, list_series, list_titles,
};
pub use lookup::{
    Shown, contents_by_ids, contents_by_keys, contents_by_slugs, find_content,
    find_content_by_slug, find_season_by_slug, find_series_by_slug, seasons_by_ids,
    seasons_by_keys, series_by_ids, series_by_keys, taken_slugs,
};
pub use put::{
    CategoryEntry, put_category_items, put_contents, put_seasons, put_series, put_title_texts,
    refit_children, remove,
};

use marquee_domain::catalog::{Content, ContentKind, Head, Season, Series, TitleDoc};
use marquee_domain::publish::Window;
use marquee_domain::{ContentId, SeasonId, SeriesId, ServiceId};

use crate::statement::Row;
use crate::{Result, StorageError};

/// A stored document as JSON. Documents are plain data, which always serialises.
pub(crate) fn to_json<T: serde::Serialize>(doc: &T) -> String {
    serde_json::to_string(doc).unwrap_or_else(|_| "{}".to_owned())
}

/// The tables that titles live in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// Series.
    Series,
    /// Seasons.
    Season,
    /// Contents.
    Content,
}

impl Table {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Series => "series",
            Self::Season => "seasons",
            Self::Content => "contents",
        }
    }

    /// The word in `item_kind` columns.
    pub(crate) fn item_kind(self) -> &'static str {
        match self {
            Self::Series => "series",
            Self::Season => "season",
            Self::Content => "content",
        }
    }
}

const SERIES: &str = "id, service_id, external_key, slug, own_from, own_until, visible_from, visible_until, created_at, digest, doc";
const SEASONS: &str = "id, service_id, external_key, slug, own_from, own_until, visible_from, visible_until, created_at, digest, doc, series_id, season_order";
const CONTENTS: &str = "id, service_id, external_key, slug, own_from, own_until, visible_from, visible_until, created_at, digest, doc, \
    kind, season_id, series_id, content_order, duration_ms, playable";

/// An item with a table of its own.
trait Stored: Sized {
    const TABLE: Table;
    /// What is selected of it; all begin with the columns of [`head`] and the document.
    const COLUMNS: &str;

    /// Reads a row of those columns.
    fn read(row: &Row) -> Result<Self>;
}

/// The first columns of everything with a window: see [`SERIES`].
pub(crate) fn head(row: &Row) -> Result<Head> {
    Ok(Head {
        service: ServiceId(row.int(1)?),
        external_key: row.text(2)?,
        slug: row.text(3)?,
        own: Window {
            from: row.int(4)?,
            until: row.int(5)?,
        },
        window: Window {
            from: row.int(6)?,
            until: row.int(7)?,
        },
        created_at: row.int(8)?,
        digest: row.int(9)?,
    })
}

impl Stored for Series {
    const TABLE: Table = Table::Series;
    const COLUMNS: &str = SERIES;

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: SeriesId(row.int(0)?),
            head: head(row)?,
            doc: row.json::<TitleDoc>(10, "series", "doc")?,
        })
    }
}

impl Stored for Season {
    const TABLE: Table = Table::Season;
    const COLUMNS: &str = SEASONS;

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: SeasonId(row.int(0)?),
            series: SeriesId(row.int(11)?),
            order: row.int(12)?,
            head: head(row)?,
            doc: row.json::<TitleDoc>(10, "seasons", "doc")?,
        })
    }
}

impl Stored for Content {
    const TABLE: Table = Table::Content;
    const COLUMNS: &str = CONTENTS;

    fn read(row: &Row) -> Result<Self> {
        let kind = row.text(11)?;
        let corrupt = StorageError::Corrupt {
            table: "contents",
            column: "kind",
            id: kind.clone(),
        };
        Ok(Self {
            id: ContentId(row.int(0)?),
            kind: ContentKind::parse(&kind).ok_or(corrupt)?,
            season: row
                .opt_int(12)?
                .map(SeasonId)
                .zip(row.opt_int(13)?.map(SeriesId)),
            order: row.opt_int(14)?,
            duration_ms: row.opt_int(15)?,
            playable: row.bool(16)?,
            head: head(row)?,
            doc: row.json::<TitleDoc>(10, "contents", "doc")?,
        })
    }
}
