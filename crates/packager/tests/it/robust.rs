//! Damaged and hostile files: any answer is fine, a panic or wild memory use is not.
//!
//! [`exercise`] makes everything of each input and checks that an index stays in proportion to
//! its file.

use std::path::{Path, PathBuf};

use marquee_packager::{Index, ProbeError, exercise};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use crate::support;

const SEEDS: [&str; 10] = [
    "preroll-5s.mp4",
    "sample_ac3_aac.mp4",
    "iibbibb_editlist_videoonly.mp4",
    "h265_bframes.mp4",
    "fragmented_captions_h265.mp4",
    "sample_opus_fragmented.mp4",
    "sample_av1.mkv",
    "sample_with_srt.mkv",
    "foreign.mkv",
    "foreign.mp4",
];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/media")
        .join(name)
}

fn seed(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).expect("a seed")
}

/// The bytes that are worth damaging: headers and tables, not payload.
fn structure(name: &str, data: &[u8]) -> std::ops::Range<usize> {
    let find = |needle: &[u8]| {
        data.windows(needle.len())
            .position(|window| window == needle)
    };
    let size =
        |at: usize| u32::from_be_bytes(data[at..at + 4].try_into().expect("four bytes")) as usize;
    if name.ends_with(".mkv") {
        return 0..data.len().min(1200);
    }
    let moov = find(b"moov").expect("a moov") - 4;
    let end = match find(b"moof") {
        Some(moof) => moof - 4 + size(moof - 4),
        None => moov + size(moov),
    };
    moov..end.min(data.len())
}

#[test]
fn seeds_are_sound() {
    for name in SEEDS {
        let outcome = support::probe(&path(name));
        println!(
            "{name}: {:?}",
            outcome.as_ref().map(|index| index.tracks().len())
        );
        assert!(
            exercise::media(&seed(name)).is_some() || name == "sample_av1.mkv",
            "{name}"
        );
    }
}

#[test]
fn truncated_at_every_length() {
    for name in SEEDS {
        let data = seed(name);
        let step = (data.len() / 250).max(1);
        for length in (0..data.len()).step_by(step) {
            exercise::media(&data[..length]);
        }
        // The head byte by byte.
        for length in 0..data.len().min(200) {
            exercise::media(&data[..length]);
        }
    }
}

#[test]
fn every_byte_of_the_structure_changed() {
    for name in SEEDS {
        let mut data = seed(name);
        let range = structure(name, &data);
        let step = (range.len() / 3000).max(1);
        for at in range.step_by(step) {
            let old = data[at];
            for new in [old ^ 0xFF, old ^ 0x80, old.wrapping_add(1), 0] {
                data[at] = new;
                exercise::media(&data);
            }
            data[at] = old;
        }
    }
}

#[test]
fn absurd_numbers_everywhere() {
    for name in SEEDS {
        let mut data = seed(name);
        let range = structure(name, &data);
        let step = (range.len() / 1500).max(1);
        for at in range.step_by(step) {
            let Some(word) = data.get(at..at + 4).map(<[u8]>::to_vec) else {
                break;
            };
            for absurd in [u32::MAX, 0x7FFF_FFFF, 0x8000_0000, 0, 1] {
                data[at..at + 4].copy_from_slice(&absurd.to_be_bytes());
                exercise::media(&data);
            }
            data[at..at + 4].copy_from_slice(&word);
        }
    }
}

fn runner(cases: u32) -> TestRunner {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Cuts, repeats and overwrites at random.
fn mangle(mut data: Vec<u8>, edits: &[(u8, usize, usize, u8)]) -> Vec<u8> {
    for (kind, at, length, byte) in edits {
        if data.is_empty() {
            break;
        }
        let at = at % data.len();
        let end = (at + length % 600).min(data.len());
        match kind % 4 {
            0 => drop(data.drain(at..end)),
            1 => {
                let part = data[at..end].to_vec();
                data.splice(at..at, part);
            }
            2 => data[at..end].fill(*byte),
            _ => data[at] ^= *byte,
        }
    }
    data
}

fn edits() -> impl Strategy<Value = Vec<(u8, usize, usize, u8)>> {
    prop::collection::vec(
        (any::<u8>(), any::<usize>(), any::<usize>(), any::<u8>()),
        1..6,
    )
}

#[test]
fn random_cuts_and_repeats() {
    let seeds: Vec<Vec<u8>> = SEEDS.iter().map(|name| seed(name)).collect();
    runner(1500)
        .run(&(0..SEEDS.len(), edits()), |(which, edits)| {
            exercise::media(&mangle(seeds[which].clone(), &edits));
            Ok(())
        })
        .expect("no panic");
}

#[test]
fn damaged_stored_indexes() {
    let index = support::probe(&path("preroll-5s.mp4")).expect("a seed");
    let bytes = index.encode();
    assert_eq!(Index::decode(&bytes).expect("our own").encode(), bytes);
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x41;
        assert!(
            Index::decode(&damaged).is_err(),
            "byte {at} was changed unnoticed"
        );
        assert!(Index::decode(&bytes[..at]).is_err());
    }
    // Somebody may compute a matching checksum: the body alone must be safe, too.
    let body = bytes[12..].to_vec();
    assert!(exercise::stored(&body).is_some());
    for at in 0..body.len() {
        for new in [0xFF, 0x80, 0, body[at] ^ 1] {
            let mut damaged = body.clone();
            damaged[at] = new;
            exercise::stored(&damaged);
        }
    }
    runner(1500)
        .run(&edits(), |edits| {
            exercise::stored(&mangle(body.clone(), &edits));
            Ok(())
        })
        .expect("no panic");
}

#[test]
fn random_subtitles() {
    let srt = "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i> & {\\an8}you\n\n2\n00:01:00,000 --> 00:01:02,000\nLine\nLine\n";
    let vtt = "WEBVTT\n\nNOTE x\n\nid\n00:01.000 --> 00:02.000 line:0 region:a\n<c.x>Hello\n\n00:03.000 --> 00:04.000\nyou\n";
    let ass = "[V4+ Styles]\nFormat: Name, Alignment\nStyle: A,8\n[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:01.00,0:00:02:00,A,{\\i1\\p0}Hi\\Nyou{\\an4}\n";
    let sami = "<SAMI><!-- .KR { lang:ko; } --><BODY><SYNC Start=500><P Class=KR>a<br>b<SYNC Start=900><P Class=KR>&nbsp;</SAMI>";
    let seeds = [srt, vtt, ass, sami];
    seeds
        .iter()
        .for_each(|seed| exercise::subtitles(seed.as_bytes()));
    runner(1500)
        .run(&(0..seeds.len(), edits()), |(which, edits)| {
            exercise::subtitles(&mangle(seeds[which].as_bytes().to_vec(), &edits));
            Ok(())
        })
        .expect("no panic");
}

#[test]
fn a_movie_header_above_the_limit_is_refused_before_it_is_read() {
    let data = seed("preroll-5s.mp4");
    let source = bytes::Bytes::from(data);
    let limits = marquee_packager::Limits {
        moov_bytes: 100,
        ..Default::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let outcome = runtime.block_on(marquee_packager::probe(&source, &limits));
    assert!(
        matches!(outcome, Err(ProbeError::Limit { .. })),
        "{outcome:?}"
    );
}
