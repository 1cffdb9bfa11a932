//! Favorites: what may be kept.

use marquee_domain::home::Channel;
use marquee_domain::personal::{FavoriteKind, Owner};
use marquee_domain::{ContentId, SeasonId};
use marquee_storage::catalog::{self as stored, Shown};
use marquee_storage::favorites::{self, Favorite};
use marquee_storage::{Db, Query, home};

use crate::browse::Audience;
use crate::{CatalogError, Result};

/// Most favorites that one owner keeps in a service; lists of them are not paged.
pub const FAVORITES_MAX: i64 = 2000;

/// An owner's favorites, newest first.
///
/// # Errors
/// When storage fails.
pub async fn favorites(q: &mut dyn Query, who: Audience, owner: &Owner) -> Result<Vec<Favorite>> {
    Ok(favorites::list(q, owner, who.service, FAVORITES_MAX).await?)
}

/// Adds a favorite; what is there already stays as it is.
///
/// # Errors
/// [`CatalogError::NotFound`] when there is no such published thing, [`CatalogError::Full`] when
/// the owner has [`FAVORITES_MAX`].
pub async fn add_favorite(
    db: &Db,
    who: Audience,
    owner: &Owner,
    (kind, id): (FavoriteKind, i64),
) -> Result<()> {
    let reader = &mut db.reader();
    let shown = Shown::At(who.now);
    let found = match kind {
        FavoriteKind::Content => {
            let found = stored::find_content(reader, who.service, ContentId(id), who.now).await?;
            found.is_some()
        }
        FavoriteKind::Season => {
            let found = stored::seasons_by_ids(reader, &[SeasonId(id).0], shown).await?;
            found
                .iter()
                .any(|season| season.head.service == who.service)
        }
        FavoriteKind::Channel => {
            let found = home::by_ids::<Channel>(reader, &[id], shown).await?;
            found
                .iter()
                .any(|channel| channel.head.service == who.service)
        }
    };
    if !found {
        return Err(CatalogError::NotFound);
    }
    if favorites::count(reader, owner, who.service).await? >= FAVORITES_MAX {
        return Err(CatalogError::Full);
    }
    let mut unit = db.begin().await?;
    favorites::add(&mut unit, owner, who.service, (kind, id), who.now).await?;
    Ok(unit.save().await?)
}

/// Removes a favorite.
///
/// # Errors
/// [`CatalogError::NotFound`] when it is not there.
pub async fn remove_favorite(db: &Db, owner: &Owner, thing: (FavoriteKind, i64)) -> Result<()> {
    let mut unit = db.begin().await?;
    if !favorites::remove(&mut unit, owner, thing).await? {
        return Err(CatalogError::NotFound);
    }
    Ok(unit.save().await?)
}
