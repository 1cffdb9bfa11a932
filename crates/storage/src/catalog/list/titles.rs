//! Titles that fit a query of a row: series and contents in one order.

use marquee_domain::catalog::{ContentKind, TitleKey};
use marquee_domain::{ContentId, SeriesId, ServiceId, Timestamp};

use super::conditions::Where;
use crate::Result;
use crate::catalog::Page;
use crate::db::Query;

/// Which titles; the conditions combine with AND.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TitleFilter {
    /// Series are wanted.
    pub series: bool,
    /// Kinds of contents that are wanted.
    pub contents: Vec<ContentKind>,
    /// Only contents that stand alone.
    pub alone: bool,
    /// Categories and tags that a title must all have; a content in a series has those of the series.
    /// The first one leads, so it had better be the rarest.
    pub labels: Vec<i64>,
    /// Language that a title was made in; `zh` fits `zh-hant` too.
    pub language: Option<String>,
    /// By recent play starts instead of newest first.
    pub by_popularity: bool,
}

/// The first `limit` published titles of a query.
///
/// Each of the tables is asked for that many in its own index order, and what they answer is merged.
///
/// # Errors
/// When the database fails.
pub async fn list_titles(
    q: &mut dyn Query,
    service: ServiceId,
    filter: &TitleFilter,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<TitleKey>> {
    let mut found: Vec<(f64, Timestamp, TitleKey)> = Vec::new();
    for source in Source::of(filter) {
        let (conditions, from) = source.conditions(service, filter, now);
        let order = if filter.by_popularity {
            "ORDER BY c.popularity DESC, c.visible_from DESC, c.id DESC"
        } else {
            "ORDER BY c.visible_from DESC, c.id DESC"
        };
        let page = Page { offset: 0, limit };
        let select = "c.popularity, c.visible_from, c.id";
        let statement = conditions.statement(select, &from, order, Some(page));
        for row in q.rows(statement).await? {
            let id = row.int(2)?;
            let key = match source {
                Source::Series => TitleKey::Series(SeriesId(id)),
                Source::Alone | Source::Inside | Source::Contents => {
                    TitleKey::Content(ContentId(id))
                }
            };
            found.push((row.float(0)?, row.int(1)?, key));
        }
    }
    found.sort_by(|(a_plays, a_from, a), (b_plays, b_from, b)| {
        let plays = b_plays.total_cmp(a_plays);
        let newest = b_from.cmp(a_from).then(b.cmp(a));
        if filter.by_popularity {
            plays.then(newest)
        } else {
            newest
        }
    });
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found.into_iter().map(|(_, _, key)| key).collect())
}

/// A table with the way to what is wanted of it.
#[derive(Clone, Copy)]
enum Source {
    Series,
    /// Contents, whatever they sit in.
    Contents,
    /// Contents that have labels of their own.
    Alone,
    /// Contents that have the labels of their series.
    Inside,
}

impl Source {
    fn of(filter: &TitleFilter) -> Vec<Self> {
        let mut sources = Vec::new();
        sources.extend(filter.series.then_some(Self::Series));
        match (filter.contents.is_empty(), filter.labels.is_empty()) {
            (true, _) => {}
            (false, true) => sources.push(Self::Contents),
            (false, false) => {
                sources.push(Self::Alone);
                sources.extend((!filter.alone).then_some(Self::Inside));
            }
        }
        sources
    }

    /// Conditions, and what they are about. A label narrows most, so the first one leads.
    fn conditions(
        self,
        service: ServiceId,
        filter: &TitleFilter,
        now: Timestamp,
    ) -> (Where, String) {
        let (table, kind, id) = match self {
            Self::Series => ("series", "series", "c.id"),
            Self::Contents | Self::Alone => ("contents", "content", "c.id"),
            Self::Inside => ("contents", "series", "c.series_id"),
        };
        let mut conditions = Where::new();
        let mut from = format!("{table} c");
        if let Some((lead, others)) = filter.labels.split_first() {
            from = format!(
                "title_labels l JOIN {table} c ON l.item_kind = '{kind}' AND {id} = l.item_id"
            );
            conditions.compare("l.label_id =", *lead);
            for label in others {
                conditions.has_label(kind, id, *label);
            }
        }
        conditions.compare("c.service_id =", service.0);
        conditions.published("c", now);
        if !matches!(self, Self::Series) {
            conditions.kinds("c.kind", &filter.contents);
            if filter.alone {
                conditions.plain("c.season_id IS NULL");
            }
        }
        if let Some(language) = &filter.language {
            conditions.in_language(language, !matches!(self, Self::Series));
        }
        (conditions, from)
    }
}
