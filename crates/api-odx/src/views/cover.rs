//! Covers and their slides.

use marquee_catalog::home::{self, Item, ShownSlide};
use marquee_domain::catalog::{Orientation, TitleDoc};
use marquee_domain::home::Cover;
use serde::Serialize;
use utoipa::ToSchema;

use super::Look;
use super::page::page;
use super::picture::{address, pick, title};

/// Screen that a cover belongs to.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "documents the values")]
enum CoverType {
    Home,
    Category,
    Channel,
    Series,
}

/// What the button of a slide does.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "documents the values")]
enum LandingWord {
    Info,
    Play,
}

/// Billboard as listed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4Cover)]
pub struct CoverItem {
    id: i64,
    slug: String,
    /// Time that each item stays up, in milliseconds.
    rolling_time: i64,
    /// Time after which a client should ask again, in milliseconds.
    refresh_time: i64,
    /// Screen that the billboard belongs to.
    #[schema(value_type = CoverType)]
    r#type: &'static str,
    /// False means: do not show it.
    enabled: bool,
}

impl CoverItem {
    /// A cover, and whether clients show it.
    pub(crate) fn new((cover, enabled): &(Cover, bool), _: Look<'_>) -> Self {
        Self {
            id: cover.id.0,
            slug: cover.head.slug.clone(),
            rolling_time: cover.doc.rolling_ms,
            refresh_time: cover.doc.refresh_ms,
            r#type: cover.doc.kind.as_str(),
            enabled: *enabled,
        }
    }
}

page!(CoverPage as OdxV4CoverPagination of CoverItem);

/// Background pictures of a billboard item.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = OdxV4CoverImages)]
pub struct CoverImages {
    #[schema(required = true)]
    landscape: Option<String>,
    #[schema(required = true)]
    portrait: Option<String>,
}

/// One slide of a billboard. The ids that do not fit its `type` are null or absent.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = OdxV4CoverItem)]
pub struct CoverSlide {
    title: String,
    /// Picture of the title lettering.
    #[schema(required = true)]
    title_image: Option<String>,
    images: CoverImages,
    /// What the slide opens.
    r#type: &'static str,
    /// Kind of content; only on a slide of type `content`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    content_type: Option<&'static str>,
    #[schema(required = true)]
    description: Option<String>,
    /// Caption of the button.
    #[schema(required = true)]
    call_to_action: Option<String>,
    /// Clip that plays behind the slide.
    #[schema(required = true)]
    video: Option<String>,
    /// Place in the billboard, rising.
    order: i64,
    /// Absent unless type is `content`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    content_id: Option<i64>,
    #[schema(required = true)]
    season_id: Option<i64>,
    #[schema(required = true)]
    series_id: Option<i64>,
    #[schema(required = true)]
    channel_id: Option<i64>,
    #[schema(required = true)]
    multichannel_id: Option<i64>,
    /// Absent unless type is `content`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    content_slug: Option<String>,
    #[schema(required = true)]
    season_slug: Option<String>,
    #[schema(required = true)]
    series_slug: Option<String>,
    #[schema(required = true)]
    channel_slug: Option<String>,
    #[schema(required = true)]
    multichannel_slug: Option<String>,
    /// What the button does: `info` opens the detail page, `play` starts playback.
    #[schema(value_type = LandingWord)]
    landing_option: &'static str,
}

impl CoverSlide {
    /// A slide; what its author left out is taken from what it opens.
    fn new(shown: &ShownSlide, look: Look<'_>) -> Self {
        let slide = &shown.slide;
        let mut docs = vec![&slide.doc];
        docs.extend(documents(&shown.target));
        let image = |orientation| {
            let mut images = docs.iter().filter_map(|doc| pick(doc, orientation, look));
            images
                .next()
                .and_then(|image| address(&image.location, look))
        };
        let text =
            |texts: &marquee_domain::Texts| texts.pick(look.language, None).map(str::to_owned);
        let titled = docs.iter().find(|doc| !doc.titles.is_empty());
        Self {
            title: titled.map(|doc| title(doc, look)).unwrap_or_default(),
            title_image: slide
                .title_image
                .as_ref()
                .and_then(|location| address(location, look)),
            images: CoverImages {
                landscape: image(Orientation::Landscape),
                portrait: image(Orientation::Portrait),
            },
            description: docs.iter().find_map(|doc| text(&doc.synopses)),
            call_to_action: text(&slide.call_to_action),
            video: slide.video.clone(),
            order: shown.order,
            landing_option: slide.landing.as_str(),
            ..Self::opening(shown)
        }
    }

    /// The ids and slugs of what it opens, and of what that sits in.
    fn opening(shown: &ShownSlide) -> Self {
        let mut it = Self::default();
        let (season, series) = match &shown.target {
            Item::Content(placed) => {
                it.r#type = "content";
                it.content_type = Some(placed.content.kind.as_str());
                it.content_id = Some(placed.content.id.0);
                it.content_slug = Some(placed.content.head.slug.clone());
                let place = placed.place.as_ref();
                (
                    place.map(|(season, _)| season),
                    place.map(|(_, series)| series),
                )
            }
            Item::Season(placed) => {
                it.r#type = "season";
                (Some(&placed.season), Some(&placed.series))
            }
            Item::Series(opened) => {
                it.r#type = "series";
                (None, Some(&opened.series))
            }
            Item::Channel(channel) => {
                it.r#type = "channel";
                it.channel_id = Some(channel.id.0);
                it.channel_slug = Some(channel.head.slug.clone());
                let bundle = shown.bundle.as_ref();
                it.multichannel_id = bundle.map(|bundle| bundle.id.0);
                it.multichannel_slug = bundle.map(|bundle| bundle.head.slug.clone());
                (None, None)
            }
            Item::Multichannel(bundle, _) => {
                it.r#type = "multichannel";
                it.multichannel_id = Some(bundle.id.0);
                it.multichannel_slug = Some(bundle.head.slug.clone());
                (None, None)
            }
        };
        it.season_id = season.map(|season| season.id.0);
        it.season_slug = season.map(|season| season.head.slug.clone());
        it.series_id = series.map(|series| series.id.0);
        it.series_slug = series.map(|series| series.head.slug.clone());
        it
    }
}

/// The documents of an item, then those of what it sits in.
fn documents(item: &Item) -> Vec<&TitleDoc> {
    match item {
        Item::Content(placed) => {
            let place = placed.place.iter();
            let above = place.flat_map(|(season, series)| [&season.doc, &series.doc]);
            std::iter::once(&placed.content.doc).chain(above).collect()
        }
        Item::Season(placed) => vec![&placed.season.doc, &placed.series.doc],
        Item::Series(opened) => {
            let first = opened.seasons.first().map(|season| &season.doc);
            std::iter::once(&opened.series.doc).chain(first).collect()
        }
        Item::Channel(channel) => vec![&channel.doc],
        Item::Multichannel(bundle, _) => vec![&bundle.doc],
    }
}

/// Billboard with its slides.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CoverDetail)]
pub struct CoverDetail {
    id: i64,
    slug: String,
    /// Time that each item stays up, in milliseconds.
    rolling_time: i64,
    /// Screen that the billboard belongs to.
    #[schema(value_type = CoverType)]
    r#type: &'static str,
    /// False means: do not show it.
    enabled: bool,
    /// Slides by `order`.
    items: Vec<CoverSlide>,
}

impl CoverDetail {
    /// A cover with its slides.
    pub(crate) fn new(detail: &home::CoverDetail, look: Look<'_>) -> Self {
        let cover = &detail.cover;
        Self {
            id: cover.id.0,
            slug: cover.head.slug.clone(),
            rolling_time: cover.doc.rolling_ms,
            r#type: cover.doc.kind.as_str(),
            enabled: detail.enabled,
            items: detail
                .slides
                .iter()
                .map(|slide| CoverSlide::new(slide, look))
                .collect(),
        }
    }
}
