//! From any byte source to an index: the container is told by content, never by name.

use marquee_domain::source::ByteSource;

use crate::error::ProbeError;
use crate::index::{Container, Index, Samples, Track, TrackKind};
use crate::limits::Limits;
use crate::reader::Reader;
use crate::{mkv, mp4};

/// Indexes a file: which tracks it has, and where and when each of their samples is.
///
/// Reads headers and tables only, in bounded requests; the payload is jumped over.
///
/// # Errors
/// See [`ProbeError`]; every variant reads as a sentence for people.
pub async fn probe(source: &dyn ByteSource, limits: &Limits) -> Result<Index, ProbeError> {
    let mut reader = Reader::new(source);
    let head = reader.peek(0, 512).await?;
    if mp4::sniff(&head) {
        return mp4::probe(&mut reader, limits).await;
    }
    if mkv::sniff(&head) {
        return mkv::probe(&mut reader, limits).await;
    }
    Err(match other_media(&head) {
        Some(what) => ProbeError::unsupported(format!(
            "{what} are not supported; MP4, MOV, Matroska and WebM are"
        )),
        None => ProbeError::NotMedia,
    })
}

/// Containers that people have and that we do not read: a reason helps more than "unknown".
fn other_media(head: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, magic: &[u8]| {
        head.get(offset..)
            .is_some_and(|rest| rest.starts_with(magic))
    };
    if at(0, b"RIFF") && at(8, b"AVI ") {
        return Some("AVI files");
    }
    if (at(0, b"\x47") && at(188, b"\x47")) || (at(4, b"\x47") && at(196, b"\x47")) {
        return Some("MPEG transport streams");
    }
    let known: [(&[u8], &str); 10] = [
        (b"\x00\x00\x01\xBA", "MPEG program streams"),
        (b"FLV\x01", "Flash video files"),
        (b"OggS", "Ogg files"),
        (b"fLaC", "bare FLAC files"),
        (b"ID3", "bare MP3 files"),
        (b"\xFF\xFB", "bare MP3 files"),
        (b"\xFF\xF1", "bare AAC files"),
        (b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "Windows Media files"),
        (b".RMF", "RealMedia files"),
        (b"RIFF", "RIFF files"),
    ];
    known
        .iter()
        .find(|(magic, _)| at(0, magic))
        .map(|(_, what)| *what)
}

/// An index with something to play, or the reasons why there is nothing.
pub(crate) fn checked(
    container: Container,
    length: u64,
    mut tracks: Vec<Track>,
) -> Result<Index, ProbeError> {
    rebase(&mut tracks);
    let index = Index::new(container, length, tracks);
    if index.tracks().iter().any(Track::is_media) {
        return Ok(index);
    }
    let mut reasons: Vec<String> = Vec::new();
    for track in index.tracks() {
        let what = match track.kind {
            TrackKind::Video { .. } => "video",
            TrackKind::Audio { .. } => "audio",
            _ => continue,
        };
        let reason = track.reason.as_deref().unwrap_or("it cannot be packaged");
        let text = format!("{what} track {}: {reason}", track.id);
        if reasons.len() < 8 {
            reasons.push(text);
        }
    }
    if reasons.is_empty() {
        return Err(ProbeError::unsupported(
            "the file has neither video nor audio",
        ));
    }
    Err(ProbeError::unsupported(format!(
        "nothing in the file can be played ({})",
        reasons.join("; ")
    )))
}

/// Recordings of live streams keep the stream's clock, so their first picture may come hours after
/// zero. Beyond this, the file's start becomes presentation zero, for all tracks alike.
const LATE_MS: i64 = 1000;

fn rebase(tracks: &mut [Track]) {
    let media = tracks.iter().filter(|track| track.is_media());
    let starts = media.filter_map(|track| {
        let first = track.samples().take(64).map(|sample| sample.pts()).min();
        first.map(|pts| track.ms(pts))
    });
    let Some(start) = starts.min().filter(|start| *start > LATE_MS) else {
        return;
    };
    for track in tracks {
        let ticks = i128::from(start) * i128::from(track.timescale) / 1000;
        let ticks = i64::try_from(ticks).unwrap_or(i64::MAX);
        track.shift = track.shift.saturating_sub(ticks);
    }
}

/// Pictures per second: from the usual step between pictures, or on average when there is none.
pub(crate) fn frame_rate(samples: &Samples, timescale: u32) -> Option<f64> {
    let (first, last) = (samples.get(0)?, samples.get(samples.len().checked_sub(1)?)?);
    let ticks = last
        .dts
        .saturating_sub(first.dts)
        .saturating_add(i64::from(last.duration));
    #[expect(clippy::cast_precision_loss, reason = "a rate needs three decimals")]
    let seconds = ticks as f64 / f64::from(timescale.max(1));
    let average = (seconds > 0.0).then(|| f64::from(samples.len()) / seconds)?;
    let usual = samples
        .common_step()
        .filter(|(step, share)| *step > 0 && *share >= 90);
    // A step that contradicts the average comes from decode times bunched up before long waits.
    let usual = usual.map(|(step, _)| f64::from(timescale) / f64::from(step));
    Some(
        usual
            .filter(|rate| (rate / average - 1.0).abs() < 0.2)
            .unwrap_or(average),
    )
}
