//! MP4 files: whatever follows, the first box is one that is recognised.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut file = b"\0\0\0\x10ftypiso6\0\0\0\0".to_vec();
    file.extend_from_slice(data);
    marquee_packager::exercise::media(&file);
    marquee_packager::exercise::media(data);
});
