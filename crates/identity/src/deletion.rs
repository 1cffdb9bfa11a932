//! Deletion that deletes, and one's own data in one piece.

use marquee_domain::account::{AccountState, EndReason, Provider, Viewer};
use marquee_domain::clock::rfc3339;
use marquee_domain::letter::Letter;
use marquee_domain::personal::Owner;
use marquee_domain::{AccountId, Timestamp};
use marquee_limits::Rule;
use marquee_storage::{
    Unit, accounts, audit, codes, credentials, merges, outbox, personal, sessions,
};
use serde_json::{Value, json};

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
/// Events of an account that are handed out.
const EVENTS: i64 = 1000;

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

    /// Everything that is kept about whoever asks, as JSON for a person to read.
    ///
    /// # Errors
    /// [`Refusal::Slow`]; otherwise when the database fails.
    pub async fn export(&self, viewer: &Viewer, client: &Client) -> Result<Value> {
        let core = &self.0;
        let counted = core.limits.check(Rule::Export, viewer.id.0).await;
        counted.map_err(|slow| Refusal::Slow(slow.retry_after_s))?;
        let account = core.account_of(viewer).await?;
        let linked = self.linked(viewer).await?;
        let now = core.clock.now();
        let owner = Owner::Account(account.uuid.clone());
        let mut reader = core.db.reader();
        let favorites = personal::favorites(&mut reader, &owner).await?;
        let progress = personal::progress(&mut reader, &owner).await?;
        let live = sessions::live_of(&mut reader, viewer.id, now).await?;
        let events = audit::of_account(&mut reader, &account.uuid, EVENTS).await?;
        let mut unit = core.db.begin().await?;
        let note = Note::of(Kind::DataExported, &account.uuid, client);
        core.note(&mut unit, note, now).await?;
        unit.save().await?;
        Ok(json!({
            "exported": rfc3339(now),
            "account": {
                "id": account.id.0,
                "uuid": account.uuid,
                "email": account.email,
                "is_email_verified": account.email_verified,
                "display_name": account.display_name,
                "language": account.language,
                "created": rfc3339(account.created_at),
            },
            "login_methods": linked.iter().map(|one| json!({
                "type": one.method.as_str(),
                "email": one.email,
                "linked_at": one.linked_at.map(rfc3339),
            })).collect::<Vec<_>>(),
            "sessions": live.iter().map(|session| json!({
                "device_type": session.device_type,
                "device_id": session.device,
                "app": session.app,
                "network": session.network,
                "created": rfc3339(session.created_at),
                "last_active": rfc3339(session.last_active_at),
            })).collect::<Vec<_>>(),
            "favorites": favorites.iter().map(|favorite| json!({
                "type": favorite.kind,
                "source_id": favorite.source_id,
                "created": rfc3339(favorite.created_at),
            })).collect::<Vec<_>>(),
            "progress": progress.iter().map(|(_, progress)| json!({
                "content_id": progress.content.0,
                "last_position": progress.position_s,
                "updated": rfc3339(progress.updated_at),
            })).collect::<Vec<_>>(),
            "events": events.iter().map(|event| json!({
                "at": rfc3339(event.at),
                "kind": event.kind,
                "network": event.network,
            })).collect::<Vec<_>>(),
        }))
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

/// The accounts that went into one, directly or through others, and could still come out.
async fn merged_into(unit: &mut Unit, account: AccountId) -> Result<Vec<AccountId>> {
    let (mut found, mut next) = (Vec::new(), vec![account]);
    while let Some(kept) = next.pop() {
        for merge in merges::into_account(unit, kept).await? {
            if merge.merged != account && !found.contains(&merge.merged) {
                found.push(merge.merged);
                next.push(merge.merged);
            }
        }
    }
    Ok(found)
}

impl Core {
    /// Holds the account of whoever asks, and those that went into it, directly or through others.
    async fn hold_with_merged(
        &self,
        unit: &mut Unit,
        viewer: &Viewer,
    ) -> Result<(Held, Vec<Held>)> {
        let mut ids = merged_into(unit, viewer.id).await?;
        ids.push(viewer.id);
        // By ascending ids, as every unit that holds several.
        ids.sort_unstable();
        let (mut own, mut merged) = (None, Vec::new());
        for id in &ids {
            if *id == viewer.id {
                own = Some(self.hold_viewer(unit, viewer).await?);
            } else {
                merged.extend(self.hold(unit, *id).await?);
            }
        }
        // What came in or out before the accounts were held: once more, from the start.
        let mut again = merged_into(unit, viewer.id).await?;
        again.push(viewer.id);
        again.sort_unstable();
        if again != ids {
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
