//! What several nodes share in Redis: copies of what the database holds, and how often somebody did something.
//!
//! Nothing here is the truth and nothing here fails: whatever Redis does not say within a quarter of
//! a second, the database says, or for limits the node itself. It takes one Redis or Valkey (from version 6.2), alone or replicated; a sharded cluster
//! is not supported, because scripts follow keys that they find.

mod connection;
mod limits;
mod progress;
#[cfg(feature = "testing")]
pub mod testing;

pub use connection::{Redis, RedisError};
pub use limits::SharedLimits;
pub use progress::SharedProgress;
