//! Every playable file of the shared media.

use std::path::Path;

use marquee_packager::ProbeError;

use crate::{bit_exact, support};

/// What cannot be compared, with the reason. It may only shrink.
const NOT_COMPARED: [(&str, &str); 0] = [];

#[test]
fn every_playable_file_is_bit_exact() {
    let Some(dir) = support::shared("media") else {
        return;
    };
    if !support::has_tools() {
        return;
    }
    let (mut compared, mut refused, mut failures) = (0, 0, Vec::new());
    for path in support::files_below(&dir)
        .into_iter()
        .filter(|path| path.extension().is_none_or(|kind| kind != "csv"))
    {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if NOT_COMPARED.iter().any(|(known, _)| *known == name) {
            continue;
        }
        match support::probe(&path) {
            Ok(index) => {
                compared += 1;
                let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    bit_exact::check_index(&path, &index)
                }));
                if outcome.is_err() {
                    failures.push(name);
                }
            }
            Err(error) => {
                refused += 1;
                assert!(!matches!(error, ProbeError::Io(_)), "{name}: {error}");
                println!("{name}: {error}");
            }
        }
    }
    println!("{compared} files compared, {refused} refused");
    assert!(failures.is_empty(), "{failures:?}");
    assert!(compared >= 40, "only {compared} files were playable");
}

#[test]
fn refusals_say_why() {
    let Some(dir) = support::shared("media") else {
        return;
    };
    let check = |name: &str, expected: &str| {
        let error = support::probe(&Path::new(&dir).join(name))
            .expect_err("not playable")
            .to_string();
        assert!(error.contains(expected), "{name}: {error}");
    };
    check("media3/bbb_176x144_128kbps_15fps_h263.3gp", "H.263");
    check("media3/sample_h264.ts", "transport streams");
    check("media3/sample.avi", "AVI");
    check("media3/bear-id3.mp3", "MP3");
    check(
        "media3/sample_malformed_free_box.mp4",
        "damaged near byte 32",
    );
}
