//! The words everything else is written in: ids, the clock, languages, entities and their states,
//! and the ports that other crates fill. No I/O of its own, no JSON shapes of any face.

pub mod source;
