//! The catalog's rules over both databases.

#![expect(clippy::unwrap_used, reason = "tests")]

mod recommend;
mod stage;
mod watching;
