//! Merging: a device's things into an account, and one account into another, which can be undone.

mod journal;

use marquee_domain::Timestamp;
use marquee_domain::account::{Account, AccountState, EndReason, Provider, Viewer};
use marquee_domain::letter::Letter;
use marquee_domain::personal::{DeviceId, Owner};
use marquee_limits::Rule;
use marquee_storage::merges::{self, Merge};
use marquee_storage::{Unit, accounts, favorites, progress};

use self::journal::Journal;
use crate::address::Address;
use crate::core::{Client, Core, Identity};
use crate::events::{Kind, Note, page};
use crate::password::Password;
use crate::{Refusal, Result, pages};

/// How long a merge can be undone.
pub(crate) const UNDO_MS: i64 = 30 * 86_400_000;
const UNDO_DAYS: u32 = 30;

/// What shows that an account is somebody's.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'a> {
    /// Address and password.
    Password(&'a Address, &'a Password),
    /// A provider's ID token.
    Social(Provider, &'a str),
}

impl Identity {
    /// Takes what a device keeps into the account, in one unit of work. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`Refusal::Slow`]; otherwise when the database fails.
    pub async fn merge_device(&self, viewer: &Viewer, device: &DeviceId) -> Result<()> {
        let core = &self.0;
        let counted = core.limits.check(Rule::Merge, viewer.id.0).await;
        counted.map_err(|slow| Refusal::Slow(slow.retry_after_s))?;
        let from = Owner::Device(device.clone());
        let into = Owner::Account(viewer.uuid.clone());
        let mut unit = core.db.begin().await?;
        favorites::merge(&mut unit, &from, &into).await?;
        progress::merge(&mut unit, &from, &into).await?;
        unit.save().await?;
        core.moved(&[from, into]).await;
        Ok(())
    }

    /// Takes another account into this one, once its owner has shown that it is theirs: favorites,
    /// progress and linked identities move, of clashes this account's stay; the other account and its
    /// sessions end. Both addresses hear of it and can undo it for 30 days.
    ///
    /// # Errors
    /// [`Refusal::CredentialsWrong`], [`Refusal::SocialInvalid`], [`Refusal::SameAccount`],
    /// [`Refusal::FactorRequired`], [`Refusal::AccountDisabled`], [`Refusal::TooManyAttempts`],
    /// [`Refusal::Busy`]; otherwise when the database fails.
    pub async fn merge_accounts(
        &self,
        viewer: &Viewer,
        (proof, otp): (Proof<'_>, Option<&str>),
        client: &Client,
    ) -> Result<()> {
        let core = &self.0;
        core.needs_both(viewer).await?;
        let counted = core.limits.check(Rule::ProofAccount, viewer.id.0).await;
        counted.map_err(|slow| Refusal::TooManyAttempts(slow.retry_after_s))?;
        let other = match proof {
            Proof::Password(address, password) => {
                self.prove_password(address, password, client)
                    .await?
                    .account
            }
            Proof::Social(provider, token) => self
                .prove_social(provider, token)
                .await?
                .filter(|other| other.state != AccountState::Merged)
                .ok_or(Refusal::CredentialsWrong)?,
        };
        if other.id == viewer.id {
            return Err(Refusal::SameAccount.into());
        }
        if other.state == AccountState::Suspended {
            return Err(Refusal::AccountDisabled.into());
        }
        let now = core.clock.now();
        core.second_factor(&other, otp, client, now).await?;
        core.limits.give_back(Rule::ProofAccount, viewer.id.0).await;
        let account = core.account_of(viewer).await?;
        let now = core.clock.now();
        let mut unit = core.db.begin().await?;
        let id = core.merge(&mut unit, (&account, &other), now).await?;
        let reason = EndReason::Merged;
        let ended = core.end_all(&mut unit, other.id, reason, now).await?;
        let note = Note {
            detail: &other.uuid,
            ..Note::of(Kind::AccountsMerged, &account.uuid, client)
        };
        core.note(&mut unit, note, now).await?;
        let token = core.link_token("undo", &id.to_string(), now + UNDO_MS);
        let letter = Letter::AccountsMerged {
            address: other.email.clone(),
            at: now,
            undo: page(&format!("{}?token={token}", pages::UNDO_MERGE))?,
            days: UNDO_DAYS,
        };
        core.tell(&mut unit, &account, &letter, now).await?;
        core.tell(&mut unit, &other, &letter, now).await?;
        unit.save().await?;
        core.ended.note(&ended, reason, now);
        core.moved(&both(&account, &other)).await;
        Ok(())
    }

    /// The merge that a mailed link undoes, while it can be: the address that went in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undoable(&self, token: &str) -> Result<Option<String>> {
        let core = &self.0;
        let Some(merge) = core.merge_of(token).await? else {
            return Ok(None);
        };
        let merged = accounts::by_id(&mut core.db.reader(), merge.merged).await?;
        Ok(merged.map(|account| account.email))
    }

    /// Undoes a merge by its mailed link: each account has again what it had, and what came since
    /// stays where it came. Says whether there was one to undo.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undo_merge(&self, token: &str, client: &Client) -> Result<bool> {
        let core = &self.0;
        let now = core.clock.now();
        let Some(merge) = core.merge_of(token).await? else {
            return Ok(false);
        };
        let journal = Journal::read(&merge.journal)?;
        let mut unit = core.db.begin().await?;
        if !merges::undo(&mut unit, merge.id, now).await? {
            return Ok(false);
        }
        let (from, to) = (AccountState::Merged, AccountState::Active);
        let kept = accounts::by_id(&mut unit, merge.kept).await?;
        let merged = accounts::by_id(&mut unit, merge.merged).await?;
        let (Some(kept), Some(merged)) = (kept, merged) else {
            return Ok(false);
        };
        if !accounts::set_state(&mut unit, merged.id, from, to).await? {
            return Ok(false);
        }
        journal.give_back(&mut unit, (&kept, &merged)).await?;
        let note = Note {
            detail: &merged.uuid,
            ..Note::of(Kind::MergeUndone, &kept.uuid, client)
        };
        core.note(&mut unit, note, now).await?;
        unit.save().await?;
        core.moved(&both(&kept, &merged)).await;
        Ok(true)
    }
}

fn both(one: &Account, other: &Account) -> [Owner; 2] {
    [one, other].map(|account| Owner::Account(account.uuid.clone()))
}

impl Core {
    async fn merge_of(&self, token: &str) -> Result<Option<Merge>> {
        let now = self.clock.now();
        let Some(id) = self.link_about("undo", token, now) else {
            return Ok(None);
        };
        let Ok(id) = id.parse() else {
            return Ok(None);
        };
        Ok(merges::lookup(&mut self.db.reader(), id).await?)
    }

    /// Moves everything, and notes how it was.
    async fn merge(
        &self,
        unit: &mut Unit,
        (kept, other): (&Account, &Account),
        now: Timestamp,
    ) -> Result<i64> {
        let (from, to) = (AccountState::Active, AccountState::Merged);
        if !accounts::set_state(unit, other.id, from, to).await? {
            return Err(Refusal::CredentialsWrong.into());
        }
        let journal = Journal::of_move(unit, (kept, other)).await?.write()?;
        Ok(merges::add(unit, (kept.id, other.id), &journal, now).await?)
    }
}
