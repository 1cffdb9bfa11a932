//! Which titles go together: what recommendation has learnt, kept and read back.
//!
//! A training writes its neighbours under a number of its own, in as many units as it takes, and
//! then [`publish`] puts that number in force in one: readers see the neighbours of one training,
//! all of them, or none. [`input`] reads what trainings learn from.

pub mod input;

use marquee_domain::catalog::TitleKey;
use marquee_domain::recommend::{Neighbour, Reason};
use marquee_domain::{ContentId, SeriesId, ServiceId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::catalog::to_json;
use crate::db::Query;
use crate::meta::take_ids;
use crate::statement::{Row, Statement, Value, insert_many, placeholders};
use crate::unit::Unit;
use crate::{Result, StorageError};

/// The training that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Training {
    /// Its number; later ones are greater.
    pub number: i64,
    /// When it was done.
    pub trained_at: Timestamp,
    /// What the input looked like, to tell whether it has changed ([`input::fingerprint`]).
    pub input: String,
    /// JSON for people: the method, how much it learnt from.
    pub report: String,
}

/// A title of a kept list.
#[derive(Serialize, Deserialize, Clone, Copy)]
enum Kind {
    #[serde(rename = "s")]
    Series,
    #[serde(rename = "c")]
    Content,
}

/// A reason in a kept list.
#[derive(Serialize, Deserialize, Clone, Copy)]
enum Why {
    #[serde(rename = "w")]
    WatchedTogether,
    #[serde(rename = "g")]
    SameCategory,
    #[serde(rename = "p")]
    SameCast,
    #[serde(rename = "o")]
    Popular,
}

/// A neighbour as it is kept: `["s",12,8314,"w"]`, the score in ten-thousandths. Short, because a
/// catalog of 100,000 titles has millions.
#[derive(Serialize, Deserialize)]
struct Kept(Kind, i64, i64, Why);

impl From<&Neighbour> for Kept {
    fn from(neighbour: &Neighbour) -> Self {
        let (kind, id) = match neighbour.title {
            TitleKey::Series(id) => (Kind::Series, id.0),
            TitleKey::Content(id) => (Kind::Content, id.0),
        };
        let why = match neighbour.reason {
            Reason::WatchedTogether => Why::WatchedTogether,
            Reason::SameCategory => Why::SameCategory,
            Reason::SameCast => Why::SameCast,
            Reason::Popular => Why::Popular,
        };
        #[expect(clippy::cast_possible_truncation, reason = "clamped by the cast")]
        let score = (neighbour.score * 10_000.0).round() as i64;
        Self(kind, id, score.max(1), why)
    }
}

impl From<Kept> for Neighbour {
    fn from(Kept(kind, id, score, why): Kept) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "scores are small")]
        let score = score as f32 / 10_000.0;
        Self {
            title: match kind {
                Kind::Series => TitleKey::Series(SeriesId(id)),
                Kind::Content => TitleKey::Content(ContentId(id)),
            },
            score,
            reason: match why {
                Why::WatchedTogether => Reason::WatchedTogether,
                Why::SameCategory => Reason::SameCategory,
                Why::SameCast => Reason::SameCast,
                Why::Popular => Reason::Popular,
            },
        }
    }
}

/// The training in force, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn current(q: &mut dyn Query, service: ServiceId) -> Result<Option<Training>> {
    let sql = "SELECT training, trained_at, input, report FROM trainings WHERE service_id = $1";
    let row = q.row(Statement::new(sql).bind(service.0)).await?;
    row.map(|row| {
        Ok(Training {
            number: row.int(0)?,
            trained_at: row.int(1)?,
            input: row.text(2)?,
            report: row.text(3)?,
        })
    })
    .transpose()
}

/// Takes the number of a new training.
///
/// # Errors
/// When the database fails.
pub async fn take_number(unit: &mut Unit) -> Result<i64> {
    take_ids(unit, "training", 1).await
}

/// Writes neighbours of titles under a training's number. Few enough at a time keep the writer free for others.
///
/// # Errors
/// When the database fails.
pub async fn put(
    unit: &mut Unit,
    service: ServiceId,
    number: i64,
    lists: &[(TitleKey, Vec<Neighbour>)],
) -> Result<()> {
    let row = |(title, list): &(TitleKey, Vec<Neighbour>)| -> Vec<Value> {
        let (kind, id) = title.parts();
        let kept: Vec<Kept> = list.iter().map(Kept::from).collect();
        vec![
            service.0.into(),
            number.into(),
            kind.into(),
            id.into(),
            to_json(&kept).into(),
        ]
    };
    let head = "INSERT INTO neighbours (service_id, training, item_kind, item_id, doc)";
    let rows = lists.iter().map(row).collect();
    unit.execute_all(insert_many(head, "", rows)).await
}

/// Puts a training in force. False when a later one is already; then nothing changes.
///
/// # Errors
/// When the database fails.
pub async fn publish(unit: &mut Unit, service: ServiceId, training: &Training) -> Result<bool> {
    let sql = "INSERT INTO trainings (service_id, training, trained_at, input, report) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (service_id) DO UPDATE SET training = excluded.training, trained_at = excluded.trained_at, \
        input = excluded.input, report = excluded.report WHERE trainings.training < excluded.training";
    let statement = Statement::new(sql)
        .bind(service.0)
        .bind(training.number)
        .bind(training.trained_at)
        .bind(&training.input)
        .bind(&training.report);
    let published = unit.execute(statement).await? == 1;
    if published {
        // What everybody is recommended hangs on it.
        unit.touch_catalog();
    }
    Ok(published)
}

/// Removes about `limit` lists of trainings that are no longer in force, and says how many. One that is
/// still being written has a greater number and stays.
///
/// # Errors
/// When the database fails.
pub async fn remove_old(unit: &mut Unit, service: ServiceId, limit: i64) -> Result<u64> {
    let old = "SELECT training, item_kind, item_id FROM neighbours WHERE service_id = $1 AND \
        training < (SELECT training FROM trainings WHERE service_id = $1) ORDER BY training, item_kind, item_id LIMIT $2";
    let sql = format!(
        "DELETE FROM neighbours WHERE service_id = $1 AND (training, item_kind, item_id) IN ({old})"
    );
    unit.execute(Statement::built(sql).bind(service.0).bind(limit))
        .await
}

/// Removes everything that was learnt: what it was learnt from is being replaced.
pub(crate) async fn forget(unit: &mut Unit) -> Result<()> {
    for sql in ["DELETE FROM neighbours", "DELETE FROM trainings"] {
        unit.execute(Statement::new(sql)).await?;
    }
    Ok(())
}

/// The neighbours of titles by the training in force, best first; published or not. Titles without
/// any are left out.
///
/// # Errors
/// When the database fails.
pub async fn of_titles(
    q: &mut dyn Query,
    service: ServiceId,
    titles: &[TitleKey],
) -> Result<Vec<(TitleKey, Vec<Neighbour>)>> {
    let mut found = Vec::with_capacity(titles.len());
    for kind in ["series", "content"] {
        let parts = titles.iter().map(|title| title.parts());
        let ids: Vec<i64> = parts.filter(|of| of.0 == kind).map(|of| of.1).collect();
        if ids.is_empty() {
            continue;
        }
        let sql = format!(
            "SELECT n.item_id, n.doc FROM trainings t JOIN neighbours n ON n.service_id = t.service_id AND n.training = t.training \
             WHERE t.service_id = $1 AND n.item_kind = $2 AND n.item_id IN ({})",
            placeholders(3, ids.len())
        );
        let statement = Statement::built(sql)
            .bind(service.0)
            .bind(kind)
            .bind_list(&ids);
        for row in q.rows(statement).await? {
            found.push(read(kind, &row)?);
        }
    }
    Ok(found)
}

fn read(kind: &str, row: &Row) -> Result<(TitleKey, Vec<Neighbour>)> {
    let id = row.int(0)?;
    let title = TitleKey::from_parts(kind, id).ok_or_else(|| StorageError::Corrupt {
        table: "neighbours",
        column: "item_kind",
        id: id.to_string(),
    })?;
    let kept: Vec<Kept> = row.json(1, "neighbours", "doc")?;
    Ok((title, kept.into_iter().map(Neighbour::from).collect()))
}
