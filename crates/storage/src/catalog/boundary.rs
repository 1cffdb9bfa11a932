//! When what is published changes next.

use marquee_domain::{ServiceId, Timestamp};

use crate::Result;
use crate::db::Query;
use crate::statement::Statement;

/// The next instant after `now` at which something of a service begins or ends to show: cached answers end there.
///
/// # Errors
/// When the database fails.
pub async fn next_boundary(
    q: &mut dyn Query,
    service: ServiceId,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let mut next: Option<Timestamp> = None;
    for sql in [
        "SELECT MIN(visible_from) FROM series WHERE service_id = $1 AND visible_from > $2",
        "SELECT MIN(visible_until) FROM series WHERE service_id = $1 AND visible_until > $2",
        "SELECT MIN(visible_from) FROM seasons WHERE service_id = $1 AND visible_from > $2",
        "SELECT MIN(visible_until) FROM seasons WHERE service_id = $1 AND visible_until > $2",
        "SELECT MIN(visible_from) FROM contents WHERE service_id = $1 AND visible_from > $2",
        "SELECT MIN(visible_until) FROM contents WHERE service_id = $1 AND visible_until > $2",
        "SELECT MIN(visible_from) FROM row_groups WHERE service_id = $1 AND visible_from > $2",
        "SELECT MIN(visible_until) FROM row_groups WHERE service_id = $1 AND visible_until > $2",
        "SELECT MIN(visible_from) FROM home_rows WHERE service_id = $1 AND visible_from > $2",
        "SELECT MIN(visible_until) FROM home_rows WHERE service_id = $1 AND visible_until > $2",
        "SELECT MIN(visible_from) FROM covers WHERE service_id = $1 AND visible_from > $2",
        "SELECT MIN(visible_until) FROM covers WHERE service_id = $1 AND visible_until > $2",
        "SELECT MIN(visible_from) FROM channels WHERE service_id = $1 AND visible_from > $2",
        "SELECT MIN(visible_until) FROM channels WHERE service_id = $1 AND visible_until > $2",
        "SELECT MIN(visible_from) FROM multichannels WHERE service_id = $1 AND visible_from > $2",
        "SELECT MIN(visible_until) FROM multichannels WHERE service_id = $1 AND visible_until > $2",
    ] {
        let at = q
            .row(Statement::new(sql).bind(service.0).bind(now))
            .await?
            .map_or(Ok(None), |row| row.opt_int(0))?;
        next = match (next, at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    Ok(next)
}
