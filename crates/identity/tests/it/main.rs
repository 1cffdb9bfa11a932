//! What the identity core promises, on both databases and on several nodes.

#![expect(clippy::unwrap_used, reason = "tests")]

mod fixture;
mod live;
mod refresh;
mod tokens;
