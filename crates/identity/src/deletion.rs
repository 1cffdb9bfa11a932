//! Deletion that deletes.

use marquee_domain::account::{AccountState, EndReason, Provider, Viewer};
use marquee_domain::letter::Letter;
use marquee_domain::personal::Owner;
use marquee_domain::{AccountId, Timestamp};
use marquee_storage::merges::{self, Merge};
use marquee_storage::{
    Query, Unit, accounts, audit, codes, credentials, outbox, personal, sessions,
};

use crate::codes::Purpose;
use crate::core::{Client, Core, Identity};
use crate::events::{Actor, Kind, Note};
use crate::held::Held;
use crate::merge::UNDO_MS;
use crate::password::Password;
use crate::{Refusal, Result};

/// What shows that it is the owner who asks.
#[derive(Debug, Clone, Copy)]
pub enum OwnProof<'a> {
    /// The account's password.
    Password(&'a Password),
    /// A fresh ID token, for an account without a password.
    Social(Provider, &'a str),
}

/// For how long after its deletion an account is swept after: longer than any call takes.
const SWEPT_MS: i64 = 2 * 86_400_000;

impl Identity {
    /// Deletes the account of whoever asks, with everything that it keeps. What stays is the audit
    /// log, which names the account by its public id alone, and the ids of its ended sessions, for as
    /// long as somebody could present a token of theirs.
    ///
    /// # Errors
    /// [`Refusal::PasswordWrong`], [`Refusal::CredentialsWrong`], [`Refusal::SocialInvalid`],
    /// [`Refusal::FactorRequired`], [`Refusal::Slow`], [`Refusal::Busy`]; otherwise when the database
    /// fails.
    pub async fn delete_account(
        &self,
        viewer: &Viewer,
        proof: OwnProof<'_>,
        client: &Client,
    ) -> Result<()> {
        let core = &self.0;
        core.needs_both(viewer).await?;
        let shown = match proof {
            OwnProof::Password(password) => core.own_password(viewer, password).await?,
            OwnProof::Social(provider, token) => {
                let password = credentials::password(&mut core.db.reader(), viewer.id).await?;
                if password.is_some() {
                    // Whoever has a password shows it.
                    return Err(Refusal::CredentialsWrong.into());
                }
                let proven = self.prove_social(provider, token).await?;
                let own = proven.filter(|(other, _)| other.id == viewer.id);
                own.ok_or(Refusal::CredentialsWrong)?.1
            }
        };
        let now = core.clock.now();
        let mut unit = core.db.begin().await?;
        let (account, merged) = core.hold_with_merged(&mut unit, viewer).await?;
        if !core.still_opens(&mut unit, &account, &shown).await? {
            return Err(Refusal::CredentialsWrong.into());
        }
        let mut owners = vec![Owner::Account(account.uuid.clone())];
        let mut ended = core.erase(&mut unit, &account, now).await?;
        for other in &merged {
            ended.extend(core.erase(&mut unit, other, now).await?);
            owners.push(Owner::Account(other.uuid.clone()));
        }
        let note = Note::of(Kind::AccountDeleted, &account.uuid, client);
        core.note(&mut unit, note, now).await?;
        core.tell(
            &mut unit,
            &account,
            &Letter::AccountDeleted { at: now },
            now,
        )
        .await?;
        unit.save().await?;
        core.ended.note(&ended, EndReason::Deleted, now);
        core.moved(&owners).await;
        Ok(())
    }

    /// Removes accounts that went into others so long ago that nobody can undo it.
    pub(crate) async fn forget_merged(&self, now: Timestamp) -> Result<()> {
        let core = &self.0;
        let old = merges::older(&mut core.db.reader(), now - UNDO_MS, 100).await?;
        for (merge, undone) in old {
            let mut unit = core.db.begin().await?;
            let account = core.hold(&mut unit, merge.merged).await?;
            let merged = |account: &Held| account.state == AccountState::Merged && !undone;
            if let Some(account) = account.filter(merged) {
                let ended = core.erase(&mut unit, &account, now).await?;
                core.ended.note(&ended, EndReason::Merged, now);
            }
            merges::remove(&mut unit, merge.id).await?;
            unit.save().await?;
        }
        Ok(())
    }

    /// Removes what was stored for accounts while they were deleted: for up to a second other nodes take their tokens,
    /// and a call that had begun goes on.
    pub(crate) async fn sweep_erased(&self, now: Timestamp) -> Result<()> {
        let core = &self.0;
        let kind = Kind::AccountErased.as_str();
        let since = now - SWEPT_MS;
        let erased = audit::accounts_of(&mut core.db.reader(), kind, since).await?;
        for uuid in erased {
            let mut unit = core.db.begin().await?;
            personal::remove(&mut unit, &Owner::Account(uuid)).await?;
            unit.save().await?;
        }
        Ok(())
    }
}

/// The merges by which accounts went into one, directly or through others, and could still come out.
pub(crate) async fn merged_into(q: &mut dyn Query, account: AccountId) -> Result<Vec<Merge>> {
    let (mut found, mut next) = (Vec::<Merge>::new(), vec![account]);
    while let Some(kept) = next.pop() {
        for merge in merges::into_account(q, kept).await? {
            let known = found.iter().any(|one| one.merged == merge.merged);
            if merge.merged != account && !known {
                next.push(merge.merged);
                found.push(merge);
            }
        }
    }
    Ok(found)
}

/// Those accounts and the one that they went into, by ascending ids, as every unit holds several.
async fn all_of(unit: &mut Unit, account: AccountId) -> Result<Vec<AccountId>> {
    let merges = merged_into(unit, account).await?;
    let mut ids: Vec<AccountId> = merges.iter().map(|merge| merge.merged).collect();
    ids.push(account);
    ids.sort_unstable();
    Ok(ids)
}

impl Core {
    /// Holds the account of whoever asks, and those that went into it, directly or through others.
    async fn hold_with_merged(
        &self,
        unit: &mut Unit,
        viewer: &Viewer,
    ) -> Result<(Held, Vec<Held>)> {
        let ids = all_of(unit, viewer.id).await?;
        let (mut own, mut merged) = (None, Vec::new());
        for id in &ids {
            if *id == viewer.id {
                own = Some(self.hold_viewer(unit, viewer).await?);
            } else {
                merged.extend(self.hold(unit, *id).await?);
            }
        }
        // What came in or out before the accounts were held: once more, from the start.
        if all_of(unit, viewer.id).await? != ids {
            return Err(Refusal::Busy(1).into());
        }
        Ok((own.ok_or(Refusal::TokenInvalid)?, merged))
    }

    /// Removes an account and everything that it keeps, in the caller's unit of work; the sessions that this ends.
    async fn erase(&self, unit: &mut Unit, account: &Held, now: Timestamp) -> Result<Vec<String>> {
        let ended = self.end_all(unit, account, EndReason::Deleted, now).await?;
        sessions::scrub(unit, account.id).await?;
        personal::remove(unit, &Owner::Account(account.uuid.clone())).await?;
        let address_change = (Purpose::AddressChange.as_str(), account.uuid.as_str());
        if let Some(waiting) = codes::lookup(unit, address_change).await? {
            outbox::forget(unit, &waiting.email).await?;
            codes::take(unit, address_change).await?;
        }
        outbox::forget(unit, &account.email).await?;
        merges::forget(unit, account.id).await?;
        accounts::remove(unit, account.id).await?;
        let note = Note {
            kind: Kind::AccountErased,
            actor: Actor::System,
            account: &account.uuid,
            sid: "",
            network: "",
            detail: "",
        };
        self.note(unit, note, now).await?;
        Ok(ended)
    }
}
