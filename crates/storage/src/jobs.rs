//! Work to do later: rows that are written in the same unit of work as what causes them.

use marquee_domain::{JobId, Timestamp};

use crate::Result;
use crate::db::Query;
use crate::meta::take_ids;
use crate::statement::{Row, Statement};
use crate::unit::Unit;

/// A job as stored. States: `queued → running → done | failed`; a lapsed lease makes `running` claimable again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What to do.
    pub kind: String,
    /// JSON for whoever does it.
    pub payload: String,
    /// `queued`, `running`, `done` or `failed`.
    pub state: String,
    /// How often it was claimed.
    pub attempts: i64,
    /// JSON: how far it is.
    pub progress: String,
    /// JSON: what came of it.
    pub report: String,
    /// Why it failed; empty otherwise.
    pub error: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "id, kind, payload, state, attempts, progress, report, error, created_at, finished_at";

fn read(row: &Row) -> Result<Job> {
    Ok(Job {
        id: JobId(row.int(0)?),
        kind: row.text(1)?,
        payload: row.text(2)?,
        state: row.text(3)?,
        attempts: row.int(4)?,
        progress: row.text(5)?,
        report: row.text(6)?,
        error: row.text(7)?,
        created_at: row.int(8)?,
        finished_at: row.opt_int(9)?,
    })
}

/// Asks for a job from `run_at` on.
///
/// # Errors
/// When the database fails.
pub async fn add(unit: &mut Unit, kind: &str, payload: &str, run_at: Timestamp) -> Result<JobId> {
    let id = take_ids(unit, "job", 1).await?;
    let sql = "INSERT INTO jobs (id, kind, payload, state, run_at, lease_until, attempts, progress, report, error, created_at) \
        VALUES ($1, $2, $3, 'queued', $4, 0, 0, '', '', '', $4)";
    unit.execute_one(
        "add job",
        Statement::new(sql)
            .bind(id)
            .bind(kind)
            .bind(payload)
            .bind(run_at),
    )
    .await?;
    Ok(JobId(id))
}

/// Asks for a job from `run_at` on, unless one of its kind is queued or running. Says whether it was
/// asked for. Two nodes that ask at the same moment may both be heard, so the job must be safe to run twice.
///
/// # Errors
/// When the database fails.
pub async fn add_unless_open(
    unit: &mut Unit,
    kind: &str,
    payload: &str,
    run_at: Timestamp,
) -> Result<bool> {
    let sql = "SELECT 1 FROM jobs WHERE kind = $1 AND state IN ('queued', 'running') LIMIT 1";
    let q: &mut dyn Query = unit;
    if q.row(Statement::new(sql).bind(kind)).await?.is_some() {
        return Ok(false);
    }
    add(unit, kind, payload, run_at).await?;
    Ok(true)
}

/// Asks for a job from `run_at` on, unless one of its kind waits for that time or an earlier one. One that is running
/// may be through with what this one is asked for, so it does not count.
///
/// # Errors
/// When the database fails.
pub async fn add_unless_queued(
    unit: &mut Unit,
    kind: &str,
    payload: &str,
    run_at: Timestamp,
) -> Result<()> {
    let sql = "SELECT id FROM jobs WHERE kind = $1 AND state = 'queued' AND run_at <= $2 LIMIT 1";
    let q: &mut dyn Query = unit;
    if q.row(Statement::new(sql).bind(kind).bind(run_at))
        .await?
        .is_none()
    {
        add(unit, kind, payload, run_at).await?;
    }
    Ok(())
}

/// One job.
///
/// # Errors
/// When the database fails.
pub async fn lookup(q: &mut dyn Query, id: JobId) -> Result<Option<Job>> {
    let row = q
        .row(Statement::built(format!("SELECT {COLUMNS} FROM jobs WHERE id = $1")).bind(id.0))
        .await?;
    row.as_ref().map(read).transpose()
}

/// The newest jobs.
///
/// # Errors
/// When the database fails.
pub async fn list(q: &mut dyn Query, limit: i64) -> Result<Vec<Job>> {
    let rows = q
        .rows(
            Statement::built(format!(
                "SELECT {COLUMNS} FROM jobs ORDER BY id DESC LIMIT $1"
            ))
            .bind(limit),
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Claims the oldest job that is due, for `lease_ms`. Two claimants never get the same one.
///
/// # Errors
/// When the database fails.
pub async fn claim(unit: &mut Unit, now: Timestamp, lease_ms: i64) -> Result<Option<Job>> {
    let sql = format!(
        "UPDATE jobs SET state = 'running', lease_until = $2, attempts = attempts + 1 WHERE id = (\
            SELECT id FROM jobs WHERE (state = 'queued' AND run_at <= $1) OR (state = 'running' AND lease_until <= $1) ORDER BY run_at, id LIMIT 1) \
         AND ((state = 'queued' AND run_at <= $1) OR (state = 'running' AND lease_until <= $1)) RETURNING {COLUMNS}"
    );
    let q: &mut dyn Query = unit;
    let row = q
        .row(
            Statement::built(sql)
                .bind(now)
                .bind(now.saturating_add(lease_ms)),
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Renews the claim and says how far the job is.
///
/// # Errors
/// When the database fails or the job is not running.
pub async fn report_progress(
    unit: &mut Unit,
    id: JobId,
    lease_until: Timestamp,
    progress: &str,
) -> Result<()> {
    let sql = "UPDATE jobs SET lease_until = $2, progress = $3 WHERE id = $1 AND state = 'running'";
    unit.execute_one(
        "report progress",
        Statement::new(sql)
            .bind(id.0)
            .bind(lease_until)
            .bind(progress),
    )
    .await
}

/// Ends a job well.
///
/// # Errors
/// When the database fails or the job is not running.
pub async fn finish(unit: &mut Unit, id: JobId, report: &str, now: Timestamp) -> Result<()> {
    let sql = "UPDATE jobs SET state = 'done', report = $2, error = '', finished_at = $3 WHERE id = $1 AND state = 'running'";
    unit.execute_one(
        "finish job",
        Statement::new(sql).bind(id.0).bind(report).bind(now),
    )
    .await
}

/// Ends a job badly, or puts it back for `retry_at`.
///
/// # Errors
/// When the database fails or the job is not running.
pub async fn fail(
    unit: &mut Unit,
    id: JobId,
    error: &str,
    now: Timestamp,
    retry_at: Option<Timestamp>,
) -> Result<()> {
    let statement = match retry_at {
        Some(at) => Statement::new("UPDATE jobs SET state = 'queued', error = $2, run_at = $3 WHERE id = $1 AND state = 'running'")
            .bind(id.0)
            .bind(error)
            .bind(at),
        None => Statement::new("UPDATE jobs SET state = 'failed', error = $2, finished_at = $3 WHERE id = $1 AND state = 'running'")
            .bind(id.0)
            .bind(error)
            .bind(now),
    };
    unit.execute_one("fail job", statement).await
}
