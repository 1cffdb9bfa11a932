//! Titles together with what they sit in and what sits in them.

use std::collections::{HashMap, HashSet};

use marquee_domain::catalog::{Content, Season, Series};
use marquee_domain::{SeasonId, SeriesId, Timestamp};
use marquee_storage::Query;
use marquee_storage::catalog::{self as stored, SeasonFacts, Shown};

use crate::Result;

/// A content with what it sits in.
#[derive(Debug, Clone)]
pub struct PlacedContent {
    /// The content.
    pub content: Content,
    /// Its season and series; none when it stands alone.
    pub place: Option<(Season, Series)>,
}

/// A season with its series and what it holds.
#[derive(Debug, Clone)]
pub struct PlacedSeason {
    /// The season.
    pub season: Season,
    /// Its series.
    pub series: Series,
    /// What it holds.
    pub facts: SeasonFacts,
}

/// A series with its published seasons, by order.
#[derive(Debug, Clone)]
pub struct OpenedSeries {
    /// The series.
    pub series: Series,
    /// Its seasons.
    pub seasons: Vec<Season>,
}

/// Adds season and series to contents.
pub(crate) async fn place(q: &mut dyn Query, contents: Vec<Content>) -> Result<Vec<PlacedContent>> {
    let (seasons, series) = above(q, contents.iter().filter_map(|content| content.season)).await?;
    Ok(contents
        .into_iter()
        .map(|content| {
            let place = content
                .season
                .and_then(|(a, b)| seasons.get(&a).cloned().zip(series.get(&b).cloned()));
            PlacedContent { content, place }
        })
        .collect())
}

/// The seasons and series that these places name.
pub(crate) async fn above(
    q: &mut dyn Query,
    places: impl Iterator<Item = (SeasonId, SeriesId)>,
) -> Result<(HashMap<SeasonId, Season>, HashMap<SeriesId, Series>)> {
    let (mut season_ids, mut series_ids) = (HashSet::new(), HashSet::new());
    for (season, series) in places {
        season_ids.insert(season.0);
        series_ids.insert(series.0);
    }
    let season_ids: Vec<i64> = season_ids.into_iter().collect();
    let series_ids: Vec<i64> = series_ids.into_iter().collect();
    // A child's window lies inside its parents', so whatever is found here is published too.
    let seasons = stored::seasons_by_ids(q, &season_ids, Shown::All)
        .await?
        .into_iter()
        .map(|s| (s.id, s))
        .collect();
    let series = stored::series_by_ids(q, &series_ids, Shown::All)
        .await?
        .into_iter()
        .map(|s| (s.id, s))
        .collect();
    Ok((seasons, series))
}

/// Adds the published seasons to series.
pub(crate) async fn open_series(
    q: &mut dyn Query,
    found: Vec<Series>,
    now: Timestamp,
) -> Result<Vec<OpenedSeries>> {
    let ids: Vec<i64> = found.iter().map(|series| series.id.0).collect();
    let mut by_series: HashMap<SeriesId, Vec<Season>> = HashMap::new();
    for season in stored::seasons_of(q, &ids, Shown::At(now)).await? {
        by_series.entry(season.series).or_default().push(season);
    }
    Ok(found
        .into_iter()
        .map(|series| OpenedSeries {
            seasons: by_series.remove(&series.id).unwrap_or_default(),
            series,
        })
        .collect())
}
