//! Deletion that deletes, and one's own data in one piece.

use marquee_domain::Timestamp;
use marquee_domain::account::{Account, EndReason, Provider, Viewer};
use marquee_domain::clock::rfc3339;
use marquee_domain::letter::Letter;
use marquee_domain::personal::Owner;
use marquee_limits::Rule;
use marquee_storage::{Unit, accounts, audit, credentials, merges, personal, sessions};
use serde_json::{Value, json};

use crate::core::{Client, Core, Identity};
use crate::events::{Actor, Kind, Note};
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
        let account = core.account_of(viewer).await?;
        match proof {
            OwnProof::Password(password) => core.own_password(viewer, password).await?,
            OwnProof::Social(provider, token) => {
                let password = credentials::password(&mut core.db.reader(), viewer.id).await?;
                if password.is_some() {
                    // Whoever has a password shows it.
                    return Err(Refusal::CredentialsWrong.into());
                }
                let proven = self.prove_social(provider, token).await?;
                if proven.is_none_or(|other| other.id != viewer.id) {
                    return Err(Refusal::CredentialsWrong.into());
                }
            }
        }
        let now = core.clock.now();
        let mut unit = core.db.begin().await?;
        let mut owners = vec![Owner::Account(account.uuid.clone())];
        let mut ended = core.erase(&mut unit, &account, now).await?;
        for merge in merges::into_account(&mut unit, account.id).await? {
            if let Some(other) = accounts::by_id(&mut unit, merge.merged).await? {
                ended.extend(core.erase(&mut unit, &other, now).await?);
                owners.push(Owner::Account(other.uuid));
            }
            merges::remove(&mut unit, merge.id).await?;
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
            let account = accounts::by_id(&mut unit, merge.merged).await?;
            if let Some(account) = account.filter(|_| !undone) {
                let ended = core.erase(&mut unit, &account, now).await?;
                core.ended.note(&ended, EndReason::Merged, now);
            }
            merges::remove(&mut unit, merge.id).await?;
            unit.save().await?;
        }
        Ok(())
    }
}

impl Core {
    /// Removes an account and everything that it keeps, in the caller's unit of work; the sessions that this ends.
    async fn erase(
        &self,
        unit: &mut Unit,
        account: &Account,
        now: Timestamp,
    ) -> Result<Vec<String>> {
        let ended = self
            .end_all(unit, account.id, EndReason::Deleted, now)
            .await?;
        sessions::scrub(unit, account.id).await?;
        personal::remove(unit, &Owner::Account(account.uuid.clone())).await?;
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
