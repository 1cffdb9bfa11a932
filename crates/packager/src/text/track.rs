//! Text tracks inside MP4 and Matroska.

use marquee_domain::source::ByteSource;

use super::ass::Script;
use super::{Cue, TextError, markup, vtt};
use crate::bits::Cursor;
use crate::error::ProbeError;
use crate::index::{Codec, Index, Sample, Track, TrackKind};
use crate::limits::Limits;
use crate::mp4::boxes;
use crate::reader::Reader;

/// Every cue of a text track, on the presentation timeline.
///
/// # Errors
/// `NoTrack` for anything but a playable text track, `TooLarge` beyond 32 MiB of text, or the
/// source's own failure.
pub async fn track_cues(
    source: &dyn ByteSource,
    index: &Index,
    track: u32,
) -> Result<Vec<Cue>, TextError> {
    let found = index
        .track(track)
        .filter(|track| track.playable && track.kind == TrackKind::Text);
    let found = found.ok_or(TextError::NoTrack)?;
    let most = Limits::default().text_bytes;
    let total = found.samples().fold(0u64, |sum, sample| {
        sum.saturating_add(found.packaged_size(&sample))
    });
    if total > most {
        return Err(TextError::TooLarge);
    }
    let script =
        (found.codec == Codec::Ass).then(|| Script::read(&String::from_utf8_lossy(&found.private)));
    let mut reader = Reader::new(source);
    let mut cues: Vec<Cue> = Vec::new();
    let mut budget = most;
    for sample in found.samples() {
        let stored =
            reader
                .read(sample.offset..sample.end())
                .await
                .map_err(|error| match error {
                    ProbeError::Io(error) => TextError::Io(error),
                    _ => TextError::Io(std::io::ErrorKind::UnexpectedEof.into()),
                })?;
        let mut bytes = found.prefix.clone();
        if found.deflated {
            // The budget is for all cues together: a small file can inflate to a large one.
            let limit = usize::try_from(budget).unwrap_or(usize::MAX);
            let inflated = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&stored, limit);
            let Ok(inflated) = inflated else { continue };
            budget = budget.saturating_sub(inflated.len() as u64);
            bytes = inflated;
        } else {
            bytes.extend_from_slice(&stored);
        }
        let Some((start_ms, end_ms)) = times(found, &sample) else {
            continue;
        };
        let blank = Cue {
            start_ms,
            end_ms,
            ..Cue::default()
        };
        match found.codec {
            Codec::Tx3g => cues.extend(tx3g(&bytes, blank)),
            Codec::WebVtt if found.private == b"webm" => cues.extend(webm(&bytes, &blank)),
            // Matroska has the text alone, MP4 boxes; the first byte of a box is zero.
            Codec::WebVtt if bytes.first() != Some(&0) => cues.push(Cue {
                payload: text(&bytes),
                ..blank
            }),
            Codec::WebVtt => continue_or_add(&mut cues, wvtt(&bytes, &blank)),
            Codec::SubRip => {
                let (payload, settings) =
                    markup::from_html(&String::from_utf8_lossy(&bytes).replace('\r', ""));
                cues.push(Cue {
                    payload,
                    settings,
                    ..blank
                });
            }
            Codec::Ass => {
                let line = String::from_utf8_lossy(&bytes);
                cues.extend(
                    script
                        .as_ref()
                        .and_then(|script| script.block(&line, start_ms, end_ms)),
                );
            }
            _ => {}
        }
    }
    cues.retain(|cue| !cue.payload.is_empty() && cue.end_ms > cue.start_ms);
    cues.sort_by_key(|cue| (cue.start_ms, cue.end_ms));
    Ok(cues)
}

/// Start and end in milliseconds; nothing is shown before presentation zero.
fn times(track: &Track, sample: &Sample) -> Option<(u64, u64)> {
    let start = track.ms(sample.pts()).max(0);
    let end = track.ms(sample.pts().saturating_add(i64::from(sample.duration)));
    (end > start).then_some((start.unsigned_abs(), end.unsigned_abs()))
}

fn text(bytes: &[u8]) -> String {
    markup::without_blank_lines(&String::from_utf8_lossy(bytes).replace(['\r', '\0'], ""))
}

/// 3GPP timed text (TS 26.245, 5.17): a counted string, then style boxes, which are left out.
fn tx3g(bytes: &[u8], blank: Cue) -> Option<Cue> {
    let mut cursor = Cursor::new(bytes);
    let length = cursor.u16()?;
    let raw = cursor.take(length.into())?;
    let string = match raw {
        [0xFE, 0xFF, rest @ ..] => encoding_rs::UTF_16BE
            .decode_without_bom_handling(rest)
            .0
            .into_owned(),
        [0xFF, 0xFE, rest @ ..] => encoding_rs::UTF_16LE
            .decode_without_bom_handling(rest)
            .0
            .into_owned(),
        raw => String::from_utf8_lossy(raw).into_owned(),
    };
    let mut writer = markup::Writer::default();
    writer.text(&string.replace("\r\n", "\n").replace('\r', "\n"));
    Some(Cue {
        payload: writer.finish(),
        ..blank
    })
}

/// WebVTT in MP4 (ISO/IEC 14496-30, 7.3): a box per cue shown during the sample.
fn wvtt(bytes: &[u8], blank: &Cue) -> Vec<Cue> {
    let string = |cue: &boxes::Box<'_>, kind: &[u8; 4]| {
        cue.child(kind)
            .map(|child| text(child.body))
            .unwrap_or_default()
    };
    boxes::boxes(bytes)
        .filter(|child| child.kind == *b"vttc")
        .map(|cue| {
            let settings = string(&cue, b"sttg");
            let settings: Vec<&str> = settings
                .split_whitespace()
                .filter(|word| vtt::is_setting(word))
                .collect();
            Cue {
                payload: string(&cue, b"payl"),
                settings: settings.join(" "),
                ..blank.clone()
            }
        })
        .collect()
}

/// A cue that stays while others come and go is repeated in every sample: one again.
fn continue_or_add(cues: &mut Vec<Cue>, more: Vec<Cue>) {
    for cue in more {
        let recent = cues.len().saturating_sub(8);
        let same = cues.iter_mut().skip(recent).find(|other| {
            other.end_ms == cue.start_ms
                && other.payload == cue.payload
                && other.settings == cue.settings
        });
        match same {
            Some(other) => other.end_ms = cue.end_ms,
            None => cues.push(cue),
        }
    }
}

/// WebVTT in WebM: an identifier line, a settings line, then the text.
fn webm(bytes: &[u8], blank: &Cue) -> Option<Cue> {
    let whole = String::from_utf8_lossy(bytes).replace('\r', "");
    let mut lines = whole.splitn(3, '\n');
    let settings = lines.nth(1)?;
    let settings: Vec<&str> = settings
        .split_whitespace()
        .filter(|word| vtt::is_setting(word))
        .collect();
    let payload = markup::without_blank_lines(lines.next()?);
    Some(Cue {
        payload,
        settings: settings.join(" "),
        ..blank.clone()
    })
}
