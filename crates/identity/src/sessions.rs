//! Sessions: beginning, refreshing and ending them.
//!
//! A refresh token names its session and its generation, and carries a keyed hash of both and of the
//! session's seed. So the successor follows from what the session is and needs no place of its own:
//! a repeat within the grace gets the very same one, one statement rotates, and a token of any age
//! is recognised as spent without keeping spent ones (design: one identity policy, refresh tokens).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use marquee_domain::account::{Account, AccountState, EndReason, Factors, Viewer};
use marquee_domain::letter::Letter;
use marquee_domain::personal::Owner;
use marquee_domain::{AccountId, Timestamp};
use marquee_limits::Rule;
use marquee_storage::sessions::{self, Rotation, Session};
use marquee_storage::{Unit, accounts, activations, credentials, favorites, progress};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::chance;
use crate::core::{Client, Core, Identity};
use crate::events::{Actor, Kind, Note, page, whereabouts};
use crate::held::Held;
use crate::seal::Use;
use crate::{Refusal, Result, Secret, pages};

/// How long a spent refresh token still gets its successor, while that is unused.
const GRACE_MS: i64 = 10_000;
/// How long a link that ends a session is good.
const REVOKE_MS: i64 = 30 * 86_400_000;

/// A session that has just begun or gone on.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// For the `Authorization` header.
    pub access_token: Secret,
    /// For the next refresh.
    pub refresh_token: Secret,
    /// Seconds until the refresh token lapses.
    pub refresh_max_age_s: i64,
    /// Whose session it is.
    pub account: Account,
    /// Its id.
    pub sid: String,
    /// Whether the calling device holds favorites or progress that the account lacks.
    pub merge_needed: bool,
}

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
    /// A new UUID of version 7 (RFC 9562).
    pub(crate) fn uuid(&self, now: Timestamp) -> Result<String> {
        let random: [u8; 10] = chance::bytes(self.chance.as_ref())?;
        let millis = u64::try_from(now).unwrap_or_default();
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random)
            .into_uuid()
            .to_string())
    }

    fn refresh_mac(&self, sid: Uuid, generation: u32, seed: &str) -> [u8; 32] {
        let parts: [&[u8]; 3] = [sid.as_bytes(), &generation.to_be_bytes(), seed.as_bytes()];
        self.sealer.mac(Use::Refresh, &parts)
    }

    fn refresh_token(&self, session: &Session) -> Result<Secret> {
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

    fn expiry(&self, created_at: Timestamp, now: Timestamp) -> Timestamp {
        (created_at + self.settings.session_ms).min(now + self.settings.refresh_idle_ms)
    }

    /// Begins a session in the caller's unit of work, and tells its owner when the device is new.
    ///
    /// # Errors
    /// [`Refusal::FactorRequired`] when a second factor has come into force that was not shown.
    pub(crate) async fn begin(
        &self,
        unit: &mut Unit,
        account: &Held,
        (client, factors): (&Client, Factors),
        now: Timestamp,
    ) -> Result<Session> {
        let second = credentials::second_factor(unit, account.id).await?;
        if second.is_some() && !factors.two() {
            return Err(Refusal::FactorRequired.into());
        }
        let seed: [u8; 16] = chance::bytes(self.chance.as_ref())?;
        let session = Session {
            sid: self.uuid(now)?,
            account: account.id,
            device: client.device().to_owned(),
            device_type: client.device_type.clone(),
            app: client.app.clone(),
            network: client.network.clone(),
            factors,
            seed: URL_SAFE_NO_PAD.encode(seed),
            generation: 0,
            rotated_at: now,
            created_at: now,
            last_active_at: now,
            expires_at: self.expiry(now, now),
            ended: None,
        };
        let device = (
            session.device.as_str(),
            session.app.as_str(),
            session.network.as_str(),
        );
        let new = sessions::device_is_new(unit, account.id, device).await?;
        sessions::add(unit, &session).await?;
        if new {
            let token = self.link_token("revoke", &session.sid, now + REVOKE_MS);
            let letter = Letter::NewDevice {
                from: whereabouts(&session),
                at: now,
                revoke: page(&format!("{}?token={token}", pages::REVOKE))?,
            };
            self.tell(unit, account, &letter, now).await?;
        }
        let note = Note {
            sid: &session.sid,
            ..Note::of(Kind::SignedIn, &account.uuid, client)
        };
        self.note(unit, note, now).await?;
        Ok(session)
    }

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

    /// Ends all sessions of an account; to be told to this node by [`Core::ended`] once that is stored. Televisions that
    /// were let in and have not collected it stay out.
    pub(crate) async fn end_all(
        &self,
        unit: &mut Unit,
        account: &Held,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<Vec<String>> {
        activations::recall(unit, account.id).await?;
        Ok(sessions::end_all(unit, account.id, reason, now).await?)
    }

    /// Ends one session of somebody who should not have had it: nobody that it let in comes in, either. Says whether
    /// it was live.
    async fn cut(
        &self,
        unit: &mut Unit,
        (account, sid): (AccountId, &str),
        reason: EndReason,
        now: Timestamp,
    ) -> Result<bool> {
        self.hold(unit, account).await?;
        activations::recall(unit, account).await?;
        Ok(sessions::end(unit, account, sid, reason, now).await?)
    }
}

impl Identity {
    /// What a caller gets whose session has begun or gone on.
    pub(crate) async fn signed_in(
        &self,
        account: Account,
        session: &Session,
        client: &Client,
        now: Timestamp,
    ) -> Result<SignedIn> {
        let access_token = self.access_token(&account, session, now).await?;
        let merge_needed = match &client.device {
            None => false,
            Some(device) => {
                let from = Owner::Device(device.clone());
                let into = Owner::Account(account.uuid.clone());
                let mut reader = self.0.db.reader();
                favorites::lacks(&mut reader, &from, &into).await?
                    || progress::lacks(&mut reader, &from, &into).await?
            }
        };
        Ok(SignedIn {
            access_token,
            refresh_token: self.0.refresh_token(session)?,
            refresh_max_age_s: (session.expires_at - now).div_euclid(1000),
            sid: session.sid.clone(),
            account,
            merge_needed,
        })
    }

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
        let account = self.refreshable(&session, now).await?;
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

    /// The account of a session that may go on.
    async fn refreshable(&self, session: &Session, now: Timestamp) -> Result<Account> {
        if let Some((_, reason)) = session.ended {
            let refusal = match reason {
                EndReason::Suspended => Refusal::AccountDisabled,
                _ => Refusal::RefreshInvalid,
            };
            return Err(refusal.into());
        }
        if session.expires_at <= now {
            return Err(Refusal::RefreshInvalid.into());
        }
        let mut reader = self.0.db.reader();
        let account = accounts::by_id(&mut reader, session.account).await?;
        let account = account.ok_or(Refusal::RefreshInvalid)?;
        match account.state {
            AccountState::Active => {}
            AccountState::Suspended => return Err(Refusal::AccountDisabled.into()),
            AccountState::Merged => return Err(Refusal::RefreshInvalid.into()),
        }
        // A session from before the second factor came into force has to show it now.
        let factor = credentials::second_factor(&mut reader, account.id).await?;
        if factor.is_some() && !session.factors.two() {
            return Err(Refusal::RefreshInvalid.into());
        }
        Ok(account)
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
        if !core
            .cut(&mut unit, (account.id, sid), replayed, now)
            .await?
        {
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

    /// Ends the session of whoever asks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, viewer: &Viewer, client: &Client) -> Result<()> {
        self.end_one(
            viewer,
            &viewer.sid,
            (EndReason::SignedOut, Kind::SignedOut),
            client,
        )
        .await
        .map(|_| ())
    }

    /// Ends another session of whoever asks. Says whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, viewer: &Viewer, sid: &str, client: &Client) -> Result<bool> {
        self.end_one(
            viewer,
            sid,
            (EndReason::Revoked, Kind::SessionRevoked),
            client,
        )
        .await
    }

    async fn end_one(
        &self,
        viewer: &Viewer,
        sid: &str,
        (reason, kind): (EndReason, Kind),
        client: &Client,
    ) -> Result<bool> {
        let core = &self.0;
        let now = core.clock.now();
        let mut unit = core.db.begin().await?;
        let live = if reason == EndReason::Revoked {
            core.cut(&mut unit, (viewer.id, sid), reason, now).await?
        } else {
            sessions::end(&mut unit, viewer.id, sid, reason, now).await?
        };
        if !live {
            return Ok(false);
        }
        let note = Note {
            sid,
            ..Note::of(kind, &viewer.uuid, client)
        };
        core.note(&mut unit, note, now).await?;
        unit.save().await?;
        core.ended.note(&[sid.to_owned()], reason, now);
        Ok(true)
    }

    /// Ends every session of whoever asks, this one too.
    ///
    /// # Errors
    /// [`Refusal::TokenInvalid`] when the account is gone; otherwise when the database fails.
    pub async fn sign_out_everywhere(&self, viewer: &Viewer, client: &Client) -> Result<()> {
        let core = &self.0;
        let now = core.clock.now();
        let reason = EndReason::SignedOutEverywhere;
        let mut unit = core.db.begin().await?;
        let account = core.hold(&mut unit, viewer.id).await?;
        let account = account.ok_or(Refusal::TokenInvalid)?;
        let ended = core.end_all(&mut unit, &account, reason, now).await?;
        let note = Note::of(Kind::SignedOutEverywhere, &viewer.uuid, client);
        core.note(&mut unit, note, now).await?;
        unit.save().await?;
        core.ended.note(&ended, reason, now);
        Ok(())
    }

    /// The live sessions of whoever asks, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(&self, viewer: &Viewer) -> Result<Vec<Session>> {
        let now = self.0.clock.now();
        Ok(sessions::live_of(&mut self.0.db.reader(), viewer.id, now).await?)
    }

    /// The session that a mailed link ends, while the link is good and the session live.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revocable(&self, token: &str) -> Result<Option<Session>> {
        let now = self.0.clock.now();
        let Some(sid) = self.0.link_about("revoke", token, now) else {
            return Ok(None);
        };
        let session = sessions::lookup(&mut self.0.db.reader(), &sid).await?;
        Ok(session.filter(|session| session.ended.is_none()))
    }

    /// Ends the session that a mailed link names. Says whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke(&self, token: &str, client: &Client) -> Result<bool> {
        let core = &self.0;
        let Some(session) = self.revocable(token).await? else {
            return Ok(false);
        };
        let now = core.clock.now();
        let account = accounts::by_id(&mut core.db.reader(), session.account).await?;
        let uuid = account.map(|account| account.uuid).unwrap_or_default();
        let mut unit = core.db.begin().await?;
        let reason = EndReason::Revoked;
        let whose = (session.account, session.sid.as_str());
        let ended = core.cut(&mut unit, whose, reason, now).await?;
        let note = Note {
            sid: &session.sid,
            ..Note::of(Kind::SessionRevoked, &uuid, client)
        };
        core.note(&mut unit, note, now).await?;
        unit.save().await?;
        core.ended.note(&[session.sid], reason, now);
        Ok(ended)
    }
}
