//! Sound made into AAC by a real ffmpeg, segment by segment, compared with the same sound made in
//! one go.

use std::path::{Path, PathBuf};
use std::process::Command;

use marquee_domain::ContentId;
use marquee_engine::open::file_location;

use crate::bench::Bench;

/// Where ffmpeg is. Absent tools skip a test loudly, unless they are required.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment what must be there"
)]
fn ffmpeg() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join("ffmpeg"))
        .find(|candidate| candidate.is_file());
    let required = std::env::var("MARQUEE_TEST_TOOLS").is_ok_and(|value| value == "required");
    assert!(
        found.is_some() || !required,
        "MARQUEE_TEST_TOOLS=required, but ffmpeg is missing"
    );
    if found.is_none() {
        println!("skipped: ffmpeg is not installed");
    }
    found
}

fn run(program: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    output.stdout
}

/// A film of 20 s: a picture, and two tones that rise slowly and differently on each side.
const SOUND: &str = "aevalsrc='0.3*sin(2*PI*(300+15*t)*t)|0.3*sin(2*PI*(500+9*t)*t)':s=48000:d=20";

fn film(program: &Path, out: &Path, sound: &[&str]) {
    let mut arguments = vec![
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=160x90:r=25:d=20",
        "-f",
        "lavfi",
        "-i",
        SOUND,
    ];
    arguments.extend(["-c:v", "libx264", "-preset", "ultrafast", "-g", "50"]);
    arguments.extend(sound);
    let name = out.to_str().unwrap();
    arguments.push(name);
    run(program, &arguments);
}

/// Samples of the left and right side, at 48 kHz, from presentation zero.
fn pcm(program: &Path, file: &Path, shift_ms: i64) -> Vec<[i16; 2]> {
    let filter = format!(
        "aresample=48000,aresample=async=1:first_pts={},aformat=channel_layouts=stereo:sample_fmts=fltp",
        shift_ms * 48
    );
    let name = file.to_str().unwrap();
    let raw = run(
        program,
        &[
            "-copyts", "-i", name, "-map", "0:a:0", "-af", &filter, "-f", "s16le", "pipe:1",
        ],
    );
    raw.chunks_exact(4)
        .map(|four| {
            [
                i16::from_le_bytes([four[0], four[1]]),
                i16::from_le_bytes([four[2], four[3]]),
            ]
        })
        .collect()
}

/// Mean of the squared difference, over the mean square of the original, in decibels.
fn error_db(original: &[[i16; 2]], made: &[[i16; 2]]) -> f64 {
    let (mut power, mut error) = (1.0, 1.0);
    for (one, other) in original.iter().zip(made) {
        for side in 0..2 {
            power += f64::from(one[side]).powi(2);
            error += (f64::from(one[side]) - f64::from(other[side])).powi(2);
        }
    }
    10.0 * (error / power).log10()
}

/// Everything of the transcoded rendition as one file, fetched like a player does.
async fn fetched(bench: &Bench, content: ContentId, out: &Path) -> String {
    let master_path = format!("{}/master.m3u8", bench.below(content));
    let master = bench.ok(&master_path).await.text();
    let playlist = bench.named(&master_path).await;
    let playlist = playlist
        .iter()
        .find(|path| path.contains("/c"))
        .unwrap_or_else(|| panic!("nothing is offered: {master}"));
    let mut bytes = Vec::new();
    for part in bench.named(playlist).await {
        bytes.extend_from_slice(bench.ok(&part).await.bytes());
    }
    std::fs::write(out, bytes).unwrap();
    master
}

#[tokio::test]
async fn every_sound_that_browsers_lack_is_made_sample_for_sample_where_it_belongs() {
    let Some(program) = ffmpeg() else { return };
    let bench = Bench::transcoding(&program).await;
    let cases: [(&str, &[&str]); 11] = [
        ("ac3.mp4", &["-c:a", "ac3", "-b:a", "256k"]),
        ("ac3.mkv", &["-c:a", "ac3", "-b:a", "256k"]),
        ("eac3.mp4", &["-c:a", "eac3", "-b:a", "256k"]),
        ("surround.mkv", &["-c:a", "ac3", "-b:a", "448k", "-ac", "6"]),
        ("mp3.mp4", &["-c:a", "libmp3lame", "-b:a", "256k"]),
        ("dts.mkv", &["-c:a", "dca", "-strict", "-2", "-b:a", "768k"]),
        ("layer2.mkv", &["-c:a", "mp2", "-b:a", "384k"]),
        ("vorbis.mkv", &["-c:a", "libvorbis", "-q:a", "8"]),
        ("pcm.mkv", &["-c:a", "pcm_s16le"]),
        ("alac.mp4", &["-c:a", "alac"]),
        ("slow.mkv", &["-c:a", "ac3", "-b:a", "256k", "-ar", "44100"]),
    ];
    for (id, (name, sound)) in (1..).zip(cases) {
        let file = bench.dir.path().join(name);
        film(&program, &file, sound);
        let content = bench.stored(id, &[file_location(&file).unwrap()]).await;
        let made = bench.dir.path().join("made.mp4");
        let master = fetched(&bench, content, &made).await;
        assert!(
            master
                .lines()
                .find(|line| line.starts_with("#EXT-X-STREAM-INF"))
                .is_some_and(|line| line.contains("mp4a.40.2")),
            "{name}: the variant that plays everywhere comes first\n{master}"
        );
        let original = pcm(&program, &file, 0);
        let made = pcm(&program, &made, 250);
        // Codecs end on their own frames, so the ends may differ by one of them.
        assert!(
            original.len().abs_diff(made.len()) < 4096,
            "{name}: {} and {} samples",
            original.len(),
            made.len()
        );
        // Matroska says when a block begins to the millisecond. Codecs with frames of one length
        // are counted exactly all the same; the others may lie half a millisecond off, each
        // segment by its own rounding.
        let loose = if ["vorbis.mkv", "pcm.mkv"].contains(&name) {
            25
        } else {
            0
        };
        for (first, end) in [(2, 281), (281, 562), (562, 843), (843, 930)] {
            let middle = (first * FRAME + 512)..(end * FRAME - 512);
            let (error, off) = best(&original, &made, middle, loose);
            println!("{name}: {error:.1} dB in a segment, {off} samples off");
            assert!(error < -20.0, "{name}: {error:.1} dB in {first}..{end}");
            if loose == 0 {
                // One sample to either side would be worse: it is where it belongs.
                let (_, off) = best(
                    &original,
                    &made,
                    first * FRAME + 512..(first + 20) * FRAME,
                    2,
                );
                assert_eq!(off, 0, "{name}: {first}..{end}");
            }
        }
        // Where one segment follows another it sounds as good as anywhere else.
        let borders = [281, 562, 843].map(|frame| frame * FRAME);
        for border in borders.into_iter().filter(|_| loose == 0) {
            let (there, _) = best(&original, &made, border - FRAME..border + FRAME, 0);
            println!("{name}: {there:.1} dB at a border");
            assert!(there < -25.0, "{name}: {there:.1} dB at {border}");
        }
    }
}

/// Samples in a frame of AAC.
const FRAME: usize = 1024;

/// The least error in a range of samples among small displacements, and the displacement.
fn best(
    original: &[[i16; 2]],
    made: &[[i16; 2]],
    range: std::ops::Range<usize>,
    most: i64,
) -> (f64, i64) {
    let at = |off: i64| {
        let from = usize::try_from(i64::try_from(range.start).unwrap() + off).unwrap();
        error_db(&original[range.clone()], &made[from..])
    };
    (-most..=most)
        .map(|off| (at(off), off))
        .min_by(|one, other| one.0.total_cmp(&other.0))
        .unwrap()
}

#[tokio::test]
async fn sound_that_browsers_decode_is_left_alone() {
    let Some(program) = ffmpeg() else { return };
    let bench = Bench::transcoding(&program).await;
    let film = bench.film(1, &["tide-360.mp4"]).await;
    let below = bench.below(film);
    let master = bench.ok(&format!("{below}/master.m3u8")).await.text();
    assert!(!master.contains("/c"), "{master}");
    let audio = master.split('"').find(|part| part.contains("/a")).unwrap();
    let made = audio.replace("/a", "/c");
    assert_eq!(bench.get(&format!("{below}/{made}")).await.status, 404);
}

#[tokio::test]
async fn nothing_is_offered_without_ffmpeg_and_damage_is_an_answer() {
    let Some(program) = ffmpeg() else { return };
    let bench = Bench::transcoding(&program).await;
    let file = bench.dir.path().join("ac3.mp4");
    film(&program, &file, &["-c:a", "ac3"]);
    let content = bench.stored(1, &[file_location(&file).unwrap()]).await;
    let below = bench.below(content);
    let master = bench.ok(&format!("{below}/master.m3u8")).await.text();
    let playlist = master.split('"').find(|part| part.contains("/c")).unwrap();
    let folder = format!("{below}/{}", playlist.trim_end_matches("index.m3u8"));
    assert_eq!(bench.ok(&format!("{folder}0.m4s")).await.status, 200);
    for absent in ["4.m4s", "k0.m4s", "iframes.m3u8", "0.vtt"] {
        assert_eq!(bench.get(&format!("{folder}{absent}")).await.status, 404);
    }
    // Another program that is no ffmpeg: found by name, refused by what it makes.
    let odd = Bench::transcoding(Path::new("/bin/true")).await;
    let content = odd.stored(1, &[file_location(&file).unwrap()]).await;
    let below = odd.below(content);
    let folder = format!("{below}/{}", playlist.trim_end_matches("index.m3u8"));
    let answer = odd.get(&format!("{folder}0.m4s")).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("retry-after"), "2");
    let without = Bench::new().await;
    let content = without.stored(1, &[file_location(&file).unwrap()]).await;
    let below = without.below(content);
    let master = without.ok(&format!("{below}/master.m3u8")).await.text();
    assert!(!master.contains("/c"), "{master}");
    let folder = format!("{below}/{}", playlist.trim_end_matches("index.m3u8"));
    assert_eq!(without.get(&format!("{folder}0.m4s")).await.status, 404);
}
