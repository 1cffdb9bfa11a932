//! The index as bytes: what the database keeps between runs.
//!
//! The shape written is separate from the one in memory, so that changing a field means changing
//! [`VERSION`] here and nothing else. Columns are stored as differences, which makes most numbers
//! one byte long. A checksum finds damage; the checks in [`Samples::from_columns`] hold even when
//! somebody computed a matching one.

use serde::{Deserialize, Serialize};

use super::{Codec, Columns, Container, Index, Samples, Track, TrackKind};
use crate::error::DecodeError;
use crate::transcode::Foreign;

/// Raised whenever the stored shape or the meaning of a field changes.
const VERSION: u8 = 3;
const MAGIC: [u8; 3] = *b"MQX";

#[derive(Serialize, Deserialize)]
struct StoredIndex {
    container: Container,
    source_length: u64,
    tracks: Vec<StoredTrack>,
}

#[derive(Serialize, Deserialize)]
struct StoredTrack {
    id: u32,
    kind: TrackKind,
    codec: Codec,
    codec_string: String,
    language: Option<String>,
    name: Option<String>,
    is_default: bool,
    is_forced: bool,
    playable: bool,
    reason: Option<String>,
    timescale: u32,
    sample_entry: Vec<u8>,
    private: Vec<u8>,
    matrix: Option<[i32; 9]>,
    prefix: Vec<u8>,
    deflated: bool,
    shift: i64,
    foreign: Option<Foreign>,
    samples: StoredSamples,
}

/// Differences to the previous row, except for `sizes`, `compositions` and `durations`.
#[derive(Serialize, Deserialize)]
struct StoredSamples {
    sizes: Vec<u32>,
    chunk_first: Vec<u32>,
    chunk_offset: Vec<i64>,
    run_first: Vec<u32>,
    run_dts: Vec<i64>,
    run_delta: Vec<u32>,
    compositions: Vec<i32>,
    keys: Option<Vec<u32>>,
    durations: Vec<u32>,
    last_duration: u32,
}

impl Index {
    /// The index as compact bytes with a version and a checksum.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let stored = StoredIndex {
            container: self.container,
            source_length: self.source_length,
            tracks: self.tracks.iter().map(store_track).collect(),
        };
        let mut out = Vec::new();
        out.extend_from_slice(&MAGIC);
        out.push(VERSION);
        // Writing to memory cannot fail; if it ever did, the reader would refuse the empty body.
        let body = postcard::to_stdvec(&stored).unwrap_or_default();
        out.extend_from_slice(&checksum(&body).to_le_bytes());
        out.extend_from_slice(&body);
        out
    }

    /// The index that [`Index::encode`] wrote. Total: any bytes give an index or an error.
    ///
    /// # Errors
    /// `Version` when another version wrote the bytes, `Damaged` when they were altered.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (magic, rest) = bytes.split_first_chunk::<3>().ok_or(DecodeError::Damaged)?;
        let (version, rest) = rest.split_first().ok_or(DecodeError::Damaged)?;
        if *magic != MAGIC {
            return Err(DecodeError::Damaged);
        }
        if *version != VERSION {
            return Err(DecodeError::Version);
        }
        let (sum, body) = rest.split_first_chunk::<8>().ok_or(DecodeError::Damaged)?;
        if u64::from_le_bytes(*sum) != checksum(body) {
            return Err(DecodeError::Damaged);
        }
        Self::decode_body(body)
    }

    /// The part after the checksum, apart so that tests can reach it with any bytes.
    pub(crate) fn decode_body(body: &[u8]) -> Result<Self, DecodeError> {
        let stored: StoredIndex = postcard::from_bytes(body).map_err(|_| DecodeError::Damaged)?;
        let length = stored.source_length;
        let tracks: Option<Vec<Track>> = stored
            .tracks
            .into_iter()
            .map(|track| load_track(track, length))
            .collect();
        Ok(Self::new(
            stored.container,
            length,
            tracks.ok_or(DecodeError::Damaged)?,
        ))
    }
}

/// FNV-1a: finds accidents, which is all it is for.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn store_track(track: &Track) -> StoredTrack {
    let columns = track.samples.clone().into_columns();
    StoredTrack {
        id: track.id,
        kind: track.kind.clone(),
        codec: track.codec,
        codec_string: track.codec_string.clone(),
        language: track.language.clone(),
        name: track.name.clone(),
        is_default: track.is_default,
        is_forced: track.is_forced,
        playable: track.playable,
        reason: track.reason.clone(),
        timescale: track.timescale,
        sample_entry: track.sample_entry.clone(),
        private: track.private.clone(),
        matrix: track.matrix,
        prefix: track.prefix.clone(),
        deflated: track.deflated,
        shift: track.shift,
        foreign: track.foreign.clone(),
        samples: StoredSamples {
            chunk_first: differences(&columns.chunk_first),
            chunk_offset: signed_differences(
                columns
                    .chunk_offset
                    .iter()
                    .map(|offset| offset.cast_signed()),
            ),
            run_first: differences(&columns.run_first),
            run_dts: signed_differences(columns.run_dts.iter().copied()),
            run_delta: columns.run_delta,
            keys: columns.keys.as_deref().map(differences),
            sizes: columns.sizes,
            compositions: columns.compositions,
            durations: columns.durations,
            last_duration: columns.last_duration,
        },
    }
}

fn load_track(stored: StoredTrack, source_length: u64) -> Option<Track> {
    let s = stored.samples;
    let columns = Columns {
        chunk_first: sums(&s.chunk_first)?,
        chunk_offset: signed_sums(&s.chunk_offset)
            .into_iter()
            .map(i64::cast_unsigned)
            .collect(),
        run_first: sums(&s.run_first)?,
        run_dts: signed_sums(&s.run_dts),
        run_delta: s.run_delta,
        keys: match s.keys {
            Some(keys) => Some(sums(&keys)?),
            None => None,
        },
        sizes: s.sizes,
        compositions: s.compositions,
        durations: s.durations,
        last_duration: s.last_duration,
    };
    Some(Track {
        id: stored.id,
        kind: stored.kind,
        codec: stored.codec,
        codec_string: stored.codec_string,
        language: stored.language,
        name: stored.name,
        is_default: stored.is_default,
        is_forced: stored.is_forced,
        playable: stored.playable,
        reason: stored.reason,
        timescale: Some(stored.timescale).filter(|scale| *scale > 0)?,
        sample_entry: stored.sample_entry,
        private: stored.private,
        matrix: stored.matrix,
        prefix: stored.prefix,
        deflated: stored.deflated,
        shift: stored.shift,
        foreign: stored.foreign,
        samples: Samples::from_columns(columns, source_length)?,
    })
}

fn differences(column: &[u32]) -> Vec<u32> {
    let mut last = 0;
    column
        .iter()
        .map(|value| value.wrapping_sub(std::mem::replace(&mut last, *value)))
        .collect()
}

fn sums(column: &[u32]) -> Option<Vec<u32>> {
    let mut sum = 0u32;
    column
        .iter()
        .map(|step| {
            sum = sum.checked_add(*step)?;
            Some(sum)
        })
        .collect()
}

fn signed_differences(column: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut last = 0i64;
    column
        .map(|value| value.wrapping_sub(std::mem::replace(&mut last, value)))
        .collect()
}

fn signed_sums(column: &[i64]) -> Vec<i64> {
    let mut sum = 0i64;
    column
        .iter()
        .map(|step| {
            sum = sum.wrapping_add(*step);
            sum
        })
        .collect()
}
