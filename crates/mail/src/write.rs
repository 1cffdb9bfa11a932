//! Writing a letter: a message as it leaves, with its headers and both parts.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use marquee_domain::{Letter, MailId, Timestamp, UiLanguage};

use crate::page::{Page, clean};
use crate::{Platform, layout};

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritable {
    /// The address of the reader is none.
    #[error("the address is not one of a mailbox")]
    Recipient,
    /// The address that mail comes from is none.
    #[error("the address that mail comes from is not like NAME@HOST")]
    Sender,
    /// The message cannot be put together.
    #[error("the message cannot be put together: {0}")]
    Message(String),
}

/// A letter as it leaves.
pub struct Written {
    /// The mail's id in the outbox.
    pub id: MailId,
    /// The kind of letter.
    pub name: &'static str,
    /// When it was asked for.
    pub at: Timestamp,
    pub(crate) message: Message,
}

/// Writes letters in the name of the platform.
pub struct Writer {
    platform: Platform,
    from: Mailbox,
    /// What message ids end with.
    host: String,
}

impl Writer {
    /// Letters come from `from`, an address or a name with one (`Cinema <post@example.org>`).
    ///
    /// # Errors
    /// [`Unwritable::Sender`] when that is no address.
    pub fn new(mut platform: Platform, from: &str) -> Result<Self, Unwritable> {
        platform.name = clean(&platform.name);
        let mut from: Mailbox = from.parse().map_err(|_| Unwritable::Sender)?;
        if from.name.is_none() {
            from.name = Some(platform.name.clone());
        }
        let host = from.email.domain().to_owned();
        Ok(Self {
            platform,
            from,
            host,
        })
    }

    /// Writes a letter. Asked twice for the same mail, it gives the message the same id, so that a reader who gets it
    /// twice may be shown it once.
    ///
    /// # Errors
    /// When the address is none.
    pub fn write(
        &self,
        id: MailId,
        to: &str,
        language: UiLanguage,
        letter: &Letter,
        at: Timestamp,
    ) -> Result<Written, Unwritable> {
        let to = mailbox(to).ok_or(Unwritable::Recipient)?;
        let page = Page::of(letter, language, &self.platform);
        let (text, html) = (layout::text(&page), layout::html(&page));
        let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(at).unwrap_or(0));
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(page.subject)
            .date(date)
            .message_id(Some(format!("<{at}.{id}@{}>", self.host)))
            // Nobody's absence notice has to answer (RFC 3834).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(MultiPart::alternative_plain_html(text, html))
            .map_err(|error| Unwritable::Message(error.to_string()))?;
        Ok(Written {
            id,
            name: letter.name(),
            at,
            message,
        })
    }
}

/// Reads an address. Its domain goes out in ASCII, which every server takes; a name in other letters before it takes one
/// that speaks SMTPUTF8 (RFC 6531).
fn mailbox(text: &str) -> Option<Address> {
    let (local, domain) = text.trim().rsplit_once('@')?;
    let domain = idna::domain_to_ascii(domain).ok()?;
    Address::new(local, domain).ok()
}
