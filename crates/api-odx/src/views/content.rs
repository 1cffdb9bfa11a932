//! All about one content.

use marquee_catalog::browse::{self, Labels};
use marquee_domain::catalog::{Label, Orientation, TitleDoc};
use marquee_domain::clock::rfc3339;
use serde::Serialize;
use utoipa::ToSchema;

use super::picture::{Poster, Thumbnail, address, pick, title};
use super::{Look, display_duration, duration_text};

/// Category that an item is filed under.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4Category)]
pub struct Category {
    id: i64,
    title: String,
    slug: String,
    #[schema(required = true)]
    description: Option<String>,
}

/// Person credited on an item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4Cast)]
pub struct Cast {
    id: i64,
    /// Name in the response language.
    name: String,
    /// Name in English.
    name_en: String,
    slug: String,
    /// Address of a portrait; empty string when there is none.
    thumbnail: String,
}

/// Season that a content belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4Season)]
pub struct SeasonOfContent {
    id: i64,
    title: String,
    slug: String,
    /// Posters of the season.
    posters: Vec<Poster>,
}

/// All about one playable content: an episode, a clip or a movie.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4ContentDetail)]
pub struct ContentDetail {
    /// Id to ask the playback operation for.
    id: i64,
    title: String,
    slug: String,
    /// Absent when there is no picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    thumbnail: Option<Thumbnail>,
    /// Absent when there is no poster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    poster: Option<Poster>,
    /// Empty string when there is none.
    synopsis: String,
    /// Genre names joined by commas.
    #[schema(required = true)]
    genres: Option<String>,
    /// Running time in whole seconds, in decimal digits.
    #[schema(required = true)]
    duration: Option<String>,
    /// Running time for people.
    #[schema(required = true)]
    display_duration: Option<String>,
    /// Absent when the content stands alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    season: Option<SeasonOfContent>,
    categories: Vec<Category>,
    /// Labels as plain text.
    tags: Vec<String>,
    /// People in billing order.
    casts: Vec<Cast>,
    /// Kind of content.
    content_type: &'static str,
    /// Rating label; empty string when unrated.
    age_rating: String,
    /// True when the sound is dubbed.
    dubbing_mode: bool,
    /// Place in the season, from 1; absent for a movie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    episode_order: Option<i64>,
    /// Absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    release_year: Option<i64>,
    /// Languages that have subtitles.
    subtitles: Vec<String>,
    /// When the content went public. Sent always, null when no author said.
    #[schema(required = false)]
    publish_start: Option<String>,
}

impl Category {
    /// A label as a category.
    pub(crate) fn new(label: &Label, look: Look<'_>) -> Self {
        Self {
            id: label.id,
            title: label_name(label, look),
            slug: label.slug.clone(),
            description: label
                .doc
                .descriptions
                .pick(look.language, None)
                .map(str::to_owned),
        }
    }
}

/// What a category, tag or person is called in the language of the answer; nameless ones by their slug.
pub(crate) fn label_name(label: &Label, look: Look<'_>) -> String {
    label
        .doc
        .titles
        .pick(look.language, None)
        .unwrap_or(&label.slug)
        .to_owned()
}

/// The categories of the first of these documents that has any.
pub(crate) fn categories(docs: &[&TitleDoc], labels: &Labels, look: Look<'_>) -> Vec<Category> {
    let doc = docs.iter().find(|doc| !doc.categories.is_empty());
    doc.into_iter()
        .flat_map(|doc| &doc.categories)
        .filter_map(|id| labels.get(id.0))
        .map(|label| Category::new(label, look))
        .collect()
}

/// The people of the first of these documents that has any, each once, in billing order.
pub(crate) fn casts(docs: &[&TitleDoc], labels: &Labels, look: Look<'_>) -> Vec<Cast> {
    let doc = docs.iter().find(|doc| !doc.credits.is_empty());
    let mut seen = std::collections::HashSet::new();
    doc.into_iter()
        .flat_map(|doc| &doc.credits)
        .filter(|credit| seen.insert(credit.person))
        .filter_map(|credit| labels.get(credit.person.0))
        .map(|person| {
            let name = label_name(person, look);
            let english = person
                .doc
                .titles
                .pick(marquee_domain::UiLanguage::En, None)
                .unwrap_or(&name)
                .to_owned();
            Cast {
                id: person.id,
                name,
                name_en: english,
                slug: person.slug.clone(),
                thumbnail: person
                    .doc
                    .image
                    .as_deref()
                    .and_then(|location| address(location, look))
                    .unwrap_or_default(),
            }
        })
        .collect()
}

/// Genre names: an author's own words, else the categories.
fn genres(docs: &[&TitleDoc], categories: &[Category]) -> Option<String> {
    let named = docs
        .iter()
        .find(|doc| !doc.genres.is_empty())
        .map(|doc| doc.genres.join(","));
    named.or_else(|| {
        (!categories.is_empty()).then(|| {
            categories
                .iter()
                .map(|c| c.title.as_str())
                .collect::<Vec<_>>()
                .join(",")
        })
    })
}

impl ContentDetail {
    /// The detail of a content; what it leaves open comes from its season, then its series.
    pub(crate) fn new(detail: &browse::ContentDetail, look: Look<'_>) -> Self {
        let content = &detail.placed.content;
        let mut docs = vec![&content.doc];
        docs.extend(
            detail
                .placed
                .place
                .iter()
                .flat_map(|(season, series)| [&season.doc, &series.doc]),
        );
        let first = |orientation| docs.iter().find_map(|doc| pick(doc, orientation, look));
        let categories = categories(&docs, &detail.labels, look);
        let text = |doc: &TitleDoc| {
            doc.synopses
                .pick(look.language, doc.original_language.as_ref())
                .map(str::to_owned)
        };
        let tags = docs
            .iter()
            .find(|doc| !doc.tags.is_empty())
            .into_iter()
            .flat_map(|doc| &doc.tags);
        Self {
            id: content.id.0,
            title: title(&content.doc, look),
            slug: content.head.slug.clone(),
            thumbnail: first(Orientation::Landscape).and_then(|image| Thumbnail::new(image, look)),
            poster: first(Orientation::Portrait).and_then(|image| Poster::new(image, look)),
            synopsis: text(&content.doc).unwrap_or_default(),
            genres: genres(&docs, &categories),
            duration: content.duration_ms.map(duration_text),
            display_duration: content.duration_ms.map(display_duration),
            season: detail
                .placed
                .place
                .as_ref()
                .map(|(season, series)| SeasonOfContent {
                    id: season.id.0,
                    title: title(&season.doc, look),
                    slug: season.head.slug.clone(),
                    posters: Some(Poster::all(&season.doc, look))
                        .filter(|own| !own.is_empty())
                        .unwrap_or_else(|| Poster::all(&series.doc, look)),
                }),
            categories,
            tags: tags
                .filter_map(|id| detail.labels.get(id.0))
                .map(|tag| {
                    tag.doc
                        .titles
                        .pick(look.language, None)
                        .unwrap_or(&tag.slug)
                        .to_owned()
                })
                .collect(),
            casts: casts(&docs, &detail.labels, look),
            content_type: content.kind.as_str(),
            age_rating: docs
                .iter()
                .find_map(|doc| doc.age_rating.clone())
                .unwrap_or_default(),
            dubbing_mode: docs.iter().take(2).any(|doc| doc.dubbing_mode),
            episode_order: content.order,
            release_year: docs.iter().find_map(|doc| doc.year).map(i64::from),
            subtitles: detail.subtitles.clone(),
            publish_start: content.doc.publish_start.map(rfc3339),
        }
    }
}
