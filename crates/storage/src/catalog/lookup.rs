//! Finding titles by key, slug or id.

use std::collections::HashMap;

use marquee_domain::catalog::{Content, Season, Series};
use marquee_domain::{ContentId, ServiceId, Timestamp};

use super::{Stored, Table};
use crate::Result;
use crate::db::Query;
use crate::statement::{Row, Statement, placeholders};

/// Which items are looked at.
#[derive(Debug, Clone, Copy)]
pub enum Shown {
    /// Only those that are published at this instant.
    At(Timestamp),
    /// All of them, for imports and operators.
    All,
}

impl Shown {
    pub(crate) fn now(self) -> Option<Timestamp> {
        match self {
            Self::At(now) => Some(now),
            Self::All => None,
        }
    }
}

/// Items of a service whose `column` is one of these texts.
async fn by_texts<T: Stored>(
    q: &mut dyn Query,
    column: &str,
    service: ServiceId,
    texts: &[String],
) -> Result<Vec<T>> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {} FROM {} WHERE service_id = $1 AND {column} IN ({})",
        T::COLUMNS,
        T::TABLE.name(),
        placeholders(2, texts.len())
    );
    q.rows(Statement::built(sql).bind(service.0).bind_list(texts))
        .await?
        .iter()
        .map(T::read)
        .collect()
}

async fn by_ids<T: Stored>(q: &mut dyn Query, ids: &[i64], shown: Shown) -> Result<Vec<T>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {} FROM {} WHERE id IN ({})",
        T::COLUMNS,
        T::TABLE.name(),
        placeholders(1, ids.len())
    );
    let rows = q.rows(Statement::built(sql).bind_list(ids)).await?;
    // The windows of a row are columns 6 and 7 in every column list.
    let open = |row: &Row| -> Result<bool> {
        Ok(shown.now().is_none_or(|now| {
            row.int(6).is_ok_and(|f| f <= now) && row.int(7).is_ok_and(|u| now < u)
        }))
    };
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        if open(row)? {
            found.push(T::read(row)?);
        }
    }
    Ok(found)
}

/// Series by external key, published or not.
///
/// # Errors
/// When the database fails.
pub async fn series_by_keys(
    q: &mut dyn Query,
    service: ServiceId,
    keys: &[String],
) -> Result<Vec<Series>> {
    by_texts(q, "external_key", service, keys).await
}

/// Seasons by external key, published or not.
///
/// # Errors
/// When the database fails.
pub async fn seasons_by_keys(
    q: &mut dyn Query,
    service: ServiceId,
    keys: &[String],
) -> Result<Vec<Season>> {
    by_texts(q, "external_key", service, keys).await
}

/// Contents by external key, published or not.
///
/// # Errors
/// When the database fails.
pub async fn contents_by_keys(
    q: &mut dyn Query,
    service: ServiceId,
    keys: &[String],
) -> Result<Vec<Content>> {
    by_texts(q, "external_key", service, keys).await
}

/// Contents by slug, published or not.
///
/// # Errors
/// When the database fails.
pub async fn contents_by_slugs(
    q: &mut dyn Query,
    service: ServiceId,
    slugs: &[String],
) -> Result<Vec<Content>> {
    by_texts(q, "slug", service, slugs).await
}

/// Which of these slugs are taken, with the external key of who has them.
///
/// # Errors
/// When the database fails.
pub async fn taken_slugs(
    q: &mut dyn Query,
    table: Table,
    service: ServiceId,
    slugs: &[String],
) -> Result<HashMap<String, String>> {
    if slugs.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT slug, external_key FROM {} WHERE service_id = $1 AND slug IN ({})",
        table.name(),
        placeholders(2, slugs.len())
    );
    let rows = q
        .rows(Statement::built(sql).bind(service.0).bind_list(slugs))
        .await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .collect()
}

/// Series by id.
///
/// # Errors
/// When the database fails.
pub async fn series_by_ids(q: &mut dyn Query, ids: &[i64], shown: Shown) -> Result<Vec<Series>> {
    by_ids(q, ids, shown).await
}

/// Seasons by id.
///
/// # Errors
/// When the database fails.
pub async fn seasons_by_ids(q: &mut dyn Query, ids: &[i64], shown: Shown) -> Result<Vec<Season>> {
    by_ids(q, ids, shown).await
}

/// Contents by id.
///
/// # Errors
/// When the database fails.
pub async fn contents_by_ids(q: &mut dyn Query, ids: &[i64], shown: Shown) -> Result<Vec<Content>> {
    by_ids(q, ids, shown).await
}

async fn by_slug<T: Stored>(
    q: &mut dyn Query,
    service: ServiceId,
    slug: &str,
    now: Timestamp,
) -> Result<Option<T>> {
    let sql = format!(
        "SELECT {} FROM {} WHERE service_id = $1 AND slug = $2 AND visible_from <= $3 AND visible_until > $3",
        T::COLUMNS,
        T::TABLE.name()
    );
    let row = q
        .row(Statement::built(sql).bind(service.0).bind(slug).bind(now))
        .await?;
    row.as_ref().map(T::read).transpose()
}

/// The published series of a slug.
///
/// # Errors
/// When the database fails.
pub async fn find_series_by_slug(
    q: &mut dyn Query,
    service: ServiceId,
    slug: &str,
    now: Timestamp,
) -> Result<Option<Series>> {
    by_slug(q, service, slug, now).await
}

/// The published season of a slug.
///
/// # Errors
/// When the database fails.
pub async fn find_season_by_slug(
    q: &mut dyn Query,
    service: ServiceId,
    slug: &str,
    now: Timestamp,
) -> Result<Option<Season>> {
    by_slug(q, service, slug, now).await
}

/// The published content of a slug.
///
/// # Errors
/// When the database fails.
pub async fn find_content_by_slug(
    q: &mut dyn Query,
    service: ServiceId,
    slug: &str,
    now: Timestamp,
) -> Result<Option<Content>> {
    by_slug(q, service, slug, now).await
}

/// The published content of an id.
///
/// # Errors
/// When the database fails.
pub async fn find_content(
    q: &mut dyn Query,
    service: ServiceId,
    id: ContentId,
    now: Timestamp,
) -> Result<Option<Content>> {
    let found = contents_by_ids(q, &[id.0], Shown::At(now)).await?;
    Ok(found
        .into_iter()
        .find(|content| content.head.service == service))
}
