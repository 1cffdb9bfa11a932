//! What trainings learn from: progress and favorites by owner, titles with what is known of them.
//!
//! Everything is read in pages that follow an index, so that neither side holds more than a page.

use marquee_domain::catalog::{ContentKind, TitleDoc, TitleKey};
use marquee_domain::{ContentId, SeriesId, ServiceId, Timestamp};

use crate::Result;
use crate::db::Query;
use crate::statement::{Row, Statement};

/// What the input looks like: the latest progress and favorite, and the last ids handed out to titles.
/// It changes when something is watched, liked or added.
///
/// # Errors
/// When the database fails.
pub async fn fingerprint(q: &mut dyn Query, service: ServiceId) -> Result<String> {
    let sql = "SELECT (SELECT COALESCE(MAX(updated_at), 0) FROM progress WHERE service_id = $1), \
        (SELECT COALESCE(MAX(id), 0) FROM favorites WHERE service_id = $1), \
        (SELECT COALESCE(MAX(id), 0) FROM series WHERE service_id = $1), \
        (SELECT COALESCE(MAX(id), 0) FROM contents WHERE service_id = $1 AND season_id IS NULL)";
    let row = q.row(Statement::new(sql).bind(service.0)).await?;
    let Some(row) = row else {
        return Ok(String::new());
    };
    let parts: Vec<String> = (0..4)
        .map(|n| Ok(row.int(n)?.to_string()))
        .collect::<Result<_>>()?;
    Ok(parts.join("/"))
}

/// How many titles a service has, published or not; clips left out.
///
/// # Errors
/// When the database fails.
pub async fn titles(q: &mut dyn Query, service: ServiceId) -> Result<i64> {
    let sql = "SELECT (SELECT COUNT(*) FROM series WHERE service_id = $1) + \
        (SELECT COUNT(*) FROM contents WHERE service_id = $1 AND season_id IS NULL AND kind <> 'clip')";
    let row = q.row(Statement::new(sql).bind(service.0)).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// The title that something kept counts for: the series it belongs to, else the content itself. Clips
/// count for nothing: they are trailers and extras, seen in passing.
fn counts_for(content: i64, kind: &str, series: Option<i64>) -> Option<TitleKey> {
    if kind == ContentKind::Clip.as_str() {
        return None;
    }
    Some(series.map_or(TitleKey::Content(ContentId(content)), |id| {
        TitleKey::Series(SeriesId(id))
    }))
}

/// That an owner watched something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Play {
    /// The owner's key.
    pub owner: String,
    /// The content itself; the page after this one begins behind it.
    pub content: i64,
    /// The title that it counts for, if for any.
    pub title: Option<TitleKey>,
    /// Seconds watched.
    pub position_s: i64,
    /// The running time, if it is known.
    pub duration_ms: Option<i64>,
    /// When.
    pub at: Timestamp,
}

/// A page of progress, by owner and content, behind the given ones.
///
/// # Errors
/// When the database fails.
pub async fn plays(
    q: &mut dyn Query,
    service: ServiceId,
    (owner, content): (&str, i64),
    limit: i64,
) -> Result<Vec<Play>> {
    let sql = "SELECT p.owner, p.content_id, p.position_s, p.updated_at, c.kind, c.series_id, c.duration_ms \
        FROM progress p JOIN contents c ON c.id = p.content_id \
        WHERE p.service_id = $1 AND (p.owner, p.content_id) > ($2, $3) ORDER BY p.owner, p.content_id LIMIT $4";
    let statement = Statement::new(sql)
        .bind(service.0)
        .bind(owner)
        .bind(content)
        .bind(limit);
    let read = |row: &Row| -> Result<Play> {
        let content = row.int(1)?;
        Ok(Play {
            owner: row.text(0)?,
            content,
            title: counts_for(content, &row.text(4)?, row.opt_int(5)?),
            position_s: row.int(2)?,
            duration_ms: row.opt_int(6)?,
            at: row.int(3)?,
        })
    };
    q.rows(statement).await?.iter().map(read).collect()
}

/// That an owner likes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Liked {
    /// The owner's key.
    pub owner: String,
    /// What it is, for the next page: the kind and the id of the favorite's thing.
    pub source: (String, i64),
    /// The title that it counts for, if for any.
    pub title: Option<TitleKey>,
    /// Since when.
    pub at: Timestamp,
}

/// A page of favorites, by owner, kind and id, behind the given ones.
///
/// # Errors
/// When the database fails.
pub async fn favorites(
    q: &mut dyn Query,
    service: ServiceId,
    (owner, kind, source): (&str, &str, i64),
    limit: i64,
) -> Result<Vec<Liked>> {
    let sql = "SELECT f.owner, f.kind, f.source_id, f.created_at, c.kind, c.series_id, s.series_id FROM favorites f \
        LEFT JOIN contents c ON f.kind = 'content' AND c.id = f.source_id \
        LEFT JOIN seasons s ON f.kind = 'season' AND s.id = f.source_id \
        WHERE f.service_id = $1 AND (f.owner, f.kind, f.source_id) > ($2, $3, $4) \
        ORDER BY f.owner, f.kind, f.source_id LIMIT $5";
    let statement = Statement::new(sql)
        .bind(service.0)
        .bind(owner)
        .bind(kind)
        .bind(source)
        .bind(limit);
    let read = |row: &Row| -> Result<Liked> {
        let source = row.int(2)?;
        let of_season = row.opt_int(6)?.map(|id| TitleKey::Series(SeriesId(id)));
        let of_content = match row.opt_text(4)? {
            Some(kind) => counts_for(source, &kind, row.opt_int(5)?),
            None => None,
        };
        Ok(Liked {
            owner: row.text(0)?,
            source: (row.text(1)?, source),
            title: of_content.or(of_season),
            at: row.int(3)?,
        })
    };
    q.rows(statement).await?.iter().map(read).collect()
}

/// Where titles and what is known of them are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Series.
    Series,
    /// Seasons, for their series.
    Season,
    /// Contents that stand alone, clips left out.
    Content,
}

/// A page of documents behind an id, by id, with the titles they belong to. What has stopped showing
/// for good is left out.
///
/// # Errors
/// When the database fails.
pub async fn documents(
    q: &mut dyn Query,
    service: ServiceId,
    known: Known,
    now: Timestamp,
    (after, limit): (i64, i64),
) -> Result<Vec<(i64, TitleKey, TitleDoc)>> {
    let sql = match known {
        Known::Series => {
            "SELECT id, id, doc FROM series WHERE service_id = $1 AND id > $2 AND visible_until > $3 ORDER BY id LIMIT $4"
        }
        Known::Season => {
            "SELECT id, series_id, doc FROM seasons WHERE service_id = $1 AND id > $2 AND visible_until > $3 ORDER BY id LIMIT $4"
        }
        Known::Content => {
            "SELECT id, id, doc FROM contents WHERE service_id = $1 AND id > $2 AND visible_until > $3 \
             AND season_id IS NULL AND kind <> 'clip' ORDER BY id LIMIT $4"
        }
    };
    let statement = Statement::new(sql)
        .bind(service.0)
        .bind(after)
        .bind(now)
        .bind(limit);
    let read = |row: &Row| -> Result<(i64, TitleKey, TitleDoc)> {
        let title = row.int(1)?;
        let title = match known {
            Known::Series | Known::Season => TitleKey::Series(SeriesId(title)),
            Known::Content => TitleKey::Content(ContentId(title)),
        };
        Ok((row.int(0)?, title, row.json(2, "titles", "doc")?))
    };
    q.rows(statement).await?.iter().map(read).collect()
}

/// The most popular published titles, most popular first, then newest; with their popularity
/// (`domain::popularity`, zero when never played). At most `limit` series and as many contents.
///
/// # Errors
/// When the database fails.
pub async fn popular(
    q: &mut dyn Query,
    service: ServiceId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(TitleKey, f64)>> {
    // The plus keeps SQLite from walking everything by date when the first few by popularity will do:
    // a thousandth of the time at 100,000 titles.
    let series = "SELECT id, popularity, visible_from FROM series WHERE service_id = $1 \
        AND +visible_from <= $2 AND visible_until > $2 ORDER BY popularity DESC, visible_from DESC, id DESC LIMIT $3";
    let contents = "SELECT id, popularity, visible_from FROM contents WHERE service_id = $1 \
        AND +visible_from <= $2 AND visible_until > $2 AND kind <> 'clip' AND season_id IS NULL \
        ORDER BY popularity DESC, visible_from DESC, id DESC LIMIT $3";
    let mut found: Vec<(TitleKey, f64, Timestamp)> = Vec::new();
    for (kind, sql) in [("series", series), ("content", contents)] {
        let statement = Statement::new(sql).bind(service.0).bind(now).bind(limit);
        for row in q.rows(statement).await? {
            let title = TitleKey::from_parts(kind, row.int(0)?);
            let facts = (row.float(1)?, row.int(2)?);
            found.extend(title.map(|title| (title, facts.0, facts.1)));
        }
    }
    found.sort_by(|a, b| {
        let newer = b.2.cmp(&a.2).then(a.0.cmp(&b.0));
        b.1.total_cmp(&a.1).then(newer)
    });
    Ok(found
        .into_iter()
        .map(|(title, popularity, _)| (title, popularity))
        .collect())
}
