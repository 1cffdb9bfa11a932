//! Audio renditions of a ladder: each language and layout once, from the best file, in one group
//! per codec.

use super::bandwidth::{self, Rates};
use crate::index::{Codec, Index, Track, TrackKind};
use crate::language;

/// One audio rendition.
#[derive(Clone, Debug)]
pub(crate) struct Rendition<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) track: &'a Track,
    pub(crate) name: String,
    pub(crate) rates: Rates,
    slot: Slot,
}

/// Renditions with the same slot are the same sound, coded twice.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slot {
    language: Option<String>,
    channels: u32,
    /// The how-manieth of that language and layout in its file: a commentary is not the film.
    ordinal: usize,
}

/// Renditions of one codec, the default first.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    pub(crate) id: &'static str,
    pub(crate) members: Vec<Rendition<'a>>,
}

impl Group<'_> {
    /// The largest rates among the members: what a client must expect beside the video.
    pub(crate) fn rates(&self) -> Rates {
        self.members
            .iter()
            .fold(Rates::default(), |rates, member| rates.max(member.rates))
    }

    /// RFC 6381 strings of all members, each once.
    pub(crate) fn codecs(&self) -> Vec<&str> {
        let mut codecs: Vec<&str> = Vec::new();
        for member in &self.members {
            if !codecs.contains(&member.track.codec_string.as_str()) {
                codecs.push(&member.track.codec_string);
            }
        }
        codecs
    }
}

/// Group ids in the order of preference: what every player decodes comes first.
const FAMILIES: [(Codec, &str); 6] = [
    (Codec::Aac, "aac"),
    (Codec::Mp3, "mp3"),
    (Codec::Opus, "opus"),
    (Codec::Flac, "flac"),
    (Codec::Eac3, "ec3"),
    (Codec::Ac3, "ac3"),
];

/// The groups of a ladder, preferred ones first.
pub(crate) fn groups<'a>(files: &[(&'a str, &'a Index)]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (codec, id) in FAMILIES {
        let mut members: Vec<Rendition<'a>> = Vec::new();
        for (prefix, index) in files {
            let mut seen: Vec<(Option<String>, u32)> = Vec::new();
            for track in index
                .tracks()
                .iter()
                .filter(|track| track.is_media() && track.codec == codec)
            {
                let TrackKind::Audio { channels, .. } = track.kind else {
                    continue;
                };
                let layout = (track.language.clone(), channels);
                let ordinal = seen.iter().filter(|other| **other == layout).count();
                seen.push(layout.clone());
                let slot = Slot {
                    language: layout.0,
                    channels,
                    ordinal,
                };
                let rates = bandwidth::media(index, track);
                let rendition = Rendition {
                    prefix,
                    track,
                    name: String::new(),
                    rates,
                    slot,
                };
                match members
                    .iter_mut()
                    .find(|member| member.slot == rendition.slot)
                {
                    Some(member) if member.rates.average < rates.average => *member = rendition,
                    Some(_) => {}
                    None => members.push(rendition),
                }
            }
        }
        if !members.is_empty() {
            groups.push(Group { id, members });
        }
    }
    complete(&mut groups);
    for group in &mut groups {
        // One default per group; a stable sort keeps the files' own order otherwise.
        group.members.sort_by_key(|member| !member.track.is_default);
        name(&mut group.members);
    }
    groups
}

/// Later groups get the languages they lack from the first one. Whoever decodes AC-3 decodes
/// AAC as well, not the other way round: the first group must stay free of the others.
fn complete(groups: &mut [Group<'_>]) {
    let Some((first, others)) = groups.split_first_mut() else {
        return;
    };
    for group in others {
        for member in &first.members {
            if !group
                .members
                .iter()
                .any(|other| other.slot.language == member.slot.language)
            {
                group.members.push(member.clone());
            }
        }
    }
}

/// Names unique in the group (RFC 8216, 4.3.4.1.1): the author's, else the language's; channels
/// and then numbers tell equal ones apart.
fn name(members: &mut [Rendition<'_>]) {
    let mut used: Vec<String> = Vec::new();
    for member in members {
        let language = member.slot.language.as_deref().map(language::display_name);
        let plain = member
            .track
            .name
            .clone()
            .or(language)
            .unwrap_or_else(|| "Audio".to_owned());
        let layout = match member.slot.channels {
            1 => "Mono".to_owned(),
            2 => "Stereo".to_owned(),
            6 => "5.1".to_owned(),
            8 => "7.1".to_owned(),
            other => format!("{other} ch"),
        };
        let mut name = plain.clone();
        if used.contains(&name) {
            name = format!("{plain} {layout}");
        }
        let mut number = 2;
        while used.contains(&name) {
            name = format!("{plain} {number}");
            number += 1;
        }
        used.push(name.clone());
        member.name = name;
    }
}
