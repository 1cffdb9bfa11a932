//! Ports that the server fills, so that faces need not know each other or the engine.

use futures_util::future::BoxFuture;

use crate::clock::Timestamp;
use crate::ids::ContentId;
use crate::personal::Owner;

/// Where a player finds the streams of a content.
pub trait Streams: Send + Sync + 'static {
    /// Absolute address of the multivariant playlist, with a token that lives for the running time plus six hours.
    ///
    /// Anonymous addresses are the same for everyone within a six-hour window. Those of a session stop
    /// with it.
    fn multivariant_address(
        &self,
        content: ContentId,
        duration_ms: i64,
        session: Option<&str>,
        now: Timestamp,
    ) -> String;

    /// Whether sound that a browser cannot decode can be turned into AAC on demand.
    fn can_transcode_audio(&self) -> bool;
}

/// What kept somebody from finding out; for the log.
pub type Unknown = Box<dyn std::error::Error + Send + Sync>;

/// Which sessions go on.
pub trait Sessions: Send + Sync + 'static {
    /// Whether a session is live.
    ///
    /// # Errors
    /// When that cannot be found out.
    fn is_live<'a>(&'a self, sid: &'a str) -> BoxFuture<'a, Result<bool, Unknown>>;
}

/// Whether anything may be seen by whoever has no session.
pub trait Openness: Send + Sync + 'static {
    /// Whether some service is public.
    ///
    /// # Errors
    /// When that cannot be found out.
    fn is_open(&self) -> BoxFuture<'_, Result<bool, Unknown>>;
}

/// Hears that favorites and progress of owners were moved or removed as a whole.
pub trait Moved: Send + Sync + 'static {
    /// Called when that is stored.
    fn moved<'a>(&'a self, owners: &'a [Owner]) -> BoxFuture<'a, ()>;
}
