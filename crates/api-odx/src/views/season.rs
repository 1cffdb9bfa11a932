//! All about one season; the series detail has the same shape.

use marquee_catalog::browse;
use marquee_domain::catalog::{Orientation, Season};
use serde::Serialize;
use utoipa::ToSchema;

use super::Look;
use super::content::{Cast, Category, casts, categories, label_name};
use super::picture::{Poster, pick, title};

/// Free label on a season.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4Tag)]
pub struct Tag {
    id: i64,
    title: String,
    slug: String,
    /// Empty string when there is none.
    description: String,
}

/// Series that a season belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4SeriesInfo)]
pub struct SeriesInfo {
    id: i64,
    title: String,
    slug: String,
}

/// Entry of the season switcher.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4SeasonSummary)]
pub struct SeasonSummary {
    id: i64,
    title: String,
    slug: String,
    /// True for the season that this answer describes.
    is_current_season: bool,
    /// Published contents in the season.
    total_content_count: i64,
    /// Place in the series, from 1.
    season_order: i64,
    /// Caption for a narrow button.
    short_title: String,
}

/// All about one season.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4SeasonDetail)]
pub struct SeasonDetail {
    /// Season id.
    id: i64,
    title: String,
    /// Empty string when there is none.
    synopsis: String,
    /// Season slug.
    slug: String,
    /// Content that a play button on this page starts; absent when nothing is playable.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    direct_play_content_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    direct_play_content_slug: Option<String>,
    /// Published seasons of the series.
    total_number_of_seasons: i64,
    /// True when the sound is dubbed.
    dubbing_mode: bool,
    /// Every published season of the series, by order.
    seasons: Vec<SeasonSummary>,
    /// All posters.
    posters: Vec<Poster>,
    /// The poster to show first; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    poster: Option<Poster>,
    /// Languages that have subtitles.
    subtitles: Vec<String>,
    series: SeriesInfo,
    casts: Vec<Cast>,
    categories: Vec<Category>,
    /// Tag objects, not plain text as on a content.
    tags: Vec<Tag>,
    /// Kinds of content that the season holds.
    types_of_contents: Vec<&'static str>,
    /// First release day; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    release_date_start: Option<String>,
    /// Last release day, null while the season still runs.
    #[schema(required = true)]
    release_date_end: Option<String>,
    /// Absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    release_year: Option<i64>,
    /// Place in the series, from 1.
    season_order: i64,
}

fn short_title(season: &Season, look: Look<'_>) -> String {
    let own = season
        .doc
        .short_titles
        .pick(look.language, season.doc.original_language.as_ref());
    own.map_or_else(|| format!("S{}", season.order), str::to_owned)
}

impl SeasonDetail {
    /// The detail of a season; what it leaves open comes from its series.
    pub(crate) fn new(detail: &browse::SeasonDetail, look: Look<'_>) -> Self {
        let browse::SeasonDetail {
            season,
            series,
            siblings,
            direct_play,
            labels,
            subtitles,
        } = detail;
        let docs = [&season.doc, &series.doc];
        let posters = docs
            .iter()
            .map(|doc| Poster::all(doc, look))
            .find(|posters| !posters.is_empty())
            .unwrap_or_default();
        let current = siblings.iter().find(|(sibling, _)| sibling.id == season.id);
        let tags = docs
            .iter()
            .find(|doc| !doc.tags.is_empty())
            .into_iter()
            .flat_map(|doc| &doc.tags);
        Self {
            id: season.id.0,
            title: title(&season.doc, look),
            synopsis: docs
                .iter()
                .find_map(|doc| {
                    doc.synopses
                        .pick(look.language, doc.original_language.as_ref())
                })
                .unwrap_or_default()
                .to_owned(),
            slug: season.head.slug.clone(),
            direct_play_content_id: direct_play.as_ref().map(|content| content.id.0),
            direct_play_content_slug: direct_play
                .as_ref()
                .map(|content| content.head.slug.clone()),
            total_number_of_seasons: i64::try_from(siblings.len()).unwrap_or(i64::MAX),
            dubbing_mode: season.doc.dubbing_mode,
            seasons: siblings
                .iter()
                .map(|(sibling, facts)| SeasonSummary {
                    id: sibling.id.0,
                    title: title(&sibling.doc, look),
                    slug: sibling.head.slug.clone(),
                    is_current_season: sibling.id == season.id,
                    total_content_count: facts.contents,
                    season_order: sibling.order,
                    short_title: short_title(sibling, look),
                })
                .collect(),
            posters,
            poster: docs
                .iter()
                .find_map(|doc| pick(doc, Orientation::Portrait, look))
                .and_then(|image| Poster::new(image, look)),
            subtitles: subtitles.clone(),
            series: SeriesInfo {
                id: series.id.0,
                title: title(&series.doc, look),
                slug: series.head.slug.clone(),
            },
            casts: casts(&docs, labels, look),
            categories: categories(&docs, labels, look),
            tags: tags
                .filter_map(|id| labels.get(id.0))
                .map(|tag| Tag {
                    id: tag.id,
                    title: label_name(tag, look),
                    slug: tag.slug.clone(),
                    description: tag
                        .doc
                        .descriptions
                        .pick(look.language, None)
                        .unwrap_or_default()
                        .to_owned(),
                })
                .collect(),
            types_of_contents: current
                .iter()
                .flat_map(|(_, facts)| &facts.kinds)
                .map(|kind| kind.as_str())
                .collect(),
            release_date_start: docs.iter().find_map(|doc| doc.date.clone()),
            release_date_end: season.doc.end_date.clone(),
            release_year: docs.iter().find_map(|doc| doc.year).map(i64::from),
            season_order: season.order,
        }
    }
}
