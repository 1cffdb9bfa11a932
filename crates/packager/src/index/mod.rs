//! What probing found out about a file: everything that playlists and segments are made of.
//!
//! The index does not know which container it came from. Times are ticks of each track's own
//! timescale on the *presentation timeline*: zero is where a player shows the first picture.
//! What is written into fragments is that time plus [`Index::origin_ms`].

mod builder;
mod columns;
mod samples;
mod store;
mod timeline;

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::transcode::Foreign;

pub(crate) use builder::Builder;
pub(crate) use columns::Columns;
pub use samples::Sample;
pub(crate) use samples::Samples;
pub(crate) use timeline::{Span, presentation_end};

/// Every timeline is moved by this much, so that decode times before presentation zero (B-frame
/// delay, audio priming) stay representable: `tfdt` is unsigned (ISO/IEC 14496-12, 8.8.12).
///
/// It is the same for all files, on purpose. The renditions of a ladder and side-car subtitles
/// then share one timeline without knowing of each other. Players subtract it again.
pub const ORIGIN_MS: u64 = 250;

/// The container a file came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Container {
    /// ISO base media, progressive: MP4, MOV, M4V, 3GP.
    Mp4,
    /// ISO base media with movie fragments.
    FragmentedMp4,
    /// Matroska.
    Matroska,
    /// WebM.
    WebM,
}

/// How a track's samples are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Codec {
    /// H.264, MPEG-4 AVC.
    H264,
    /// H.265, HEVC.
    Hevc,
    /// AV1.
    Av1,
    /// VP9.
    Vp9,
    /// AAC in any profile.
    Aac,
    /// Dolby Digital.
    Ac3,
    /// Dolby Digital Plus.
    Eac3,
    /// Opus.
    Opus,
    /// FLAC.
    Flac,
    /// MPEG audio layer 3.
    Mp3,
    /// 3GPP timed text, `tx3g`.
    Tx3g,
    /// WebVTT.
    WebVtt,
    /// Plain text as in SubRip files.
    SubRip,
    /// Advanced SubStation Alpha.
    Ass,
    /// Anything we do not package.
    Other,
}

/// What a track carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TrackKind {
    /// Moving pictures.
    Video {
        /// Width as shown, in pixels, after pixel aspect and rotation.
        width: u32,
        /// Height as shown, in pixels.
        height: u32,
        /// Pictures per second, when known.
        frame_rate: Option<f64>,
        /// `SDR`, `PQ` or `HLG` (RFC 8216bis, VIDEO-RANGE), when the container says so.
        range: Option<VideoRange>,
    },
    /// Sound.
    Audio {
        /// Channels, the low-frequency one included.
        channels: u32,
        /// Samples per second.
        sample_rate: u32,
    },
    /// Subtitles or captions as text.
    Text,
    /// Anything else.
    Other,
}

/// Transfer function of video, as HLS names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum VideoRange {
    /// Standard dynamic range.
    Sdr,
    /// SMPTE ST 2084.
    Pq,
    /// Hybrid log-gamma.
    Hlg,
}

/// One track of a file.
#[derive(Clone, Debug)]
pub struct Track {
    /// Number within the file, from 1, in container order: stable, used in URIs.
    pub id: u32,
    /// What it carries.
    pub kind: TrackKind,
    /// How it is coded.
    pub codec: Codec,
    /// RFC 6381 string as it belongs into `CODECS`; the container's own name when not playable.
    pub codec_string: String,
    /// BCP 47 tag in lower case; `None` when undetermined.
    pub language: Option<String>,
    /// A name the author gave.
    pub name: Option<String>,
    /// Whether the author wants it chosen by default.
    pub is_default: bool,
    /// Whether it is meant to be shown even with subtitles off.
    pub is_forced: bool,
    /// Whether it can be packaged.
    pub playable: bool,
    /// Why not, as a sentence, when it cannot.
    pub reason: Option<String>,
    /// Ticks per second of its times.
    pub timescale: u32,
    /// The sample entry box of its `stsd`, complete.
    pub(crate) sample_entry: Vec<u8>,
    /// Codec set-up that is not in a sample entry: the header of ASS text.
    pub(crate) private: Vec<u8>,
    /// `tkhd` matrix, when it is not the identity.
    pub(crate) matrix: Option<[i32; 9]>,
    /// Bytes that belong in front of every sample (Matroska header stripping).
    pub(crate) prefix: Vec<u8>,
    /// Whether each sample is deflated (zlib); only text is readable then.
    pub(crate) deflated: bool,
    /// Ticks to add to the sample times for presentation time.
    pub(crate) shift: i64,
    /// How to hand it to a transcoder, when it is sound that is not packaged.
    pub(crate) foreign: Option<Foreign>,
    pub(crate) samples: Samples,
}

impl Track {
    /// Number of samples.
    #[must_use]
    pub fn sample_count(&self) -> u32 {
        self.samples.len()
    }

    /// All samples in decode order, on the presentation timeline.
    pub fn samples(&self) -> impl Iterator<Item = Sample> + '_ {
        self.in_presentation(0..self.samples.len())
    }

    pub(crate) fn in_presentation(
        &self,
        range: std::ops::Range<u32>,
    ) -> impl Iterator<Item = Sample> + '_ {
        let shift = self.shift;
        self.samples.range(range).map(move |sample| Sample {
            dts: sample.dts.saturating_add(shift),
            ..sample
        })
    }

    /// Bytes a sample has once packaged.
    pub(crate) fn packaged_size(&self, sample: &Sample) -> u64 {
        u64::from(sample.size).saturating_add(self.prefix.len() as u64)
    }

    /// `v`, `a` or `t`: the letter its URIs begin with.
    #[must_use]
    pub fn letter(&self) -> char {
        match self.kind {
            TrackKind::Video { .. } => 'v',
            TrackKind::Audio { .. } => 'a',
            TrackKind::Text => 't',
            TrackKind::Other => 'x',
        }
    }

    /// Whether this is playable video or audio.
    #[must_use]
    pub fn is_media(&self) -> bool {
        self.playable && matches!(self.kind, TrackKind::Video { .. } | TrackKind::Audio { .. })
    }

    /// Ticks as milliseconds, rounded to the nearest.
    pub(crate) fn ms(&self, ticks: i64) -> i64 {
        let scale = i128::from(self.timescale.max(1));
        let exact = i128::from(ticks) * 1000;
        let rounded = (exact + scale / 2).div_euclid(scale);
        i64::try_from(rounded).unwrap_or(i64::MAX)
    }
}

/// Everything about one file.
#[derive(Debug)]
pub struct Index {
    pub(crate) container: Container,
    pub(crate) source_length: u64,
    pub(crate) tracks: Vec<Track>,
    pub(crate) origin_ms: u64,
    /// Derived on first use: where each track is cut.
    spans: OnceLock<Vec<Vec<Span>>>,
}

impl Index {
    pub(crate) fn new(container: Container, source_length: u64, tracks: Vec<Track>) -> Self {
        let origin_ms = timeline::origin_ms(&tracks);
        Self {
            container,
            source_length,
            tracks,
            origin_ms,
            spans: OnceLock::new(),
        }
    }

    /// The container the file came in.
    #[must_use]
    pub fn container(&self) -> Container {
        self.container
    }

    /// Every track, those that cannot be packaged included.
    #[must_use]
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// A track by its number.
    #[must_use]
    pub fn track(&self, id: u32) -> Option<&Track> {
        self.tracks.iter().find(|track| track.id == id)
    }

    /// Length of the file that was probed, in bytes.
    #[must_use]
    pub fn source_length(&self) -> u64 {
        self.source_length
    }

    /// Running time from presentation zero to the end of the longest playable track.
    #[must_use]
    pub fn duration_ms(&self) -> u64 {
        let ends = self.tracks.iter().filter(|track| track.is_media());
        let end = ends
            .map(|track| track.ms(timeline::presentation_end(track)))
            .max();
        end.and_then(|end| u64::try_from(end).ok()).unwrap_or(0)
    }

    /// What every time in fragments is moved by, in milliseconds: [`ORIGIN_MS`], or more for the
    /// rare file that needs decode times further before presentation zero.
    #[must_use]
    pub fn origin_ms(&self) -> u64 {
        self.origin_ms
    }

    /// Roughly how many bytes of memory the index takes, for a bounded cache.
    #[must_use]
    pub fn weight_bytes(&self) -> usize {
        let tracks: usize = self
            .tracks
            .iter()
            .map(|track| {
                size_of::<Track>()
                    + track.samples.weight()
                    + track.sample_entry.len()
                    + track.private.len()
                    + track.prefix.len()
                    + track.codec_string.len()
                    + track.name.as_ref().map_or(0, String::len)
            })
            .sum();
        // Spans are made later; counted as if they were there, so that the weight is stable.
        let most = usize::try_from(self.duration_ms() / 3000).unwrap_or(usize::MAX);
        let lengths = self.tracks.iter().map(|track| track.samples.len() as usize);
        let spans: usize = lengths.map(|samples| samples.min(most)).sum();
        let spans = spans * size_of::<Span>();
        size_of::<Self>() + tracks + spans
    }

    /// Where the track is cut into segments, by its position in [`Index::tracks`].
    pub(crate) fn spans(&self, id: u32) -> &[Span] {
        let spans = self.spans.get_or_init(|| timeline::spans(&self.tracks));
        let position = self.tracks.iter().position(|track| track.id == id);
        position
            .and_then(|at| spans.get(at))
            .map_or(&[], Vec::as_slice)
    }

    /// The origin in ticks of a track.
    pub(crate) fn origin(&self, track: &Track) -> i64 {
        let ticks = u128::from(self.origin_ms) * u128::from(track.timescale) / 1000;
        i64::try_from(ticks).unwrap_or(i64::MAX)
    }
}

// Handlers on many threads share one index.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Index>();
};
