//! Refreshing: a refresh token is traded for its successor.
//!
//! A refresh token names its session and its generation, and carries a keyed hash of both and of the
//! session's seed. So the successor follows from what the session is and needs no place of its own:
//! a repeat within the grace gets the very same one, one statement rotates, and a token of any age
//! is recognised as spent without keeping spent ones (design: one identity policy, refresh tokens).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use marquee_domain::Timestamp;
use marquee_domain::account::{Account, EndReason};
use marquee_domain::letter::Letter;
use marquee_limits::Rule;
use marquee_storage::sessions::{self, Rotation, Session};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::SignedIn;
use crate::core::{Client, Core, Identity};
use crate::events::{Actor, Kind, Note, page, whereabouts};
use crate::seal::Use;
use crate::{Refusal, Result, Secret, pages};

/// How long a spent refresh token still gets its successor, while that is unused.
const GRACE_MS: i64 = 10_000;

/// What a refresh token says.
struct Presented {
    sid: Uuid,
    generation: u32,
    mac: [u8; 32],
}

impl Presented {
    fn parse(token: &str) -> Option<Self> {
        // 16 + 4 + 32 bytes.
        if token.len() != 70 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        Some(Self {
            sid: Uuid::from_slice(bytes.get(..16)?).ok()?,
            generation: u32::from_be_bytes(bytes.get(16..20)?.try_into().ok()?),
            mac: bytes.get(20..)?.try_into().ok()?,
        })
    }
}

impl Core {
    fn refresh_mac(&self, sid: Uuid, generation: u32, seed: &str) -> [u8; 32] {
        let parts: [&[u8]; 3] = [sid.as_bytes(), &generation.to_be_bytes(), seed.as_bytes()];
        self.sealer.mac(Use::Refresh, &parts)
    }

    pub(super) fn refresh_token(&self, session: &Session) -> Result<Secret> {
        let corrupt = crate::IdentityError::Crypto("a session cannot be read");
        let (Ok(sid), Ok(generation)) = (
            session.sid.parse::<Uuid>(),
            u32::try_from(session.generation),
        ) else {
            return Err(corrupt);
        };
        let mac = self.refresh_mac(sid, generation, &session.seed);
        let bytes = [sid.as_bytes().as_slice(), &generation.to_be_bytes(), &mac].concat();
        Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
    }
}

impl Identity {
    /// Trades a refresh token for its successor and a new access token.
    ///
    /// The first of any number of calls with the same token rotates; those within ten seconds, and
    /// while the successor is unused, get the same successor; any other use of a spent token ends the
    /// session, which its owner is told.
    ///
    /// # Errors
    /// [`Refusal::RefreshInvalid`], [`Refusal::AccountDisabled`], [`Refusal::Slow`]; otherwise when
    /// the database fails.
    pub async fn refresh(&self, token: &str, client: &Client) -> Result<SignedIn> {
        let core = &self.0;
        core.count((client, Rule::RefreshClient), &[]).await?;
        let now = core.clock.now();
        let invalid = || Refusal::RefreshInvalid;
        let presented = Presented::parse(token).ok_or_else(invalid)?;
        let sid = presented.sid.to_string();
        let found = sessions::lookup(&mut core.db.reader(), &sid).await?;
        let session = found.ok_or_else(invalid)?;
        let mac = core.refresh_mac(presented.sid, presented.generation, &session.seed);
        let ours: bool = mac.ct_eq(&presented.mac).into();
        if !ours {
            return Err(invalid().into());
        }
        let account = core.ongoing(&session, invalid(), now).await?;
        let generation = i64::from(presented.generation);
        let session = match self.successor(session, generation, now).await? {
            Some(session) => session,
            None => {
                self.replayed(&account, &sid, client, now).await?;
                return Err(invalid().into());
            }
        };
        self.signed_in(account, &session, client, now).await
    }

    /// The session as it is after a token of `generation` was presented; none when that was spent.
    async fn successor(
        &self,
        session: Session,
        generation: i64,
        now: Timestamp,
    ) -> Result<Option<Session>> {
        let mut session = session;
        if session.generation == generation {
            let expires_at = self.0.expiry(session.created_at, now);
            let mut unit = self.0.db.begin().await?;
            let rotation =
                sessions::rotate(&mut unit, &session.sid, generation, now, expires_at).await?;
            session = match rotation {
                Rotation::Rotated(session) => {
                    unit.save().await?;
                    return Ok(Some(session));
                }
                Rotation::Not(Some(session)) if session.ended.is_none() => session,
                Rotation::Not(_) => return Err(Refusal::RefreshInvalid.into()),
            };
        }
        let next = generation + 1;
        if generation > session.generation {
            // Made by us, yet ahead of what is stored: a backup was brought in since.
            return Err(Refusal::RefreshInvalid.into());
        }
        let repeat = session.generation == next && now - session.rotated_at <= GRACE_MS;
        Ok(repeat.then_some(session))
    }

    /// Ends a session whose spent refresh token came back.
    async fn replayed(
        &self,
        account: &Account,
        sid: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<()> {
        let core = &self.0;
        let mut unit = core.db.begin().await?;
        let replayed = EndReason::Replayed;
        let whose = (account.id, sid);
        if !core.cut(&mut unit, whose, replayed, now).await? {
            return Ok(());
        }
        let note = Note {
            actor: Actor::Stranger,
            sid,
            ..Note::of(Kind::RefreshReplayed, &account.uuid, client)
        };
        core.note(&mut unit, note, now).await?;
        if let Some(session) = sessions::lookup(&mut unit, sid).await? {
            let letter = Letter::SessionRevoked {
                from: whereabouts(&session),
                at: now,
                reset: page(pages::FORGOT)?,
            };
            core.tell(&mut unit, account, &letter, now).await?;
        }
        unit.save().await?;
        core.ended.note(&[sid.to_owned()], EndReason::Replayed, now);
        Ok(())
    }
}
