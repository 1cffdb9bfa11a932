//! The header boxes of a track: `tkhd`, `mdhd`, `hdlr`, and its name.

use super::boxes::Box;
use crate::index::TrackKind;

/// What `tkhd` says.
pub(super) struct Header {
    pub(super) id: u32,
    pub(super) enabled: bool,
    pub(super) matrix: Option<[i32; 9]>,
    width: u32,
    height: u32,
}

pub(super) fn track_header(tkhd: Box<'_>) -> Option<Header> {
    let (version, flags, mut cursor) = tkhd.full()?;
    cursor.skip(if version == 1 { 16 } else { 8 })?;
    let id = cursor.u32()?;
    cursor.skip(if version == 1 { 12 } else { 8 })?;
    cursor.skip(16)?;
    let mut matrix = [0i32; 9];
    for cell in &mut matrix {
        *cell = cursor.i32()?;
    }
    let (width, height) = (cursor.u32()? >> 16, cursor.u32()? >> 16);
    let identity = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
    Some(Header {
        id,
        enabled: flags & 1 == 1,
        matrix: (matrix != identity).then_some(matrix),
        width,
        height,
    })
}

/// `tkhd` has the size as shown, before rotation; it wins over pixel aspect, which often
/// disagrees by a rounding.
pub(super) fn apply_header(kind: &mut TrackKind, header: &Header) {
    let TrackKind::Video { width, height, .. } = kind else {
        return;
    };
    if header.width > 0 && header.height > 0 {
        (*width, *height) = (header.width, header.height);
    }
    if is_turned(header.matrix) {
        std::mem::swap(width, height);
    }
}

/// Whether a matrix turns the picture by a quarter, so that width and height change places.
pub(crate) fn is_turned(matrix: Option<[i32; 9]>) -> bool {
    matches!(matrix, Some([0, b, _, d, 0, ..]) if b != 0 && d != 0)
}

pub(super) fn media_header(mdhd: Box<'_>) -> Option<(u32, u16)> {
    let (version, _, mut cursor) = mdhd.full()?;
    cursor.skip(if version == 1 { 16 } else { 8 })?;
    let timescale = cursor.u32().filter(|scale| *scale > 0)?;
    cursor.skip(if version == 1 { 8 } else { 4 })?;
    Some((timescale, cursor.u16()?))
}

pub(super) fn handler(hdlr: Box<'_>) -> Option<([u8; 4], Option<String>)> {
    let (_, _, mut cursor) = hdlr.full()?;
    cursor.skip(4)?;
    let kind = cursor.fourcc()?;
    cursor.skip(12)?;
    let raw = cursor.rest();
    // QuickTime writes a counted string, ISO a terminated one.
    let counted = raw
        .split_first()
        .filter(|(count, rest)| usize::from(**count) == rest.len());
    let raw = counted.map_or(raw, |(_, rest)| rest);
    let text = raw
        .split(|byte| *byte == 0)
        .next()
        .and_then(|raw| std::str::from_utf8(raw).ok());
    let text = text
        .map(str::trim)
        .filter(|text| !text.is_empty() && !is_generic(text));
    Some((kind, text.map(str::to_owned)))
}

/// Names that muxers write when nobody chose one.
fn is_generic(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [
        "handler",
        "apple ",
        "gpac",
        "mainconcept",
        "isomedia",
        "core media",
        "bento4",
        "l-smash",
        "mp4 ",
    ]
    .iter()
    .any(|part| lower.contains(part))
        || matches!(
            lower.as_str(),
            "video" | "audio" | "sound" | "subtitle" | "text" | "stereo" | "mono" | "vide" | "soun"
        )
}

pub(super) fn user_name(udta: Box<'_>) -> Option<String> {
    let raw = udta.child(b"name")?.body;
    let text = std::str::from_utf8(raw).ok()?.trim_matches('\0').trim();
    (!text.is_empty()).then(|| text.to_owned())
}
