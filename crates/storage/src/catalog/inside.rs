//! What series and seasons hold.

use std::collections::HashMap;

use marquee_domain::catalog::{Content, ContentKind, Season};
use marquee_domain::{ContentId, SeasonId, SeriesId, Timestamp};

use super::{CONTENTS, SEASONS, Shown, Stored};
use crate::db::Query;
use crate::statement::{Statement, placeholders};
use crate::{Result, StorageError};

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
        .map(Season::read)
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
        .map(Content::read)
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
    q.rows(statement).await?.iter().map(Content::read).collect()
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
    row.as_ref().map(Content::read).transpose()
}
