//! Merging: a device's things into an account, and one account into another, which can be undone.

mod journal;

use marquee_domain::account::{Account, AccountState, EndReason, Provider, Viewer};
use marquee_domain::letter::Letter;
use marquee_domain::personal::{DeviceId, Owner};
use marquee_domain::{AccountId, Timestamp};
use marquee_limits::Rule;
use marquee_storage::merges::{self, Merge};
use marquee_storage::{Unit, accounts, credentials, favorites, progress};

use self::journal::Journal;
use crate::address::Address;
use crate::core::{Client, Core, Identity};
use crate::events::{Kind, Note, page};
use crate::held::Held;
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
        core.hold_viewer(&mut unit, viewer).await?;
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
        let (other, shown) = match proof {
            Proof::Password(address, password) => {
                let proven = self.prove_password(address, password, client).await;
                let try_of = (Rule::ProofAccount, viewer.id.0);
                let proven = core.tried(try_of, proven).await?;
                (proven.account, proven.shown)
            }
            Proof::Social(provider, token) => self
                .prove_social(provider, token)
                .await?
                .filter(|(other, _)| other.state != AccountState::Merged)
                .ok_or(Refusal::CredentialsWrong)?,
        };
        if other.id == viewer.id {
            return Err(Refusal::SameAccount.into());
        }
        if other.state == AccountState::Suspended {
            return Err(Refusal::AccountDisabled.into());
        }
        let now = core.clock.now();
        let second = core.second_factor(&other, otp, client, now).await?;
        core.limits.give_back(Rule::ProofAccount, viewer.id.0).await;
        let now = core.clock.now();
        let gone = Refusal::CredentialsWrong;
        let mut unit = core.db.begin().await?;
        let (account, other) = core.hold_both(&mut unit, viewer, other.id).await?;
        let other = other.ok_or(gone.clone())?.active(gone.clone())?;
        if !core.still_opens(&mut unit, &other, &shown).await? {
            return Err(gone.into());
        }
        let asked = credentials::second_factor(&mut unit, other.id).await?;
        if asked.is_some() && second.is_none() {
            return Err(Refusal::FactorRequired.into());
        }
        let id = core.merge(&mut unit, (&account, &other), now).await?;
        let reason = EndReason::Merged;
        let ended = core.end_all(&mut unit, &other, reason, now).await?;
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
    /// stays where it came. Sessions of the account that both were end. Says whether there was one to undo.
    ///
    /// When that account went into another one since, the identities come back from there, and favorites and progress
    /// stay there as well.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when it goes on just now; otherwise when the database fails.
    pub async fn undo_merge(&self, token: &str, client: &Client) -> Result<bool> {
        let core = &self.0;
        let now = core.clock.now();
        let Some(merge) = core.merge_of(token).await? else {
            return Ok(false);
        };
        let journal = Journal::read(&merge.journal)?;
        let mut unit = core.db.begin().await?;
        let line = line_of(&mut unit, merge.kept).await?;
        let mut ids = line.clone();
        ids.push(merge.merged);
        // By ascending ids, as every unit that holds several.
        ids.sort_unstable();
        let mut held = Vec::new();
        for id in ids {
            held.extend(core.hold(&mut unit, id).await?);
        }
        if line_of(&mut unit, merge.kept).await? != line {
            // It went on before all of them were held.
            return Err(Refusal::Busy(1).into());
        }
        if !merges::undo(&mut unit, merge.id, now).await? {
            return Ok(false);
        }
        let find = |id| held.iter().find(|account| account.id == id);
        let (Some(kept), Some(merged)) = (find(merge.kept), find(merge.merged)) else {
            return Ok(false);
        };
        let (from, to) = (AccountState::Merged, AccountState::Active);
        if !accounts::set_state(&mut unit, merged.id, from, to).await? {
            return Ok(false);
        }
        let last = line.last().and_then(|id| find(*id));
        if last.is_some_and(|last| last.state == AccountState::Suspended) {
            // What an operator said of both holds for each.
            accounts::set_state(&mut unit, merged.id, to, AccountState::Suspended).await?;
        }
        journal.give_back(&mut unit, (kept, merged), &line).await?;
        let opens = |one: &&Held| one.id == merged.id || one.state == AccountState::Active;
        for account in held.iter().filter(opens) {
            core.offer_way_in(&mut unit, account, now).await?;
        }
        // Who was signed in there may have come by what goes back.
        let reason = EndReason::Revoked;
        let mut ended = Vec::new();
        for id in &line {
            if let Some(account) = find(*id) {
                ended.extend(core.end_all(&mut unit, account, reason, now).await?);
            }
        }
        let note = Note {
            detail: &merged.uuid,
            ..Note::of(Kind::MergeUndone, &kept.uuid, client)
        };
        core.note(&mut unit, note, now).await?;
        unit.save().await?;
        core.ended.note(&ended, reason, now);
        core.moved(&both(kept, merged)).await;
        Ok(true)
    }
}

/// An account, and where it went: into which one that went, and so on.
async fn line_of(unit: &mut Unit, account: AccountId) -> Result<Vec<AccountId>> {
    let mut line = vec![account];
    let mut last = account;
    while let Some(merge) = merges::of_account(unit, last).await? {
        if line.contains(&merge.kept) {
            break;
        }
        line.push(merge.kept);
        last = merge.kept;
    }
    Ok(line)
}

fn both(one: &Account, other: &Account) -> [Owner; 2] {
    [one, other].map(|account| Owner::Account(account.uuid.clone()))
}

impl Core {
    /// Mails a link that sets a password to an account that was left without any way to sign in.
    async fn offer_way_in(&self, unit: &mut Unit, account: &Held, now: Timestamp) -> Result<()> {
        let password = credentials::password(unit, account.id).await?;
        let socials = credentials::socials_of(unit, account.id).await?;
        if password.is_some() || !socials.is_empty() {
            return Ok(());
        }
        let letter = self.reset_letter(unit, account, now).await?;
        self.tell(unit, account, &letter, now).await
    }

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
