//! Catalog records: any line gives a record or a fault, and no file is touched.
#![no_main]

use libfuzzer_sys::fuzz_target;
use marquee_artwork::Gallery;
use marquee_ingest::catalog::{Base, parse};

fuzz_target!(|line: &[u8]| {
    let art = Gallery::folder("/nonexistent".into());
    let base = Base {
        folder: None,
        art: &art,
        dry_run: true,
    };
    if let Ok(record) = parse(line, &base) {
        assert!(!record.key.is_empty() && record.digest > 0);
    }
});
