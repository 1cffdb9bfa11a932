//! Sound that we do not package, but that a transcoder understands: it is handed over in the
//! container it came in, so that whatever its decoder needs goes with it.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::index::{Sample, Track, TrackKind};
use crate::pack::{Piece, SegmentPlan};

/// How to hand a track over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Foreign {
    /// In fragmented MP4, with the track's sample entry as it lay in the file.
    Mp4,
    /// In Matroska.
    Matroska(MatroskaCodec),
}

/// What Matroska says of a codec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MatroskaCodec {
    /// Such as `A_DTS`.
    pub(crate) id: String,
    /// Decoder set-up.
    pub(crate) private: Vec<u8>,
    /// Bits per sample of uncompressed sound; 0 when unstated.
    pub(crate) bit_depth: u64,
}

/// Ticks of a microsecond, so that times stay closer than a sample.
const SCALE_NS: u64 = 1000;

/// Samples on the presentation timeline as a Matroska stream (RFC 9559), one cluster each: block
/// times relative to a cluster have no room for microseconds.
pub(super) fn matroska(
    track: &Track,
    codec: &MatroskaCodec,
    samples: &[Sample],
    origin: i64,
) -> SegmentPlan {
    let mut head = Vec::new();
    let mut ebml = Vec::new();
    put(&mut ebml, 0x4282, b"matroska");
    put_number(&mut ebml, 0x4287, 4);
    put_number(&mut ebml, 0x4285, 2);
    put(&mut head, 0x1A45_DFA3, &ebml);
    // Segment of unknown size: it ends with the stream.
    head.extend_from_slice(&[0x18, 0x53, 0x80, 0x67, 0x01]);
    head.extend_from_slice(&[0xFF; 7]);
    let mut info = Vec::new();
    put_number(&mut info, 0x2A_D7B1, SCALE_NS);
    put(&mut head, 0x1549_A966, &info);
    let mut tracks = Vec::new();
    put(&mut tracks, 0xAE, &track_entry(track, codec));
    put(&mut head, 0x1654_AE6B, &tracks);
    let mut plan = SegmentPlan {
        pieces: vec![Piece::Bytes(head.into())],
    };
    for sample in samples {
        let ticks = i128::from(sample.pts().saturating_add(origin).max(0));
        let micros = ticks * 1_000_000 / i128::from(track.timescale.max(1));
        let payload = track.packaged_size(sample);
        let mut cluster = Vec::new();
        put_number(&mut cluster, 0xE7, u64::try_from(micros).unwrap_or(0));
        // SimpleBlock: track 1, time 0, key frame.
        put_header(&mut cluster, 0xA3, payload.saturating_add(4));
        cluster.extend_from_slice(&[0x81, 0, 0, 0x80]);
        let mut out = Vec::new();
        put_header(
            &mut out,
            0x1F43_B675,
            payload.saturating_add(cluster.len() as u64),
        );
        out.extend_from_slice(&cluster);
        out.extend_from_slice(&track.prefix);
        plan.pieces.push(Piece::Bytes(Bytes::from(out)));
        plan.pieces.push(Piece::Source(sample.offset..sample.end()));
    }
    plan
}

fn track_entry(track: &Track, codec: &MatroskaCodec) -> Vec<u8> {
    let mut out = Vec::new();
    put_number(&mut out, 0xD7, 1);
    put_number(&mut out, 0x73C5, 1);
    put_number(&mut out, 0x83, 2);
    put(&mut out, 0x86, codec.id.as_bytes());
    if !codec.private.is_empty() {
        put(&mut out, 0x63A2, &codec.private);
    }
    let mut audio = Vec::new();
    if let TrackKind::Audio {
        channels,
        sample_rate,
    } = track.kind
    {
        put(&mut audio, 0xB5, &f64::from(sample_rate).to_be_bytes());
        put_number(&mut audio, 0x9F, channels.into());
    }
    if codec.bit_depth > 0 {
        put_number(&mut audio, 0x6264, codec.bit_depth);
    }
    put(&mut out, 0xE1, &audio);
    out
}

fn put_header(out: &mut Vec<u8>, id: u32, size: u64) {
    let id = id.to_be_bytes();
    let from = id.iter().position(|byte| *byte != 0).unwrap_or(3);
    out.extend_from_slice(id.get(from..).unwrap_or_default());
    // Sizes are written eight bytes long: no need to choose.
    let size = (1u64 << 56) | (size & ((1 << 56) - 1));
    out.extend_from_slice(&size.to_be_bytes());
}

fn put(out: &mut Vec<u8>, id: u32, content: &[u8]) {
    put_header(out, id, content.len() as u64);
    out.extend_from_slice(content);
}

fn put_number(out: &mut Vec<u8>, id: u32, value: u64) {
    put(out, id, &value.to_be_bytes());
}
