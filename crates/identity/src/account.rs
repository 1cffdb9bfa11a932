//! One's own account: profile, ways to sign in, password, address.

use marquee_domain::Timestamp;
use marquee_domain::account::{Account, EndReason, LoginMethod, Provider, Viewer};
use marquee_domain::letter::Letter;
use marquee_limits::Rule;
use marquee_storage::{accounts, codes, credentials};

use crate::address::Address;
use crate::chance;
use crate::codes::{LIFE_MIN, Purpose};
use crate::core::{Client, Core, Identity};
use crate::events::{Actor, Kind, Note, page};
use crate::hasher::Match;
use crate::held::{Held, Shown};
use crate::password::{Password, PasswordRule};
use crate::{Refusal, Result, pages};

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

/// A way to sign in to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Which.
    pub method: LoginMethod,
    /// The address known to it.
    pub email: String,
    /// Whether the account was made with it.
    pub is_primary: bool,
    /// When it was linked; none for address and password.
    pub linked_at: Option<Timestamp>,
}

impl Core {
    /// The account of whoever asks.
    pub(crate) async fn account_of(&self, viewer: &Viewer) -> Result<Account> {
        let found = accounts::by_id(&mut self.db.reader(), viewer.id).await?;
        Ok(found.ok_or(Refusal::TokenInvalid)?)
    }

    /// Compares the password of whoever asks; guesses are counted by account. What was shown is to be looked at again
    /// in the unit that goes by it.
    pub(crate) async fn own_password(&self, viewer: &Viewer, password: &Password) -> Result<Shown> {
        let counted = self.limits.check(Rule::ProofAccount, viewer.id.0).await;
        counted.map_err(|slow| Refusal::Slow(slow.retry_after_s))?;
        let place = self.hasher.line()?;
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
}

impl Identity {
    /// The account of whoever asks.
    ///
    /// # Errors
    /// [`Refusal::TokenInvalid`] when it is gone; otherwise when the database fails.
    pub async fn account(&self, viewer: &Viewer) -> Result<Account> {
        self.0.account_of(viewer).await
    }

    /// Sets the name that is shown.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rename(&self, viewer: &Viewer, name: &str) -> Result<Account> {
        let core = &self.0;
        let mut unit = core.db.begin().await?;
        core.hold_viewer(&mut unit, viewer).await?;
        accounts::set_display_name(&mut unit, viewer.id, name).await?;
        unit.save().await?;
        core.account_of(viewer).await
    }

    /// The ways to sign in to an account, the one it was made with first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn linked(&self, viewer: &Viewer) -> Result<Vec<Linked>> {
        let core = &self.0;
        let account = core.account_of(viewer).await?;
        let mut reader = core.db.reader();
        let mut linked = Vec::new();
        if credentials::password(&mut reader, account.id)
            .await?
            .is_some()
        {
            linked.push(Linked {
                method: LoginMethod::Email,
                email: account.email.clone(),
                is_primary: account.made_with == LoginMethod::Email,
                linked_at: None,
            });
        }
        for social in credentials::socials_of(&mut reader, account.id).await? {
            let method = LoginMethod::from(social.provider);
            linked.push(Linked {
                method,
                email: social.email,
                is_primary: account.made_with == method,
                linked_at: Some(social.linked_at),
            });
        }
        linked.sort_by_key(|one| !one.is_primary);
        Ok(linked)
    }

    /// Unlinks a provider's identity.
    ///
    /// # Errors
    /// [`Refusal::NotLinked`], [`Refusal::LastMethod`], [`Refusal::FactorRequired`]; otherwise when
    /// the database fails.
    pub async fn unlink(&self, viewer: &Viewer, provider: Provider, client: &Client) -> Result<()> {
        let core = &self.0;
        core.needs_both(viewer).await?;
        let now = core.clock.now();
        let mut unit = core.db.begin().await?;
        core.hold_viewer(&mut unit, viewer).await?;
        let socials = credentials::socials_of(&mut unit, viewer.id).await?;
        if !socials.iter().any(|social| social.provider == provider) {
            return Err(Refusal::NotLinked.into());
        }
        let password = credentials::password(&mut unit, viewer.id).await?;
        if password.is_none() && socials.iter().all(|social| social.provider == provider) {
            return Err(Refusal::LastMethod.into());
        }
        credentials::unlink_social(&mut unit, viewer.id, provider).await?;
        let note = Note {
            detail: provider.as_str(),
            ..Note::of(Kind::IdentityUnlinked, &viewer.uuid, client)
        };
        core.note(&mut unit, note, now).await?;
        Ok(unit.save().await?)
    }

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
                let active = marquee_domain::account::AccountState::Active;
                let held = core.hold(&mut unit, account.id).await?;
                let held = held.filter(|held| held.state == active);
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
                && account.state == marquee_domain::account::AccountState::Active
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
        let active = marquee_domain::account::AccountState::Active;
        let account = account
            .filter(|account| account.state == active)
            .ok_or(Refusal::ResetInvalid)?;
        core.second_factor(&account, otp, client, now).await?;
        let why = (EndReason::PasswordReset, Kind::PasswordReset);
        self.set_password(&account, (new, rule), why, Right::Token(&hash), client)
            .await
    }

    /// Mails a code to a new address for the account. Where the platform does not tell who has an account, the caller
    /// does not learn whether another one has that address ([`Identity::letter`]).
    ///
    /// # Errors
    /// [`Refusal::AddressTaken`], [`Refusal::FactorRequired`], [`Refusal::Slow`]; otherwise when the
    /// database fails.
    pub async fn request_address_change(
        &self,
        viewer: &Viewer,
        address: &Address,
        client: &Client,
    ) -> Result<()> {
        let core = &self.0;
        core.needs_both(viewer).await?;
        // By the address, too: it may be a stranger's, who is not to be flooded by ever new accounts.
        let others = [
            (Rule::AddressChange, viewer.id.0.into()),
            (Rule::SignUpMail, address.key().into()),
            (Rule::SignUpMailHourly, address.key().into()),
        ];
        core.count((client, Rule::SignUpClient), &others).await?;
        let now = core.clock.now();
        if core.settings.tells_registration {
            let known = accounts::by_address(&mut core.db.reader(), address.key()).await?;
            if known.is_some_and(|other| other.id != viewer.id) {
                return Err(Refusal::AddressTaken.into());
            }
        }
        let mut unit = core.db.begin().await?;
        core.hold_viewer(&mut unit, viewer).await?;
        let about = (Purpose::AddressChange, viewer.uuid.as_str());
        let code = core.new_code(&mut unit, about, address, now).await?;
        let letter = Letter::AddressChangeCode {
            code,
            account: viewer.uuid.clone(),
            minutes: LIFE_MIN,
        };
        core.mail(&mut unit, address.typed(), client.language, &letter, now)
            .await?;
        Ok(unit.save().await?)
    }

    /// Changes the address with the code that was mailed to the new one.
    ///
    /// # Errors
    /// [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::TooManyAttempts`],
    /// [`Refusal::AddressTaken`], [`Refusal::FactorRequired`]; otherwise when the database fails.
    pub async fn change_address(&self, viewer: &Viewer, code: &str, client: &Client) -> Result<()> {
        let core = &self.0;
        core.needs_both(viewer).await?;
        core.count((client, Rule::CodeClient), &[]).await?;
        let about = (Purpose::AddressChange, viewer.uuid.as_str());
        let address = core.check_code(&core.db, about, None, code.trim()).await?;
        let now = core.clock.now();
        let mut unit = core.db.begin().await?;
        let old = core.hold_viewer(&mut unit, viewer).await?;
        let proved = core.use_proof(&mut unit, about, now).await?;
        if !proved {
            return Err(Refusal::CodeExpired.into());
        }
        // A token that sets a password may lie in the old mailbox, and somebody else may read that.
        codes::void_reset(&mut unit, viewer.id).await?;
        let changed =
            accounts::set_email(&mut unit, viewer.id, address.typed(), address.key()).await?;
        if !changed {
            return Err(Refusal::AddressTaken.into());
        }
        let note = Note::of(Kind::AddressChanged, &viewer.uuid, client);
        core.note(&mut unit, note, now).await?;
        let letter = Letter::AddressChanged {
            address: address.typed().to_owned(),
            at: now,
        };
        // To the old address, whose owner must hear of it.
        core.tell(&mut unit, &old, &letter, now).await?;
        Ok(unit.save().await?)
    }
}

impl Core {
    /// A letter with a new token that sets a password; a token before it is void.
    pub(crate) async fn reset_letter(
        &self,
        unit: &mut marquee_storage::Unit,
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

    /// What an operator did to an account.
    pub(crate) fn by_operator<'a>(kind: Kind, account: &'a str, detail: &'a str) -> Note<'a> {
        Note {
            kind,
            actor: Actor::Operator,
            account,
            sid: "",
            network: "",
            detail,
        }
    }
}
