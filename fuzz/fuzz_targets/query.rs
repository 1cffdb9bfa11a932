//! Search queries: any text is answered, and titles are folded and indexed without a panic.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use marquee_search::exercise::Exercise;

static INDEX: LazyLock<Exercise> = LazyLock::new(Exercise::new);

fuzz_target!(|data: &[u8]| INDEX.query(data));
