//! Matroska as other muxers write it: frames of a plain file, wrapped again with lacing, header
//! stripping, block groups, void elements and unknown sizes.

use std::path::Path;

use marquee_packager::{Sample, TrackKind, text};

use crate::support::{self, Local};
use crate::{bit_exact, support::ffmpeg};

/// An element: id, size in eight bytes, content.
fn element(id: u32, body: &[u8]) -> Vec<u8> {
    let id = id.to_be_bytes();
    let mut out = id[id.iter().position(|byte| *byte != 0).expect("an id")..].to_vec();
    out.extend(((1u64 << 56) | body.len() as u64).to_be_bytes());
    out.extend_from_slice(body);
    out
}

fn number(id: u32, value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

fn track(number_: u8, kind: u64, codec: &str, extra: &[Vec<u8>]) -> Vec<u8> {
    let mut body = [
        number(0xD7, number_.into()),
        number(0x73C5, number_.into()),
        number(0x83, kind),
    ]
    .concat();
    body.extend(element(0x86, codec.as_bytes()));
    extra.iter().for_each(|part| body.extend(part));
    element(0xAE, &body)
}

fn encoding(algorithm: u64, settings: &[u8]) -> Vec<u8> {
    let mut compression = number(0x4254, algorithm);
    compression.extend(element(0x4255, settings));
    let encoding = [
        number(0x5031, 0),
        number(0x5032, 1),
        number(0x5033, 0),
        element(0x5034, &compression),
    ]
    .concat();
    element(0x6D80, &element(0x6240, &encoding))
}

fn head(track: u8, time: i16, flags: u8) -> Vec<u8> {
    let [high, low] = time.to_be_bytes();
    vec![0x80 | track, high, low, flags]
}

/// A lace of frames: 1 Xiph, 2 of one size, 3 EBML.
fn laced(track: u8, time: i16, kind: u8, frames: &[&[u8]]) -> Vec<u8> {
    if let [alone] = frames {
        return element(0xA3, &[&head(track, time, 0x80), *alone].concat());
    }
    let mut out = head(track, time, 0x80 | (kind << 1));
    out.push(u8::try_from(frames.len() - 1).expect("few"));
    match kind {
        1 => {
            for frame in &frames[..frames.len() - 1] {
                out.extend(std::iter::repeat_n(255, frame.len() / 255));
                out.push(u8::try_from(frame.len() % 255).expect("below"));
            }
        }
        3 => {
            let first = u16::try_from(frames[0].len()).expect("small");
            out.extend((0x4000 | first).to_be_bytes());
            for pair in frames[..frames.len() - 1].windows(2) {
                let difference = pair[1].len() as i32 - pair[0].len() as i32 + 0x1FFF;
                out.extend((0x4000 | u16::try_from(difference).expect("small")).to_be_bytes());
            }
        }
        _ => assert!(frames.iter().all(|frame| frame.len() == frames[0].len())),
    }
    frames.iter().for_each(|frame| out.extend_from_slice(frame));
    element(0xA3, &out)
}

/// Wraps the frames of a VP9 and AC-3 file again. `unknown` leaves sizes of segment and clusters
/// open.
fn rewrap(from: &Path, to: &Path, lacing: u8, unknown: bool) {
    let source = Local::open(from);
    let index = support::probe(from).expect("playable");
    let ms = |id: usize, sample: &Sample| {
        let scale = i64::from(index.tracks()[id].timescale);
        (sample.pts() * 1000 + scale / 2) / scale
    };
    let read = |sample: &Sample| source.bytes(sample.offset..sample.end()).expect("inside");
    let video: Vec<Sample> = index.tracks()[0].samples().collect();
    let audio: Vec<Sample> = index.tracks()[1].samples().collect();
    let TrackKind::Video { width, height, .. } = index.tracks()[0].kind else {
        panic!("video first")
    };
    let picture = element(
        0xE0,
        &[number(0xB0, width.into()), number(0xBA, height.into())].concat(),
    );
    let sound = element(
        0xE1,
        &[element(0xB5, &48000f64.to_be_bytes()), number(0x9F, 1)].concat(),
    );
    let tracks = [
        track(1, 1, "V_VP9", &[picture]),
        track(2, 2, "A_AC3", &[sound, encoding(3, &[0x0B, 0x77])]),
        track(3, 17, "S_TEXT/UTF8", &[encoding(0, &[])]),
    ];
    let mut segment = element(0x1549_A966, &number(0x2A_D7B1, 1_000_000));
    segment.extend(element(0xEC, &[0; 100]));
    segment.extend(element(0x1654_AE6B, &tracks.concat()));
    let mut audio = audio.chunks(4).peekable();
    for (second, pictures) in video
        .chunk_by(|a, b| ms(0, a) / 1000 == ms(0, b) / 1000)
        .enumerate()
    {
        let begin = second as i64 * 1000;
        let mut cluster = number(0xE7, begin as u64);
        cluster.extend(element(0xEC, &[0; 7]));
        for sample in pictures {
            let time = i16::try_from(ms(0, sample) - begin).expect("near");
            let mut group = element(0xA1, &[head(1, time, 0), read(sample).to_vec()].concat());
            if !sample.key {
                group.extend(element(0xFB, &(-40i64).to_be_bytes()));
            }
            cluster.extend(element(0xA0, &group));
        }
        while let Some(lace) = audio.next_if(|lace| ms(1, &lace[0]) < begin + 1000) {
            let time = i16::try_from(ms(1, &lace[0]) - begin).expect("near");
            let frames: Vec<_> = lace.iter().map(read).collect();
            let stripped: Vec<&[u8]> = frames.iter().map(|frame| &frame[2..]).collect();
            cluster.extend(laced(2, time, lacing, &stripped));
        }
        let text = miniz_oxide::deflate::compress_to_vec_zlib(
            format!("Second <b>{second}</b>").as_bytes(),
            6,
        );
        let block = element(0xA1, &[head(3, 100, 0), text].concat());
        cluster.extend(element(0xA0, &[block, number(0x9B, 500)].concat()));
        let mut cluster = element(0x1F43_B675, &cluster);
        if unknown {
            cluster[4..12].copy_from_slice(&[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        }
        segment.extend(cluster);
    }
    let ebml = [
        number(0x4286, 1),
        number(0x42F7, 1),
        number(0x42F2, 4),
        number(0x42F3, 8),
        element(0x4282, b"matroska"),
        number(0x4287, 4),
        number(0x4285, 2),
    ];
    let mut file = element(0x1A45_DFA3, &ebml.concat());
    let mut segment = element(0x1853_8067, &segment);
    if unknown {
        segment[4..12].copy_from_slice(&[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
    file.extend(segment);
    std::fs::write(to, file).expect("written");
}

#[test]
fn lacing_stripped_headers_groups_and_unknown_sizes() {
    if !support::has_tools() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let plain = dir.path().join("plain.mkv");
    let arguments = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=160x90:rate=25:duration=5",
        "-f",
        "lavfi",
        "-i",
        "sine=sample_rate=48000:duration=5",
        "-c:v",
        "libvpx-vp9",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-g",
        "50",
        "-c:a",
        "ac3",
        "-b:a",
        "96k",
    ];
    ffmpeg(&arguments, &plain);
    for (lacing, unknown) in [(1, false), (2, false), (3, true)] {
        let path = dir.path().join(format!("laced{lacing}.mkv"));
        rewrap(&plain, &path, lacing, unknown);
        let index = bit_exact::check(&path);
        assert_eq!(
            index.tracks().iter().filter(|track| track.playable).count(),
            3
        );
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let cues = runtime
            .block_on(text::track_cues(&Local::open(&path), &index, 3))
            .expect("text");
        assert_eq!(cues.len(), 5);
        assert_eq!(
            (cues[1].payload.as_str(), cues[1].start_ms, cues[1].end_ms),
            ("Second <b>1</b>", 1100, 1600)
        );
    }
}
