//! What must come of training on ratings whose clusters are known.

#![expect(clippy::unwrap_used, reason = "tests")]

mod learning;
mod size;
