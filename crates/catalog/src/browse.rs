//! Lists and details as the faces need them: titles together with what they refer to.
//!
//! Cost: a list is a count and a page from one index, then at most three reads by primary key; a
//! detail is at most six reads, all by key.

use std::collections::{HashMap, HashSet};

use marquee_domain::catalog::{Content, ContentKind, Label, LabelKind, Season, Series, TitleDoc};
use marquee_domain::media::{Source, SourceRole, SourceState};
use marquee_domain::{CategoryId, ContentId, Permit, SeasonId, SeriesId, ServiceId, Timestamp};
use marquee_storage::catalog::{
    self as stored, ContentFilter, ContentOrder, ListedItem, Page, SeasonFacts, SeasonFilter,
    SeriesFilter, Shown,
};
use marquee_storage::{Query, labels, sources};

use crate::fold::fold;
use crate::{CatalogError, Result};

/// Who is asking, of which service, and when.
#[derive(Debug, Clone, Copy)]
pub struct Audience {
    /// The service.
    pub service: ServiceId,
    /// Proof that they may see it.
    pub permit: Permit,
    /// The instant that decides what is published.
    pub now: Timestamp,
}

/// A page number and size, both checked to be in bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// From 1.
    pub number: u32,
    /// From 1 to 100.
    pub size: u32,
}

impl PageRequest {
    fn page(self) -> Page {
        Page {
            offset: i64::from(self.number - 1) * i64::from(self.size),
            limit: i64::from(self.size),
        }
    }

    /// Past the end is not found, except for the first page of an empty list.
    fn check(self, count: i64) -> Result<()> {
        let page = self.page();
        if self.number > 1 && page.offset >= count {
            Err(CatalogError::PageNotFound)
        } else {
            Ok(())
        }
    }
}

/// A page of things and how many there are over all pages.
#[derive(Debug, Clone)]
pub struct Listing<T> {
    /// Over all pages.
    pub count: i64,
    /// Of this page.
    pub items: Vec<T>,
}

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

/// An entry of a category page.
#[derive(Debug, Clone)]
pub enum CategoryItem {
    /// A series.
    Series(Box<OpenedSeries>),
    /// A content that stands alone.
    Content(Box<PlacedContent>),
}

/// What a caller wants to see of the contents.
#[derive(Debug, Clone, Default)]
pub struct ContentQuery {
    /// Kinds to keep; none keeps all, an empty list keeps nothing.
    pub kinds: Option<Vec<ContentKind>>,
    /// Text that a title holds.
    pub search: Option<String>,
    /// Slug of a category.
    pub category: Option<String>,
    /// A season by id.
    pub season_id: Option<i64>,
    /// A season by slug.
    pub season_slug: Option<String>,
    /// The asked order; none means episode order inside a season, else newest.
    pub order: Option<ContentOrder>,
}

/// What a category slug as a filter comes down to.
enum CategoryFilter {
    None,
    Of(CategoryId),
    Nothing,
}

async fn category_filter(
    q: &mut dyn Query,
    service: ServiceId,
    slug: Option<&str>,
) -> Result<CategoryFilter> {
    let Some(slug) = slug else {
        return Ok(CategoryFilter::None);
    };
    let found = labels::find_by_slugs(q, service, LabelKind::Category, &[slug.to_owned()]).await?;
    Ok(found.first().map_or(CategoryFilter::Nothing, |label| {
        CategoryFilter::Of(CategoryId(label.id))
    }))
}

fn empty<T>(page: PageRequest) -> Result<Listing<T>> {
    page.check(0)?;
    Ok(Listing {
        count: 0,
        items: Vec::new(),
    })
}

fn folded(search: Option<&String>) -> Option<String> {
    search
        .map(|text| fold(text))
        .filter(|text| !text.is_empty())
}

/// A page of contents.
///
/// # Errors
/// [`CatalogError::PageNotFound`] past the end.
pub async fn contents(
    q: &mut dyn Query,
    who: Audience,
    query: &ContentQuery,
    page: PageRequest,
) -> Result<Listing<PlacedContent>> {
    let category = match category_filter(q, who.service, query.category.as_deref()).await? {
        CategoryFilter::Nothing => return empty(page),
        CategoryFilter::None => None,
        CategoryFilter::Of(id) => Some(id),
    };
    let mut season = query.season_id.map(SeasonId);
    if let Some(slug) = &query.season_slug {
        let by_slug = stored::find_season_by_slug(q, who.service, slug, who.now)
            .await?
            .map(|found| found.id);
        match (season, by_slug) {
            (_, None) => return empty(page),
            (Some(id), Some(found)) if id != found => return empty(page),
            (_, found) => season = found,
        }
    } else if let Some(id) = season {
        // An id of another service, or of a season that is not published, holds nothing here.
        let found = stored::seasons_by_ids(q, &[id.0], Shown::At(who.now)).await?;
        if found
            .first()
            .is_none_or(|found| found.head.service != who.service)
        {
            return empty(page);
        }
    }
    let order = query.order.unwrap_or(if season.is_some() {
        ContentOrder::Episode
    } else {
        ContentOrder::Newest
    });
    let filter = ContentFilter {
        kinds: query.kinds.clone(),
        search: folded(query.search.as_ref()),
        category,
        season,
        order,
    };
    let (count, found) =
        stored::list_contents(q, who.service, &filter, who.now, page.page()).await?;
    page.check(count)?;
    Ok(Listing {
        count,
        items: place(q, found).await?,
    })
}

/// Adds season and series to contents.
async fn place(q: &mut dyn Query, contents: Vec<Content>) -> Result<Vec<PlacedContent>> {
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

async fn above(
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

/// What a caller wants to see of seasons or series.
#[derive(Debug, Clone, Default)]
pub struct TitleQuery {
    /// Text that a title holds.
    pub search: Option<String>,
    /// Slug of a category.
    pub category: Option<String>,
    /// A series by id (seasons only).
    pub series_id: Option<i64>,
}

/// A page of seasons.
///
/// # Errors
/// [`CatalogError::PageNotFound`] past the end.
pub async fn seasons(
    q: &mut dyn Query,
    who: Audience,
    query: &TitleQuery,
    page: PageRequest,
) -> Result<Listing<PlacedSeason>> {
    let category = match category_filter(q, who.service, query.category.as_deref()).await? {
        CategoryFilter::Nothing => return empty(page),
        CategoryFilter::None => None,
        CategoryFilter::Of(id) => Some(id),
    };
    let filter = SeasonFilter {
        category,
        search: folded(query.search.as_ref()),
        series: query.series_id.map(SeriesId),
    };
    let (count, found) =
        stored::list_seasons(q, who.service, &filter, who.now, page.page()).await?;
    page.check(count)?;
    let (_, series) = above(q, found.iter().map(|season| (season.id, season.series))).await?;
    let ids: Vec<i64> = found.iter().map(|season| season.id.0).collect();
    let mut facts = stored::season_facts(q, &ids, who.now).await?;
    let items = found
        .into_iter()
        .filter_map(|season| {
            let series = series.get(&season.series)?.clone();
            let facts = facts.remove(&season.id).unwrap_or_default();
            Some(PlacedSeason {
                season,
                series,
                facts,
            })
        })
        .collect();
    Ok(Listing { count, items })
}

/// A page of series.
///
/// # Errors
/// [`CatalogError::PageNotFound`] past the end.
pub async fn series(
    q: &mut dyn Query,
    who: Audience,
    query: &TitleQuery,
    page: PageRequest,
) -> Result<Listing<OpenedSeries>> {
    let category = match category_filter(q, who.service, query.category.as_deref()).await? {
        CategoryFilter::Nothing => return empty(page),
        CategoryFilter::None => None,
        CategoryFilter::Of(id) => Some(id),
    };
    let filter = SeriesFilter {
        category,
        search: folded(query.search.as_ref()),
    };
    let (count, found) = stored::list_series(q, who.service, &filter, who.now, page.page()).await?;
    page.check(count)?;
    Ok(Listing {
        count,
        items: open_series(q, found, who.now).await?,
    })
}

/// Adds the published seasons to series.
async fn open_series(
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

/// A page of what a category shows.
///
/// # Errors
/// [`CatalogError::NotFound`] for an unknown category, [`CatalogError::PageNotFound`] past the end.
pub async fn category_contents(
    q: &mut dyn Query,
    who: Audience,
    slug: &str,
    page: PageRequest,
) -> Result<Listing<CategoryItem>> {
    let CategoryFilter::Of(category) = category_filter(q, who.service, Some(slug)).await? else {
        return Err(CatalogError::NotFound);
    };
    let (count, found) = stored::list_category(q, category, who.now, page.page()).await?;
    page.check(count)?;
    let series: Vec<Series> = found
        .iter()
        .filter_map(|item| {
            if let ListedItem::Series(s) = item {
                Some(s.clone())
            } else {
                None
            }
        })
        .collect();
    let mut opened: HashMap<SeriesId, OpenedSeries> = open_series(q, series, who.now)
        .await?
        .into_iter()
        .map(|o| (o.series.id, o))
        .collect();
    let items = found
        .into_iter()
        .filter_map(|item| match item {
            ListedItem::Series(series) => opened
                .remove(&series.id)
                .map(|opened| CategoryItem::Series(Box::new(opened))),
            ListedItem::Content(content) => Some(CategoryItem::Content(Box::new(PlacedContent {
                content,
                place: None,
            }))),
        })
        .collect();
    Ok(Listing { count, items })
}

/// The categories that have something to show, in the editor's order.
///
/// # Errors
/// When storage fails.
pub async fn categories(q: &mut dyn Query, who: Audience) -> Result<Vec<Label>> {
    Ok(labels::list_live_categories(q, who.service, who.now, 200).await?)
}

/// The labels that a detail refers to.
#[derive(Debug, Clone, Default)]
pub struct Labels(HashMap<i64, Label>);

impl Labels {
    async fn of(q: &mut dyn Query, docs: &[&TitleDoc]) -> Result<Self> {
        let ids: HashSet<i64> = docs
            .iter()
            .flat_map(|doc| {
                let categories = doc.categories.iter().map(|id| id.0);
                let tags = doc.tags.iter().map(|id| id.0);
                categories
                    .chain(tags)
                    .chain(doc.credits.iter().map(|credit| credit.person.0))
                    .collect::<Vec<_>>()
            })
            .collect();
        let ids: Vec<i64> = ids.into_iter().collect();
        let found = labels::find_by_ids(q, &ids).await?;
        Ok(Self(
            found.into_iter().map(|label| (label.id, label)).collect(),
        ))
    }

    /// The label of an id.
    #[must_use]
    pub fn get(&self, id: i64) -> Option<&Label> {
        self.0.get(&id)
    }
}

/// All about one content.
#[derive(Debug, Clone)]
pub struct ContentDetail {
    /// The content and what it sits in.
    pub placed: PlacedContent,
    /// Categories, tags and people of it and of what it sits in.
    pub labels: Labels,
    /// Languages with subtitles: those an author states, then those its media carry.
    pub subtitles: Vec<String>,
}

/// The published content of a slug.
///
/// # Errors
/// [`CatalogError::NotFound`].
pub async fn content(q: &mut dyn Query, who: Audience, slug: &str) -> Result<ContentDetail> {
    let found = stored::find_content_by_slug(q, who.service, slug, who.now)
        .await?
        .ok_or(CatalogError::NotFound)?;
    let mut placed = place(q, vec![found]).await?;
    let placed = placed.pop().ok_or(CatalogError::NotFound)?;
    let mut docs = vec![&placed.content.doc];
    if let Some((season, series)) = &placed.place {
        docs.extend([&season.doc, &series.doc]);
    }
    let labels = Labels::of(q, &docs).await?;
    let media = sources::of_content(q, placed.content.id).await?;
    let subtitles = subtitle_languages(&placed.content.doc, &media);
    Ok(ContentDetail {
        placed,
        labels,
        subtitles,
    })
}

/// Languages of subtitles: stated ones first, then those of side-cars and of text tracks inside media.
fn subtitle_languages(doc: &TitleDoc, media: &[Source]) -> Vec<String> {
    let mut languages: Vec<String> = doc
        .subtitles
        .iter()
        .map(|tag| tag.as_str().to_owned())
        .collect();
    for source in media
        .iter()
        .filter(|source| source.state == SourceState::Ready)
    {
        match source.role {
            SourceRole::Subtitle => languages.extend(
                source
                    .info
                    .language
                    .as_ref()
                    .map(|tag| tag.as_str().to_owned()),
            ),
            SourceRole::Rendition => {
                let tracks = source
                    .info
                    .tracks
                    .iter()
                    .filter(|track| track.kind == "text" && track.playable);
                languages.extend(tracks.filter_map(|track| track.language.clone()));
            }
        }
    }
    let mut seen = HashSet::new();
    languages.retain(|language| seen.insert(language.clone()));
    languages
}

/// All about one season.
#[derive(Debug, Clone)]
pub struct SeasonDetail {
    /// The season itself.
    pub season: Season,
    /// Its series.
    pub series: Series,
    /// All published seasons of the series with what they hold, by order.
    pub siblings: Vec<(Season, SeasonFacts)>,
    /// What its play button starts.
    pub direct_play: Option<Content>,
    /// Categories, tags and people of it and its series.
    pub labels: Labels,
    /// Languages with subtitles in what its play button starts, and those an author states.
    pub subtitles: Vec<String>,
}

/// The published season of a slug.
///
/// # Errors
/// [`CatalogError::NotFound`].
pub async fn season(q: &mut dyn Query, who: Audience, slug: &str) -> Result<SeasonDetail> {
    let found = stored::find_season_by_slug(q, who.service, slug, who.now)
        .await?
        .ok_or(CatalogError::NotFound)?;
    let series = stored::series_by_ids(q, &[found.series.0], Shown::At(who.now))
        .await?
        .pop()
        .ok_or(CatalogError::NotFound)?;
    season_detail(q, who, found, series).await
}

/// The season that the published series of a slug opens on: its first published one.
///
/// # Errors
/// [`CatalogError::NotFound`], also for a series without a published season.
pub async fn series_detail(q: &mut dyn Query, who: Audience, slug: &str) -> Result<SeasonDetail> {
    let series = stored::find_series_by_slug(q, who.service, slug, who.now)
        .await?
        .ok_or(CatalogError::NotFound)?;
    let seasons = stored::seasons_of(q, &[series.id.0], Shown::At(who.now)).await?;
    let first = seasons.into_iter().next().ok_or(CatalogError::NotFound)?;
    season_detail(q, who, first, series).await
}

async fn season_detail(
    q: &mut dyn Query,
    who: Audience,
    season: Season,
    series: Series,
) -> Result<SeasonDetail> {
    let siblings = stored::seasons_of(q, &[series.id.0], Shown::At(who.now)).await?;
    let ids: Vec<i64> = siblings.iter().map(|sibling| sibling.id.0).collect();
    let mut facts = stored::season_facts(q, &ids, who.now).await?;
    let siblings = siblings
        .into_iter()
        .map(|sibling| {
            (
                sibling.clone(),
                facts.remove(&sibling.id).unwrap_or_default(),
            )
        })
        .collect();
    let direct_play = stored::first_contents(q, season.id, who.now, true, 1)
        .await?
        .pop();
    let media = match &direct_play {
        Some(content) => sources::of_content(q, content.id).await?,
        None => Vec::new(),
    };
    let labels = Labels::of(q, &[&season.doc, &series.doc]).await?;
    let subtitles = subtitle_languages(&season.doc, &media);
    Ok(SeasonDetail {
        season,
        series,
        siblings,
        direct_play,
        labels,
        subtitles,
    })
}

/// The published content of an id, for playback.
pub(crate) async fn content_by_id(
    q: &mut dyn Query,
    who: Audience,
    id: ContentId,
) -> Result<PlacedContent> {
    let found = stored::find_content(q, who.service, id, who.now)
        .await?
        .ok_or(CatalogError::NotFound)?;
    place(q, vec![found])
        .await?
        .pop()
        .ok_or(CatalogError::NotFound)
}
