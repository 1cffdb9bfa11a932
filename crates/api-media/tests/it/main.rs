//! What players see below `/media/` and `/art/`, through the real router and with real media.

#![expect(
    clippy::unwrap_used,
    reason = "what fails to unwrap in a test is its failure"
)]

mod art;
mod bench;
mod elsewhere;
mod original;
mod playlists;
mod replaced;
mod tokens;
mod transcoded;
