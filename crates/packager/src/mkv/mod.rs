//! Matroska and WebM (RFC 9559).

mod block;
mod codecs;
pub(crate) mod ebml;
mod grid;
mod ids;
mod timing;
mod tracks;
mod walk;

use self::ebml::HEADER_MAX;
use self::tracks::{Draft, Encoding};
use crate::error::ProbeError;
use crate::index::{Codec, Container, Index, Samples, Track, TrackKind};
use crate::limits::Limits;
use crate::reader::Reader;

/// Bytes of a first frame that set-up may need: an E-AC-3 packet with dependent substreams.
const FIRST_FRAME: u64 = 8 << 10;

/// Whether the first bytes are an EBML header.
pub(crate) fn sniff(head: &[u8]) -> bool {
    head.starts_with(&ids::EBML.to_be_bytes())
}

/// Indexes a file.
pub(crate) async fn probe(reader: &mut Reader<'_>, limits: &Limits) -> Result<Index, ProbeError> {
    let length = reader.length();
    let (container, mut at) = doc_type(reader).await?;
    let (from, to) = loop {
        let head = reader.peek(at, HEADER_MAX).await?;
        let header = ebml::header(&head)
            .ok_or_else(|| ProbeError::malformed("the file has no segment", at))?;
        let body = at + header.length;
        let end = header
            .size
            .and_then(|size| body.checked_add(size))
            .unwrap_or(length)
            .min(length);
        if header.id == ids::SEGMENT {
            break (body, end);
        }
        if header.size.is_none() || end <= at {
            return Err(ProbeError::malformed("the file has no segment", at));
        }
        at = end;
    };
    let found = walk::segment(reader, from, to, limits).await?;
    if found.drafts.is_empty() {
        return Err(ProbeError::malformed("the file has no track list", from));
    }
    let mut tracks = Vec::with_capacity(found.drafts.len());
    for (id, draft) in (1u32..).zip(found.drafts) {
        tracks.push(track(reader, id, draft, found.scale).await?);
    }
    crate::probe::checked(container, length, tracks)
}

async fn doc_type(reader: &mut Reader<'_>) -> Result<(Container, u64), ProbeError> {
    let damaged = || ProbeError::malformed("the EBML header is incomplete", 0);
    let head = reader.peek(0, 4096).await?;
    let header = ebml::header(&head).ok_or_else(damaged)?;
    let end = header
        .size
        .and_then(|size| header.length.checked_add(size))
        .ok_or_else(damaged)?;
    let body = usize::try_from(header.length)
        .ok()
        .zip(usize::try_from(end).ok());
    let body = body
        .and_then(|(from, to)| head.get(from..to))
        .ok_or_else(damaged)?;
    let name = ebml::elements(body)
        .find(|child| child.id == ids::DOC_TYPE)
        .and_then(|child| child.text());
    match name.as_deref() {
        Some("webm") => Ok((Container::WebM, end)),
        Some("matroska") => Ok((Container::Matroska, end)),
        Some(other) => Err(ProbeError::unsupported(format!(
            "EBML documents of type {other:?} are not supported"
        ))),
        None => Err(damaged()),
    }
}

async fn track(
    reader: &mut Reader<'_>,
    id: u32,
    draft: Draft,
    scale: u64,
) -> Result<Track, ProbeError> {
    let prefix = match &draft.encoding {
        Encoding::Stripped(prefix) => prefix.clone(),
        _ => Vec::new(),
    };
    let mut first = prefix.clone();
    if let Some(frame) = draft.frames.first().filter(|_| matches!(draft.kind, 1 | 2)) {
        let end = frame
            .offset
            .saturating_add(u64::from(frame.size).min(FIRST_FRAME))
            .min(reader.length());
        if frame.offset < end {
            first.extend_from_slice(&reader.read(frame.offset..end).await?);
        }
    }
    let codecs::Understood {
        description,
        rate,
        frame,
    } = codecs::describe(&draft, &first);
    let mut reason = description.reason;
    let deflated = draft.encoding == Encoding::Deflated;
    if let Encoding::Refused(why) = draft.encoding {
        reason = Some(why.to_owned());
    } else if deflated && description.kind != TrackKind::Text {
        // Segments are ranges of the source: there is no place to inflate them.
        reason = Some("its frames are compressed with zlib".to_owned());
    }
    let playable = reason.is_none();
    // What is refused for its codec alone may still be handed to a transcoder.
    let is_open = matches!(draft.encoding, Encoding::Plain | Encoding::Stripped(_));
    let foreign = description.foreign.filter(|_| is_open);
    let timed = match description.kind {
        _ if !playable && foreign.is_none() => timing::Timed {
            timescale: 1000,
            samples: Samples::default(),
        },
        TrackKind::Video { .. } => timing::video(&draft.frames, scale, draft.default_duration),
        TrackKind::Audio { .. } => {
            timing::audio(&draft.frames, scale, rate, frame, draft.default_duration)
        }
        _ => timing::text(&draft.frames, scale),
    };
    let timing::Timed { timescale, samples } = timed;
    if playable && samples.is_empty() {
        reason = Some("it is empty".to_owned());
    }
    let mut kind = description.kind;
    if let TrackKind::Video { frame_rate, .. } = &mut kind {
        *frame_rate = crate::probe::frame_rate(&samples, timescale);
    }
    // Samples that only prime the decoder are presented before zero (RFC 9559, 5.1.4.1.25).
    let delay = u128::from(draft.codec_delay) * u128::from(timescale) / 1_000_000_000;
    Ok(Track {
        id,
        kind,
        codec: description.codec,
        codec_string: description.codec_string,
        language: draft.language,
        name: draft.name,
        is_default: draft.is_default,
        is_forced: draft.is_forced,
        playable: reason.is_none(),
        reason,
        timescale,
        sample_entry: description.sample_entry,
        private: private(description.codec, &draft.codec_id, draft.private),
        matrix: None,
        prefix,
        deflated,
        shift: i64::try_from(delay).map_or(0, |delay| -delay),
        foreign,
        samples,
    })
}

/// What text needs beyond its samples: the header of ASS, and for WebVTT in WebM the fact that
/// its blocks begin with identifier and settings lines.
fn private(codec: Codec, codec_id: &str, private: Vec<u8>) -> Vec<u8> {
    match codec {
        Codec::Ass => private,
        Codec::WebVtt if codec_id.starts_with("D_WEBVTT") => b"webm".to_vec(),
        _ => Vec::new(),
    }
}
