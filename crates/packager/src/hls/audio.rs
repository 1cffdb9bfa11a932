//! Audio renditions of a ladder: each language and layout once, from the best file, in one group
//! per codec.

use super::bandwidth::{self, Rates};
use crate::index::{Codec, Index, Track, TrackKind};
use crate::language;

/// Audio that is made from a file's track on demand, for players without its codec
/// ([`crate::transcodable`]).
#[derive(Clone, Debug)]
pub struct TranscodedAudio {
    /// Address of its media playlist, relative to the multivariant playlist.
    pub uri: String,
    /// RFC 6381 string, such as `mp4a.40.2`.
    pub codec_string: String,
    /// BCP 47 tag, when known.
    pub language: Option<String>,
    /// Name to show; the language's own name when absent.
    pub name: Option<String>,
    /// Channels after transcoding.
    pub channels: u32,
    /// Whether it is chosen unless the viewer says otherwise.
    pub is_default: bool,
    /// Peak bits per second, containers included.
    pub bandwidth: u64,
}

/// One audio rendition.
#[derive(Clone, Debug)]
pub(crate) struct Rendition {
    pub(crate) uri: String,
    pub(crate) codec_string: String,
    pub(crate) name: String,
    pub(crate) rates: Rates,
    pub(crate) slot: Slot,
    author_name: Option<String>,
    is_default: bool,
}

impl Rendition {
    fn of_track(prefix: &str, index: &Index, track: &Track, slot: Slot) -> Self {
        Self {
            uri: format!("{prefix}/a{}/index.m3u8", track.id),
            codec_string: track.codec_string.clone(),
            name: String::new(),
            rates: bandwidth::media(index, track),
            slot,
            author_name: track.name.clone(),
            is_default: track.is_default,
        }
    }

    fn transcoded(audio: &TranscodedAudio, ordinal: usize) -> Self {
        let rates = Rates {
            peak: audio.bandwidth,
            average: audio.bandwidth,
        };
        let slot = Slot {
            language: audio.language.clone(),
            channels: audio.channels,
            ordinal,
        };
        Self {
            uri: audio.uri.clone(),
            codec_string: audio.codec_string.clone(),
            name: String::new(),
            rates,
            slot,
            author_name: audio.name.clone(),
            is_default: audio.is_default,
        }
    }
}

/// Renditions with the same slot are the same sound, coded twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) language: Option<String>,
    pub(crate) channels: u32,
    /// The how-manieth of that language and layout in its file: a commentary is not the film.
    ordinal: usize,
}

/// Renditions of one codec, the default first.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) id: &'static str,
    pub(crate) members: Vec<Rendition>,
}

impl Group {
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
            if !codecs.contains(&member.codec_string.as_str()) {
                codecs.push(&member.codec_string);
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

/// The groups of a ladder, preferred ones first. Transcoded audio joins the group that every
/// player decodes, as further renditions.
pub(crate) fn groups(files: &[(&str, &Index)], transcoded: &[TranscodedAudio]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (codec, id) in FAMILIES {
        let mut members: Vec<Rendition> = Vec::new();
        for (prefix, index) in files {
            collect(prefix, index, codec, &mut members);
        }
        if codec == Codec::Aac {
            for audio in transcoded {
                let same = |member: &&Rendition| member.slot.language == audio.language;
                let ordinal = members.iter().filter(same).count();
                members.push(Rendition::transcoded(audio, ordinal));
            }
        }
        if !members.is_empty() {
            groups.push(Group { id, members });
        }
    }
    complete(&mut groups);
    for group in &mut groups {
        // One default per group; a stable sort keeps the files' own order otherwise.
        group.members.sort_by_key(|member| !member.is_default);
        name(&mut group.members);
    }
    groups
}

/// Adds the tracks of one codec of one file; of renditions in the same slot the best one stays.
fn collect(prefix: &str, index: &Index, codec: Codec, members: &mut Vec<Rendition>) {
    let mut seen: Vec<(Option<String>, u32)> = Vec::new();
    let tracks = index.tracks().iter();
    for track in tracks.filter(|track| track.is_media() && track.codec == codec) {
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
        let rendition = Rendition::of_track(prefix, index, track, slot);
        let known = members
            .iter_mut()
            .find(|member| member.slot == rendition.slot);
        match known {
            Some(member) if member.rates.average < rendition.rates.average => *member = rendition,
            Some(_) => {}
            None => members.push(rendition),
        }
    }
}

/// Later groups get the languages they lack from the first one. Whoever decodes AC-3 decodes
/// AAC as well, not the other way round: the first group must stay free of the others.
fn complete(groups: &mut [Group]) {
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
fn name(members: &mut [Rendition]) {
    let mut used: Vec<String> = Vec::new();
    for member in members {
        let language = member.slot.language.as_deref().map(language::display_name);
        let plain = member
            .author_name
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
