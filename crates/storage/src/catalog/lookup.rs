//! Finding single titles and what belongs to them.

use std::collections::HashMap;

use marquee_domain::catalog::{Content, ContentKind, Season, Series};
use marquee_domain::{ContentId, SeasonId, SeriesId, ServiceId, Timestamp};

use super::{CONTENTS, SEASONS, SERIES, Table, read_content, read_season, read_series};
use crate::db::Query;
use crate::statement::{Row, Statement, placeholders};
use crate::{Result, StorageError};

/// Which items are looked at.
#[derive(Debug, Clone, Copy)]
pub enum Shown {
    /// Only those that are published at this instant.
    At(Timestamp),
    /// All of them, for imports and operators.
    All,
}

impl Shown {
    fn now(self) -> Option<Timestamp> {
        match self {
            Self::At(now) => Some(now),
            Self::All => None,
        }
    }
}

async fn by_texts<T>(
    q: &mut dyn Query,
    columns: &str,
    table: Table,
    column: &str,
    service: ServiceId,
    texts: &[String],
    read: fn(&Row) -> Result<T>,
) -> Result<Vec<T>> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {columns} FROM {} WHERE service_id = $1 AND {column} IN ({})",
        table.name(),
        placeholders(2, texts.len())
    );
    q.rows(Statement::built(sql).bind(service.0).bind_list(texts))
        .await?
        .iter()
        .map(read)
        .collect()
}

async fn by_ids<T>(
    q: &mut dyn Query,
    columns: &str,
    table: Table,
    ids: &[i64],
    shown: Shown,
    read: fn(&Row) -> Result<T>,
) -> Result<Vec<T>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {columns} FROM {} WHERE id IN ({})",
        table.name(),
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
            found.push(read(row)?);
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
    by_texts(
        q,
        SERIES,
        Table::Series,
        "external_key",
        service,
        keys,
        read_series,
    )
    .await
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
    by_texts(
        q,
        SEASONS,
        Table::Season,
        "external_key",
        service,
        keys,
        read_season,
    )
    .await
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
    by_texts(
        q,
        CONTENTS,
        Table::Content,
        "external_key",
        service,
        keys,
        read_content,
    )
    .await
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
    by_texts(
        q,
        CONTENTS,
        Table::Content,
        "slug",
        service,
        slugs,
        read_content,
    )
    .await
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
    by_ids(q, SERIES, Table::Series, ids, shown, read_series).await
}

/// Seasons by id.
///
/// # Errors
/// When the database fails.
pub async fn seasons_by_ids(q: &mut dyn Query, ids: &[i64], shown: Shown) -> Result<Vec<Season>> {
    by_ids(q, SEASONS, Table::Season, ids, shown, read_season).await
}

/// Contents by id.
///
/// # Errors
/// When the database fails.
pub async fn contents_by_ids(q: &mut dyn Query, ids: &[i64], shown: Shown) -> Result<Vec<Content>> {
    by_ids(q, CONTENTS, Table::Content, ids, shown, read_content).await
}

async fn by_slug<T>(
    q: &mut dyn Query,
    columns: &str,
    table: Table,
    service: ServiceId,
    slug: &str,
    now: Timestamp,
    read: fn(&Row) -> Result<T>,
) -> Result<Option<T>> {
    let sql = format!(
        "SELECT {columns} FROM {} WHERE service_id = $1 AND slug = $2 AND visible_from <= $3 AND visible_until > $3",
        table.name()
    );
    let row = q
        .row(Statement::built(sql).bind(service.0).bind(slug).bind(now))
        .await?;
    row.as_ref().map(read).transpose()
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
    by_slug(q, SERIES, Table::Series, service, slug, now, read_series).await
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
    by_slug(q, SEASONS, Table::Season, service, slug, now, read_season).await
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
    by_slug(
        q,
        CONTENTS,
        Table::Content,
        service,
        slug,
        now,
        read_content,
    )
    .await
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

/// The seasons of some series, by series and order.
///
/// # Errors
/// When the database fails.
pub async fn seasons_of(q: &mut dyn Query, series: &[i64], shown: Shown) -> Result<Vec<Season>> {
    if series.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {SEASONS} FROM seasons WHERE series_id IN ({}) ORDER BY series_id, season_order, id",
        placeholders(1, series.len())
    );
    let seasons: Result<Vec<Season>> = q
        .rows(Statement::built(sql).bind_list(series))
        .await?
        .iter()
        .map(read_season)
        .collect();
    let mut seasons = seasons?;
    if let Some(now) = shown.now() {
        seasons.retain(|season| season.head.window.is_open(now));
    }
    Ok(seasons)
}

/// All contents of a series, published or not.
///
/// # Errors
/// When the database fails.
pub async fn contents_of_series(q: &mut dyn Query, series: SeriesId) -> Result<Vec<Content>> {
    let sql = format!("SELECT {CONTENTS} FROM contents WHERE series_id = $1 ORDER BY id");
    q.rows(Statement::built(sql).bind(series.0))
        .await?
        .iter()
        .map(read_content)
        .collect()
}

/// What a season holds at an instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeasonFacts {
    /// Published contents.
    pub contents: i64,
    /// Their kinds, in the order of [`ContentKind::ALL`].
    pub kinds: Vec<ContentKind>,
}

/// What some seasons hold.
///
/// # Errors
/// When the database fails.
pub async fn season_facts(
    q: &mut dyn Query,
    seasons: &[i64],
    now: Timestamp,
) -> Result<HashMap<SeasonId, SeasonFacts>> {
    let mut facts: HashMap<SeasonId, SeasonFacts> = HashMap::new();
    if seasons.is_empty() {
        return Ok(facts);
    }
    let sql = format!(
        "SELECT season_id, kind, COUNT(*) FROM contents WHERE visible_from <= $1 AND visible_until > $1 AND season_id IN ({}) GROUP BY season_id, kind",
        placeholders(2, seasons.len())
    );
    for row in q
        .rows(Statement::built(sql).bind(now).bind_list(seasons))
        .await?
    {
        let word = row.text(1)?;
        let kind = ContentKind::parse(&word).ok_or(StorageError::Corrupt {
            table: "contents",
            column: "kind",
            id: word,
        })?;
        let entry = facts.entry(SeasonId(row.int(0)?)).or_default();
        entry.contents += row.int(2)?;
        entry.kinds.push(kind);
        entry.kinds.sort_unstable();
    }
    Ok(facts)
}

/// The first `limit` published contents of a season, by order. `playable_only` leaves out what has no stream.
///
/// # Errors
/// When the database fails.
pub async fn first_contents(
    q: &mut dyn Query,
    season: SeasonId,
    now: Timestamp,
    playable_only: bool,
    limit: i64,
) -> Result<Vec<Content>> {
    let sql = format!(
        "SELECT {CONTENTS} FROM contents WHERE season_id = $1 AND visible_from <= $2 AND visible_until > $2 AND (playable = TRUE OR $3 = FALSE) \
         ORDER BY CASE WHEN kind = 'clip' THEN 1 ELSE 0 END, content_order ASC NULLS LAST, id LIMIT $4"
    );
    let statement = Statement::built(sql)
        .bind(season.0)
        .bind(now)
        .bind(playable_only)
        .bind(limit);
    q.rows(statement).await?.iter().map(read_content).collect()
}

/// The published content of the same kind that follows `order` in a season.
///
/// # Errors
/// When the database fails.
pub async fn following(
    q: &mut dyn Query,
    season: SeasonId,
    kind: ContentKind,
    order: i64,
    id: ContentId,
    now: Timestamp,
) -> Result<Option<Content>> {
    let sql = format!(
        "SELECT {CONTENTS} FROM contents WHERE season_id = $1 AND kind = $2 AND visible_from <= $3 AND visible_until > $3 \
         AND (content_order, id) > ($4, $5) ORDER BY content_order, id LIMIT 1"
    );
    let statement = Statement::built(sql)
        .bind(season.0)
        .bind(kind.as_str())
        .bind(now)
        .bind(order)
        .bind(id.0);
    let row = q.row(statement).await?;
    row.as_ref().map(read_content).transpose()
}
