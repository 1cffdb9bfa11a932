//! The files and tracks behind a content.

use marquee_catalog::playback;
use marquee_domain::media::SourceRole;
use serde::Serialize;
use utoipa::ToSchema;

/// The files and tracks behind a content (extension), so that a page can say what a device cannot play.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaybackMedia {
    /// The files as they lie, for download or an external player.
    original: Vec<MediaOriginal>,
    /// Picture tracks, one per rendition.
    video: Vec<MediaVideo>,
    /// Sound tracks.
    audio: Vec<MediaAudio>,
    /// Text tracks and side-car files.
    subtitles: Vec<MediaSubtitle>,
    /// Sound that a browser cannot decode can be asked for as AAC.
    transcoding_available: bool,
}

/// A file as it lies.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaOriginal {
    url: String,
    name: String,
    size_bytes: i64,
    content_type: String,
}

/// A picture track.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaVideo {
    codec: String,
    /// RFC 6381 codec string.
    codec_string: String,
    width: u32,
    height: u32,
    #[schema(required = true)]
    frame_rate: Option<f64>,
}

/// A sound track.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaAudio {
    codec: String,
    /// RFC 6381 codec string.
    codec_string: String,
    #[schema(required = true)]
    language: Option<String>,
    #[schema(required = true)]
    channels: Option<u32>,
    #[schema(required = true)]
    name: Option<String>,
    /// Players without its codec are offered it as AAC.
    transcoded: bool,
}

/// A subtitle.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaSubtitle {
    #[schema(required = true)]
    language: Option<String>,
    #[schema(required = true)]
    name: Option<String>,
    forced: bool,
}

impl PlaybackMedia {
    /// The files and tracks of a content whose multivariant playlist is at `stream_url`.
    pub(crate) fn new(
        playback: &playback::Playback,
        stream_url: &str,
        transcoding_available: bool,
    ) -> Self {
        let base = stream_url
            .rsplit_once('/')
            .map_or(stream_url, |(base, _)| base);
        let mut media = Self {
            original: vec![],
            video: vec![],
            audio: vec![],
            subtitles: vec![],
            transcoding_available,
        };
        let renditions = playback
            .sources
            .iter()
            .filter(|source| source.role == SourceRole::Rendition);
        for (index, source) in renditions.enumerate() {
            let name = source
                .location
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned();
            let encoded =
                percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
            let content_type = match source.info.container.as_str() {
                "Matroska" => "video/x-matroska",
                "WebM" => "video/webm",
                _ => "video/mp4",
            };
            // A location is percent-encoded already when it is an address; people read the plain name.
            let shown = percent_encoding::percent_decode_str(&name)
                .decode_utf8_lossy()
                .into_owned();
            media.original.push(MediaOriginal {
                url: format!("{base}/original/{index}/{encoded}"),
                name: shown,
                size_bytes: source.size_bytes,
                content_type: content_type.to_owned(),
            });
            for track in &source.info.tracks {
                let (codec, codec_string) = (track.codec.clone(), track.codec_string.clone());
                match track.kind.as_str() {
                    "video" => {
                        let (width, height) = track.size.unwrap_or_default();
                        media.video.push(MediaVideo {
                            codec,
                            codec_string,
                            width,
                            height,
                            frame_rate: track.frame_rate,
                        });
                    }
                    "audio" => {
                        let audio = MediaAudio {
                            codec,
                            codec_string,
                            language: track.language.clone(),
                            channels: track.channels,
                            name: track.name.clone(),
                            transcoded: transcoding_available && track.transcodable,
                        };
                        // Every rendition carries the same sound; the best of it is listed once.
                        if !media.audio.iter().any(|known| {
                            known.language == audio.language
                                && known.name == audio.name
                                && known.codec == audio.codec
                        }) {
                            media.audio.push(audio);
                        }
                    }
                    "text" if index == 0 && track.playable => {
                        media.subtitles.push(MediaSubtitle {
                            language: track.language.clone(),
                            name: track.name.clone(),
                            forced: track.forced,
                        });
                    }
                    _ => {}
                }
            }
        }
        media.subtitles.extend(
            playback
                .sources
                .iter()
                .filter(|source| source.role == SourceRole::Subtitle)
                .map(|source| MediaSubtitle {
                    language: source
                        .info
                        .language
                        .as_ref()
                        .map(|tag| tag.as_str().to_owned()),
                    name: source.info.name.clone(),
                    forced: source.info.forced,
                }),
        );
        media
    }
}
