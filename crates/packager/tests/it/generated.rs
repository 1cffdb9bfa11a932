//! Files made by ffmpeg for one property each. Short and small: they are encoded on every run.

use std::fs::File;
use std::process::{Command, Stdio};

use marquee_packager::{Codec, Container, Index, TrackKind};

use crate::{bit_exact, support};

const PICTURE: &[&str] = &[
    "-f",
    "lavfi",
    "-i",
    "testsrc2=size=320x180:rate=25:duration=8",
];
const FILM: &[&str] = &[
    "-f",
    "lavfi",
    "-i",
    "testsrc2=size=160x90:rate=30000/1001:duration=8",
];
const TONE: &[&str] = &[
    "-f",
    "lavfi",
    "-i",
    "sine=frequency=440:sample_rate=48000:duration=8",
];
const TONE_441: &[&str] = &[
    "-f",
    "lavfi",
    "-i",
    "sine=frequency=330:sample_rate=44100:duration=8",
];
const SURROUND: &[&str] = &[
    "-f",
    "lavfi",
    "-i",
    "aevalsrc=0.1*sin(t*800)|0.1*sin(t*900)|0|0|0|0:channel_layout=5.1:sample_rate=48000:duration=8",
];
const X264: &[&str] = &[
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p",
    "-g",
    "50",
    "-bf",
    "0",
];
const X264_B: &[&str] = &[
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-pix_fmt",
    "yuv420p",
    "-g",
    "50",
    "-bf",
    "3",
    "-x264-params",
    "b-pyramid=normal:b-adapt=0:threads=1",
];
const AAC: &[&str] = &["-c:a", "aac", "-b:a", "64k"];

/// Encodes a file and checks it. Gives its index, or nothing when the tools are missing.
fn check(name: &str, parts: &[&[&str]]) -> Option<Index> {
    if !support::has_tools() {
        return None;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join(name);
    support::ffmpeg(&parts.concat(), &path);
    Some(bit_exact::check(&path))
}

fn codecs(index: &Index) -> Vec<&str> {
    index
        .tracks()
        .iter()
        .map(|track| track.codec_string.as_str())
        .collect()
}

#[test]
fn b_frames_with_the_movie_header_at_the_end() {
    let Some(index) = check("b.mp4", &[PICTURE, TONE, X264_B, AAC]) else {
        return;
    };
    assert_eq!(codecs(&index), ["avc1.64000C", "mp4a.40.2"]);
    assert_eq!(index.duration_ms(), 8000);
    let rates: Vec<_> = index
        .tracks()
        .iter()
        .filter_map(|track| match track.kind {
            TrackKind::Video { frame_rate, .. } => frame_rate,
            _ => None,
        })
        .collect();
    assert_eq!(rates, [25.0]);
}

#[test]
fn movie_header_in_front() {
    check(
        "front.mp4",
        &[FILM, TONE_441, X264_B, AAC, &["-movflags", "+faststart"]],
    );
}

#[test]
fn open_gop_is_not_called_independent() {
    let open = &[
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-x264-params",
        "open-gop=1:bframes=3:b-adapt=0:keyint=30:min-keyint=15:scenecut=0",
    ];
    let Some(index) = check("open.mp4", &[PICTURE, open]) else {
        return;
    };
    let playlist = marquee_packager::media_playlist(&index, 1).expect("a playlist");
    assert!(!playlist.contains("INDEPENDENT"), "{playlist}");
}

#[test]
fn fragmented() {
    let flags = &["-movflags", "+frag_keyframe+empty_moov+default_base_moof"];
    let Some(index) = check("frag.mp4", &[PICTURE, TONE, X264_B, AAC, flags]) else {
        return;
    };
    assert_eq!(index.container(), Container::FragmentedMp4);
}

#[test]
fn fragmented_with_absolute_offsets_and_many_runs() {
    check(
        "frag-old.mp4",
        &[
            FILM,
            TONE_441,
            X264_B,
            AAC,
            &["-movflags", "+frag_keyframe", "-frag_duration", "700000"],
        ],
    );
}

#[test]
fn delayed_audio_has_an_empty_edit() {
    let delayed = &["-itsoffset", "1.3"];
    check("late.mp4", &[PICTURE, delayed, TONE, X264_B, AAC]);
}

#[test]
fn cut_in_the_middle_of_a_group_of_pictures() {
    if !support::has_tools() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let (whole, cut) = (dir.path().join("whole.mp4"), dir.path().join("cut.mp4"));
    support::ffmpeg(&[PICTURE, TONE, X264_B, AAC].concat(), &whole);
    let from = whole.to_string_lossy().into_owned();
    support::ffmpeg(&["-ss", "2.6", "-i", &from, "-c", "copy"], &cut);
    let index = bit_exact::check(&cut);
    assert!(
        index.origin_ms() >= 600,
        "the pictures since the last key frame come before zero"
    );
}

#[test]
fn a_recording_that_keeps_the_clock_of_its_stream() {
    if !support::has_tools() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("late.mkv");
    let offset: &[&str] = &["-output_ts_offset", "7200"];
    support::ffmpeg(&[PICTURE, TONE, X264, AAC, offset].concat(), &path);
    let index = support::probe(&path).expect("playable");
    let late = i64::try_from(7_200_000u64).expect("small");
    // AAC begins a frame before the picture.
    let packets = support::packets(&path).expect("readable");
    let first = packets
        .packets
        .iter()
        .filter_map(|packet| packet.pts)
        .min()
        .expect("packets");
    assert!((late - first).abs() < 100);
    let index = bit_exact::check_rebased(&path, &index, first);
    assert!(
        (8000..8100).contains(&index.duration_ms()),
        "{}",
        index.duration_ms()
    );
}

#[test]
fn a_seek_to_any_segment_shows_the_right_pictures() {
    if !support::has_tools() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["seek.mp4", "seek.mkv"] {
        let path = dir.path().join(name);
        // Every picture has its number burnt in, so decoded bytes tell it from all others.
        let numbered: &[&str] = &["testsrc2=size=320x180:rate=25:duration=20"];
        support::ffmpeg(&[&PICTURE[..3], numbered, X264_B].concat(), &path);
        let index = support::probe(&path).expect("playable");
        let out = dir.path().join(name.replace('.', "-"));
        support::write_tracks(&path, &index, &out);
        let pictures = support::pictures(&path);
        assert_eq!(pictures.len(), 500);
        let init = std::fs::read(out.join("v1/init.mp4")).expect("written");
        let mut from = 0;
        for n in 0..4 {
            // What a player has after a seek: the init segment and this one, nothing before.
            let mut alone = init.clone();
            alone.extend(std::fs::read(out.join(format!("v1/{n}.m4s"))).expect("written"));
            let file = out.join(format!("alone{n}.mp4"));
            std::fs::write(&file, alone).expect("written");
            let shown = support::pictures(&file);
            assert_eq!(
                shown,
                pictures[from..from + shown.len()],
                "{name}: segment {n}"
            );
            from += shown.len();
        }
        assert_eq!(from, 500);
        for (n, number) in (0..500).step_by(50).enumerate() {
            let mut alone = init.clone();
            alone.extend(std::fs::read(out.join(format!("v1/k{n}.m4s"))).expect("written"));
            let file = out.join("key.mp4");
            std::fs::write(&file, alone).expect("written");
            assert_eq!(
                support::pictures(&file),
                pictures[number..=number],
                "{name}: key frame {n}"
            );
        }
    }
}

#[test]
fn hevc_in_mp4_and_matroska() {
    let x265: &[&str] = &[
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-x265-params",
        "log-level=error:keyint=50:bframes=3:pools=1",
        "-tag:v",
        "hvc1",
    ];
    let Some(index) = check("hevc.mp4", &[PICTURE, TONE, x265, AAC]) else {
        return;
    };
    assert!(
        codecs(&index)[0].starts_with("hvc1.1.6.L"),
        "{:?}",
        codecs(&index)
    );
    check("hevc.mkv", &[PICTURE, TONE, &x265[..6], AAC]);
}

#[test]
fn av1_with_opus() {
    let svt: &[&str] = &[
        "-c:v",
        "libsvtav1",
        "-preset",
        "13",
        "-g",
        "50",
        "-svtav1-params",
        "lp=1",
        "-c:a",
        "libopus",
    ];
    let Some(index) = check("av1.mp4", &[PICTURE, TONE, svt]) else {
        return;
    };
    assert_eq!(codecs(&index), ["av01.0.00M.08", "Opus"]);
    check("av1.mkv", &[PICTURE, TONE, svt]);
}

#[test]
fn vp9_in_webm() {
    let vpx: &[&str] = &[
        "-c:v",
        "libvpx-vp9",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-g",
        "50",
        "-c:a",
        "libopus",
    ];
    let Some(index) = check("vp9.webm", &[PICTURE, TONE, vpx]) else {
        return;
    };
    assert_eq!(index.container(), Container::WebM);
    assert_eq!(codecs(&index), ["vp09.00.11.08", "Opus"]);
}

#[test]
fn variable_frame_rate() {
    let jitter: &[&str] = &[
        "-vf",
        "select='not(eq(mod(n,7),3))*not(eq(mod(n,11),5))'",
        "-vsync",
        "vfr",
    ];
    check("vfr.mp4", &[PICTURE, TONE, jitter, X264_B, AAC]);
    check("vfr.mkv", &[PICTURE, TONE, jitter, X264_B, AAC]);
}

#[test]
fn two_audio_languages() {
    let maps: &[&str] = &[
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "2",
        "-metadata:s:a:0",
        "language=kor",
        "-metadata:s:a:1",
        "language=eng",
    ];
    let Some(index) = check("two.mp4", &[PICTURE, TONE, TONE_441, maps, X264, AAC]) else {
        return;
    };
    let languages: Vec<_> = index
        .tracks()
        .iter()
        .filter_map(|track| track.language.as_deref())
        .collect();
    assert_eq!(languages, ["ko", "en"]);
}

#[test]
fn matroska_with_cues_in_front_at_the_end_and_without() {
    let Some(front) = check(
        "front.mkv",
        &[
            FILM,
            TONE_441,
            X264_B,
            AAC,
            &["-cues_to_front", "1", "-reserve_index_space", "4096"],
        ],
    ) else {
        return;
    };
    let rate = |index: &Index| match index.tracks()[0].kind {
        TrackKind::Video { frame_rate, .. } => frame_rate,
        _ => None,
    };
    assert_eq!(rate(&front), Some(30000.0 / 1001.0));
    check("end.mkv", &[FILM, TONE_441, X264_B, AAC]);
    // Written to a pipe there are no Cues, and sizes are unknown.
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("pipe.mkv");
    let output = Command::new("ffmpeg")
        .args([
            "-hide_banner",
            "-loglevel",
            "error",
            "-nostdin",
            "-threads",
            "1",
        ])
        .args(
            [
                FILM,
                TONE_441,
                X264_B,
                AAC,
                &["-f", "matroska", "-live", "1", "pipe:1"],
            ]
            .concat(),
        )
        .stdout(Stdio::from(File::create(&path).expect("a file")))
        .status()
        .expect("ffmpeg runs");
    assert!(output.success());
    bit_exact::check(&path);
}

#[test]
fn dolby_and_lossless_sound() {
    let cases: [(&str, &str, &str, Codec); 8] = [
        ("a.mp4", "ac3", "ac-3", Codec::Ac3),
        ("a.mkv", "ac3", "ac-3", Codec::Ac3),
        ("e.mp4", "eac3", "ec-3", Codec::Eac3),
        ("e.mkv", "eac3", "ec-3", Codec::Eac3),
        ("f.mp4", "flac", "fLaC", Codec::Flac),
        ("f.mkv", "flac", "fLaC", Codec::Flac),
        ("m.mkv", "libmp3lame", "mp4a.6B", Codec::Mp3),
        ("m.mp4", "libmp3lame", "mp4a.6B", Codec::Mp3),
    ];
    for (name, encoder, string, codec) in cases {
        let stereo: &[&str] = if codec == Codec::Mp3 {
            &["-ac", "2"]
        } else {
            &[]
        };
        let strict: &[&str] = &["-c:a", encoder, "-strict", "-2"];
        let Some(index) = check(name, &[SURROUND, strict, stereo]) else {
            return;
        };
        assert_eq!(codecs(&index), [string], "{name}");
        assert_eq!(index.tracks()[0].codec, codec);
        let channels = if codec == Codec::Mp3 { 2 } else { 6 };
        assert_eq!(
            index.tracks()[0].kind,
            TrackKind::Audio {
                channels,
                sample_rate: 48000
            },
            "{name}"
        );
        let playlist = marquee_packager::media_playlist(&index, 1).expect("a playlist");
        assert_eq!(
            support::uris(&playlist).count(),
            2,
            "{name}: six seconds and the rest"
        );
    }
}
