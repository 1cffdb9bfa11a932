//! What contents are played from.

use marquee_domain::media::{Source, SourceInfo, SourceRole, SourceState};
use marquee_domain::{ContentId, SourceId};

use crate::db::Query;
use crate::meta::take_ids;
use crate::statement::{Row, Statement, Value, insert_many, placeholders};
use crate::unit::Unit;
use crate::{Result, StorageError};

const SELECT: &str = "SELECT id, content_id, role, position, location, size_bytes, revision, state, reason, info FROM sources";

fn read(row: &Row) -> Result<Source> {
    let corrupt = |column| StorageError::Corrupt {
        table: "sources",
        column,
        id: row.int(0).unwrap_or(0).to_string(),
    };
    let state = match row.text(7)?.as_str() {
        "pending" => SourceState::Pending,
        "ready" => SourceState::Ready,
        "rejected" => SourceState::Rejected(row.text(8)?),
        "missing" => SourceState::Missing,
        _ => return Err(corrupt("state")),
    };
    Ok(Source {
        id: SourceId(row.int(0)?),
        content: ContentId(row.int(1)?),
        role: SourceRole::parse(&row.text(2)?).ok_or_else(|| corrupt("role"))?,
        position: row.int(3)?,
        location: row.text(4)?,
        size_bytes: row.int(5)?,
        revision: row.text(6)?,
        state,
        info: row.json::<SourceInfo>(9, "sources", "info")?,
    })
}

/// The sources of a content, by position.
///
/// # Errors
/// When the database fails.
pub async fn of_content(q: &mut dyn Query, content: ContentId) -> Result<Vec<Source>> {
    of_contents(q, &[content.0]).await
}

/// The sources of several contents, by content and position.
///
/// # Errors
/// When the database fails.
pub async fn of_contents(q: &mut dyn Query, contents: &[i64]) -> Result<Vec<Source>> {
    if contents.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "{SELECT} WHERE content_id IN ({}) ORDER BY content_id, position, id",
        placeholders(1, contents.len())
    );
    q.rows(Statement::built(sql).bind_list(contents))
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Sources that wait to be probed, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn pending(q: &mut dyn Query, after: SourceId, limit: i64) -> Result<Vec<Source>> {
    let sql = format!("{SELECT} WHERE state = 'pending' AND id > $1 ORDER BY id LIMIT $2");
    q.rows(Statement::built(sql).bind(after.0).bind(limit))
        .await?
        .iter()
        .map(read)
        .collect()
}

/// A source to be stored under a content.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSource {
    /// What it is for.
    pub role: SourceRole,
    /// Where it is.
    pub location: String,
    /// Length in bytes; zero when not known yet.
    pub size_bytes: i64,
    /// Fingerprint of the bytes; empty when not known yet.
    pub revision: String,
    /// State and what is known; `Pending` asks for probing.
    pub state: SourceState,
    /// What is known.
    pub info: SourceInfo,
}

/// Makes the sources of a content exactly these, in this order. What is unchanged (place, size, revision) keeps its state.
///
/// # Errors
/// When the database fails.
pub async fn replace(unit: &mut Unit, content: ContentId, sources: &[NewSource]) -> Result<()> {
    let known = of_content(unit, content).await?;
    for gone in known
        .iter()
        .filter(|k| !sources.iter().any(|s| s.location == k.location))
    {
        unit.execute(Statement::new("DELETE FROM sources WHERE id = $1").bind(gone.id.0))
            .await?;
    }
    let missing = sources
        .iter()
        .filter(|s| !known.iter().any(|k| k.location == s.location))
        .count();
    let mut next_id = if missing > 0 {
        take_ids(unit, "source", missing).await?
    } else {
        0
    };
    let mut rows = Vec::new();
    for (position, source) in sources.iter().enumerate() {
        let old = known.iter().find(|k| k.location == source.location);
        let same = old.filter(|k| {
            source.state == SourceState::Pending
                && (k.revision == source.revision || source.revision.is_empty())
                && k.state != SourceState::Missing
                && k.info.language == source.info.language
                && k.info.name == source.info.name
                && k.info.forced == source.info.forced
        });
        let (state, info) = same.map_or((&source.state, &source.info), |k| (&k.state, &k.info));
        let (size, revision) = same.map_or((source.size_bytes, &source.revision), |k| {
            (k.size_bytes, &k.revision)
        });
        let id = old.map_or_else(
            || {
                next_id += 1;
                next_id - 1
            },
            |k| k.id.0,
        );
        rows.push(row_of(
            id,
            content,
            source.role,
            position,
            &source.location,
            size,
            revision,
            state,
            info,
        ));
    }
    let statements = insert_many(
        "INSERT INTO sources (id, content_id, role, position, location, size_bytes, revision, state, reason, info)",
        "ON CONFLICT (id) DO UPDATE SET role = excluded.role, position = excluded.position, size_bytes = excluded.size_bytes, \
         revision = excluded.revision, state = excluded.state, reason = excluded.reason, info = excluded.info",
        rows,
    );
    unit.touch_catalog();
    unit.execute_all(statements).await
}

#[expect(clippy::too_many_arguments, reason = "one value per column")]
fn row_of(
    id: i64,
    content: ContentId,
    role: SourceRole,
    position: usize,
    location: &str,
    size: i64,
    revision: &str,
    state: &SourceState,
    info: &SourceInfo,
) -> Vec<Value> {
    let reason = if let SourceState::Rejected(reason) = state {
        reason.as_str()
    } else {
        ""
    };
    vec![
        id.into(),
        content.0.into(),
        role.as_str().into(),
        i64::try_from(position).unwrap_or(i64::MAX).into(),
        location.into(),
        size.into(),
        revision.into(),
        state.as_str().into(),
        reason.into(),
        crate::catalog::to_json(info).into(),
    ]
}

/// Stores what probing found.
///
/// # Errors
/// When the database fails. A source that is gone by now is not an error: the scan that removed it wins.
pub async fn set_probed(unit: &mut Unit, source: &Source) -> Result<()> {
    let reason = if let SourceState::Rejected(reason) = &source.state {
        reason.as_str()
    } else {
        ""
    };
    let sql = "UPDATE sources SET size_bytes = $2, revision = $3, state = $4, reason = $5, info = $6 WHERE id = $1";
    let statement = Statement::new(sql)
        .bind(source.id.0)
        .bind(source.size_bytes)
        .bind(&source.revision)
        .bind(source.state.as_str())
        .bind(reason)
        .bind(crate::catalog::to_json(&source.info));
    unit.execute(statement).await?;
    unit.touch_catalog();
    Ok(())
}

/// Asks for a source to be looked into again, because its bytes are not those of its revision any more.
///
/// # Errors
/// When the database fails. A source that is known by another revision by now is left alone.
pub async fn look_again(unit: &mut Unit, source: &Source) -> Result<()> {
    let sql =
        "UPDATE sources SET state = 'pending' WHERE id = $1 AND revision = $2 AND state = 'ready'";
    let statement = Statement::new(sql).bind(source.id.0).bind(&source.revision);
    if unit.execute(statement).await? > 0 {
        unit.touch_catalog();
    }
    Ok(())
}

/// Brings `playable`, the running time and the window of a content in line with its sources.
///
/// A content whose sources are all unusable (or not looked into yet) is not shown: nobody could play it. One
/// without any source is, since its record may come before its media.
///
/// # Errors
/// When the database fails.
pub async fn settle_content(
    unit: &mut Unit,
    content: ContentId,
    stated_ms: Option<i64>,
) -> Result<()> {
    let sources = of_content(unit, content).await?;
    let renditions = || sources.iter().filter(|s| s.role == SourceRole::Rendition);
    let ready: Vec<&Source> = renditions()
        .filter(|s| s.state == SourceState::Ready)
        .collect();
    let hidden = ready.is_empty() && renditions().next().is_some();
    let measured = ready.iter().map(|s| s.info.duration_ms).max();
    let measured = measured.and_then(|ms| i64::try_from(ms).ok());
    let sql = "UPDATE contents SET playable = $2, duration_ms = $3, \
        visible_from = CASE WHEN $4 = TRUE THEN $5 ELSE COALESCE((SELECT CASE WHEN p.visible_from > contents.own_from THEN p.visible_from ELSE contents.own_from END \
            FROM seasons p WHERE p.id = contents.season_id), contents.own_from) END, \
        visible_until = CASE WHEN $4 = TRUE THEN $5 ELSE COALESCE((SELECT CASE WHEN p.visible_until < contents.own_until THEN p.visible_until ELSE contents.own_until END \
            FROM seasons p WHERE p.id = contents.season_id), contents.own_until) END \
        WHERE id = $1";
    let statement = Statement::new(sql)
        .bind(content.0)
        .bind(!ready.is_empty())
        .bind(measured.or(stated_ms))
        .bind(hidden)
        .bind(marquee_domain::publish::NEVER);
    unit.execute(statement).await?;
    let copies = "UPDATE category_items SET visible_from = (SELECT c.visible_from FROM contents c WHERE c.id = $1), \
        visible_until = (SELECT c.visible_until FROM contents c WHERE c.id = $1) WHERE item_kind = 'content' AND item_id = $1";
    unit.execute(Statement::new(copies).bind(content.0)).await?;
    unit.touch_catalog();
    Ok(())
}
