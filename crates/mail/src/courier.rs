//! The port that messages leave through.

use futures_util::future::BoxFuture;

use crate::write::Written;

/// Why a message did not leave. The reasons are for operators: they hold what a mail server said, no codes and no
/// passwords.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It never will: the server refuses this mail for good.
    #[error("{0}")]
    Permanent(String),
    /// It may, later: the network, a busy server, or settings that can be put right.
    #[error("{0}")]
    Temporary(String),
}

/// Takes messages away.
pub trait Courier: Send + Sync + 'static {
    /// Sends a message; when this returns, somebody else answers for it.
    fn send<'a>(&'a self, written: &'a Written) -> BoxFuture<'a, Result<(), Failure>>;

    /// Whether messages could leave, without sending one.
    fn check(&self) -> BoxFuture<'_, Result<(), Failure>>;
}
