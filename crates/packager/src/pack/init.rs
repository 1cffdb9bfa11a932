//! The init segment: `ftyp` and a `moov` without samples (ISO/IEC 23000-19, 7.3.1).

use bytes::Bytes;

use crate::codec::entry::put_box;
use crate::error::PackError;
use crate::index::{Index, Track, TrackKind};
use crate::mp4::headers::is_turned;

/// The `track_ID` in every init segment and fragment: there is one track in each.
pub(crate) const TRACK_ID: u32 = 1;

const IDENTITY: [i32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// The init segment of a playable video or audio track.
///
/// # Errors
/// When the track does not exist or cannot be packaged.
pub fn init_segment(index: &Index, track: u32) -> Result<Bytes, PackError> {
    Ok(init_of(super::media_track(index, track)?))
}

/// The init segment of any track that has a sample entry.
pub(crate) fn init_of(track: &Track) -> Bytes {
    let mut out = Vec::with_capacity(1024);
    // Brands: CMAF, and the ISO base in which tfdt and default-base-is-moof are known.
    put_box(&mut out, *b"ftyp", b"iso6\0\0\0\0iso6cmfcmp41");
    let mut moov = Vec::with_capacity(1024);
    put_box(&mut moov, *b"mvhd", &movie_header(track.timescale));
    put_box(&mut moov, *b"trak", &trak(track));
    let mut mvex = Vec::new();
    let trex: Vec<u8> = [0, TRACK_ID, 1, 0, 0, 0]
        .iter()
        .flat_map(|word: &u32| word.to_be_bytes())
        .collect();
    put_box(&mut mvex, *b"trex", &trex);
    put_box(&mut moov, *b"mvex", &mvex);
    put_box(&mut out, *b"moov", &moov);
    Bytes::from(out)
}

fn movie_header(timescale: u32) -> Vec<u8> {
    let mut body = vec![0; 12];
    body.extend_from_slice(&timescale.to_be_bytes());
    body.extend_from_slice(&[0; 4]);
    // Rate 1.0, volume 1.0, reserved.
    body.extend_from_slice(&0x1_0000u32.to_be_bytes());
    body.extend_from_slice(&0x100u16.to_be_bytes());
    body.extend_from_slice(&[0; 10]);
    body.extend(IDENTITY.iter().flat_map(|cell| cell.to_be_bytes()));
    body.extend_from_slice(&[0; 24]);
    body.extend_from_slice(&(TRACK_ID + 1).to_be_bytes());
    body
}

fn trak(track: &Track) -> Vec<u8> {
    let mut out = Vec::new();
    put_box(&mut out, *b"tkhd", &track_header(track));
    put_box(&mut out, *b"mdia", &mdia(track));
    out
}

fn track_header(track: &Track) -> Vec<u8> {
    // Enabled, in movie, in preview.
    let mut body = 7u32.to_be_bytes().to_vec();
    body.extend_from_slice(&[0; 8]);
    body.extend_from_slice(&TRACK_ID.to_be_bytes());
    body.extend_from_slice(&[0; 20]);
    let volume: u16 = if matches!(track.kind, TrackKind::Audio { .. }) {
        0x100
    } else {
        0
    };
    body.extend_from_slice(&volume.to_be_bytes());
    body.extend_from_slice(&[0; 2]);
    body.extend(
        track
            .matrix
            .unwrap_or(IDENTITY)
            .iter()
            .flat_map(|cell| cell.to_be_bytes()),
    );
    let (mut width, mut height) = match track.kind {
        TrackKind::Video { width, height, .. } => (width, height),
        _ => (0, 0),
    };
    // The header has the size before rotation.
    if is_turned(track.matrix) {
        std::mem::swap(&mut width, &mut height);
    }
    for side in [width, height] {
        body.extend_from_slice(
            &u16::try_from(side)
                .map_or(0, |side| u32::from(side) << 16)
                .to_be_bytes(),
        );
    }
    body
}

fn mdia(track: &Track) -> Vec<u8> {
    let mut out = Vec::new();
    let mut mdhd = vec![0; 12];
    mdhd.extend_from_slice(&track.timescale.to_be_bytes());
    mdhd.extend_from_slice(&[0; 4]);
    // Undetermined: the playlists carry the language, in a form that can say more.
    mdhd.extend_from_slice(&0x55C4u16.to_be_bytes());
    mdhd.extend_from_slice(&[0; 2]);
    put_box(&mut out, *b"mdhd", &mdhd);
    let is_video = matches!(track.kind, TrackKind::Video { .. });
    let mut hdlr = vec![0; 8];
    hdlr.extend_from_slice(if is_video { b"vide" } else { b"soun" });
    hdlr.extend_from_slice(&[0; 13]);
    put_box(&mut out, *b"hdlr", &hdlr);
    let mut minf = Vec::new();
    if is_video {
        put_box(&mut minf, *b"vmhd", &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    } else {
        put_box(&mut minf, *b"smhd", &[0; 8]);
    }
    // One data reference: "in this file".
    let dref = [
        0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12, b'u', b'r', b'l', b' ', 0, 0, 0, 1,
    ];
    let mut dinf = Vec::new();
    put_box(&mut dinf, *b"dref", &dref);
    put_box(&mut minf, *b"dinf", &dinf);
    let mut stsd = vec![0, 0, 0, 0, 0, 0, 0, 1];
    stsd.extend_from_slice(&track.sample_entry);
    let mut stbl = Vec::new();
    put_box(&mut stbl, *b"stsd", &stsd);
    put_box(&mut stbl, *b"stts", &[0; 8]);
    put_box(&mut stbl, *b"stsc", &[0; 8]);
    put_box(&mut stbl, *b"stsz", &[0; 12]);
    put_box(&mut stbl, *b"stco", &[0; 8]);
    put_box(&mut minf, *b"stbl", &stbl);
    put_box(&mut out, *b"minf", &minf);
    out
}
