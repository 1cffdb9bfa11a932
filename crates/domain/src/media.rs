//! What a content is played from.

use serde::{Deserialize, Serialize};

use crate::ids::{ContentId, SourceId};
use crate::language::LanguageTag;

/// What a source is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceRole {
    /// One rendition of the picture, with or without sound and text inside.
    Rendition,
    /// A side-car subtitle file.
    Subtitle,
}

impl SourceRole {
    /// The word that is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rendition => "rendition",
            Self::Subtitle => "subtitle",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Rendition, Self::Subtitle]
            .into_iter()
            .find(|role| role.as_str() == word)
    }
}

/// Whether a source can be used.
///
/// `Pending → Ready | Rejected` by probing; any state `→ Pending` when the bytes change;
/// any state `→ Missing` when a scan no longer finds it, and back by the next that does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "state", content = "reason")]
pub enum SourceState {
    /// Not looked into yet.
    Pending,
    /// Probed and playable.
    Ready,
    /// Cannot be played, with the reason for people.
    Rejected(String),
    /// Gone from its place.
    Missing,
}

impl SourceState {
    /// The word that is stored.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Rejected(_) => "rejected",
            Self::Missing => "missing",
        }
    }
}

/// A track as probing found it: what pages and the choice of renditions need without opening the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrackInfo {
    /// Number within its file, stable.
    pub id: u32,
    /// `video`, `audio`, `text` or `other`.
    pub kind: String,
    /// Name of the codec for people, such as `H.264`.
    pub codec: String,
    /// RFC 6381 codec string.
    pub codec_string: String,
    /// Language, when the file tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Name, when the file tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Display width and height in pixels (video).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
    /// Frames per second (video).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<f64>,
    /// Channels (audio).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<u32>,
    /// The packager can deliver it.
    pub playable: bool,
    /// Sound that a transcoder can make into AAC, and that needs it in most browsers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transcodable: bool,
    /// A forced subtitle.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forced: bool,
}

/// What probing found, and what an author said about a source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceInfo {
    /// Container name for people, such as `MP4`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub container: String,
    /// Running time in milliseconds.
    pub duration_ms: u64,
    /// Tracks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<TrackInfo>,
    /// Language of a subtitle file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageTag>,
    /// Name of a subtitle file for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A forced subtitle.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub forced: bool,
}

/// One file or address that a content is played from.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// Content it plays.
    pub content: ContentId,
    /// What it is for.
    pub role: SourceRole,
    /// Where: `file:///…`, `s3://bucket/key`, `http://…` or `https://…`.
    pub location: String,
    /// Place among the content's sources.
    pub position: i64,
    /// Length in bytes when last seen.
    pub size_bytes: i64,
    /// Fingerprint of the bytes when last seen: modification time, entity tag or the like.
    pub revision: String,
    /// Whether it can be used.
    pub state: SourceState,
    /// What is known of it.
    pub info: SourceInfo,
}
