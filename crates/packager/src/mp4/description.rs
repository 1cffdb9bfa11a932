//! Sample descriptions (`stsd`): what a track's samples are, and the entry we write for them.

use super::boxes::{self, Box, name};
use crate::bits::Cursor;
use crate::codec::entry::{self, Child};
use crate::codec::{Colour, Description, aac, ac3, opus, video, vp9};
use crate::index::{Codec, TrackKind};
use crate::transcode::Foreign;

/// Understands one entry of `stsd` for a track with the given handler type.
pub(crate) fn describe(handler: [u8; 4], entry: Box<'_>) -> Description {
    let fourcc = entry.kind;
    match &handler {
        b"vide" => video_entry(entry).unwrap_or_else(|| {
            let kind = TrackKind::Video {
                width: 0,
                height: 0,
                frame_rate: None,
                range: None,
            };
            Description::refused(kind, name(fourcc), "its video description is damaged")
        }),
        b"soun" => audio_entry(entry).unwrap_or_else(|| {
            let kind = TrackKind::Audio {
                channels: 0,
                sample_rate: 0,
            };
            Description::refused(kind, name(fourcc), "its audio description is damaged")
        }),
        b"text" | b"sbtl" | b"subt" | b"clcp" | b"subp" => text_entry(entry),
        _ => Description::refused(
            TrackKind::Other,
            name(fourcc),
            "it is neither video, audio nor text",
        ),
    }
}

fn text_entry(entry: Box<'_>) -> Description {
    let codec = match &entry.kind {
        b"tx3g" => Codec::Tx3g,
        b"wvtt" => Codec::WebVtt,
        _ => {
            let what = match &entry.kind {
                b"mp4s" => "picture subtitles (VobSub) are not text".to_owned(),
                b"stpp" => "subtitles in TTML are not supported".to_owned(),
                b"c608" | b"c708" => "CEA-608 and 708 caption tracks are not supported".to_owned(),
                b"text" => "QuickTime text, as used for chapters, is not shown".to_owned(),
                other => format!("text coded as {} is not supported", name(*other)),
            };
            return Description::refused(TrackKind::Other, name(entry.kind), what);
        }
    };
    // tx3g: 8 bytes of SampleEntry, then displayFlags (3GPP TS 26.245, 5.16).
    let flags = Cursor::new(entry.body.get(8..).unwrap_or_default())
        .u32()
        .unwrap_or(0);
    let forced = codec == Codec::Tx3g && flags & 0x8000_0000 != 0;
    let description = Description::media(TrackKind::Text, codec, "wvtt".to_owned(), Vec::new());
    Description {
        is_forced: forced,
        ..description
    }
}

fn video_entry(entry: Box<'_>) -> Option<Description> {
    let mut cursor = Cursor::new(entry.body);
    cursor.skip(24)?;
    let (width, height) = (cursor.u16()?, cursor.u16()?);
    cursor.skip(50)?;
    let extras = cursor.rest();
    let colour = boxes::find(extras, b"colr").and_then(colour);
    let (shown_width, shown_height) = shown_size(width, height, extras);
    let kind = TrackKind::Video {
        width: shown_width,
        height: shown_height,
        frame_rate: None,
        range: colour.and_then(Colour::range),
    };
    let fourcc = name(entry.kind);
    let refused =
        |reason: &str| Description::refused(kind.clone(), name(entry.kind), reason.to_owned());
    let (codec, config, config_kind) = match &entry.kind {
        b"avc1" | b"avc3" => (Codec::H264, boxes::find(extras, b"avcC"), *b"avcC"),
        b"hvc1" | b"hev1" => (Codec::Hevc, boxes::find(extras, b"hvcC"), *b"hvcC"),
        b"av01" => (Codec::Av1, boxes::find(extras, b"av1C"), *b"av1C"),
        b"vp09" => (Codec::Vp9, boxes::find(extras, b"vpcC"), *b"vpcC"),
        b"encv" => return Some(refused("it is encrypted")),
        b"dvh1" | b"dvhe" | b"dva1" | b"dvav" => {
            return Some(refused(
                "Dolby Vision without a compatible base layer is not supported",
            ));
        }
        b"s263" | b"h263" => return Some(refused("H.263 video is not supported")),
        b"mp4v" => return Some(refused("MPEG-4 Visual video is not supported")),
        b"jpeg" | b"mjpa" | b"mjpb" => return Some(refused("Motion JPEG video is not supported")),
        _ => {
            return Some(refused(&format!(
                "video coded as {fourcc} is not supported"
            )));
        }
    };
    let Some(config) = config else {
        return Some(refused("its decoder set-up is missing"));
    };
    let string = match codec {
        Codec::H264 => video::avc_string(&fourcc, config.body),
        Codec::Hevc => video::hevc_string(&fourcc, config.body),
        Codec::Av1 => video::av1_string(config.body, colour),
        _ => vp9::Vp9::parse(config.body).map(|vp9| vp9.string()),
    };
    let Some(string) = string else {
        return Some(refused("its decoder set-up is damaged"));
    };
    let mut children: Vec<Child> = vec![(config_kind, config.body.to_vec())];
    if let Some(colour) = colour {
        children.push((*b"colr", colour.nclx()));
    }
    for wanted in [b"pasp", b"mdcv", b"clli"] {
        if let Some(extra) = boxes::find(extras, wanted) {
            children.push((*wanted, extra.body.to_vec()));
        }
    }
    Some(Description::media(
        kind,
        codec,
        string,
        entry::video(entry.kind, width, height, &children),
    ))
}

/// `colr` of type `nclx`, or QuickTime's `nclc`, which lacks the range flag.
fn colour(colr: Box<'_>) -> Option<Colour> {
    let mut cursor = Cursor::new(colr.body);
    let kind = cursor.fourcc()?;
    if kind != *b"nclx" && kind != *b"nclc" {
        return None;
    }
    let (primaries, transfer, matrix) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
    let full_range = cursor.u8().is_some_and(|flags| flags & 0x80 != 0);
    Some(Colour {
        primaries,
        transfer,
        matrix,
        full_range,
    })
}

fn shown_size(width: u16, height: u16, extras: &[u8]) -> (u32, u32) {
    let aspect = boxes::find(extras, b"pasp").and_then(|pasp| {
        let mut cursor = Cursor::new(pasp.body);
        let (across, down) = (cursor.u32()?, cursor.u32()?);
        (across > 0 && down > 0).then_some((across, down))
    });
    let (across, down) = aspect.unwrap_or((1, 1));
    let stretched = (u64::from(width) * u64::from(across) + u64::from(down) / 2) / u64::from(down);
    // An absurd aspect is worth less than the coded width.
    let width = u32::try_from(stretched)
        .ok()
        .filter(|shown| (1..=65_535).contains(shown))
        .unwrap_or(width.into());
    (width, height.into())
}

fn audio_entry(entry: Box<'_>) -> Option<Description> {
    let mut cursor = Cursor::new(entry.body);
    cursor.skip(8)?;
    let version = cursor.u16()?;
    cursor.skip(6)?;
    let mut channels = u32::from(cursor.u16()?);
    cursor.skip(6)?;
    let mut rate = cursor.u32()? >> 16;
    // QuickTime sound descriptions of version 1 and 2 have more fixed fields.
    match version {
        1 => cursor.skip(16)?,
        2 => {
            cursor.skip(4)?;
            let exact = f64::from_bits(cursor.u64()?);
            if exact > 0.0 && exact < 1e7 {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "bounded just above"
                )]
                let whole = exact as u32;
                rate = whole;
            }
            channels = cursor.u32()?;
            cursor.skip(20)?;
        }
        _ => {}
    }
    let extras = cursor.rest();
    let inner = boxes::find(extras, b"wave").map_or(&[][..], |wave| wave.body);
    let find = |kind: &[u8; 4]| boxes::find(extras, kind).or_else(|| boxes::find(inner, kind));
    let refused = |reason: String| {
        Some(Description::refused(
            TrackKind::Audio {
                channels,
                sample_rate: rate,
            },
            name(entry.kind),
            reason,
        ))
    };
    // Its decoder's set-up lies in the entry: a transcoder gets all of it.
    let foreign = |reason: String| {
        let mut description = refused(reason)?;
        entry::put_box(&mut description.sample_entry, entry.kind, entry.body);
        description.foreign = Some(Foreign::Mp4);
        Some(description)
    };
    let missing = || refused("its decoder set-up is missing or damaged".to_owned());
    let (codec, string, kind, child) = match &entry.kind {
        b"mp4a" => {
            let Some(esds) = find(b"esds").and_then(|esds| aac::parse_esds(esds.body)) else {
                return missing();
            };
            let Some(string) = aac::string(&esds) else {
                let what = match esds.object {
                    0xA9..=0xAC => "DTS",
                    0xDD => "Vorbis",
                    0x6A => "MPEG layer 2",
                    other => {
                        let what = format!("audio of object type {other:#04x} is not supported");
                        return refused(what);
                    }
                };
                return foreign(format!("{what} audio is not supported"));
            };
            let mut codec = if matches!(esds.object, 0x69 | 0x6B) {
                Codec::Mp3
            } else {
                Codec::Aac
            };
            if let Some(config) = aac::parse_config(esds.specific).filter(|_| codec == Codec::Aac) {
                if config.object == 34 {
                    codec = Codec::Mp3;
                }
                rate = config.rate;
                channels = if config.channels > 0 {
                    config.channels
                } else {
                    channels
                };
            }
            (
                codec,
                string,
                *b"mp4a",
                (*b"esds", aac::write_esds(esds.object, esds.specific)),
            )
        }
        b".mp3" => (
            Codec::Mp3,
            "mp4a.6B".to_owned(),
            *b"mp4a",
            (*b"esds", aac::write_esds(0x6B, &[])),
        ),
        b"ac-3" | b"ec-3" => {
            let (codec, kind) = if entry.kind == *b"ac-3" {
                (Codec::Ac3, *b"dac3")
            } else {
                (Codec::Eac3, *b"dec3")
            };
            let Some(record) = find(&kind) else {
                return missing();
            };
            let facts = if codec == Codec::Ac3 {
                ac3::parse_dac3(record.body)
            } else {
                ac3::parse_dec3(record.body)
            };
            let Some(facts) = facts else { return missing() };
            (channels, rate) = facts;
            (
                codec,
                name(entry.kind),
                entry.kind,
                (kind, record.body.to_vec()),
            )
        }
        b"Opus" => {
            let Some(record) = find(b"dOps") else {
                return missing();
            };
            let Some(count) = opus::parse_dops(record.body) else {
                return missing();
            };
            (channels, rate) = (count, 48000);
            (
                Codec::Opus,
                "Opus".to_owned(),
                entry.kind,
                (*b"dOps", opus::with_entry_rate(record.body.to_vec())),
            )
        }
        b"fLaC" => {
            let Some(record) = find(b"dfLa") else {
                return missing();
            };
            let Some(facts) = opus::parse_dfla(record.body) else {
                return missing();
            };
            (channels, rate) = (facts.channels, facts.rate);
            (
                Codec::Flac,
                "fLaC".to_owned(),
                entry.kind,
                (*b"dfLa", record.body.to_vec()),
            )
        }
        b"alac" => return foreign("Apple Lossless audio is not supported".to_owned()),
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" => {
            return foreign("DTS audio is not supported".to_owned());
        }
        b"enca" => return refused("it is encrypted".to_owned()),
        other => return refused(format!("audio coded as {} is not supported", name(*other))),
    };
    let kind_facts = TrackKind::Audio {
        channels,
        sample_rate: rate,
    };
    let sample_entry = entry::audio(kind, channels, rate, &[child]);
    Some(Description::media(kind_facts, codec, string, sample_entry))
}
