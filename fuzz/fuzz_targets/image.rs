//! The door for pictures: any bytes are refused, or come in and have copies that can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| marquee_artwork::door::exercise(data));
