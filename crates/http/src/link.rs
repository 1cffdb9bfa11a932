//! Signed path tokens for media.
//!
//! A token is in the path (`/media/<token>/…`), so that relative addresses inside playlists inherit
//! it in every player. It names a content and an expiry and carries an HMAC-SHA-256 over both, cut to
//! 128 bits. Anonymous tokens are the same for everyone within a six-hour window, so that shared
//! caches work; they live for the running time plus six hours from the end of the window. Tokens of a
//! session name it as well, live for the running time plus six hours, and stop with it: whoever checks
//! one has to ask whether the session is live.
//!
//! Pictures of services for members have a pass in the path (`/art/m/<pass>/…`), which names nothing but an expiry:
//! it is the same for all members within a week, so that what they are shown can be kept for all of them, and is
//! good until the end of the next week.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use marquee_domain::{ContentId, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// Length of a window of passes for pictures, in milliseconds: a week.
pub const PICTURE_WINDOW_MS: i64 = 7 * 24 * 3600 * 1000;
/// Length of a window, and of the grace after the running time, in milliseconds.
pub const WINDOW_MS: i64 = 6 * 3600 * 1000;
const TAG: usize = 16;
/// Version byte and expiry in seconds, of a pass for pictures.
const PASS_HEAD: usize = 1 + 8;
/// Version byte, content id, expiry in seconds.
const HEAD: usize = 1 + 8 + 8;
/// The same with a session.
const SESSION_HEAD: usize = HEAD + 16;

/// Why a token is refused. All of them answer 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It is not one of ours, or was altered.
    #[error("this link is not valid")]
    Invalid,
    /// Its time is over.
    #[error("this link has expired; ask for a new one")]
    Expired,
    /// The session that it was given to has ended.
    #[error("whoever had this link has signed out")]
    Ended,
}

/// Makes and checks tokens.
#[derive(Clone)]
pub struct Links {
    key: Hmac<Sha256>,
}

/// What a token grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The content that may be played.
    pub content: ContentId,
    /// Until when, UTC milliseconds.
    pub expires_at: Timestamp,
    /// While which session is live; none for everybody.
    pub session: Option<Uuid>,
}

impl Links {
    /// Signs with this secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        // HMAC takes keys of any length, so this cannot fail; an empty key would be as good as none, which `link_secret` rules out.
        let key = Hmac::<Sha256>::new_from_slice(secret)
            .unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
        Self { key }
    }

    /// The anonymous token for a content at `now`.
    #[must_use]
    pub fn anonymous(&self, content: ContentId, duration_ms: i64, now: Timestamp) -> String {
        let window_end = (now.div_euclid(WINDOW_MS) + 1) * WINDOW_MS;
        let expires_at = window_end + duration_ms.max(0) + WINDOW_MS;
        let bytes = head::<HEAD>(1, content, expires_at);
        self.sealed(&bytes)
    }

    /// The token of a session for a content at `now`; none when `sid` is no session's id.
    #[must_use]
    pub fn of_session(
        &self,
        content: ContentId,
        duration_ms: i64,
        sid: &str,
        now: Timestamp,
    ) -> Option<String> {
        let sid: Uuid = sid.parse().ok()?;
        let expires_at = now + duration_ms.max(0) + WINDOW_MS;
        let mut bytes = head::<SESSION_HEAD>(2, content, expires_at);
        bytes[HEAD..].copy_from_slice(sid.as_bytes());
        Some(self.sealed(&bytes))
    }

    /// The pass for pictures that members are given at `now`.
    #[must_use]
    pub fn picture_pass(&self, now: Timestamp) -> String {
        let expires_at = (now.div_euclid(PICTURE_WINDOW_MS) + 2) * PICTURE_WINDOW_MS;
        let mut bytes = [3_u8; PASS_HEAD];
        bytes[1..].copy_from_slice(&expires_at.div_euclid(1000).to_be_bytes());
        self.sealed(&bytes)
    }

    /// Whether a pass for pictures is good at `now`.
    ///
    /// # Errors
    /// When it is not ours, was altered, or has expired.
    pub fn check_picture_pass(&self, pass: &str, now: Timestamp) -> Result<(), LinkError> {
        let head = self.opened(pass, |version| (version == 3).then_some(PASS_HEAD))?;
        live(number(&head, 1), now).map(drop)
    }

    fn sealed(&self, head: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode([head, &self.tag(head)].concat())
    }

    /// What a token grants at `now`.
    ///
    /// # Errors
    /// When it is not ours, was altered, or has expired.
    pub fn check(&self, token: &str, now: Timestamp) -> Result<Grant, LinkError> {
        let head = self.opened(token, |version| match version {
            1 => Some(HEAD),
            2 => Some(SESSION_HEAD),
            _ => None,
        })?;
        let content = number(&head, 1).ok_or(LinkError::Invalid)?;
        let expires_at = live(number(&head, 9), now)?;
        let session = head.get(HEAD..).filter(|sid| !sid.is_empty());
        Ok(Grant {
            content: ContentId(content),
            expires_at,
            session: session.and_then(|sid| Uuid::from_slice(sid).ok()),
        })
    }

    /// What was sealed, with the length that its version byte says; nothing of ours is any other.
    fn opened(
        &self,
        text: &str,
        length: impl FnOnce(u8) -> Option<usize>,
    ) -> Result<Vec<u8>, LinkError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        let mut bytes = bytes.ok_or(LinkError::Invalid)?;
        let length = bytes.first().copied().and_then(length);
        let split = length.and_then(|length| bytes.split_at_checked(length));
        let (head, tag) = split.ok_or(LinkError::Invalid)?;
        let sound: bool = self.tag(head).as_slice().ct_eq(tag).into();
        if !sound {
            return Err(LinkError::Invalid);
        }
        bytes.truncate(bytes.len() - TAG);
        Ok(bytes)
    }

    fn tag(&self, head: &[u8]) -> [u8; TAG] {
        let mut mac = self.key.clone();
        mac.update(head);
        let full = mac.finalize().into_bytes();
        let mut tag = [0; TAG];
        tag.copy_from_slice(&full[..TAG]);
        tag
    }
}

fn head<const N: usize>(version: u8, content: ContentId, expires_at: Timestamp) -> [u8; N] {
    let mut bytes = [0_u8; N];
    bytes[0] = version;
    bytes[1..9].copy_from_slice(&content.0.to_be_bytes());
    bytes[9..HEAD].copy_from_slice(&expires_at.div_euclid(1000).to_be_bytes());
    bytes
}

/// The end of something, in milliseconds, from seconds; an error when it is over.
fn live(expires: Option<i64>, now: Timestamp) -> Result<Timestamp, LinkError> {
    let expires_at = expires.ok_or(LinkError::Invalid)?.saturating_mul(1000);
    if now >= expires_at {
        return Err(LinkError::Expired);
    }
    Ok(expires_at)
}

fn number(head: &[u8], at: usize) -> Option<i64> {
    Some(i64::from_be_bytes(head.get(at..at + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    #[test]
    fn a_token_opens_its_content_until_it_expires() {
        let links = Links::new(b"secret");
        let token = links.anonymous(ContentId(7), 60_000, NOW);
        assert_eq!(links.check(&token, NOW).unwrap().content, ContentId(7));
        assert!(links.check(&token, NOW + 60_000 + WINDOW_MS).is_ok());
        assert_eq!(
            links.check(&token, NOW + 60_000 + 2 * WINDOW_MS),
            Err(LinkError::Expired)
        );
    }

    #[test]
    fn a_token_of_a_session_names_it_and_cannot_pass_for_everybodys() {
        let links = Links::new(b"secret");
        let sid = "0198c0de-0000-7000-8000-000000000001";
        let token = links.of_session(ContentId(7), 60_000, sid, NOW).unwrap();
        let grant = links.check(&token, NOW).unwrap();
        assert_eq!(grant.session.unwrap().to_string(), sid);
        assert_eq!(
            links.check(&token, NOW + 60_000 + WINDOW_MS),
            Err(LinkError::Expired)
        );
        let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        bytes[0] = 1;
        let altered = URL_SAFE_NO_PAD.encode(&bytes);
        assert_eq!(links.check(&altered, NOW), Err(LinkError::Invalid));
        assert_eq!(links.of_session(ContentId(7), 1, "x", NOW), None);
        let everybody = links.anonymous(ContentId(7), 1, NOW);
        assert_eq!(links.check(&everybody, NOW).unwrap().session, None);
    }

    #[test]
    fn tokens_are_equal_within_a_window() {
        let links = Links::new(b"secret");
        let start = NOW.div_euclid(WINDOW_MS) * WINDOW_MS;
        assert_eq!(
            links.anonymous(ContentId(7), 1, start),
            links.anonymous(ContentId(7), 1, start + WINDOW_MS - 1)
        );
        assert_ne!(
            links.anonymous(ContentId(7), 1, start),
            links.anonymous(ContentId(7), 1, start + WINDOW_MS)
        );
    }

    #[test]
    fn altered_and_foreign_tokens_are_refused() {
        let links = Links::new(b"secret");
        let token = links.anonymous(ContentId(7), 60_000, NOW);
        for position in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[position] = if altered[position] == b'A' {
                b'B'
            } else {
                b'A'
            };
            let altered = String::from_utf8(altered).unwrap();
            assert!(
                altered == token || links.check(&altered, NOW).is_err(),
                "{position}"
            );
        }
        let foreign = Links::new(b"other").anonymous(ContentId(7), 60_000, NOW);
        for bad in [foreign.as_str(), "", "x", "....", "AAAA", &token[..20]] {
            assert_eq!(links.check(bad, NOW), Err(LinkError::Invalid), "{bad}");
        }
    }

    #[test]
    fn a_pass_for_pictures_is_the_same_for_a_week_and_good_for_one_or_two() {
        let links = Links::new(b"secret");
        let start = NOW.div_euclid(PICTURE_WINDOW_MS) * PICTURE_WINDOW_MS;
        let pass = links.picture_pass(start);
        assert_eq!(pass, links.picture_pass(start + PICTURE_WINDOW_MS - 1));
        assert_ne!(pass, links.picture_pass(start + PICTURE_WINDOW_MS));
        let end = start + 2 * PICTURE_WINDOW_MS;
        assert_eq!(links.check_picture_pass(&pass, end - 1), Ok(()));
        assert_eq!(
            links.check_picture_pass(&pass, end),
            Err(LinkError::Expired)
        );
        // Nothing else opens pictures, and it opens nothing else.
        let media = links.anonymous(ContentId(7), 1, start);
        for wrong in [media.as_str(), "", "AA", "!", &pass[1..]] {
            assert_eq!(
                links.check_picture_pass(wrong, start),
                Err(LinkError::Invalid)
            );
        }
        assert_eq!(links.check(&pass, start), Err(LinkError::Invalid));
        let other = Links::new(b"other").picture_pass(start);
        assert_eq!(
            links.check_picture_pass(&other, start),
            Err(LinkError::Invalid)
        );
    }
}
