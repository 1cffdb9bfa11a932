//! What comes in through the doors, on both databases: records and folders, good and bad.

#![expect(
    clippy::unwrap_used,
    reason = "what fails to unwrap in a test is its failure"
)]

mod bad_records;
mod bench;
mod essence;
mod fetched;
mod fills;
mod folders;
mod gone;
mod home;
mod killed;
mod records;
mod search;
mod server;
