//! What operators do with people: accounts, roles, sessions.

use marquee_domain::account::{Account, AccountState, EndReason, LoginMethod, Role};
use marquee_domain::{AccountId, DisplayName, UiLanguage};
use marquee_storage::accounts::NewAccount;
use marquee_storage::audit::Event;
use marquee_storage::sessions::{self, Session};
use marquee_storage::{Unit, accounts, audit, credentials};

use crate::address::Address;
use crate::core::{Core, Identity};
use crate::events::Kind;
use crate::held::Held;
use crate::password::{Password, PasswordRule};
use crate::{IdentityError, Refusal, Result};

/// An account that an operator makes.
#[derive(Debug, Clone, Copy)]
pub struct NewPerson<'a> {
    /// Its address, which counts as verified.
    pub address: &'a Address,
    /// Its password; without one its owner gets a mail that sets one.
    pub password: Option<&'a Password>,
    /// Empty when not given.
    pub display_name: &'a DisplayName,
    /// What it may do beside watching.
    pub role: Role,
    /// The language that its mails are written in.
    pub language: UiLanguage,
}

impl Identity {
    /// Makes an account.
    ///
    /// # Errors
    /// [`Refusal::AddressTaken`], [`Refusal::PasswordBad`], [`Refusal::Busy`]; otherwise when the
    /// database fails.
    pub async fn add_person(&self, new: NewPerson<'_>) -> Result<Account> {
        let core = &self.0;
        let phc = match new.password {
            None => None,
            Some(password) => {
                PasswordRule::Experience
                    .check(password, new.address, new.display_name.as_str())
                    .map_err(Refusal::PasswordBad)?;
                Some(core.hasher.hash(password, core.chance.as_ref()).await?)
            }
        };
        let now = core.clock.now();
        let uuid = core.uuid(now)?;
        let mut unit = core.db.begin().await?;
        let account = NewAccount {
            uuid: &uuid,
            email: new.address.typed(),
            email_key: new.address.key(),
            display_name: new.display_name.as_str(),
            role: new.role,
            made_with: LoginMethod::Email,
            language: new.language.code(),
        };
        let made = accounts::add(&mut unit, &account, now).await?;
        let account = Held::new(made.ok_or(Refusal::AddressTaken)?);
        match phc {
            Some(phc) => credentials::set_password(&mut unit, account.id, &phc, now).await?,
            None => {
                let letter = core.reset_letter(&mut unit, &account, now).await?;
                core.tell(&mut unit, &account, &letter, now).await?;
            }
        }
        let note = Core::by_operator(Kind::SignedUp, &account.uuid, new.role.as_str());
        core.note(&mut unit, note, now).await?;
        unit.save().await?;
        Ok(account.into_account())
    }

    /// Whether a Bearer token is the operator token, or of a live session of an operator's account: the
    /// one place that decides who may do what operators do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn admits_operator(&self, token: &str) -> Result<bool> {
        if crate::operator::is_operator(&self.0.db, token).await? {
            return Ok(true);
        }
        match self.viewer(token).await {
            Ok(viewer) if viewer.role == Role::Operator => {
                // The session may be from before the account had a second factor.
                match self.0.needs_both(&viewer).await {
                    Err(IdentityError::Refused(_)) => Ok(false),
                    other => other.map(|()| true),
                }
            }
            Ok(_) | Err(IdentityError::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether there is an operator's account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_operator(&self) -> Result<bool> {
        Ok(accounts::any_with_role(&mut self.0.db.reader(), Role::Operator).await?)
    }

    /// The account of an address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person(&self, address: &Address) -> Result<Option<Account>> {
        Ok(accounts::by_address(&mut self.0.db.reader(), address.key()).await?)
    }

    /// An account by its public id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_of(&self, uuid: &str) -> Result<Option<Account>> {
        Ok(accounts::by_uuid(&mut self.0.db.reader(), uuid).await?)
    }

    /// Accounts by folded address, at most `limit` of those after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn people(&self, after: &str, limit: i64) -> Result<Vec<Account>> {
        Ok(accounts::list(&mut self.0.db.reader(), after, limit).await?)
    }

    /// An account's live sessions, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_of(&self, account: AccountId) -> Result<Vec<Session>> {
        let now = self.0.clock.now();
        Ok(sessions::live_of(&mut self.0.db.reader(), account, now).await?)
    }

    /// The newest events of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_of(&self, uuid: &str, limit: i64) -> Result<Vec<Event>> {
        Ok(audit::of_account(&mut self.0.db.reader(), uuid, limit).await?)
    }

    /// Sets what an account may do, and ends its sessions: their tokens still say what it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_role(&self, account: &Account, role: Role) -> Result<()> {
        let done = (Kind::RoleChanged, role.as_str());
        self.by_operator(account, done, async |unit, held| {
            accounts::set_role(unit, held.id, role).await?;
            Ok(true)
        })
        .await
        .map(|_| ())
    }

    /// Suspends an account, which ends its sessions, or lets it back in. Says no when the account is
    /// in no state for that.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_suspended(&self, account: &Account, suspended: bool) -> Result<bool> {
        let (next, kind) = if suspended {
            (AccountState::Suspended, Kind::AccountSuspended)
        } else {
            (AccountState::Active, Kind::AccountRestored)
        };
        let ended = self.by_operator(account, (kind, ""), async |unit, held| {
            // A merged account comes back by undoing the merge, not by an operator's word.
            if held.state == AccountState::Merged || !held.state.may_become(next) {
                return Ok(false);
            }
            Ok(accounts::set_state(unit, held.id, held.state, next).await?)
        });
        Ok(ended.await?.is_some())
    }

    /// Ends every session of an account. Says how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions(&self, account: &Account) -> Result<usize> {
        let done = (Kind::SessionsEnded, "");
        let ended = self.by_operator(account, done, async |_, _| Ok(true));
        Ok(ended.await?.unwrap_or_default())
    }

    /// Mails an account a link that sets a new password; its sessions end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn send_reset(&self, account: &Account) -> Result<()> {
        let core = &self.0;
        let now = core.clock.now();
        self.by_operator(
            account,
            (Kind::SessionsEnded, "password reset"),
            async |unit, held| {
                let letter = core.reset_letter(unit, held, now).await?;
                core.tell(unit, held, &letter, now).await?;
                Ok(true)
            },
        )
        .await
        .map(|_| ())
    }

    /// Does something to an account, ends its sessions and writes it down, all at once. Says how many sessions ended;
    /// none when the work says that it is not to be done, or the account is gone.
    async fn by_operator(
        &self,
        account: &Account,
        (kind, detail): (Kind, &str),
        work: impl AsyncFnOnce(&mut Unit, &Held) -> Result<bool>,
    ) -> Result<Option<usize>> {
        let core = &self.0;
        let now = core.clock.now();
        let reason = match kind {
            Kind::AccountSuspended => EndReason::Suspended,
            _ => EndReason::Operator,
        };
        let mut unit = core.db.begin().await?;
        let Some(held) = core.hold(&mut unit, account.id).await? else {
            return Ok(None);
        };
        if !work(&mut unit, &held).await? {
            return Ok(None);
        }
        let ended = core.end_all(&mut unit, &held, reason, now).await?;
        let note = Core::by_operator(kind, &account.uuid, detail);
        core.note(&mut unit, note, now).await?;
        unit.save().await?;
        core.ended.note(&ended, reason, now);
        Ok(Some(ended.len()))
    }
}
