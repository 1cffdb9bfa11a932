//! Multivariant playlists.

use std::path::Path;

use marquee_packager::{Ladder, LadderFile, SideCar, multivariant};

use crate::{rules, support};

fn media(dir: &Path, name: &str, arguments: &[&str]) -> LadderFile {
    let path = dir.join(name);
    support::ffmpeg(arguments, &path);
    LadderFile {
        prefix: String::new(),
        index: support::indexed(&path),
    }
}

fn ladder(files: Vec<LadderFile>) -> Ladder {
    let files = files
        .into_iter()
        .enumerate()
        .map(|(n, file)| LadderFile {
            prefix: format!("f{n}"),
            ..file
        })
        .collect();
    Ladder {
        files,
        subtitles: Vec::new(),
    }
}

fn picture(size: &str, rate: &str) -> Vec<String> {
    let source = format!("testsrc2=size={size}:rate=25:duration=7");
    [
        "-f",
        "lavfi",
        "-i",
        &source,
        "-f",
        "lavfi",
        "-i",
        "sine=sample_rate=48000:duration=7",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-g",
        "50",
        "-c:a",
        "aac",
        "-b:a",
        rate,
        "-metadata:s:a:0",
        "language=kor",
    ]
    .map(str::to_owned)
    .to_vec()
}

#[test]
fn several_files_are_one_ladder_with_one_audio() {
    if !support::has_tools() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let (small, large) = (picture("160x90", "48k"), picture("320x180", "96k"));
    let small: Vec<&str> = small.iter().map(String::as_str).collect();
    let large: Vec<&str> = large.iter().map(String::as_str).collect();
    let mut input = ladder(vec![
        media(dir.path(), "small.mp4", &small),
        media(dir.path(), "large.mp4", &large),
    ]);
    input.subtitles.push(SideCar {
        prefix: "s0".into(),
        language: Some("ko".into()),
        name: None,
        is_default: false,
        is_forced: false,
    });
    input.subtitles.push(SideCar {
        prefix: "s1".into(),
        language: Some("ko".into()),
        name: None,
        is_default: true,
        is_forced: true,
    });
    let playlist = multivariant(&input).expect("a playlist");
    let addresses = rules::multivariant(&playlist);
    for address in [
        "f1/v1/index.m3u8",
        "f0/v1/index.m3u8",
        "f1/v1/iframes.m3u8",
        "f1/a2/index.m3u8",
        "s0/index.m3u8",
        "s1/index.m3u8",
    ] {
        assert!(
            addresses.iter().any(|found| found == address),
            "{address} is missing:\n{playlist}"
        );
    }
    assert!(
        !playlist.contains("f0/a2"),
        "the audio of the smaller file is not used:\n{playlist}"
    );
    assert!(
        playlist.contains("RESOLUTION=320x180,FRAME-RATE=25.000"),
        "{playlist}"
    );
    assert!(
        playlist.contains("NAME=\"한국어 (forced)\"") && playlist.contains("FORCED=YES"),
        "{playlist}"
    );
    assert_eq!(playlist.matches("#EXT-X-STREAM-INF").count(), 2);
}

#[test]
fn bandwidth_is_that_of_the_served_bytes() {
    let Some(dir) = support::shared("media") else {
        return;
    };
    let path = dir.join("media3/long_1080p_lowbitrate.mp4");
    let index = support::indexed(&path);
    let playlist = marquee_packager::media_playlist(&index, 1).expect("a playlist");
    let durations = rules::media(&playlist, false);
    let sizes: Vec<u64> = (0u32..)
        .zip(&durations)
        .map(|(n, _)| {
            marquee_packager::segment(&index, 1, n)
                .expect("a segment")
                .len()
        })
        .collect();
    let total: f64 = durations.iter().sum();
    let average = sizes.iter().sum::<u64>() as f64 * 8.0 / total;
    let input = Ladder {
        files: vec![LadderFile {
            prefix: "f0".into(),
            index: index.clone(),
        }],
        subtitles: Vec::new(),
    };
    let text = multivariant(&input).expect("a playlist");
    let line = text
        .lines()
        .find(|line| line.starts_with("#EXT-X-STREAM-INF"))
        .expect("a variant");
    let stated: f64 = rules::attributes(line)["AVERAGE-BANDWIDTH"]
        .parse()
        .expect("a number");
    // The rest is the audio.
    assert!(
        stated > average && stated < average + 200_000.0,
        "{stated} {average}"
    );
}

#[test]
fn codecs_have_groups_and_the_commonest_comes_first() {
    let Some(dir) = support::shared("media") else {
        return;
    };
    let input = ladder(vec![LadderFile {
        prefix: String::new(),
        index: support::indexed(&dir.join("media3/sample_ac3_aac.mp4")),
    }]);
    let playlist = multivariant(&input).expect("a playlist");
    rules::multivariant(&playlist);
    let first = playlist
        .lines()
        .find(|line| line.starts_with("#EXT-X-STREAM-INF"))
        .expect("a variant");
    assert!(first.contains("CODECS=\"mp4a.40.2\""), "{playlist}");
    assert!(playlist.contains("AUDIO=\"ac3\""), "{playlist}");
}

#[test]
fn every_shared_file_has_a_lawful_playlist() {
    let Some(dir) = support::shared("media") else {
        return;
    };
    for path in support::files_below(&dir) {
        if let Ok(index) = support::probe(&path) {
            let input = ladder(vec![LadderFile {
                prefix: String::new(),
                index: index.into(),
            }]);
            rules::multivariant(&multivariant(&input).expect("a playlist"));
        }
    }
}

#[test]
fn transcoded_audio_makes_a_file_playable_everywhere() {
    let Some(dir) = support::shared("media") else {
        return;
    };
    // H.264 with AC-3 alone, which most browsers cannot decode.
    let index = support::indexed(&dir.join("media3/sample.mkv"));
    let input = ladder(vec![LadderFile {
        prefix: String::new(),
        index,
    }]);
    let offered = marquee_packager::transcodable(&input);
    let playlist = marquee_packager::multivariant_with(&input, &offered).expect("a playlist");
    rules::multivariant(&playlist);
    let first = playlist
        .lines()
        .find(|line| line.starts_with("#EXT-X-STREAM-INF"))
        .expect("a variant");
    assert!(
        first.contains("CODECS=\"avc1.640034,mp4a.40.2\"") && first.contains("AUDIO=\"aac\""),
        "{playlist}"
    );
    assert!(
        playlist.contains("AUDIO=\"ac3\"") && playlist.contains("URI=\"f0/c2/index.m3u8\""),
        "{playlist}"
    );
}
