//! The search engine: titles in every language, people, categories, tags and channels, folded into
//! one on-disk index, found as they are typed and ranked.
//!
//! It knows neither the database nor HTTP. The catalog hands it [`Document`]s and a *generation*
//! (its own mark of how far the index has been told); [`Index::search`] and
//! [`Index::auto_complete`] answer from what was last committed.
//!
//! How it works, in three steps:
//!
//! 1. [`fold`] maps titles and queries to the same text: no accents, case, spaces, forms of Han
//!    characters.
//! 2. [`terms`] says what is written into the inverted index for a document. The language of a
//!    title is the end of its terms, so that one walk over a dictionary serves all languages.
//! 3. [`find`](mod@find) walks dictionaries (exact, by prefix, by automaton) to candidates with a
//!    coarse cost; [`rank`] reads the titles of the best of them and orders those precisely.

mod automaton;
pub mod document;
#[doc(hidden)]
pub mod exercise;
mod find;
pub mod fold;
mod index;
pub mod query;
mod rank;
mod segment;
mod terms;

pub use document::{Change, DocKey, Document, Kind};
pub use index::{Error, Index, OpenError};
pub use query::{Query, Wanted};
pub use rank::{Completion, Hit, Reason};
