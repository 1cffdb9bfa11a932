//! Sessions: beginning and ending them, and whether one goes on.

mod refresh;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use marquee_domain::account::{Account, AccountState, EndReason, Factors, Viewer};
use marquee_domain::letter::Letter;
use marquee_domain::personal::Owner;
use marquee_domain::{AccountId, Timestamp};
use marquee_storage::sessions::{self, Session};
use marquee_storage::{Unit, accounts, activations, credentials, favorites, progress};

use crate::chance;
use crate::core::{Client, Core, Identity};
use crate::events::{Kind, Note, page, whereabouts};
use crate::held::Held;
use crate::{Refusal, Result, Secret, pages};

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

impl Core {
    /// A new UUID of version 7 (RFC 9562).
    pub(crate) fn uuid(&self, now: Timestamp) -> Result<String> {
        let random: [u8; 10] = chance::bytes(self.chance.as_ref())?;
        let millis = u64::try_from(now).unwrap_or_default();
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random)
            .into_uuid()
            .to_string())
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

    /// The account of a session that goes on.
    ///
    /// # Errors
    /// `invalid`, or [`Refusal::AccountDisabled`] for the session of a suspended account; otherwise when
    /// the database fails.
    pub(crate) async fn ongoing(
        &self,
        session: &Session,
        invalid: Refusal,
        now: Timestamp,
    ) -> Result<Account> {
        match session.ended {
            None => {}
            Some((_, EndReason::Suspended)) => return Err(Refusal::AccountDisabled.into()),
            Some(_) => return Err(invalid.into()),
        }
        if session.expires_at <= now {
            return Err(invalid.into());
        }
        let mut reader = self.db.reader();
        let Some(account) = accounts::by_id(&mut reader, session.account).await? else {
            return Err(invalid.into());
        };
        match account.state {
            AccountState::Active => {}
            AccountState::Suspended => return Err(Refusal::AccountDisabled.into()),
            AccountState::Merged => return Err(invalid.into()),
        }
        // A session from before the second factor came into force has to show it now.
        let factor = credentials::second_factor(&mut reader, account.id).await?;
        if factor.is_some() && !session.factors.two() {
            return Err(invalid.into());
        }
        Ok(account)
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

    /// Ends the session of whoever asks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, viewer: &Viewer, client: &Client) -> Result<()> {
        let how = (EndReason::SignedOut, Kind::SignedOut);
        self.end_one((viewer.id, &viewer.uuid), &viewer.sid, how, client)
            .await
            .map(|_| ())
    }

    /// Ends another session of whoever asks. Says whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, viewer: &Viewer, sid: &str, client: &Client) -> Result<bool> {
        let how = (EndReason::Revoked, Kind::SessionRevoked);
        self.end_one((viewer.id, &viewer.uuid), sid, how, client)
            .await
    }

    async fn end_one(
        &self,
        (account, uuid): (AccountId, &str),
        sid: &str,
        (reason, kind): (EndReason, Kind),
        client: &Client,
    ) -> Result<bool> {
        let core = &self.0;
        let now = core.clock.now();
        let mut unit = core.db.begin().await?;
        let live = if reason == EndReason::Revoked {
            core.cut(&mut unit, (account, sid), reason, now).await?
        } else {
            sessions::end(&mut unit, account, sid, reason, now).await?
        };
        if !live {
            return Ok(false);
        }
        let note = Note {
            sid,
            ..Note::of(kind, uuid, client)
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
        let Some(session) = self.revocable(token).await? else {
            return Ok(false);
        };
        let account = accounts::by_id(&mut self.0.db.reader(), session.account).await?;
        let uuid = account.map(|account| account.uuid).unwrap_or_default();
        let how = (EndReason::Revoked, Kind::SessionRevoked);
        self.end_one((session.account, &uuid), &session.sid, how, client)
            .await
    }
}
