//! ISO base media files: MP4, MOV, M4V, 3GP, with or without fragments.

pub(crate) mod boxes;
pub(crate) mod description;
mod edits;
mod fragments;
pub(crate) mod headers;
pub(crate) mod moov;
mod tables;

use self::edits::Placement;
use self::moov::{Draft, Movie};
use crate::bits::Cursor;
use crate::error::ProbeError;
use crate::index::{Container, Index, Track, TrackKind};
use crate::limits::Limits;
use crate::reader::Reader;

/// Whether the first bytes are those of an ISO base media file.
pub(crate) fn sniff(head: &[u8]) -> bool {
    let known: [&[u8; 4]; 11] = [
        b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"sidx", b"moof",
        b"uuid",
    ];
    head.get(4..8)
        .is_some_and(|kind| known.iter().any(|known| kind == known.as_slice()))
}

/// The header of a top-level box.
struct Header {
    kind: [u8; 4],
    offset: u64,
    body: u64,
    end: u64,
}

/// Indexes a file.
pub(crate) async fn probe(reader: &mut Reader<'_>, limits: &Limits) -> Result<Index, ProbeError> {
    let length = reader.length();
    let mut movie: Option<Movie> = None;
    // Every sample worth having has a byte, so a small file cannot ask for a large table.
    let mut budget = limits
        .samples
        .min(usize::try_from(length).unwrap_or(usize::MAX));
    let mut saw_fragments = false;
    let mut at = 0u64;
    while at < length {
        let header = match header(reader, at).await {
            Ok(header) => header,
            // Rubbish behind a complete movie is common and harmless.
            Err(ProbeError::Malformed { .. }) if movie.is_some() => break,
            Err(error) => return Err(error),
        };
        match (&header.kind, &mut movie) {
            (b"moov", None) => {
                let body = content(reader, &header, limits.moov_bytes).await?;
                let parsed = moov::parse(&body, header.body, length, limits, &mut budget)?;
                if !parsed.fragmented {
                    movie = Some(parsed);
                    break;
                }
                movie = Some(parsed);
            }
            (b"moof", Some(movie)) => {
                saw_fragments = true;
                let body = content(reader, &header, limits.element_bytes).await?;
                let context = fragments::Context {
                    moof: header.offset,
                    length,
                    budget: &mut budget,
                };
                fragments::append(&body, &mut movie.drafts, context)?;
            }
            _ => {}
        }
        at = header.end;
    }
    let Some(movie) = movie else {
        return Err(ProbeError::malformed(
            "the file ends before its movie header; the recording or download is incomplete",
            length,
        ));
    };
    finish(movie, length, saw_fragments)
}

async fn header(reader: &mut Reader<'_>, at: u64) -> Result<Header, ProbeError> {
    let head = reader.peek(at, 16).await?;
    let mut cursor = Cursor::new(&head);
    let damaged = || ProbeError::malformed("a box header is incomplete", at);
    let size = cursor.u32().ok_or_else(damaged)?;
    let kind = cursor.fourcc().ok_or_else(damaged)?;
    let length = reader.length();
    let (header_size, size) = match size {
        0 => (8, length.saturating_sub(at)),
        1 => (16, cursor.u64().ok_or_else(damaged)?),
        size => (8, u64::from(size)),
    };
    if size < header_size {
        let what = format!(
            "the box {} claims to be smaller than its header",
            boxes::name(kind)
        );
        return Err(ProbeError::malformed(what, at));
    }
    let end = at.checked_add(size).ok_or_else(damaged)?;
    Ok(Header {
        kind,
        offset: at,
        body: at + header_size,
        end,
    })
}

async fn content(
    reader: &mut Reader<'_>,
    header: &Header,
    most: u64,
) -> Result<bytes::Bytes, ProbeError> {
    let name = boxes::name(header.kind);
    if header.end > reader.length() {
        return Err(ProbeError::malformed(
            format!("the box {name} ends after the file"),
            header.offset,
        ));
    }
    let size = header.end.saturating_sub(header.body);
    if size > most {
        return Err(ProbeError::limit(format!(
            "its box {name} has {size} bytes, {most} are allowed"
        )));
    }
    reader.read(header.body..header.end).await
}

fn finish(movie: Movie, length: u64, saw_fragments: bool) -> Result<Index, ProbeError> {
    let Movie {
        timescale,
        drafts,
        fragmented,
    } = movie;
    let tracks: Vec<Track> = (1u32..)
        .zip(drafts)
        .map(|(id, draft)| track(id, draft, timescale, fragmented))
        .collect();
    let container = if saw_fragments {
        Container::FragmentedMp4
    } else {
        Container::Mp4
    };
    crate::probe::checked(container, length, tracks)
}

fn track(id: u32, draft: Draft, movie_scale: u32, fragmented: bool) -> Track {
    let Draft {
        timescale,
        description,
        builder,
        ..
    } = draft;
    let mut placement = Placement::of(&draft.edits, movie_scale, timescale, fragmented);
    let samples = builder.finish();
    if draft.edits.iter().any(|edit| edit.media_time >= 0) && description.kind != TrackKind::Text {
        placement.close_gap(&samples, &description.kind);
    }
    let mut samples = placement.trim(samples, &description.kind, timescale);
    let raised = samples.raise_compositions();
    let mut kind = description.kind;
    let mut reason = description.reason;
    if reason.is_none() && samples.is_empty() {
        reason = Some("it is empty".to_owned());
    }
    if let TrackKind::Video { frame_rate, .. } = &mut kind {
        *frame_rate = crate::probe::frame_rate(&samples, timescale);
    }
    Track {
        id,
        kind,
        codec: description.codec,
        codec_string: description.codec_string,
        language: draft.language,
        name: draft.name,
        is_default: draft.enabled,
        is_forced: description.is_forced,
        playable: reason.is_none(),
        reason,
        timescale,
        sample_entry: description.sample_entry,
        private: Vec::new(),
        matrix: draft.matrix,
        prefix: Vec::new(),
        deflated: false,
        shift: placement.shift.saturating_sub(raised),
        foreign: description.foreign,
        samples,
    }
}
