//! Series, seasons and contents: resolving references, ids and slugs, and storing what differs.

use std::collections::{HashMap, HashSet};

use marquee_domain::catalog::{Content, Credit, Head, Image, LabelKind, Season, Series, TitleDoc};
use marquee_domain::publish::Window;
use marquee_domain::slug::slugify;
use marquee_domain::{CategoryId, ContentId, PersonId, SeasonId, SeriesId, TagId, UiLanguage};
use marquee_storage::StorageError;
use marquee_storage::catalog::{self as stored, CategoryEntry, Shown, Table};
use marquee_storage::labels::find_by_keys;
use marquee_storage::meta::take_ids;
use marquee_storage::sources;

use super::{Batch, free_slug, spare_slugs};
use crate::fold::fold;
use crate::record::{Body, NewImage, Outcome, Record, Title};

/// What a title sits in.
#[derive(Clone)]
struct Parent {
    season: Option<SeasonId>,
    series: Option<SeriesId>,
    slug: String,
    order: i64,
    window: Window,
    /// Categories that a child without its own appears under.
    categories: Vec<CategoryId>,
}

/// What is stored under a key already.
struct Old {
    id: i64,
    head: Head,
    doc: TitleDoc,
    playable: bool,
    duration_ms: Option<i64>,
    /// Season and series (or series alone) it is stored under.
    place: (Option<SeasonId>, Option<SeriesId>),
}

fn table_of(record: &Record) -> Option<(Table, &Title, Option<&str>)> {
    match &record.body {
        Body::Series(title) => Some((Table::Series, title, None)),
        Body::Season { parent, title, .. } => Some((Table::Season, title, Some(parent))),
        Body::Content { parent, title, .. } => Some((Table::Content, title, parent.as_deref())),
        Body::Label { .. } | Body::Removal => None,
    }
}

impl Batch<'_> {
    /// Stores the records of one table.
    pub(super) async fn titles(
        &mut self,
        table: Table,
        records: &[Record],
    ) -> Result<(), StorageError> {
        let mine: Vec<(usize, &Record, &Title, Option<&str>)> = records
            .iter()
            .enumerate()
            .filter_map(|(index, record)| {
                table_of(record)
                    .filter(|(t, ..)| *t == table)
                    .map(|(_, title, parent)| (index, record, title, parent))
            })
            .collect();
        if mine.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = mine
            .iter()
            .map(|(_, record, ..)| record.key.clone())
            .collect();
        let old = self.old(table, &keys).await?;
        let parent_keys: HashSet<String> = mine
            .iter()
            .filter_map(|(.., parent)| parent.map(str::to_owned))
            .collect();
        let parents = self
            .parents(table, parent_keys.into_iter().collect())
            .await?;

        // What is the same costs nothing more; what has no parent waits.
        let mut work = Vec::new();
        for (index, record, title, parent) in mine {
            let parent = match parent {
                None => None,
                Some(key) => match parents.get(key) {
                    Some(Ok(parent)) => Some(parent.clone()),
                    Some(Err(reason)) => {
                        self.reject(index, "parent", reason.clone());
                        continue;
                    }
                    None => {
                        self.set(index, Outcome::MissingParent(key.to_owned()));
                        continue;
                    }
                },
            };
            let place = parent
                .as_ref()
                .map_or((None, None), |p| (p.season, p.series));
            if old
                .get(&record.key)
                .is_some_and(|old| old.head.digest == record.digest && old.place == place)
            {
                continue;
            }
            work.push((index, record, title, parent));
        }
        if work.is_empty() {
            return Ok(());
        }
        self.resolve_mentions(work.iter().map(|(_, _, title, _)| *title))
            .await?;

        let wanted: Vec<String> = work
            .iter()
            .map(|(_, record, title, parent)| wanted_slug(record, title, parent.as_ref()))
            .collect();
        let mut asked = wanted.clone();
        asked.extend(
            work.iter()
                .zip(&wanted)
                .filter_map(|((_, _, title, _), slug)| with_year(slug, title)),
        );
        let mut next_id = take_ids(self.unit, sequence(table), work.len()).await?;
        // Every slug that may come to be used is asked for: one that an author chose may look like a made one.
        let mut ids = Vec::with_capacity(work.len());
        for ((_, record, title, _), slug) in work.iter().zip(&wanted) {
            let id = old.get(&record.key).map_or(next_id, |old| old.id);
            next_id += i64::from(id == next_id);
            ids.push(id);
            asked.extend(spare_slugs(slug, id));
            asked.extend(
                with_year(slug, title)
                    .iter()
                    .flat_map(|slug| spare_slugs(slug, id)),
            );
        }
        let mut owners = stored::taken_slugs(self.unit, table, self.service, &asked).await?;
        let images: usize = work.iter().map(|(_, _, title, _)| title.images.len()).sum();
        let mut next_image = if images > 0 {
            take_ids(self.unit, "image", images).await?
        } else {
            0
        };

        let mut out = Rows::default();
        for (((index, record, title, parent), wanted), id) in work.into_iter().zip(wanted).zip(ids)
        {
            let before = old.get(&record.key);
            let taken = |slug: &str| owners.get(slug).is_some_and(|owner| *owner != record.key);
            if record.slug.is_some() && taken(&wanted) {
                self.reject(
                    index,
                    "slug",
                    format!("{wanted:?} is the slug of another {}", word(table)),
                );
                continue;
            }
            let slug = match before {
                Some(old) if record.slug.is_none() => Some(old.head.slug.clone()),
                _ => {
                    let wanted = with_year(&wanted, title)
                        .filter(|_| taken(&wanted))
                        .unwrap_or(wanted);
                    free_slug(&wanted, taken, id)
                }
            };
            let Some(slug) = slug else {
                self.reject(
                    index,
                    "slug",
                    "every slug made of this title is taken; give one",
                );
                continue;
            };
            owners.insert(slug.clone(), record.key.clone());

            let doc = self.doc(title, before.map(|old| &old.doc), &mut next_image);
            let created_at = before.map_or(self.now, |old| old.head.created_at);
            let own = Window::new(doc.status, doc.publish_start, doc.publish_end, created_at);
            let window = parent
                .as_ref()
                .map_or(own, |parent| own.inside(parent.window));
            let head = Head {
                service: self.service,
                external_key: record.key.clone(),
                slug,
                own,
                window,
                created_at,
                digest: record.digest,
            };
            let categories = if doc.categories.is_empty() {
                parent
                    .as_ref()
                    .map(|p| p.categories.clone())
                    .unwrap_or_default()
            } else {
                doc.categories.clone()
            };
            out.entries(table, id, record, &categories, window, parent.is_none());
            out.texts.push((table, id, searchable(&doc)));
            if let Some(old) = before {
                out.known.push((table, old.id));
                if table != Table::Content
                    && (old.head.window != window
                        || old.doc.categories != doc.categories
                        || old.place.1 != parent.as_ref().and_then(|p| p.series))
                {
                    out.refit.push(if table == Table::Series {
                        SeriesId(id)
                    } else {
                        parent
                            .as_ref()
                            .and_then(|p| p.series)
                            .unwrap_or(SeriesId(0))
                    });
                }
            }
            self.set(
                index,
                if before.is_some() {
                    Outcome::Updated
                } else {
                    Outcome::Added
                },
            );
            out.push(record, id, head, doc, parent, before);
        }
        self.store(out).await
    }

    async fn store(&mut self, out: Rows) -> Result<(), StorageError> {
        stored::put_series(self.unit, &out.series).await?;
        stored::put_seasons(self.unit, &out.seasons).await?;
        stored::put_contents(self.unit, &out.contents).await?;
        stored::put_category_items(self.unit, &out.known, &out.categories).await?;
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

    async fn old(
        &mut self,
        table: Table,
        keys: &[String],
    ) -> Result<HashMap<String, Old>, StorageError> {
        let old = |id, head: Head, doc, place| {
            (
                head.external_key.clone(),
                Old {
                    id,
                    head,
                    doc,
                    playable: false,
                    duration_ms: None,
                    place,
                },
            )
        };
        Ok(match table {
            Table::Series => {
                let found = stored::series_by_keys(self.unit, self.service, keys).await?;
                found
                    .into_iter()
                    .map(|s| old(s.id.0, s.head, s.doc, (None, None)))
                    .collect()
            }
            Table::Season => {
                let found = stored::seasons_by_keys(self.unit, self.service, keys).await?;
                found
                    .into_iter()
                    .map(|s| old(s.id.0, s.head, s.doc, (None, Some(s.series))))
                    .collect()
            }
            Table::Content => {
                let found = stored::contents_by_keys(self.unit, self.service, keys).await?;
                found
                    .into_iter()
                    .map(|c| {
                        let place = (
                            c.season.map(|(season, _)| season),
                            c.season.map(|(_, series)| series),
                        );
                        let (key, entry) = old(c.id.0, c.head, c.doc, place);
                        (
                            key,
                            Old {
                                playable: c.playable,
                                duration_ms: c.duration_ms,
                                ..entry
                            },
                        )
                    })
                    .collect()
            }
        })
    }

    /// The parents that these keys name: series for seasons, seasons (or the only season of a series) for contents.
    async fn parents(
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

    /// The stored document of a title: references become ids, pictures keep theirs.
    fn doc(&self, title: &Title, old: Option<&TitleDoc>, next_image: &mut i64) -> TitleDoc {
        let mut doc = title.doc.clone();
        let ids = |kind, mentions: &[String]| -> Vec<i64> {
            let mut seen = HashSet::new();
            mentions
                .iter()
                .filter_map(|mention| self.label_id(kind, mention))
                .filter(|id| seen.insert(*id))
                .collect()
        };
        doc.categories = ids(LabelKind::Category, &title.categories)
            .into_iter()
            .map(CategoryId)
            .collect();
        doc.tags = ids(LabelKind::Tag, &title.tags)
            .into_iter()
            .map(TagId)
            .collect();
        let mut seen = HashSet::new();
        doc.credits = title
            .credits
            .iter()
            .filter_map(|(person, role)| {
                Some((PersonId(self.label_id(LabelKind::Person, person)?), *role))
            })
            .filter(|(person, role)| seen.insert((*person, role_key(*role))))
            .map(|(person, role)| Credit { person, role })
            .collect();
        doc.images = title
            .images
            .iter()
            .map(|image| place_image(image, old, next_image))
            .collect();
        doc
    }

    pub(super) async fn remove(
        &mut self,
        index: usize,
        record: &Record,
    ) -> Result<(), StorageError> {
        let keys = [record.key.clone()];
        for table in [Table::Content, Table::Season, Table::Series] {
            if let Some(old) = self.old(table, &keys).await?.get(&record.key) {
                let (id, refit) = (old.id, old.place.1);
                stored::remove(self.unit, table, id).await?;
                self.set(index, Outcome::Removed);
                tracing::debug!(key = record.key, ?refit, "removed");
                return Ok(());
            }
        }
        // Titles refer to them, so they stay; saying so beats a removal that did nothing.
        for kind in [LabelKind::Category, LabelKind::Tag, LabelKind::Person] {
            if !find_by_keys(self.unit, self.service, kind, &keys)
                .await?
                .is_empty()
            {
                let reason = format!("a {} cannot be taken away yet", kind.as_str());
                self.reject(index, "deleted", reason);
            }
        }
        Ok(())
    }
}

/// Everything that one batch stores of one table.
#[derive(Default)]
struct Rows {
    series: Vec<Series>,
    seasons: Vec<Season>,
    contents: Vec<Content>,
    known: Vec<(Table, i64)>,
    categories: Vec<CategoryEntry>,
    texts: Vec<(Table, i64, String)>,
    sources: Vec<(ContentId, Vec<sources::NewSource>, Option<i64>)>,
    refit: Vec<SeriesId>,
}

impl Rows {
    fn entries(
        &mut self,
        table: Table,
        id: i64,
        record: &Record,
        categories: &[CategoryId],
        window: Window,
        alone: bool,
    ) {
        let kind = if let Body::Content { kind, .. } = &record.body {
            Some(*kind)
        } else {
            None
        };
        self.entry(
            table,
            id,
            kind,
            categories,
            window,
            alone && table != Table::Season,
        );
    }

    fn entry(
        &mut self,
        table: Table,
        item: i64,
        kind: Option<marquee_domain::catalog::ContentKind>,
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

    fn push(
        &mut self,
        record: &Record,
        id: i64,
        head: Head,
        doc: TitleDoc,
        parent: Option<Parent>,
        old: Option<&Old>,
    ) {
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
                let playable = old.is_some_and(|old| old.playable);
                let duration_ms = old
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
            Body::Label { .. } | Body::Removal => {}
        }
    }
}

fn role_key(role: marquee_domain::catalog::Role) -> u8 {
    role as u8
}

fn place_image(image: &NewImage, old: Option<&TitleDoc>, next: &mut i64) -> Image {
    let known = old
        .and_then(|doc| {
            doc.images
                .iter()
                .find(|known| known.location == image.location)
        })
        .map(|known| known.id);
    let id = known.unwrap_or_else(|| {
        *next += 1;
        *next - 1
    });
    Image {
        id,
        location: image.location.clone(),
        orientation: image.orientation,
        language: image.language.clone(),
        representative: image.representative,
    }
}

fn sequence(table: Table) -> &'static str {
    match table {
        Table::Series => "series",
        Table::Season => "season",
        Table::Content => "content",
    }
}

fn word(table: Table) -> &'static str {
    sequence(table)
}

/// The slug an item would like: the author's, else one made of its place and title.
fn wanted_slug(record: &Record, title: &Title, parent: Option<&Parent>) -> String {
    if let Some(slug) = &record.slug {
        return slug.clone();
    }
    let name = title
        .doc
        .titles
        .pick(UiLanguage::En, title.doc.original_language.as_ref())
        .unwrap_or_default();
    match (&record.body, parent) {
        (Body::Season { number, .. }, Some(parent)) => format!("{}-s{number}", parent.slug),
        (
            Body::Content {
                kind: marquee_domain::catalog::ContentKind::TvSeries,
                number: Some(number),
                ..
            },
            Some(parent),
        ) => {
            format!("{}-s{}e{number}", parent.slug, parent.order)
        }
        _ => slugify(name),
    }
}

fn with_year(slug: &str, title: &Title) -> Option<String> {
    title.doc.year.map(|year| format!("{slug}-{year}"))
}

/// All titles and aliases, folded, one per line.
fn searchable(doc: &TitleDoc) -> String {
    let mut lines: Vec<String> = doc.titles.iter().map(|(_, text)| fold(text)).collect();
    lines.extend(doc.aliases.iter().map(|alias| fold(alias)));
    lines.dedup();
    lines.join("\n")
}
