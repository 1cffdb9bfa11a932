//! Mail: letters worded in the reader's language, and the ways they leave.
//!
//! * [`Writer`] turns a [`marquee_domain::Letter`] into a message with a plain and an HTML part.
//! * [`Courier`] takes messages away: [`Smtp`] to a mail server, [`Files`] into a folder.
//!
//! To add a letter: a variant of `domain::letter`, its words in every file of `words`, its arm in `page`.

mod courier;
mod files;
mod layout;
mod page;
mod smtp;
mod words;
mod write;

use marquee_domain::PublicUrl;

pub use courier::{Courier, Failure};
pub use files::{Files, Kept};
pub use layout::escape;
pub use smtp::{Security, Smtp, SmtpSettings};
pub use write::{Unwritable, Writer, Written};

/// Who writes.
#[derive(Debug, Clone)]
pub struct Platform {
    /// What the platform is called.
    pub name: String,
    /// What its links begin with.
    pub public_url: PublicUrl,
}

#[cfg(test)]
mod tests;
