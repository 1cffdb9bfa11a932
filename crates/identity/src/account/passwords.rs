//! The password of an account: comparing it, changing it by its owner, and setting it anew by mail.

use marquee_domain::Timestamp;
use marquee_domain::account::{Account, AccountState, EndReason, Viewer};
use marquee_domain::letter::Letter;
use marquee_limits::Rule;
use marquee_storage::{Unit, accounts, codes, credentials};

use crate::address::Address;
use crate::core::{Client, Core, Identity};
use crate::events::{Kind, Note, page};
use crate::hasher::Match;
use crate::held::{Held, Shown};
use crate::password::{Password, PasswordRule};
use crate::{Refusal, Result, chance, pages};

/// How long a mailed token that sets a password is good.
const RESET_MS: i64 = 15 * 60_000;
const RESET_MIN: u32 = 15;
/// Purpose under which asked-for tokens wait to be worked off.
const RESETS: &str = "password_reset";

/// By what right a password is set.
enum Right<'a> {
    /// With a mailed token, which is used up: its keyed hash.
    Token(&'a str),
    /// By the owner, who has shown the old one.
    Owner(&'a Viewer, &'a Shown),
}

impl Core {
    /// Compares the password of whoever asks; guesses are counted by account. What was shown is to be looked at again
    /// in the unit that goes by it.
    pub(crate) async fn own_password(&self, viewer: &Viewer, password: &Password) -> Result<Shown> {
        let counted = self.limits.check(Rule::ProofAccount, viewer.id.0).await;
        counted.map_err(|slow| Refusal::Slow(slow.retry_after_s))?;
        let try_of = (Rule::ProofAccount, viewer.id.0);
        let place = self.tried(try_of, self.hasher.line()).await?;
        let stored = credentials::password(&mut self.db.reader(), viewer.id).await?;
        let (phc, set_at) = stored.map(|stored| (stored.phc, stored.set_at)).unzip();
        let compared = self
            .hasher
            .compare(place, password, phc, self.chance.as_ref());
        match (compared.await?, set_at) {
            (Match::Right(_), Some(set_at)) => {
                self.limits.give_back(Rule::ProofAccount, viewer.id.0).await;
                Ok(Shown::Password(set_at))
            }
            _ => Err(Refusal::PasswordWrong.into()),
        }
    }

    /// A letter with a new token that sets a password; a token before it is void.
    pub(crate) async fn reset_letter(
        &self,
        unit: &mut Unit,
        account: &Held,
        now: Timestamp,
    ) -> Result<Letter> {
        use base64::Engine as _;
        let token: [u8; 32] = chance::bytes(self.chance.as_ref())?;
        let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(token);
        let hash = crate::operator::hash(&token);
        codes::set_reset(unit, account.id, &hash, now + RESET_MS).await?;
        Ok(Letter::PasswordReset {
            page: page(&format!("{}?token={token}", pages::RESET))?,
            minutes: RESET_MIN,
        })
    }
}

impl Identity {
    /// Changes the password, and ends every session.
    ///
    /// # Errors
    /// [`Refusal::PasswordWrong`], [`Refusal::PasswordBad`], [`Refusal::FactorRequired`],
    /// [`Refusal::Slow`], [`Refusal::Busy`]; otherwise when the database fails.
    pub async fn change_password(
        &self,
        viewer: &Viewer,
        current: &Password,
        (new, rule): (&Password, PasswordRule),
        client: &Client,
    ) -> Result<()> {
        let core = &self.0;
        core.needs_both(viewer).await?;
        let account = core.account_of(viewer).await?;
        let shown = core.own_password(viewer, current).await?;
        self.set_password(
            &account,
            (new, rule),
            (EndReason::PasswordChanged, Kind::PasswordChanged),
            Right::Owner(viewer, &shown),
            client,
        )
        .await
    }

    /// Sets a password, ends every session and tells the owner.
    async fn set_password(
        &self,
        account: &Account,
        (new, rule): (&Password, PasswordRule),
        (reason, kind): (EndReason, Kind),
        right: Right<'_>,
        client: &Client,
    ) -> Result<()> {
        let core = &self.0;
        if let Some(address) = Address::parse(&account.email) {
            rule.check(new, &address, &account.display_name)
                .map_err(Refusal::PasswordBad)?;
        }
        let phc = core.hasher.hash(new, core.chance.as_ref()).await?;
        let now = core.clock.now();
        let mut unit = core.db.begin().await?;
        let account = match right {
            Right::Token(hash) => {
                let held = core.hold(&mut unit, account.id).await?;
                let held = held.filter(|held| held.state == AccountState::Active);
                let held = held.ok_or(Refusal::ResetInvalid)?;
                if !codes::use_reset(&mut unit, hash, now).await? {
                    return Err(Refusal::ResetInvalid.into());
                }
                held
            }
            Right::Owner(viewer, shown) => {
                let held = core.hold_viewer(&mut unit, viewer).await?;
                if !core.still_opens(&mut unit, &held, shown).await? {
                    return Err(Refusal::PasswordWrong.into());
                }
                codes::void_reset(&mut unit, held.id).await?;
                held
            }
        };
        credentials::set_password(&mut unit, account.id, &phc, now).await?;
        let ended = core.end_all(&mut unit, &account, reason, now).await?;
        core.note(&mut unit, Note::of(kind, &account.uuid, client), now)
            .await?;
        let letter = Letter::PasswordChanged {
            at: now,
            reset: page(pages::FORGOT)?,
        };
        core.tell(&mut unit, &account, &letter, now).await?;
        unit.save().await?;
        core.ended.note(&ended, reason, now);
        Ok(())
    }

    /// Asks for a mail with which to set a new password. The caller learns nothing, not even by time:
    /// the wish is stored, and looked into afterwards ([`Identity::work_off`]).
    ///
    /// # Errors
    /// [`Refusal::Slow`]; otherwise when the database fails.
    pub async fn request_reset(&self, address: &Address, client: &Client) -> Result<()> {
        let core = &self.0;
        let by_address = [(Rule::PasswordResetAddress, address.key().into())];
        core.count((client, Rule::PasswordResetClient), &by_address)
            .await?;
        let now = core.clock.now();
        let wish = codes::MailedCode {
            email: address.typed().to_owned(),
            code_hash: String::new(),
            failures: 0,
            sent_at: now,
            expires_at: now + RESET_MS,
            proved_until: None,
        };
        let mut unit = core.db.begin().await?;
        codes::replace(&mut unit, (RESETS, address.key()), &wish).await?;
        Ok(unit.save().await?)
    }

    /// Mails what was asked for by [`Identity::request_reset`]. Says how many wishes there were.
    /// Safe to run on several nodes at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn work_off(&self) -> Result<usize> {
        let core = &self.0;
        let wishes = codes::waiting(&mut core.db.reader(), RESETS, 100).await?;
        for key in &wishes {
            let now = core.clock.now();
            let mut unit = core.db.begin().await?;
            if !codes::take(&mut unit, (RESETS, key)).await? {
                continue;
            }
            if let Some(account) = core.hold_address(&mut unit, key).await?
                && account.state == AccountState::Active
            {
                let letter = core.reset_letter(&mut unit, &account, now).await?;
                core.tell(&mut unit, &account, &letter, now).await?;
            }
            unit.save().await?;
        }
        Ok(wishes.len())
    }

    /// Sets a new password with a mailed token, and ends every session.
    ///
    /// # Errors
    /// [`Refusal::ResetInvalid`], [`Refusal::PasswordBad`], [`Refusal::FactorRequired`] (the token
    /// stays good then), [`Refusal::Slow`], [`Refusal::Busy`]; otherwise when the database fails.
    pub async fn reset_password(
        &self,
        token: &str,
        (new, rule): (&Password, PasswordRule),
        otp: Option<&str>,
        client: &Client,
    ) -> Result<()> {
        let core = &self.0;
        core.count((client, Rule::PasswordResetClient), &[]).await?;
        let now = core.clock.now();
        let hash = crate::operator::hash(token);
        let mut reader = core.db.reader();
        let id = codes::reset_of(&mut reader, &hash, now).await?;
        let id = id.ok_or(Refusal::ResetInvalid)?;
        let account = accounts::by_id(&mut reader, id).await?;
        let account = account
            .filter(|account| account.state == AccountState::Active)
            .ok_or(Refusal::ResetInvalid)?;
        core.second_factor(&account, otp, client, now).await?;
        let why = (EndReason::PasswordReset, Kind::PasswordReset);
        self.set_password(&account, (new, rule), why, Right::Token(&hash), client)
            .await
    }
}
