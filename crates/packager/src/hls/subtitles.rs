//! Subtitle renditions of a ladder, from side-car files and from tracks inside the media.

use std::fmt::Write as _;

use super::multivariant::Ladder;
use super::quoted;
use crate::index::{Track, TrackKind};
use crate::language;

/// One subtitle rendition, wherever it came from.
struct Subtitle {
    uri: String,
    language: Option<String>,
    name: String,
    is_default: bool,
    is_forced: bool,
}

/// Side-cars first, then text tracks inside the files, each language and purpose from one file
/// only: the renditions of a ladder carry the same ones.
fn subtitles(input: &Ladder) -> Vec<Subtitle> {
    let named = |name: Option<&String>, language: Option<&String>| {
        let language = language.map(|language| language::display_name(language));
        name.cloned()
            .or(language)
            .unwrap_or_else(|| "Subtitles".to_owned())
    };
    let mut all: Vec<Subtitle> = input
        .subtitles
        .iter()
        .map(|car| Subtitle {
            uri: format!("{}/index.m3u8", car.prefix),
            language: car.language.clone(),
            name: named(car.name.as_ref(), car.language.as_ref()),
            is_default: car.is_default,
            is_forced: car.is_forced,
        })
        .collect();
    for file in &input.files {
        let own = |track: &&Track| track.playable && track.kind == TrackKind::Text;
        let known: Vec<(Option<String>, bool, String)> = all
            .iter()
            .map(|other| (other.language.clone(), other.is_forced, other.name.clone()))
            .collect();
        for track in file.index.tracks().iter().filter(own) {
            let name = named(track.name.as_ref(), track.language.as_ref());
            let same = (track.language.clone(), track.is_forced, name.clone());
            if known.contains(&same) {
                continue;
            }
            all.push(Subtitle {
                uri: format!("{}/t{}/index.m3u8", file.prefix, track.id),
                language: track.language.clone(),
                name,
                // Containers mark tracks that may be chosen, most of them by default of the
                // format. DEFAULT=YES would show the text to everybody.
                is_default: false,
                is_forced: track.is_forced,
            });
        }
    }
    all
}

/// Writes the group; says whether there is anything in it.
pub(super) fn write_subtitles(out: &mut String, input: &Ladder) -> bool {
    let mut used: Vec<String> = Vec::new();
    let mut default_taken = false;
    let all = subtitles(input);
    for subtitle in &all {
        let mut name = subtitle.name.clone();
        if subtitle.is_forced && used.contains(&name) {
            name = format!("{name} (forced)");
        }
        let mut number = 2;
        while used.contains(&name) {
            name = format!("{} {number}", subtitle.name);
            number += 1;
        }
        used.push(name.clone());
        let _ = write!(
            out,
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"{}\"",
            quoted(&name)
        );
        if let Some(language) = &subtitle.language {
            let _ = write!(out, ",LANGUAGE=\"{}\"", quoted(language));
        }
        let is_default = subtitle.is_default && !default_taken && !subtitle.is_forced;
        default_taken |= is_default;
        let default = if is_default { "YES" } else { "NO" };
        let _ = write!(out, ",DEFAULT={default},AUTOSELECT=YES");
        let _ = write!(
            out,
            ",FORCED={}",
            if subtitle.is_forced { "YES" } else { "NO" }
        );
        let _ = writeln!(out, ",URI=\"{}\"", quoted(&subtitle.uri));
    }
    !all.is_empty()
}
