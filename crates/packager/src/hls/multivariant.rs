//! The multivariant playlist: video variants, audio and subtitle groups, I-frame streams.

use std::fmt::Write as _;
use std::sync::Arc;

use super::audio::{self, Group, TranscodedAudio};
use super::bandwidth::{self, Rates};
use super::subtitles::write_subtitles;
use super::{VERSION, media, quoted};
use crate::error::PackError;
use crate::index::{Index, Track, TrackKind, VideoRange};

/// Everything that belongs to one title.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    /// The files; each one's first video track is a variant.
    pub files: Vec<LadderFile>,
    /// Subtitles that came as files of their own.
    pub subtitles: Vec<SideCar>,
}

/// One file of a ladder.
#[derive(Clone, Debug)]
pub struct LadderFile {
    /// First part of its addresses, such as `f0`.
    pub prefix: String,
    /// What probing found.
    pub index: Arc<Index>,
}

/// A subtitle file beside the media.
#[derive(Clone, Debug)]
pub struct SideCar {
    /// First part of its addresses, such as `s0`.
    pub prefix: String,
    /// BCP 47 tag, when known.
    pub language: Option<String>,
    /// Name to show; the language's own name when absent.
    pub name: Option<String>,
    /// Whether it is chosen unless the viewer says otherwise.
    pub is_default: bool,
    /// Whether it is shown with subtitles off.
    pub is_forced: bool,
}

/// A video variant before its audio is chosen.
struct Variant<'a> {
    prefix: &'a str,
    index: &'a Index,
    track: &'a Track,
    rates: Rates,
}

/// The multivariant playlist of a ladder. Variants that a browser may not decode are listed too:
/// players filter by `CODECS`.
///
/// # Errors
/// `Empty` when no file has anything playable.
pub fn multivariant(input: &Ladder) -> Result<String, PackError> {
    multivariant_with(input, &[])
}

/// [`multivariant`], with audio that is transcoded on demand beside the files' own.
///
/// # Errors
/// `Empty` when no file has anything playable and nothing is transcoded.
pub fn multivariant_with(
    input: &Ladder,
    transcoded: &[TranscodedAudio],
) -> Result<String, PackError> {
    let files: Vec<(&str, &Index)> = input
        .files
        .iter()
        .map(|file| (file.prefix.as_str(), file.index.as_ref()))
        .collect();
    let groups = audio::groups(&files, transcoded);
    let mut variants: Vec<Variant<'_>> = files
        .iter()
        .filter_map(|(prefix, index)| {
            let is_video =
                |track: &&Track| track.is_media() && matches!(track.kind, TrackKind::Video { .. });
            let track = index.tracks().iter().find(is_video)?;
            Some(Variant {
                prefix,
                index,
                track,
                rates: bandwidth::media(index, track),
            })
        })
        .collect();
    if variants.is_empty() && groups.is_empty() {
        return Err(PackError::Empty);
    }
    // The best first: players that do not adapt start with the first they support.
    variants.sort_by_key(|variant| std::cmp::Reverse(variant.rates.average));
    let mut out = String::from("#EXTM3U\n");
    let _ = writeln!(out, "#EXT-X-VERSION:{VERSION}");
    let independent = variants
        .iter()
        .all(|variant| media::is_independent(variant.index, variant.track.id));
    if independent {
        out.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    for group in &groups {
        write_audio(&mut out, group);
    }
    let has_subtitles = write_subtitles(&mut out, input);
    let subtitles = if has_subtitles {
        ",SUBTITLES=\"subs\""
    } else {
        ""
    };
    if variants.is_empty() {
        write_audio_only(&mut out, &groups, subtitles);
        return Ok(out);
    }
    if groups.is_empty() {
        for variant in &variants {
            write_variant(&mut out, variant, None, subtitles);
        }
    }
    for group in &groups {
        for variant in &variants {
            write_variant(&mut out, variant, Some(group), subtitles);
        }
    }
    for variant in &variants {
        write_iframes(&mut out, variant);
    }
    Ok(out)
}

fn write_audio(out: &mut String, group: &Group) {
    for (at, member) in group.members.iter().enumerate() {
        let _ = write!(
            out,
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{}\",NAME=\"{}\"",
            group.id,
            quoted(&member.name)
        );
        if let Some(language) = &member.slot.language {
            let _ = write!(out, ",LANGUAGE=\"{}\"", quoted(language));
        }
        let default = if at == 0 { "YES" } else { "NO" };
        let _ = write!(out, ",DEFAULT={default},AUTOSELECT=YES");
        if member.slot.channels > 0 {
            let _ = write!(out, ",CHANNELS=\"{}\"", member.slot.channels);
        }
        let _ = writeln!(out, ",URI=\"{}\"", quoted(&member.uri));
    }
}

fn write_variant(out: &mut String, variant: &Variant<'_>, group: Option<&Group>, subtitles: &str) {
    let rates = group.map_or(variant.rates, |group| variant.rates.and(group.rates()));
    let mut codecs = vec![variant.track.codec_string.as_str()];
    codecs.extend(group.iter().flat_map(|group| group.codecs()));
    let _ = write!(
        out,
        "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\"",
        rates.peak.max(1),
        rates.average.max(1),
        codecs.join(",")
    );
    write_picture(out, variant.track, true);
    if let Some(group) = group {
        let _ = write!(out, ",AUDIO=\"{}\"", group.id);
    }
    let _ = writeln!(
        out,
        "{subtitles}\n{}/v{}/index.m3u8",
        variant.prefix, variant.track.id
    );
}

fn write_picture(out: &mut String, track: &Track, with_rate: bool) {
    let TrackKind::Video {
        width,
        height,
        frame_rate,
        range,
    } = &track.kind
    else {
        return;
    };
    if *width > 0 && *height > 0 {
        let _ = write!(out, ",RESOLUTION={width}x{height}");
    }
    if let Some(rate) = frame_rate.filter(|_| with_rate) {
        let _ = write!(out, ",FRAME-RATE={rate:.3}");
    }
    match range {
        Some(VideoRange::Pq) => out.push_str(",VIDEO-RANGE=PQ"),
        Some(VideoRange::Hlg) => out.push_str(",VIDEO-RANGE=HLG"),
        Some(VideoRange::Sdr) | None => {}
    }
}

fn write_iframes(out: &mut String, variant: &Variant<'_>) {
    let rates = bandwidth::key_frames(variant.index, variant.track);
    let _ = write!(
        out,
        "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\"",
        rates.peak.max(1),
        rates.average.max(1),
        variant.track.codec_string
    );
    write_picture(out, variant.track, false);
    let _ = writeln!(
        out,
        ",URI=\"{}/v{}/iframes.m3u8\"",
        quoted(variant.prefix),
        variant.track.id
    );
}

/// Without video, each group is a variant whose own playlist is its default rendition.
fn write_audio_only(out: &mut String, groups: &[Group], subtitles: &str) {
    for group in groups {
        let Some(first) = group.members.first() else {
            continue;
        };
        let rates = group.rates();
        let _ = write!(
            out,
            "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\",AUDIO=\"{}\"",
            rates.peak.max(1),
            rates.average.max(1),
            group.codecs().join(","),
            group.id
        );
        let _ = writeln!(out, "{subtitles}\n{}", first.uri);
    }
}
