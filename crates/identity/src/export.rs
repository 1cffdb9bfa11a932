//! One's own data in one piece.

use marquee_domain::Timestamp;
use marquee_domain::account::{LoginMethod, Viewer};
use marquee_domain::clock::rfc3339;
use marquee_domain::personal::Owner;
use marquee_limits::Rule;
use marquee_storage::audit::Event;
use marquee_storage::credentials::{self, SocialIdentity};
use marquee_storage::outbox::Listed;
use marquee_storage::sessions::Session;
use marquee_storage::{Query, accounts, audit, codes, outbox, personal, sessions};
use serde_json::{Map, Value, json};

use crate::account::Linked;
use crate::codes::Purpose;
use crate::core::{Client, Identity};
use crate::deletion::merged_into;
use crate::events::{Kind, Note};
use crate::merge::UNDO_MS;
use crate::{Refusal, Result};

/// Most events, ended sessions and mails that are handed out, of each.
const LISTED: i64 = 1000;

impl Identity {
    /// What is kept about whoever asks, as JSON for a person to read; `docs/accounts.md` says what is in it and what is
    /// not. Its members may grow.
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
        let socials = credentials::socials_of(&mut reader, viewer.id).await?;
        let address_change = (Purpose::AddressChange.as_str(), account.uuid.as_str());
        let waiting = codes::lookup(&mut reader, address_change).await?;
        let favorites = personal::favorites(&mut reader, &owner).await?;
        let progress = personal::progress(&mut reader, &owner).await?;
        let live = sessions::live_of(&mut reader, viewer.id, now).await?;
        let past = sessions::past_of(&mut reader, viewer.id, now, LISTED).await?;
        let merged = merged(&mut reader, viewer, now).await?;
        let events = audit::of_account(&mut reader, &account.uuid, LISTED).await?;
        let mails = outbox::to_address(&mut reader, &account.email, LISTED).await?;
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
                "waiting_email": waiting.map(|code| code.email),
                "display_name": account.display_name,
                "language": account.language,
                "created": rfc3339(account.created_at),
            },
            "login_methods": linked.iter().map(|one| method(one, &socials)).collect::<Vec<_>>(),
            "sessions": live.iter().map(session).collect::<Vec<_>>(),
            "ended_sessions": past.iter().map(ended).collect::<Vec<_>>(),
            "merged_accounts": merged,
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
            "events": events.iter().map(event).collect::<Vec<_>>(),
            "mails": mails.iter().map(mail).collect::<Vec<_>>(),
        }))
    }
}

fn method(linked: &Linked, socials: &[SocialIdentity]) -> Value {
    let social = socials
        .iter()
        .find(|social| LoginMethod::from(social.provider) == linked.method);
    json!({
        "type": linked.method.as_str(),
        "email": linked.email,
        "subject": social.map(|social| &social.subject),
        "linked_at": linked.linked_at.map(rfc3339),
    })
}

fn members(session: &Session) -> Map<String, Value> {
    let texts = [
        ("device_type", session.device_type.clone()),
        ("device_id", session.device.clone()),
        ("app", session.app.clone()),
        ("network", session.network.clone()),
        ("created", rfc3339(session.created_at)),
        ("last_active", rfc3339(session.last_active_at)),
    ];
    let texts = texts.into_iter();
    texts
        .map(|(name, text)| (name.to_owned(), Value::String(text)))
        .collect()
}

fn session(session: &Session) -> Value {
    Value::Object(members(session))
}

/// A session that is over, with when and why; nobody ended one that lapsed.
fn ended(session: &Session) -> Value {
    let over = session.ended.map(|(at, reason)| (at, reason.as_str()));
    let (at, reason) = over.unwrap_or((session.expires_at, "lapsed"));
    let mut members = members(session);
    members.insert("ended".to_owned(), Value::String(rfc3339(at)));
    members.insert("reason".to_owned(), Value::from(reason));
    Value::Object(members)
}

/// The accounts that went into this one, directly or through others, while they can still come out.
async fn merged(q: &mut dyn Query, viewer: &Viewer, now: Timestamp) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    for merge in merged_into(q, viewer.id).await? {
        let until = merge.merged_at.saturating_add(UNDO_MS);
        let account = accounts::by_id(q, merge.merged).await?;
        if let Some(account) = account.filter(|_| until >= now) {
            found.push(json!({
                "email": account.email,
                "merged": rfc3339(merge.merged_at),
                "can_come_out_until": rfc3339(until),
            }));
        }
    }
    Ok(found)
}

fn event(event: &Event) -> Value {
    json!({
        "at": rfc3339(event.at),
        "kind": event.kind,
        "by": event.actor,
        "network": event.network,
        "detail": event.detail,
    })
}

fn mail(mail: &Listed) -> Value {
    json!({
        "letter": mail.letter,
        "asked_for": rfc3339(mail.created_at),
        "state": mail.state.as_str(),
        "finished": mail.finished_at.map(rfc3339),
    })
}
