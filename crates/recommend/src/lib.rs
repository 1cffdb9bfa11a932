//! Which titles go together, and what somebody who watched these might watch next.
//!
//! Pure: numbers in, numbers out; no database, no HTTP, no clock. Titles and viewers are dense
//! indexes here; whoever calls keeps the list of what they stand for.
//!
//! * [`plays`]: what viewers watched, one bounded history each.
//! * [`ease`]: item-to-item weights in closed form, for as many titles as a dense matrix allows.
//! * [`sparse`]: neighbours by shrunk cosine, for more titles than that.
//! * [`features`]: what titles have in common, for those that nobody has watched yet.
//! * [`train`](mod@train): chooses between them, blends them by how much is known of a title, and keeps the
//!   best neighbours of each.
//! * [`rank`](mod@rank): orders titles for a history, and says which watched title spoke for each.
//! * [`evaluate`]: measures all of it on a file of ratings.
//!
//! To add a way of training: give it a module that fills [`Lists`] or implements [`Model`], let
//! [`train()`] choose it, and add it to the methods of [`evaluate`] so that it is measured.

pub mod ease;
pub mod evaluate;
pub mod features;
pub mod lists;
pub mod plays;
pub mod popular;
pub mod rank;
pub mod sparse;
pub mod top;
pub mod train;
pub mod watch;

#[cfg(feature = "testing")]
pub mod planted;

pub use lists::{Lists, Model};
pub use plays::{Plays, PlaysBuilder, Watched};
pub use rank::{Ranked, Seen, rank};
pub use train::{Method, Options, Trained, train};
pub use watch::{Stopped, Unwatched, Watch};
