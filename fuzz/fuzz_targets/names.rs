//! File names: every path is recognised as something.
#![no_main]

use libfuzzer_sys::fuzz_target;
use marquee_ingest::scan::names::{Recognised, base, recognise, season_folder, titled};

fuzz_target!(|path: &str| {
    let mut parts: Vec<&str> = path.split('/').collect();
    let stem = parts.pop().unwrap_or_default();
    if let Recognised::Episode { show, .. } = recognise(&parts, stem) {
        assert!(!show.is_empty());
    }
    assert!(stem.starts_with(base(stem)));
    let _ = (season_folder(stem), titled(stem));
});
