//! Favorites and progress: what may be kept, and what saving progress says of popularity.
//!
//! Costs: saving progress is two reads by key and one statement; a play start adds two small
//! updates.

use marquee_domain::catalog::Content;
use marquee_domain::home::Channel;
use marquee_domain::personal::{FavoriteKind, Owner, Progress};
use marquee_domain::{ContentId, SeasonId, Timestamp};
use marquee_storage::catalog::{self as stored, Shown};
use marquee_storage::favorites::{self, Favorite};
use marquee_storage::{Db, Query, home, progress};

use crate::browse::Audience;
use crate::{CatalogError, Result};

/// Most favorites that one owner keeps in a service; lists of them are not paged.
pub const FAVORITES_MAX: i64 = 2000;

/// Progress saved again within this time belongs to the same sitting and is no new play start.
pub const SITTING_MS: i64 = 6 * 3600 * 1000;

/// Most seconds that a position may say when the running time is not known: thirty days.
pub const POSITION_MAX_S: i64 = 30 * 24 * 3600;

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

/// Saves how far a content was watched and returns what is stored then: this, or something newer.
/// Positions past the end are stored as the end.
///
/// # Errors
/// [`CatalogError::NotFound`] when there is no such published content.
pub async fn save_progress(
    db: &Db,
    who: Audience,
    owner: &Owner,
    (content, position_s, device): (ContentId, i64, &str),
) -> Result<Progress> {
    let reader = &mut db.reader();
    let found = stored::find_content(reader, who.service, content, who.now)
        .await?
        .ok_or(CatalogError::NotFound)?;
    let before = progress::of_content(reader, owner, content).await?;
    let new = Progress {
        content,
        position_s: bounded(position_s, &found),
        updated_at: who.now,
        device: device.to_owned(),
    };
    let mut unit = db.begin().await?;
    let stored = progress::save(&mut unit, owner, who.service, &new).await?;
    if is_start(before.as_ref().map(|before| before.updated_at), who.now) {
        let series = found.season.map(|(_, series)| series);
        progress::count_play(&mut unit, content, series, who.now).await?;
    }
    unit.save().await?;
    Ok(stored)
}

fn bounded(position_s: i64, content: &Content) -> i64 {
    let end = content
        .duration_ms
        .map_or(POSITION_MAX_S, |ms| ms.max(0).saturating_add(999) / 1000);
    position_s.clamp(0, end)
}

/// Whether progress saved now begins a new sitting. A clock that runs backwards begins none.
fn is_start(before: Option<Timestamp>, now: Timestamp) -> bool {
    before.is_none_or(|before| now.saturating_sub(before) > SITTING_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sitting_ends_after_six_hours_of_silence() {
        assert!(is_start(None, 0));
        assert!(!is_start(Some(1000), 1000 + SITTING_MS));
        assert!(is_start(Some(1000), 1001 + SITTING_MS));
        assert!(!is_start(Some(1000), 0), "the clock ran backwards");
        assert!(!is_start(Some(i64::MAX), i64::MIN));
    }
}
