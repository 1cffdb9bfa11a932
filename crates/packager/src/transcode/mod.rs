//! Sound as AAC for players without its own codec: everything but the coding itself.
//!
//! This crate never decodes. It says which tracks are worth offering ([`transcodable`]), what a
//! transcoder must be fed for one segment and where its output belongs ([`AudioTranscode::part`]),
//! and wraps what comes back ([`TranscodePart::wrap`]).
//!
//! Every segment is made by itself, on any node, so all must agree on where frames begin: frame
//! `k` holds the sound of samples `k * 1024` up to the next thousand and twenty-four, counted at
//! [`RATE`] from presentation zero. A part begins some frames earlier than wanted, so that the
//! encoder has settled when the wanted ones come; the earlier ones are thrown away. Segments need
//! not be cut where the pictures are (RFC 8216 asks that of variants, not of renditions), so they
//! are [`FRAMES`] long whatever the source's blocks and key frames are.

mod adts;
mod choice;
mod foreign;

use std::fmt::Write as _;

use bytes::Bytes;

pub use choice::transcodable;
pub(crate) use foreign::{Foreign, MatroskaCodec};

use crate::codec::{aac, entry};
use crate::error::PackError;
use crate::hls::{VERSION, seconds};
use crate::index::{Codec, Index, Sample, Samples, Track, TrackKind, presentation_end};
use crate::pack::{self, Piece, SegmentPlan};

/// Samples per second of what is made, per channel.
pub const RATE: u32 = 48_000;
/// Channels of what is made. Two are what every player plays; who can decode the original
/// surround sound is offered it beside this.
pub const CHANNELS: u32 = 2;
/// What an encoder should aim at, in bits per second.
pub const BIT_RATE: u32 = 160_000;
/// RFC 6381 string of what is made: AAC-LC.
pub(crate) const CODEC_STRING: &str = "mp4a.40.2";

/// Samples in one AAC frame.
const FRAME: i64 = 1024;
/// Frames in one segment: 5.994667 s.
const FRAMES: i64 = 281;
/// Longer than 54 hours is damage: the playlist would be made of one bad number, not of samples.
const FRAMES_MAX: i64 = FRAMES << 15;
/// Frames made and thrown away so that the encoder's model of the sound has settled.
const SETTLE: i64 = 8;
/// Frames heard after those that are wanted: a frame overlaps with the next one, and the encoder
/// chooses its window by what comes after that.
const AHEAD: i64 = 2;
/// An encoder's first frame holds only the silence before its input.
const PRIMING: i64 = 1;
/// Sound decoded before what is encoded, in milliseconds: MP3 borrows bits from up to nine
/// frames back, other codecs overlap with one.
const DECODE_LEAD_MS: i64 = 300;
/// Sound decoded after what is encoded, in milliseconds: resamplers look ahead.
const DECODE_TAIL_MS: i64 = 100;

/// A track that is offered as AAC.
pub struct AudioTranscode<'a> {
    index: &'a Index,
    track: &'a Track,
    /// Frames from presentation zero to the track's end.
    frames: i64,
}

impl<'a> AudioTranscode<'a> {
    /// The transcoding of a track.
    ///
    /// # Errors
    /// When the track does not exist, is not sound that needs transcoding, or claims to last for
    /// days.
    pub fn of(index: &'a Index, track: u32) -> Result<Self, PackError> {
        let track = index.track(track).ok_or(PackError::NoTrack)?;
        if !track.is_transcodable() {
            return Err(PackError::NotPlayable);
        }
        let samples = rescale(presentation_end(track), track.timescale);
        let frames = samples.saturating_add(FRAME - 1).div_euclid(FRAME).max(1);
        if frames > FRAMES_MAX {
            return Err(PackError::TooLarge);
        }
        Ok(Self {
            index,
            track,
            frames,
        })
    }

    /// How many segments there are.
    #[must_use]
    pub fn segments(&self) -> u32 {
        u32::try_from((self.frames + FRAMES - 1) / FRAMES).unwrap_or(u32::MAX)
    }

    /// The media playlist (RFC 8216, 4.3.3). Every AAC frame decodes after the one before it, so
    /// segments are independent in the sense of 4.3.5.1.
    #[must_use]
    pub fn playlist(&self) -> String {
        let mut out = format!("#EXTM3U\n#EXT-X-VERSION:{VERSION}\n#EXT-X-TARGETDURATION:6\n");
        out.push_str("#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n");
        out.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4\"\n");
        for n in 0..self.segments() {
            let (first, end) = self.frames_of(n);
            let _ = writeln!(
                out,
                "#EXTINF:{},\n{n}.m4s",
                seconds((end - first) * FRAME, RATE)
            );
        }
        out.push_str("#EXT-X-ENDLIST\n");
        out
    }

    /// The init segment, the same for all transcoded tracks.
    ///
    /// # Errors
    /// Never in practice: [`RATE`] is one that AAC knows.
    pub fn init_segment() -> Result<Bytes, PackError> {
        let config = aac::make_config(RATE, CHANNELS).ok_or(PackError::NotPlayable)?;
        let child = (*b"esds", aac::write_esds(0x40, &config));
        let mut track = made_track();
        track.sample_entry = entry::audio(*b"mp4a", CHANNELS, RATE, &[child]);
        Ok(pack::init_of(&track))
    }

    fn frames_of(&self, n: u32) -> (i64, i64) {
        let first = i64::from(n) * FRAMES;
        (first, self.frames.min(first + FRAMES))
    }

    /// What it takes to make the n-th segment.
    ///
    /// # Errors
    /// `NoSegment` beyond the end; `TooLarge` when the source has absurd amounts of data there.
    pub fn part(&self, n: u32) -> Result<TranscodePart, PackError> {
        if n >= self.segments() {
            return Err(PackError::NoSegment);
        }
        let (first, end) = self.frames_of(n);
        let origin = i64::try_from(self.index.origin_ms())
            .unwrap_or(0)
            .saturating_mul(i64::from(RATE) / 1000);
        let from = (first - SETTLE) * FRAME;
        let to = (end + AHEAD) * FRAME;
        let samples = self.samples_around(from, to);
        let feed = match &self.track.foreign {
            Some(Foreign::Matroska(codec)) => {
                foreign::matroska(self.track, codec, &samples, self.index.origin(self.track))
            }
            Some(Foreign::Mp4) | None => self.fragment(&samples)?,
        };
        Ok(TranscodePart {
            feed,
            container: match self.track.foreign {
                Some(Foreign::Matroska(_)) => FeedContainer::Matroska,
                _ => FeedContainer::Mp4,
            },
            starts_at: from + origin,
            ends_at: to + origin,
            number: n,
            decode_time: first * FRAME + origin,
            frames: usize::try_from(end - first).unwrap_or(0),
        })
    }

    /// The source's samples that sound between two moments on the clock of [`RATE`], and what
    /// decoding them takes.
    fn samples_around(&self, from: i64, to: i64) -> Vec<Sample> {
        let scale = i64::from(self.track.timescale);
        let ticks = |samples: i64, ms: i64| {
            let exact = i128::from(samples) * i128::from(scale) / i128::from(RATE)
                + i128::from(ms) * i128::from(scale) / 1000;
            i64::try_from(exact).unwrap_or(0)
        };
        let from = ticks(from, -DECODE_LEAD_MS).saturating_sub(self.track.shift);
        let to = ticks(to, DECODE_TAIL_MS);
        let first = self.track.samples.last_until(from);
        let rest = self.track.in_presentation(first..self.track.samples.len());
        rest.take_while(|sample| sample.dts < to).collect()
    }

    fn fragment(&self, samples: &[Sample]) -> Result<SegmentPlan, PackError> {
        let track = self.track;
        let mut plan = SegmentPlan {
            pieces: vec![Piece::Bytes(pack::init_of(track))],
        };
        if !samples.is_empty() {
            plan.pieces
                .extend(pack::fragment_of(track, samples, 0, self.index.origin(track))?.pieces);
        }
        Ok(plan)
    }
}

/// What a transcoder is fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedContainer {
    /// Fragmented MP4.
    Mp4,
    /// Matroska.
    Matroska,
}

/// Everything about the making of one segment.
///
/// The transcoder's job: decode the feed; resample to [`RATE`] and mix to [`CHANNELS`]; take the
/// sound from `starts_at` up to `ends_at`, both counted in samples on the feed's own clock, with
/// silence where the feed has nothing; encode that as AAC-LC into ADTS frames.
#[derive(Debug)]
pub struct TranscodePart {
    /// The input, complete with headers.
    pub feed: SegmentPlan,
    /// Its container.
    pub container: FeedContainer,
    /// First sample to encode, at [`RATE`] on the feed's clock.
    pub starts_at: i64,
    /// One past the last sample to encode.
    pub ends_at: i64,
    number: u32,
    decode_time: i64,
    frames: usize,
}

impl TranscodePart {
    /// The media segment, from what the transcoder gave.
    ///
    /// # Errors
    /// `NotPlayable` when that is not ADTS or too short.
    pub fn wrap(&self, adts: &[u8]) -> Result<Bytes, PackError> {
        let skip = usize::try_from(SETTLE + PRIMING).unwrap_or(0);
        let frames: Vec<&[u8]> = adts::frames(adts).skip(skip).take(self.frames).collect();
        if frames.len() < self.frames {
            return Err(PackError::NotPlayable);
        }
        let mut samples = Vec::with_capacity(frames.len());
        let (mut offset, mut dts) = (0u64, self.decode_time);
        for frame in &frames {
            let size = u32::try_from(frame.len()).map_err(|_| PackError::TooLarge)?;
            samples.push(Sample {
                offset,
                size,
                dts,
                duration: FRAME.unsigned_abs() as u32,
                composition: 0,
                key: true,
            });
            offset += u64::from(size);
            dts += FRAME;
        }
        let plan = pack::fragment_of(&made_track(), &samples, self.number, 0)?;
        let mut out = Vec::with_capacity(usize::try_from(plan.len()).unwrap_or(0));
        for piece in &plan.pieces {
            match piece {
                Piece::Bytes(bytes) => out.extend_from_slice(bytes),
                // The frames lie one behind the other, so the one range is all of them.
                Piece::Source(_) => frames.iter().for_each(|frame| out.extend_from_slice(frame)),
            }
        }
        Ok(out.into())
    }
}

/// A track like those that are made, without samples.
fn made_track() -> Track {
    Track {
        id: 1,
        kind: TrackKind::Audio {
            channels: CHANNELS,
            sample_rate: RATE,
        },
        codec: Codec::Aac,
        codec_string: CODEC_STRING.to_owned(),
        language: None,
        name: None,
        is_default: true,
        is_forced: false,
        playable: true,
        reason: None,
        timescale: RATE,
        sample_entry: Vec::new(),
        private: Vec::new(),
        matrix: None,
        prefix: Vec::new(),
        deflated: false,
        shift: 0,
        foreign: None,
        samples: Samples::default(),
    }
}

/// Ticks as samples at [`RATE`].
fn rescale(ticks: i64, timescale: u32) -> i64 {
    let exact = i128::from(ticks) * i128::from(RATE) / i128::from(timescale.max(1));
    i64::try_from(exact).unwrap_or(i64::MAX / 2).max(0)
}
