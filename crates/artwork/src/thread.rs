//! Work that may take too long, or go wrong.

use std::sync::mpsc;
use std::time::Duration;

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// It took too long. Whoever still works on it does so to the end, and the result is dropped.
    TooLong,
    /// It panicked, or could not begin.
    Broken,
}

/// Does work on a thread of its own and waits for it at most this long. Decoders cannot be interrupted, and a panic in
/// one is nobody else's. Blocking.
pub(crate) fn within<T: Send + 'static>(
    time: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Lost> {
    let (done, result) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("picture".to_owned())
        .spawn(move || {
            let _ = done.send(work());
        })
        .map_err(|_| Lost::Broken)?;
    result.recv_timeout(time).map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => Lost::TooLong,
        mpsc::RecvTimeoutError::Disconnected => Lost::Broken,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_is_given_up_and_what_panics_is_contained() {
        assert_eq!(within(Duration::from_secs(5), || 7), Ok(7));
        let (hold, held) = mpsc::channel::<()>();
        let slow = within(Duration::from_millis(20), move || held.recv());
        assert_eq!(slow, Err(Lost::TooLong));
        drop(hold);
        let broken: Result<(), Lost> = within(Duration::from_secs(5), || panic!("a bad picture"));
        assert_eq!(broken, Err(Lost::Broken));
    }
}
