//! What an operator sees, through the real router.

#![expect(clippy::unwrap_used, reason = "tests")]

mod harness;
mod late_bodies;
mod people;
mod public_url;
mod records;
