//! Ports that the server fills, so that faces need not know each other or the engine.

use crate::clock::Timestamp;
use crate::ids::ContentId;

/// Where a player finds the streams of a content.
pub trait Streams: Send + Sync + 'static {
    /// Absolute address of the multivariant playlist, with a token that lives for the running time plus six hours.
    ///
    /// Anonymous addresses are the same for everyone within a six-hour window.
    fn multivariant_address(&self, content: ContentId, duration_ms: i64, now: Timestamp) -> String;

    /// Whether sound that a browser cannot decode can be turned into AAC on demand.
    fn can_transcode_audio(&self) -> bool;
}
