//! Accounts that a unit of work holds.
//!
//! Much is found out about an account before a unit of work begins: hashing takes long, and no unit waits for it.
//! Meanwhile the account may be suspended, merged or deleted, lose the session that asks or get another password. So
//! whoever begins a session, changes what opens an account or moves something into one holds it first and looks
//! again. What is held is nobody else's until the unit ends, on every node.

use std::ops::Deref;

use marquee_domain::account::{Account, AccountState, Provider, Viewer};
use marquee_domain::{AccountId, Timestamp};
use marquee_storage::{Unit, accounts, credentials, sessions};

use crate::core::Core;
use crate::{Refusal, Result};

/// An account as it is while a unit of work holds it. Only such an account gets sessions and credentials.
#[derive(Debug, Clone)]
pub(crate) struct Held(Account);

impl Deref for Held {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.0
    }
}

impl Held {
    /// An account that the unit itself has made.
    pub(crate) fn new(made: Account) -> Self {
        Self(made)
    }

    /// As it was when it was looked at.
    pub(crate) fn into_account(self) -> Account {
        self.0
    }

    /// Refuses an account that cannot be signed in to; `gone` when it went into another one.
    pub(crate) fn active(self, gone: Refusal) -> Result<Self> {
        match self.0.state {
            AccountState::Active => Ok(self),
            AccountState::Suspended => Err(Refusal::AccountDisabled.into()),
            AccountState::Merged => Err(gone.into()),
        }
    }
}

/// What somebody showed of themselves before the unit began.
#[derive(Debug, Clone)]
pub(crate) enum Shown {
    /// The password that was set then.
    Password(Timestamp),
    /// A provider's identity: the provider's name for the person.
    Identity(Provider, String),
}

impl Core {
    /// Holds an account.
    pub(crate) async fn hold(&self, unit: &mut Unit, id: AccountId) -> Result<Option<Held>> {
        Ok(accounts::hold(unit, id).await?.map(Held))
    }

    /// Holds the account that has an address.
    pub(crate) async fn hold_address(&self, unit: &mut Unit, key: &str) -> Result<Option<Held>> {
        let Some(found) = accounts::by_address(unit, key).await? else {
            return Ok(None);
        };
        let held = self.hold(unit, found.id).await?;
        // The address may have gone to another one before this one was held.
        let now = accounts::by_address(unit, key).await?.map(|now| now.id);
        Ok(held.filter(|held| now == Some(held.id)))
    }

    /// Holds the account of whoever asks.
    ///
    /// # Errors
    /// [`Refusal::TokenInvalid`] when it is gone or the session has ended, [`Refusal::AccountDisabled`].
    pub(crate) async fn hold_viewer(&self, unit: &mut Unit, viewer: &Viewer) -> Result<Held> {
        let held = self.hold(unit, viewer.id).await?;
        let held = held.ok_or(Refusal::TokenInvalid)?;
        let held = held.active(Refusal::TokenInvalid)?;
        let session = sessions::lookup(unit, &viewer.sid).await?;
        let live = session.is_some_and(|session| session.ended.is_none());
        live.then_some(held)
            .ok_or_else(|| Refusal::TokenInvalid.into())
    }

    /// Holds the account of whoever asks and another one, in the order that keeps two such units from waiting for each
    /// other.
    ///
    /// # Errors
    /// As [`Core::hold_viewer`].
    pub(crate) async fn hold_both(
        &self,
        unit: &mut Unit,
        viewer: &Viewer,
        other: AccountId,
    ) -> Result<(Held, Option<Held>)> {
        if other < viewer.id {
            let other = self.hold(unit, other).await?;
            Ok((self.hold_viewer(unit, viewer).await?, other))
        } else {
            let held = self.hold_viewer(unit, viewer).await?;
            Ok((held, self.hold(unit, other).await?))
        }
    }

    /// Whether what was shown before still opens an account.
    pub(crate) async fn still_opens(
        &self,
        unit: &mut Unit,
        held: &Held,
        shown: &Shown,
    ) -> Result<bool> {
        Ok(match shown {
            Shown::Password(set_at) => {
                let stored = credentials::password(unit, held.id).await?;
                stored.is_some_and(|stored| stored.set_at == *set_at)
            }
            Shown::Identity(provider, subject) => {
                let known = credentials::social(unit, *provider, subject).await?;
                known.is_some_and(|known| known.account == held.id)
            }
        })
    }
}
