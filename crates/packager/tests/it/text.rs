//! Subtitle files and tracks.

use std::path::Path;

use marquee_packager::TrackKind;
use marquee_packager::text::{self, Cue, TextFormat};

use crate::support::{self, Local};

fn cues(path: &Path, track: u32) -> Vec<Cue> {
    let index = support::probe(path).expect("playable");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime
        .block_on(text::track_cues(&Local::open(path), &index, track))
        .expect("text")
}

#[test]
fn every_shared_subtitle_file_is_read_or_refused() {
    let Some(dir) = support::shared("subtitles") else {
        return;
    };
    let mut read = 0;
    for path in support::files_below(&dir) {
        let Some(format) = path
            .extension()
            .and_then(|kind| TextFormat::from_extension(&kind.to_string_lossy()))
        else {
            continue;
        };
        let bytes = std::fs::read(&path).expect("readable");
        let Ok(cues) = text::parse(&bytes, format) else {
            println!("refused: {}", path.display());
            continue;
        };
        read += 1;
        // What we write is valid by our own reading of it, and says the same.
        let again =
            text::parse(text::whole(&cues).as_bytes(), TextFormat::WebVtt).expect("our own");
        assert_eq!(again, cues, "{}", path.display());
    }
    assert!(read > 80, "{read}");
}

#[test]
fn legacy_encodings_read_like_their_utf8_twins() {
    let Some(dir) = support::shared("subtitles/synthetic") else {
        return;
    };
    let read = |name: &str, format| {
        let cues =
            text::parse(&std::fs::read(dir.join(name)).expect("there"), format).expect("text");
        // CP949 has no em dash: the twin was written with a hyphen.
        cues.into_iter()
            .map(|cue| cue.payload.replace('—', "-"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        read("bbb.ko.cp949.srt", TextFormat::SubRip),
        read("bbb.ko.srt", TextFormat::SubRip)
    );
    assert_eq!(
        read("bbb.zh-Hans.gb18030.srt", TextFormat::SubRip),
        read("bbb.zh-Hans.srt", TextFormat::SubRip)
    );
    assert_eq!(
        read("bbb.cp949.smi", TextFormat::Sami),
        read("bbb.smi", TextFormat::Sami)
    );
}

#[test]
fn sixteen_bit_files_read_like_their_utf8_twins() {
    let Some(dir) = support::shared("subtitles") else {
        return;
    };
    let read = |name: &str, format| {
        text::parse(&std::fs::read(dir.join(name)).expect("there"), format).expect("text")
    };
    let plain = read("media3-subrip/typical.srt", TextFormat::SubRip);
    assert_eq!(
        read("media3-subrip/typical_utf16le.srt", TextFormat::SubRip),
        plain
    );
    assert_eq!(
        read("media3-subrip/typical_utf16be.srt", TextFormat::SubRip),
        plain
    );
    let plain = read("media3-ssa/typical.ass", TextFormat::Ass);
    assert_eq!(plain.len(), 3);
    assert_eq!(
        read("media3-ssa/typical_utf16le.ass", TextFormat::Ass).len(),
        3
    );
}

#[test]
fn tracks_inside_containers() {
    let Some(dir) = support::shared("media") else {
        return;
    };
    for (name, least) in [
        ("derived/bbb-h264-2audio-3movtext.mp4", 3),
        ("derived/bbb-h264-3audio-7subs-chapters.mkv", 5),
        ("media3/sample_with_ssa_subtitles.mkv", 1),
        ("media3/sample_with_vtt_subtitles.mkv", 1),
        ("media3/sample_with_srt.mkv", 1),
    ] {
        let path = dir.join(name);
        let index = support::probe(&path).expect("playable");
        let tracks: Vec<_> = index
            .tracks()
            .iter()
            .filter(|track| track.kind == TrackKind::Text && track.playable)
            .collect();
        assert!(
            tracks.len() >= least,
            "{name}: {} text tracks",
            tracks.len()
        );
        for track in tracks {
            let cues = cues(&path, track.id);
            assert!(!cues.is_empty(), "{name} t{}", track.id);
            println!("{name} t{} {:?}: {:?}", track.id, track.language, cues[0]);
        }
    }
}
