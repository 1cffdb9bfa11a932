//! Which tracks are offered as AAC.

use super::{AudioTranscode, BIT_RATE, CHANNELS, CODEC_STRING};
use crate::hls::{Ladder, TranscodedAudio};
use crate::index::{Codec, Track, TrackKind};

impl Track {
    /// Whether this is sound that browsers do not decode, and that can be fed to a transcoder.
    #[must_use]
    pub fn is_transcodable(&self) -> bool {
        let known = self.foreign.is_some()
            || (self.playable && matches!(self.codec, Codec::Ac3 | Codec::Eac3 | Codec::Mp3));
        known
            && matches!(self.kind, TrackKind::Audio { .. })
            && !self.deflated
            && !self.samples.is_empty()
    }

    /// Whether this is sound that browsers decode.
    fn is_heard_everywhere(&self) -> bool {
        self.is_media() && matches!(self.codec, Codec::Aac | Codec::Opus | Codec::Flac)
    }
}

/// The renditions to offer beside a ladder's own: of every language and name that no file of it
/// has in a form that browsers decode, the first track found.
#[must_use]
pub fn transcodable(ladder: &Ladder) -> Vec<TranscodedAudio> {
    let tracks = || {
        let files = ladder.files.iter();
        files.flat_map(|file| file.index.tracks().iter().map(move |track| (file, track)))
    };
    let same = |a: &Track, b: &Track| a.language == b.language && a.name == b.name;
    let mut chosen: Vec<(&Track, String)> = Vec::new();
    for (file, track) in
        tracks().filter(|(file, track)| AudioTranscode::of(&file.index, track.id).is_ok())
    {
        // A second language's dub in AAC does not make the default sound heard.
        let heard = tracks().any(|(_, other)| {
            other.is_heard_everywhere()
                && (same(other, track)
                    || other.language == track.language && (other.is_default || !track.is_default))
        });
        if !heard && !chosen.iter().any(|(other, _)| same(other, track)) {
            chosen.push((track, format!("{}/c{}/index.m3u8", file.prefix, track.id)));
        }
    }
    chosen
        .into_iter()
        .map(|(track, uri)| TranscodedAudio {
            uri,
            codec_string: CODEC_STRING.to_owned(),
            language: track.language.clone(),
            name: track.name.clone(),
            channels: CHANNELS,
            is_default: track.is_default,
            // The encoder's aim, its reservoir, and 8 bytes per frame of packaging.
            bandwidth: u64::from(BIT_RATE) * 5 / 4,
        })
        .collect()
}
