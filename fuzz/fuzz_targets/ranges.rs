//! Range headers: whatever is asked for, what is sent lies inside the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use marquee_http::range::{Ranges, resolve};

fuzz_target!(|input: (&str, u64)| {
    let (header, length) = input;
    let ranges = match resolve(Some(header), length) {
        Ranges::One(range) => vec![range],
        Ranges::Many(ranges) => ranges,
        Ranges::Whole | Ranges::Unsatisfiable => vec![],
    };
    for range in ranges {
        assert!(range.start < range.end && range.end <= length);
    }
});
