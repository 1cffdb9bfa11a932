//! The rows of a batch: collected title by title, then stored table by table.

use std::collections::{HashMap, HashSet};

use marquee_domain::catalog::{Content, ContentKind, Head, Season, Series, TitleDoc};
use marquee_domain::publish::Window;
use marquee_domain::{CategoryId, ContentId, SeasonId, SeriesId};
use marquee_storage::StorageError;
use marquee_storage::catalog::{self as stored, CategoryEntry, Shown, Table};
use marquee_storage::sources;

use super::document::searchable;
use super::old::Old;
use super::parents::Parent;
use crate::import::Batch;
use crate::record::{Body, Record};

/// Everything that one batch stores of one table.
#[derive(Default)]
pub(super) struct Rows {
    series: Vec<Series>,
    seasons: Vec<Season>,
    contents: Vec<Content>,
    known: Vec<(Table, i64)>,
    categories: Vec<CategoryEntry>,
    labels: Vec<(Table, i64, Vec<i64>)>,
    texts: Vec<(Table, i64, String)>,
    sources: Vec<(ContentId, Vec<sources::NewSource>, Option<i64>)>,
    refit: Vec<SeriesId>,
}

/// A title that is ready to be stored.
pub(super) struct Placed<'r> {
    pub(super) table: Table,
    pub(super) id: i64,
    pub(super) record: &'r Record,
    pub(super) head: Head,
    pub(super) doc: TitleDoc,
    pub(super) parent: Option<Parent>,
    /// What is stored of it already.
    pub(super) before: Option<&'r Old>,
}

impl Rows {
    /// Adds a title with everything that follows from it.
    pub(super) fn add(&mut self, placed: Placed<'_>) {
        self.categorise(&placed);
        // What stands inside a series is found by the labels of the series.
        if placed.parent.is_none() {
            let labels = stored::labels_of(&placed.doc);
            self.labels.push((placed.table, placed.id, labels));
        }
        self.texts
            .push((placed.table, placed.id, searchable(&placed.doc)));
        if let Some(old) = placed.before {
            self.known.push((placed.table, old.id));
        }
        self.refit.extend(placed.refits());
        let Placed {
            id,
            record,
            head,
            doc,
            parent,
            before,
            ..
        } = placed;
        match &record.body {
            Body::Series(_) => self.series.push(Series {
                id: SeriesId(id),
                head,
                doc,
            }),
            Body::Season { number, .. } => {
                let series = parent.and_then(|p| p.series).unwrap_or(SeriesId(0));
                self.seasons.push(Season {
                    id: SeasonId(id),
                    series,
                    order: *number,
                    head,
                    doc,
                });
            }
            Body::Content {
                kind,
                number,
                sources,
                ..
            } => {
                let season = parent.and_then(|p| p.season.zip(p.series));
                if let Some(new) = sources {
                    self.sources
                        .push((ContentId(id), new.clone(), doc.runtime_ms));
                }
                // Measured running time stays; a stated one may change with the record.
                let playable = before.is_some_and(|old| old.playable);
                let duration_ms = before
                    .filter(|_| playable)
                    .and_then(|old| old.duration_ms)
                    .or(doc.runtime_ms);
                self.contents.push(Content {
                    id: ContentId(id),
                    kind: *kind,
                    season,
                    order: *number,
                    duration_ms,
                    playable,
                    head,
                    doc,
                });
            }
            // Nothing else is a title.
            _ => {}
        }
    }
    /// Adds a title's entries on category pages: its own categories, or else its parent's.
    fn categorise(&mut self, placed: &Placed<'_>) {
        let kind = match &placed.record.body {
            Body::Content { kind, .. } => Some(*kind),
            _ => None,
        };
        let inherited = placed.parent.as_ref().map(|parent| &parent.categories);
        let categories = match inherited {
            Some(above) if placed.doc.categories.is_empty() => above,
            _ => &placed.doc.categories,
        };
        let listed = placed.parent.is_none() && placed.table != Table::Season;
        self.entry(
            placed.table,
            placed.id,
            kind,
            categories,
            placed.head.window,
            listed,
        );
    }

    fn entry(
        &mut self,
        table: Table,
        item: i64,
        kind: Option<ContentKind>,
        categories: &[CategoryId],
        window: Window,
        listed: bool,
    ) {
        self.categories
            .extend(categories.iter().map(|category| CategoryEntry {
                category: category.0,
                table,
                item,
                kind,
                listed,
                window,
            }));
    }
}

impl Placed<'_> {
    /// The series whose seasons and contents must follow, because something that they take over has changed.
    fn refits(&self) -> Option<SeriesId> {
        let old = self.before?;
        let series = self.parent.as_ref().and_then(|parent| parent.series);
        let same = old.head.window == self.head.window
            && old.doc.categories == self.doc.categories
            && old.place.1 == series;
        match self.table {
            Table::Content => None,
            _ if same => None,
            Table::Series => Some(SeriesId(self.id)),
            Table::Season => Some(series.unwrap_or(SeriesId(0))),
        }
    }
}

impl Batch<'_> {
    /// Stores what was collected; children of what changed above them are written anew.
    pub(super) async fn store(&mut self, out: Rows) -> Result<(), StorageError> {
        stored::put_series(self.unit, &out.series).await?;
        stored::put_seasons(self.unit, &out.seasons).await?;
        stored::put_contents(self.unit, &out.contents).await?;
        stored::put_category_items(self.unit, &out.known, &out.categories).await?;
        stored::put_title_labels(self.unit, &out.known, &out.labels).await?;
        stored::put_title_texts(self.unit, self.service.0, &out.texts).await?;
        for (content, new, stated) in &out.sources {
            sources::replace(self.unit, *content, new).await?;
            sources::settle_content(self.unit, *content, *stated).await?;
        }
        let series: HashSet<SeriesId> = out.refit.into_iter().collect();
        for id in series {
            stored::refit_children(self.unit, id).await?;
            self.recategorise(id).await?;
        }
        Ok(())
    }

    /// Writes the category entries of a series' seasons and contents anew, after something above them has changed.
    async fn recategorise(&mut self, id: SeriesId) -> Result<(), StorageError> {
        let above = stored::series_by_ids(self.unit, &[id.0], Shown::All).await?;
        let Some(series) = above.first() else {
            return Ok(());
        };
        let seasons = stored::seasons_of(self.unit, &[id.0], Shown::All).await?;
        let contents = stored::contents_of_series(self.unit, id).await?;
        let or = |own: &[CategoryId], parent: &[CategoryId]| {
            if own.is_empty() {
                parent.to_vec()
            } else {
                own.to_vec()
            }
        };
        let mut of_season = HashMap::new();
        let mut out = Rows::default();
        for season in &seasons {
            let categories = or(&season.doc.categories, &series.doc.categories);
            out.known.push((Table::Season, season.id.0));
            out.entry(
                Table::Season,
                season.id.0,
                None,
                &categories,
                season.head.window,
                false,
            );
            of_season.insert(season.id, categories);
        }
        for content in &contents {
            let parent = content
                .season
                .and_then(|(season, _)| of_season.get(&season))
                .cloned()
                .unwrap_or_default();
            out.known.push((Table::Content, content.id.0));
            out.entry(
                Table::Content,
                content.id.0,
                Some(content.kind),
                &or(&content.doc.categories, &parent),
                content.head.window,
                false,
            );
        }
        stored::put_category_items(self.unit, &out.known, &out.categories).await
    }
}
