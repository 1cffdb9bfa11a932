//! Matroska files: whatever follows, the EBML header is sound.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // DocType "matroska", then a segment of unknown size.
    let mut file = b"\x1A\x45\xDF\xA3\x8B\x42\x82\x88matroska\x18\x53\x80\x67\xFF".to_vec();
    file.extend_from_slice(data);
    marquee_packager::exercise::media(&file);
    marquee_packager::exercise::media(data);
});
