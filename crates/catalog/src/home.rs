//! What home screens show: the live groups, their rows, the tiles of rows, covers.
//!
//! A row is first filled with the bare keys of what it shows, published and in order, which are a
//! few hundred at most; then only the items of the page that was asked for are read.
//! Cost: a few look-ups by key or one walk along an index per row, then what a list of titles costs.

mod continued;
mod covers;
mod fill;
mod items;

use std::collections::HashMap;

use marquee_domain::catalog::Orientation;
use marquee_domain::home::{Row, RowGroup, Surface, live};
use marquee_domain::personal::{Owner, Progress};
use marquee_domain::{ContentId, Timestamp};
use marquee_storage::catalog::Shown;
use marquee_storage::home::{self as stored, Found};
use marquee_storage::{Query, progress};

pub use self::covers::{CoverDetail, ShownSlide, cover, covers};
use self::fill::Filling;
pub use self::items::Item;
use self::items::read;
pub(crate) use self::items::read as read_items;
use crate::browse::{Audience, Listing, PageRequest};
use crate::neighbours::Neighbours;
use crate::watching::RECENT;
use crate::{CatalogError, Result};

/// The live group of a surface, if there is one.
///
/// # Errors
/// When storage fails.
pub async fn live_group(
    q: &mut dyn Query,
    who: Audience,
    surface: Surface,
) -> Result<Option<RowGroup>> {
    let groups = stored::list::<RowGroup>(q, who.service, Shown::At(who.now)).await?;
    Ok(live(groups, surface, who.now))
}

/// A group of a surface with its rows from top to bottom: that of a slug, else the live one. None
/// when no group is live.
///
/// # Errors
/// [`CatalogError::NotFound`] when there is no such group, or it is off or outside its window.
pub async fn group(
    q: &mut dyn Query,
    who: Audience,
    surface: Surface,
    slug: Option<&str>,
) -> Result<Option<(RowGroup, Vec<Row>)>> {
    let shown = Shown::At(who.now);
    let group = match slug {
        None => live_group(q, who, surface).await?,
        Some(slug) => {
            let found = stored::find_by_slug::<RowGroup>(q, who.service, slug, shown).await?;
            let found = found.filter(|group| group.surface == surface);
            Some(found.ok_or(CatalogError::NotFound)?)
        }
    };
    let Some(group) = group else { return Ok(None) };
    let rows = stored::rows_of(q, group.id, shown).await?;
    Ok(Some((group, rows)))
}

/// A tile of a row.
#[derive(Debug, Clone)]
pub struct Tile {
    /// What it stands for.
    pub item: Item,
    /// How the tiles of its row are cut.
    pub cut: Orientation,
    /// Seconds that the asking person has watched; only of contents, and only when they have begun.
    pub last_position: Option<i64>,
}

/// Which tiles are wanted.
#[derive(Debug, Clone, Copy)]
pub struct TileQuery<'a> {
    /// Of which screen.
    pub surface: Surface,
    /// Slug of the row; none asks for those of every row of the live group, row by row.
    pub slug: Option<&'a str>,
    /// Who asks, as far as they say.
    pub viewer: Option<Viewer<'a>>,
}

/// Somebody who asks for what is theirs.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// Who.
    pub owner: &'a Owner,
    /// What they watched last, from [`Watching::recent`](crate::watching::Watching::recent).
    pub recent: &'a [Progress],
}

/// A page of tiles.
///
/// # Errors
/// [`CatalogError::NotFound`] when there is no such row, or it or its group is off or outside its
/// window; [`CatalogError::PageNotFound`] past the end.
pub async fn tiles(
    q: &mut dyn Query,
    who: Audience,
    neighbours: &dyn Neighbours,
    query: TileQuery<'_>,
    page: PageRequest,
) -> Result<Listing<Tile>> {
    let rows = rows(q, who, query).await?;
    let mut filling = Filling::new(who, query, neighbours);
    let mut keys = Vec::new();
    for row in &rows {
        let of_row = filling.keys(q, &row.doc.fill).await?;
        keys.extend(of_row.into_iter().map(|key| (key, row.doc.orientation)));
    }
    let count = i64::try_from(keys.len()).unwrap_or(i64::MAX);
    page.check(count)?;
    let on_page = page.cut(&keys);
    let bare: Vec<Found> = on_page.iter().map(|(key, _)| *key).collect();
    let items = read(q, who, &bare).await?;
    let mut tiles: Vec<Tile> = items
        .into_iter()
        .zip(on_page)
        .filter_map(|(item, (_, cut))| {
            Some(Tile {
                item: item?,
                cut: *cut,
                last_position: None,
            })
        })
        .collect();
    if let Some(viewer) = query.viewer {
        mark(q, viewer, &mut tiles).await?;
    }
    Ok(Listing {
        count,
        items: tiles,
    })
}

/// The rows that are asked for.
async fn rows(q: &mut dyn Query, who: Audience, query: TileQuery<'_>) -> Result<Vec<Row>> {
    let Some(slug) = query.slug else {
        let group = group(q, who, query.surface, None).await?;
        return Ok(group.map(|(_, rows)| rows).unwrap_or_default());
    };
    // The window of a row lies inside that of its group.
    let row = stored::find_by_slug::<Row>(q, who.service, slug, Shown::At(who.now)).await?;
    let row = row.ok_or(CatalogError::NotFound)?;
    let groups = stored::by_ids::<RowGroup>(q, &[row.group.0], Shown::All).await?;
    let fits = |group: &RowGroup| group.surface == query.surface;
    if groups.first().is_some_and(fits) {
        Ok(vec![row])
    } else {
        Err(CatalogError::NotFound)
    }
}

/// Notes on tiles how far their contents were watched.
async fn mark(q: &mut dyn Query, viewer: Viewer<'_>, tiles: &mut [Tile]) -> Result<()> {
    let content = |tile: &Tile| match &tile.item {
        Item::Content(placed) => Some(placed.content.id),
        _ => None,
    };
    let position = |progress: &Progress| (progress.content, progress.position_s);
    let mut positions: HashMap<ContentId, i64> = viewer.recent.iter().map(position).collect();
    if viewer.recent.len() >= RECENT {
        // They have watched more than was looked at.
        let mut ids: Vec<ContentId> = tiles.iter().filter_map(content).collect();
        ids.retain(|id| !positions.contains_key(id));
        let older = progress::of_contents(q, viewer.owner, &ids).await?;
        positions.extend(older.iter().map(position));
    }
    for tile in tiles {
        tile.last_position = content(tile).and_then(|id| positions.get(&id).copied());
    }
    Ok(())
}

/// When the rows of a surface are asked for again, in milliseconds.
#[must_use]
pub fn refresh_ms(group: Option<&RowGroup>) -> Timestamp {
    group.map_or(marquee_domain::home::REFRESH_MS, |group| {
        group.doc.refresh_ms
    })
}
