//! The catalog version as a process sees it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The catalog version: as it is stored, and as it is shown to caches, which must never see one twice.
/// The two differ after a backup was restored, which takes the stored one back, and after what
/// answers are made of besides has changed.
#[derive(Default)]
pub(crate) struct Version {
    shown: AtomicI64,
    /// What is stored, and what is added to it.
    state: Mutex<(i64, i64)>,
}

impl Version {
    pub(super) fn shown(&self) -> i64 {
        self.shown.load(Ordering::Acquire)
    }

    fn state(&self) -> MutexGuard<'_, (i64, i64)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stored(&self) -> i64 {
        self.state().0
    }

    /// Takes note of a version that is stored by now.
    pub(crate) fn raise(&self, stored: i64) {
        let mut state = self.state();
        state.0 = state.0.max(stored);
        self.shown.store(state.0 + state.1, Ordering::Release);
    }

    /// Shows another version for what is stored.
    pub(super) fn renew(&self) {
        let mut state = self.state();
        state.1 += 1;
        self.shown.store(state.0 + state.1, Ordering::Release);
    }

    /// Takes note that everything stored has been replaced, and the version with it.
    pub(super) fn replaced(&self, stored: i64) {
        let mut state = self.state();
        state.1 += state.0 - stored + 1;
        state.0 = stored;
        self.shown.store(state.0 + state.1, Ordering::Release);
    }
}
