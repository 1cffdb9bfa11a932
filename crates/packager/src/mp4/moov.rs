//! The movie box: its tracks as drafts, still without edits applied and fragments added.

use super::boxes::{Box, boxes, find};
use super::description;
use super::edits::{Edit, edits};
use super::headers::{apply_header, handler, media_header, track_header, user_name};
use crate::codec::Description;
use crate::error::ProbeError;
use crate::index::{Builder, Codec, TrackKind};
use crate::language;
use crate::limits::Limits;

/// Defaults for fragments of one track (`trex`).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Defaults {
    pub(crate) duration: u32,
    pub(crate) size: u32,
    pub(crate) flags: u32,
}

/// A track while its samples are collected.
#[derive(Debug)]
pub(crate) struct Draft {
    /// `track_ID`, by which fragments refer to it.
    pub(crate) track_id: u32,
    pub(crate) timescale: u32,
    pub(crate) description: Description,
    /// What further entries of `stsd` say; samples refer to entries by number.
    pub(crate) others: Vec<Description>,
    pub(crate) language: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) matrix: Option<[i32; 9]>,
    pub(crate) edits: Vec<Edit>,
    pub(crate) defaults: Defaults,
    pub(crate) builder: Builder,
    /// Where the next fragment continues when it has no `tfdt`.
    pub(crate) next_dts: i64,
}

impl Draft {
    /// Whether samples are worth collecting.
    pub(crate) fn is_wanted(&self) -> bool {
        self.description.reason.is_none() || self.description.foreign.is_some()
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.description.codec, Codec::Tx3g | Codec::WebVtt)
    }
}

/// A movie box understood.
#[derive(Debug)]
pub(crate) struct Movie {
    pub(crate) timescale: u32,
    pub(crate) drafts: Vec<Draft>,
    /// Whether fragments may follow (`mvex`).
    pub(crate) fragmented: bool,
}

/// Reads `moov`, whose content begins at `offset` of a file of `length` bytes.
pub(crate) fn parse(
    moov: &[u8],
    offset: u64,
    length: u64,
    limits: &Limits,
    budget: &mut usize,
) -> Result<Movie, ProbeError> {
    let timescale = find(moov, b"mvhd")
        .and_then(movie_timescale)
        .unwrap_or(1000);
    let traks: Vec<Box<'_>> = boxes(moov).filter(|child| child.kind == *b"trak").collect();
    if traks.len() > limits.tracks {
        return Err(ProbeError::limit(format!(
            "it has {} tracks, {} are allowed",
            traks.len(),
            limits.tracks
        )));
    }
    let chapters: Vec<u32> = traks
        .iter()
        .flat_map(|trak| chapter_tracks(*trak))
        .collect();
    let mut drafts = Vec::new();
    for trak in traks {
        let at = offset.saturating_add(position(moov, trak.body));
        let Some(mut draft) = draft(trak, &chapters) else {
            return Err(ProbeError::malformed("a track header is incomplete", at));
        };
        if draft.is_wanted() {
            let stbl = trak
                .child(b"mdia")
                .and_then(|mdia| mdia.child(b"minf"))
                .and_then(|minf| minf.child(b"stbl"));
            let stbl =
                stbl.ok_or_else(|| ProbeError::malformed("a track has no sample table", at))?;
            super::tables::fill(stbl, &mut draft, at, length, budget)?;
        }
        drafts.push(draft);
    }
    let mvex = find(moov, b"mvex");
    for trex in mvex
        .iter()
        .flat_map(Box::children)
        .filter(|child| child.kind == *b"trex")
    {
        let Some((id, defaults)) = track_extends(trex) else {
            continue;
        };
        for draft in drafts.iter_mut().filter(|draft| draft.track_id == id) {
            draft.defaults = defaults;
        }
    }
    Ok(Movie {
        timescale,
        drafts,
        fragmented: mvex.is_some(),
    })
}

/// Where a slice of `outer` begins in it, for error messages.
fn position(outer: &[u8], inner: &[u8]) -> u64 {
    (inner.as_ptr() as usize).saturating_sub(outer.as_ptr() as usize) as u64
}

fn movie_timescale(mvhd: Box<'_>) -> Option<u32> {
    let (version, _, mut cursor) = mvhd.full()?;
    cursor.skip(if version == 1 { 16 } else { 8 })?;
    cursor.u32().filter(|scale| *scale > 0)
}

fn chapter_tracks(trak: Box<'_>) -> Vec<u32> {
    let chap = trak.child(b"tref").and_then(|tref| tref.child(b"chap"));
    let Some(chap) = chap else { return Vec::new() };
    let mut cursor = crate::bits::Cursor::new(chap.body);
    std::iter::from_fn(|| cursor.u32()).collect()
}

fn track_extends(trex: Box<'_>) -> Option<(u32, Defaults)> {
    let (_, _, mut cursor) = trex.full()?;
    let id = cursor.u32()?;
    cursor.skip(4)?;
    Some((
        id,
        Defaults {
            duration: cursor.u32()?,
            size: cursor.u32()?,
            flags: cursor.u32()?,
        },
    ))
}

fn draft(trak: Box<'_>, chapters: &[u32]) -> Option<Draft> {
    let header = track_header(trak.child(b"tkhd")?)?;
    let mdia = trak.child(b"mdia")?;
    let (timescale, packed) = media_header(mdia.child(b"mdhd")?)?;
    let hdlr = mdia.child(b"hdlr").and_then(handler);
    let (handler, handler_name) = hdlr.unwrap_or_default();
    let extended = mdia.child(b"elng").and_then(|elng| {
        let (_, _, cursor) = elng.full()?;
        let text = std::str::from_utf8(cursor.rest()).ok()?;
        language::normalise(text.trim_end_matches('\0'))
    });
    let stsd = mdia
        .child(b"minf")
        .and_then(|minf| minf.child(b"stbl"))
        .and_then(|stbl| stbl.child(b"stsd"));
    let mut described = stsd
        .map(entries)
        .unwrap_or_default()
        .into_iter()
        .map(|entry| {
            let mut description = description::describe(handler, entry);
            apply_header(&mut description.kind, &header);
            description
        });
    let mut description = match described.next() {
        Some(description) => description,
        None => {
            let kind = match &handler {
                b"vide" => TrackKind::Video {
                    width: 0,
                    height: 0,
                    frame_rate: None,
                    range: None,
                },
                b"soun" => TrackKind::Audio {
                    channels: 0,
                    sample_rate: 0,
                },
                _ => TrackKind::Other,
            };
            Description::refused(kind, String::new(), "its description is missing")
        }
    };
    if chapters.contains(&header.id) && description.kind == TrackKind::Text {
        description.kind = TrackKind::Other;
        description.reason = Some("chapter names are not subtitles".to_owned());
    }
    let others = described.collect();
    let name = trak
        .child(b"udta")
        .and_then(|udta| user_name(udta))
        .or(handler_name);
    let language = extended.or_else(|| language::from_packed(packed));
    let language = language::refine(language, name.as_deref());
    Some(Draft {
        track_id: header.id,
        timescale,
        description,
        others,
        language,
        name,
        enabled: header.enabled,
        matrix: header.matrix,
        edits: edits(trak),
        defaults: Defaults::default(),
        builder: Builder::default(),
        next_dts: 0,
    })
}

/// The entries of `stsd`. More than a few are not meant seriously.
fn entries(stsd: Box<'_>) -> Vec<Box<'_>> {
    let entries = stsd.full().and_then(|(_, _, mut cursor)| {
        cursor.u32()?;
        Some(boxes(cursor.rest()).take(16).collect())
    });
    entries.unwrap_or_default()
}
