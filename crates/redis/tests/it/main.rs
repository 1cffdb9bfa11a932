//! Copies in a real Redis, which is paused and killed.

#![expect(
    clippy::unwrap_used,
    reason = "what fails to unwrap in a test is its failure"
)]

mod interleaved;
mod limits;
mod progress;
