//! Who is signed in on the server's own pages, and what these pages remember between two forms.
//!
//! A browser on our pages shows a cookie instead of an access token. It names the session, so it is as good as
//! the session is: ended anywhere, it is ended here. Nothing of it is stored.

use marquee_domain::account::Viewer;
use marquee_storage::sessions;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::core::Identity;
use crate::seal::Use;
use crate::{Refusal, Result, Secret, chance};

/// How long a page's cookie is good: pages ask again sooner than apps.
pub const PAGE_MS: i64 = 14 * 86_400_000;
/// A longer text is nothing of ours.
const MAX: usize = 8192;

/// What a page remembers, until when.
#[derive(Serialize, Deserialize)]
struct Kept {
    until: i64,
    text: String,
}

impl Identity {
    /// The value of the cookie by which pages know a session, good for [`PAGE_MS`].
    #[must_use]
    pub fn page_token(&self, sid: &str) -> Secret {
        let until = self.0.clock.now() + PAGE_MS;
        Secret::new(self.0.link_token("page", sid, until))
    }

    /// Who shows such a cookie, when it is good and its session live.
    ///
    /// # Errors
    /// [`Refusal::TokenInvalid`] or, for the session of a suspended account,
    /// [`Refusal::AccountDisabled`]; otherwise when the database fails.
    pub async fn page_viewer(&self, token: &str) -> Result<Viewer> {
        let core = &self.0;
        let now = core.clock.now();
        let invalid = || Refusal::TokenInvalid;
        if token.len() > MAX {
            return Err(invalid().into());
        }
        let sid = core.link_about("page", token, now).ok_or_else(invalid)?;
        // Pages are few: each asks the database, which knows of every end at once.
        let session = sessions::lookup(&mut core.db.reader(), &sid).await?;
        let session = session.ok_or_else(invalid)?;
        let account = core.ongoing(&session, invalid(), now).await?;
        Ok(Viewer {
            id: account.id,
            uuid: account.uuid,
            sid: session.sid,
            role: account.role,
            factors: session.factors,
            signed_in_at: session.created_at,
        })
    }

    /// A random text for a browser that is not signed in, to which its forms are bound.
    ///
    /// # Errors
    /// When there are no random bytes.
    pub fn visitor(&self) -> Result<Secret> {
        use base64::Engine as _;
        let random: [u8; 32] = chance::bytes(self.0.chance.as_ref())?;
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random);
        Ok(Secret::new(text))
    }

    /// What the forms of a visitor carry: nobody else can make it.
    #[must_use]
    pub fn form_token(&self, visitor: &str) -> Secret {
        let parts: [&[u8]; 2] = [b"form", visitor.as_bytes()];
        Secret::new(self.0.sealer.mac_text(Use::Links, &parts))
    }

    /// Whether a form of this visitor carries the right one.
    #[must_use]
    pub fn form_token_fits(&self, visitor: &str, sent: &str) -> bool {
        let expected = self.form_token(visitor);
        expected.expose().as_bytes().ct_eq(sent.as_bytes()).into()
    }

    /// Seals a text for a visitor to bring back within `for_ms`.
    ///
    /// # Errors
    /// When sealing fails.
    pub fn keep_for(&self, visitor: &str, text: &str, for_ms: i64) -> Result<Secret> {
        let kept = Kept {
            until: self.0.clock.now() + for_ms,
            text: text.to_owned(),
        };
        let corrupt = crate::IdentityError::Crypto("a page's state cannot be written");
        let plain = serde_json::to_vec(&kept).map_err(|_| corrupt)?;
        let (sealer, chance) = (&self.0.sealer, self.0.chance.as_ref());
        sealer
            .seal(chance, &owner(visitor), &plain)
            .map(Secret::new)
    }

    /// Opens what was sealed for this visitor, while it is good.
    #[must_use]
    pub fn kept_for(&self, visitor: &str, sealed: &str) -> Option<String> {
        if sealed.len() > MAX {
            return None;
        }
        let opened = self
            .0
            .sealer
            .open("a page's state", &owner(visitor), sealed);
        let kept: Kept = serde_json::from_slice(&opened.ok()?).ok()?;
        (self.0.clock.now() < kept.until).then_some(kept.text)
    }
}

/// Other things are sealed under the same key, for owners that have other names.
fn owner(visitor: &str) -> String {
    format!("page of {visitor}")
}
