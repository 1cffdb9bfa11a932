//! Parents: what a season or a content sits in, and what it takes over from there.

use std::collections::{HashMap, HashSet};

use marquee_domain::catalog::Series;
use marquee_domain::publish::Window;
use marquee_domain::{CategoryId, SeasonId, SeriesId};
use marquee_storage::StorageError;
use marquee_storage::catalog::{self as stored, Shown, Table};

use crate::import::Batch;

/// What a title sits in.
#[derive(Clone)]
pub(in crate::import) struct Parent {
    pub(in crate::import) season: Option<SeasonId>,
    pub(in crate::import) series: Option<SeriesId>,
    pub(in crate::import) slug: String,
    pub(in crate::import) order: i64,
    pub(in crate::import) window: Window,
    /// Categories that a child without its own appears under.
    pub(in crate::import) categories: Vec<CategoryId>,
}

impl Batch<'_> {
    /// The parents that these keys name: series for seasons, seasons (or the only season of a series) for contents.
    pub(super) async fn parents(
        &mut self,
        table: Table,
        keys: Vec<String>,
    ) -> Result<HashMap<String, Result<Parent, String>>, StorageError> {
        let mut parents = HashMap::new();
        if keys.is_empty() || table == Table::Series {
            return Ok(parents);
        }
        let series = stored::series_by_keys(self.unit, self.service, &keys).await?;
        let of_series = |s: &Series| Parent {
            season: None,
            series: Some(s.id),
            slug: s.head.slug.clone(),
            order: 0,
            window: s.head.window,
            categories: s.doc.categories.clone(),
        };
        if table == Table::Season {
            parents.extend(
                series
                    .iter()
                    .map(|s| (s.head.external_key.clone(), Ok(of_series(s)))),
            );
            return Ok(parents);
        }
        let mut seasons = stored::seasons_by_keys(self.unit, self.service, &keys).await?;
        let direct: HashSet<SeasonId> = seasons.iter().map(|season| season.id).collect();
        // A key of a series stands for its season, when it has exactly one.
        let series_ids: Vec<i64> = series.iter().map(|s| s.id.0).collect();
        let inside = stored::seasons_of(self.unit, &series_ids, Shown::All).await?;
        for s in &series {
            let mut own = inside.iter().filter(|season| season.series == s.id);
            match (own.next(), own.next()) {
                (Some(only), None) => {
                    seasons.push(only.clone());
                    parents.insert(s.head.external_key.clone(), Err(String::new()));
                }
                (None, _) => {}
                (Some(_), Some(_)) => {
                    let reason = format!(
                        "{:?} is a series with several seasons; name the season",
                        s.head.external_key
                    );
                    parents.insert(s.head.external_key.clone(), Err(reason));
                }
            }
        }
        let series_ids: Vec<i64> = seasons
            .iter()
            .map(|season| season.series.0)
            .collect::<HashSet<_>>()
            .into_iter()
            .collect();
        let above: HashMap<SeriesId, Series> =
            stored::series_by_ids(self.unit, &series_ids, Shown::All)
                .await?
                .into_iter()
                .map(|s| (s.id, s))
                .collect();
        for season in &seasons {
            let Some(series) = above.get(&season.series) else {
                continue;
            };
            let categories = if season.doc.categories.is_empty() {
                &series.doc.categories
            } else {
                &season.doc.categories
            };
            let parent = Parent {
                season: Some(season.id),
                series: Some(series.id),
                slug: series.head.slug.clone(),
                order: season.order,
                window: season.head.window,
                categories: categories.clone(),
            };
            if parents
                .get(&series.head.external_key)
                .is_some_and(|p| p.as_ref().is_err_and(String::is_empty))
            {
                parents.insert(series.head.external_key.clone(), Ok(parent.clone()));
            }
            if direct.contains(&season.id) {
                parents.insert(season.head.external_key.clone(), Ok(parent));
            }
        }
        Ok(parents)
    }
}
