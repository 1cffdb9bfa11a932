//! All about one title.

use std::collections::{HashMap, HashSet};

use marquee_domain::ContentId;
use marquee_domain::catalog::{Content, Label, Season, Series, TitleDoc};
use marquee_domain::media::{Source, SourceRole, SourceState};
use marquee_storage::catalog::{self as stored, SeasonFacts, Shown};
use marquee_storage::{Query, labels, sources};

use super::Audience;
use super::placed::{PlacedContent, place};
use crate::{CatalogError, Result};

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
