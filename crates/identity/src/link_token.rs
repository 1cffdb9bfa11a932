//! Texts that prove themselves: in mailed links, and in the cookie of the server's own pages. None needs a row in the
//! database.

use marquee_domain::Timestamp;
use subtle::ConstantTimeEq as _;

use crate::core::Core;
use crate::seal::Use;

impl Core {
    /// A text for a mailed link, good until `expires_at` for one purpose and thing.
    pub(crate) fn link_token(&self, purpose: &str, about: &str, expires_at: Timestamp) -> String {
        let mac = self.sealer.mac_text(
            Use::Links,
            &[
                purpose.as_bytes(),
                about.as_bytes(),
                &expires_at.to_be_bytes(),
            ],
        );
        format!("{about}.{expires_at}.{mac}")
    }

    /// What a mailed link is about, while it is good.
    pub(crate) fn link_about(&self, purpose: &str, token: &str, now: Timestamp) -> Option<String> {
        let (head, _) = token.rsplit_once('.')?;
        let (about, expires_at) = head.rsplit_once('.')?;
        let expires_at: Timestamp = expires_at.parse().ok()?;
        let expected = self.link_token(purpose, about, expires_at);
        let right: bool = expected.as_bytes().ct_eq(token.as_bytes()).into();
        (right && now < expires_at).then(|| about.to_owned())
    }
}
