//! Progress bars on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use marquee_ingest::Progress;

/// A bar on standard error; hidden when that is not a terminal.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar over bytes (`true`) or items.
    pub(crate) fn new(what: &str, bytes: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let template = if bytes {
            "{prefix:>12} [{bar:30}] {bytes}/{total_bytes} {eta} {wide_msg}"
        } else {
            "{prefix:>12} [{bar:30}] {pos}/{len} {eta} {wide_msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        bar.set_prefix(what.to_owned());
        Self(bar)
    }
}

impl Progress for Bar {
    fn advance(&self, done: u64, total: u64, current: &str) {
        self.0.set_length(total);
        self.0.set_position(done);
        self.0.set_message(current.to_owned());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
