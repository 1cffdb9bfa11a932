//! Following long work, and ending it early.

/// Hears how far long work is, and may ask it to end.
pub trait Watch: Sync {
    /// The work is at `done` of `total` steps of a stage.
    fn at(&self, stage: &'static str, done: usize, total: usize);

    /// Whether the work should end as soon as it can.
    fn stopped(&self) -> bool;
}

/// Nobody follows, nobody stops it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn at(&self, _: &'static str, _: usize, _: usize) {}

    fn stopped(&self) -> bool {
        false
    }
}

/// The work was asked to end and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the end")]
pub struct Stopped;

/// Tells the watcher, every so often, and ends when asked to.
pub(crate) fn step(
    watch: &dyn Watch,
    stage: &'static str,
    done: usize,
    total: usize,
) -> Result<(), Stopped> {
    // Often enough to follow and to stop, seldom enough to cost nothing.
    if done.is_multiple_of(64) || done == total {
        watch.at(stage, done, total);
        if watch.stopped() {
            return Err(Stopped);
        }
    }
    Ok(())
}
