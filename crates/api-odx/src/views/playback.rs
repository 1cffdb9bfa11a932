//! What a player needs.

use marquee_catalog::playback;
use marquee_domain::catalog::Orientation;
use serde::Serialize;
use utoipa::ToSchema;

use super::Look;
use super::picture::{address, pick, title};

/// Marked moment on the timeline.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4CuePoint)]
pub struct CuePoint {
    /// Free text for the player; empty string when there is none.
    metadata: String,
    name: String,
    /// What happens there.
    #[serde(rename = "type")]
    kind: String,
    /// Seconds from the start.
    timecode: f64,
}

/// One way to stream the item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4Manifest)]
pub struct Manifest {
    /// Streaming format.
    #[serde(rename = "type")]
    kind: ManifestKind,
    /// Address that the player should open.
    url: String,
    /// Address of the multivariant playlist itself.
    stream_url: String,
}

/// Streaming formats of the contract.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ManifestKind {
    Hls,
    #[expect(dead_code, reason = "the contract's other format")]
    Dash,
}

/// What to play after this content.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4NextEpisode)]
pub struct NextEpisode {
    /// True when the content asked for is the last of its season, or stands alone.
    is_last_episode: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    content_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    content_slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    thumbnail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    season_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    season_slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    series_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    series_slug: Option<String>,
}

/// What a player needs to start.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OdxV4Playback)]
pub struct Playback {
    /// Running time in milliseconds.
    duration: i64,
    /// Content id.
    id: i64,
    /// By timecode, rising.
    cue_points: Vec<CuePoint>,
    /// Best first; never empty.
    manifests: Vec<Manifest>,
    /// True when the stream may be cast.
    is_chromecast_able: bool,
    /// Address of the ad request, null when the item carries no ads.
    #[schema(required = true)]
    ad_tag: Option<String>,
    next_episode: NextEpisode,
}

impl Playback {
    /// The answer for a content that plays at `stream_url`.
    pub(crate) fn new(playback: &playback::Playback, stream_url: String, look: Look<'_>) -> Self {
        let content = &playback.placed.content;
        let mut cue_points: Vec<CuePoint> = content
            .doc
            .cue_points
            .iter()
            .map(|cue| CuePoint {
                metadata: cue.metadata.clone(),
                name: cue.name.clone(),
                kind: cue.kind.clone(),
                timecode: cue.timecode,
            })
            .collect();
        cue_points.sort_by(|a, b| a.timecode.total_cmp(&b.timecode));
        let next = playback.next.as_ref();
        let place = next.and_then(|next| next.place.as_ref());
        let thumbnail = next.and_then(|next| {
            let above = next
                .place
                .iter()
                .flat_map(|(season, series)| [&season.doc, &series.doc]);
            std::iter::once(&next.content.doc)
                .chain(above)
                .find_map(|doc| pick(doc, Orientation::Landscape, look))
        });
        Self {
            duration: playback.duration_ms,
            id: content.id.0,
            cue_points,
            manifests: vec![Manifest {
                kind: ManifestKind::Hls,
                url: stream_url.clone(),
                stream_url,
            }],
            is_chromecast_able: true,
            ad_tag: content.doc.ad_tag.clone(),
            next_episode: NextEpisode {
                is_last_episode: playback.is_last_episode,
                title: next.map(|next| title(&next.content.doc, look)),
                content_id: next.map(|next| next.content.id.0),
                content_slug: next.map(|next| next.content.head.slug.clone()),
                thumbnail: thumbnail.and_then(|image| address(&image.location, look)),
                season_id: place.map(|(season, _)| season.id.0),
                season_slug: place.map(|(season, _)| season.head.slug.clone()),
                series_id: place.map(|(_, series)| series.id.0),
                series_slug: place.map(|(_, series)| series.head.slug.clone()),
            },
        }
    }
}
