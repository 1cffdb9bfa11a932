//! Stored indexes whose checksum somebody made match.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    marquee_packager::exercise::stored(data);
});
