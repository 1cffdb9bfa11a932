//! NFO files.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = marquee_ingest::scan::nfo::parse(data);
});
