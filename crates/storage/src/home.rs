//! Groups of rows, rows, covers, channels and bundles of channels.
//!
//! They share most columns, so what is done to all of them is written once, over [`Piece`].

mod piece;
mod resolve;

use marquee_domain::home::{Channel, Row, RowGroup};
use marquee_domain::{MultichannelId, RowGroupId, ServiceId};

pub use self::piece::Piece;
use self::piece::{matching, read_all};
pub use self::resolve::{Found, published, resolve};
use crate::Result;
use crate::catalog::Shown;
use crate::db::Query;
use crate::statement::{Statement, Value, insert_many, placeholders};
use crate::unit::Unit;

/// Most groups, rows of a group, covers or bundles that are looked at; more would be no screen.
pub const MOST: i64 = 500;

/// The things of a kind in a service by their order, at most [`MOST`].
///
/// # Errors
/// When the database fails.
pub async fn list<T: Piece>(q: &mut dyn Query, service: ServiceId, shown: Shown) -> Result<Vec<T>> {
    read_all(q, "service_id = $1", service.0, shown).await
}

/// Things of a kind by external key, shown or not.
///
/// # Errors
/// When the database fails.
pub async fn by_keys<T: Piece>(
    q: &mut dyn Query,
    service: ServiceId,
    keys: &[String],
) -> Result<Vec<T>> {
    matching(q, "external_key", service, keys).await
}

/// Things of a kind by slug, shown or not.
///
/// # Errors
/// When the database fails.
pub async fn by_slugs<T: Piece>(
    q: &mut dyn Query,
    service: ServiceId,
    slugs: &[String],
) -> Result<Vec<T>> {
    matching(q, "slug", service, slugs).await
}

/// Things of a kind by id, in no order.
///
/// # Errors
/// When the database fails.
pub async fn by_ids<T: Piece>(q: &mut dyn Query, ids: &[i64], shown: Shown) -> Result<Vec<T>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {} FROM {} WHERE id IN ({})",
        T::COLUMNS,
        T::TABLE,
        placeholders(1, ids.len())
    );
    let rows = q.rows(Statement::built(sql).bind_list(ids)).await?;
    piece::keep(rows.iter().map(T::read), shown)
}

/// The thing of a slug that shows at an instant.
///
/// # Errors
/// When the database fails.
pub async fn find_by_slug<T: Piece>(
    q: &mut dyn Query,
    service: ServiceId,
    slug: &str,
    shown: Shown,
) -> Result<Option<T>> {
    let found = by_slugs::<T>(q, service, &[slug.to_owned()]).await?;
    Ok(found.into_iter().find(|it| piece::is_shown(it, shown)))
}

/// The rows of a group from top to bottom.
///
/// # Errors
/// When the database fails.
pub async fn rows_of(q: &mut dyn Query, group: RowGroupId, shown: Shown) -> Result<Vec<Row>> {
    read_all(q, "group_id = $1", group.0, shown).await
}

/// The channels of a bundle in their order.
///
/// # Errors
/// When the database fails.
pub async fn channels_of(
    q: &mut dyn Query,
    multichannel: MultichannelId,
    shown: Shown,
) -> Result<Vec<Channel>> {
    read_all(q, "multichannel_id = $1", multichannel.0, shown).await
}

/// Adds things of a kind, or replaces what is stored under their ids.
///
/// # Errors
/// When the database fails, or a key or slug is taken.
pub async fn put<T: Piece>(unit: &mut Unit, pieces: &[&T]) -> Result<()> {
    // Nothing to store is no change: cached answers stay.
    if pieces.is_empty() {
        return Ok(());
    }
    let values = |piece: &&T| -> Vec<Value> {
        let head = piece.head();
        let mut values = vec![
            piece.id().into(),
            head.service.0.into(),
            (&head.external_key).into(),
            (&head.slug).into(),
            head.own.from.into(),
            head.own.until.into(),
            head.window.from.into(),
            head.window.until.into(),
            head.created_at.into(),
            head.digest.into(),
            piece.doc().into(),
            piece.order().into(),
        ];
        values.extend(piece.own_column());
        values
    };
    let rows = pieces.iter().map(values).collect();
    unit.touch_catalog();
    if let Some(what) = T::FOLLOWED {
        unit.changed(what, pieces.iter().map(|piece| piece.id()));
    }
    unit.execute_all(insert_many(T::INSERT, T::REPLACE, rows))
        .await
}

/// Brings the windows of a group's rows in line after its own has changed.
///
/// # Errors
/// When the database fails.
pub async fn refit_rows(unit: &mut Unit, group: &RowGroup) -> Result<()> {
    let sql = "UPDATE home_rows SET \
        visible_from = CASE WHEN own_from > $2 THEN own_from ELSE $2 END, \
        visible_until = CASE WHEN own_until < $3 THEN own_until ELSE $3 END WHERE group_id = $1";
    let statement = Statement::new(sql)
        .bind(group.id.0)
        .bind(group.head.window.from)
        .bind(group.head.window.until);
    unit.execute(statement).await?;
    unit.touch_catalog();
    Ok(())
}

/// Removes a thing. With a group go its rows; the channels of a bundle stay, and their records
/// count as changed, so that importing them again finds the bundle missing.
///
/// # Errors
/// When the database fails.
pub async fn remove<T: Piece>(unit: &mut Unit, id: i64) -> Result<()> {
    if let Some(before) = T::BEFORE_REMOVAL {
        unit.execute(Statement::new(before).bind(id)).await?;
    }
    let sql = format!("DELETE FROM {} WHERE id = $1", T::TABLE);
    unit.execute_one("remove", Statement::built(sql).bind(id))
        .await?;
    unit.touch_catalog();
    if let Some(what) = T::FOLLOWED {
        unit.changed(what, [id]);
    }
    Ok(())
}
