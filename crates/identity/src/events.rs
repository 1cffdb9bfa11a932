//! What happens to accounts: the audit log, and the mails that tell people of it.

use std::sync::atomic::Ordering;

use marquee_domain::account::Account;
use marquee_domain::letter::{Letter, PagePath, Whereabouts};
use marquee_domain::{Timestamp, UiLanguage};
use marquee_storage::Unit;
use marquee_storage::audit::{self, Event};
use marquee_storage::sessions::Session;

use crate::chance;
use crate::core::{Client, Core};
use crate::{IdentityError, Result};

/// What is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    SignedUp,
    SignedIn,
    SignInFailed,
    SignedOut,
    SignedOutEverywhere,
    SessionRevoked,
    RefreshReplayed,
    PasswordChanged,
    PasswordReset,
    AddressChanged,
    IdentityLinked,
    IdentityUnlinked,
    TvConfirmed,
    AccountsMerged,
    MergeUndone,
    AccountDeleted,
    AccountErased,
    AccountSuspended,
    AccountRestored,
    RoleChanged,
    SessionsEnded,
    RecoveryCodeUsed,
    DataExported,
}

impl Kind {
    /// The word that is stored.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SignedUp => "signed_up",
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::SignedOut => "signed_out",
            Self::SignedOutEverywhere => "signed_out_everywhere",
            Self::SessionRevoked => "session_revoked",
            Self::RefreshReplayed => "refresh_replayed",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::AddressChanged => "address_changed",
            Self::IdentityLinked => "identity_linked",
            Self::IdentityUnlinked => "identity_unlinked",
            Self::TvConfirmed => "tv_confirmed",
            Self::AccountsMerged => "accounts_merged",
            Self::MergeUndone => "merge_undone",
            Self::AccountDeleted => "account_deleted",
            Self::AccountErased => "account_erased",
            Self::AccountSuspended => "account_suspended",
            Self::AccountRestored => "account_restored",
            Self::RoleChanged => "role_changed",
            Self::SessionsEnded => "sessions_ended",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::DataExported => "data_exported",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Actor {
    /// The account's own person.
    Viewer,
    /// Somebody who has not shown who they are.
    Stranger,
    /// An operator.
    Operator,
    /// The server.
    System,
}

/// An event that is to be written down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Note<'a> {
    pub(crate) kind: Kind,
    pub(crate) actor: Actor,
    /// Public id of the account, or an empty text.
    pub(crate) account: &'a str,
    /// The session, or an empty text.
    pub(crate) sid: &'a str,
    /// The network that it came from, or an empty text.
    pub(crate) network: &'a str,
    /// More; never a secret.
    pub(crate) detail: &'a str,
}

impl<'a> Note<'a> {
    /// Done by the account's person, from a client.
    pub(crate) fn of(kind: Kind, account: &'a str, client: &'a Client) -> Self {
        Self {
            kind,
            actor: Actor::Viewer,
            account,
            sid: "",
            network: &client.network,
            detail: "",
        }
    }
}

impl Core {
    /// Writes an event down in the caller's unit of work.
    pub(crate) async fn note(&self, unit: &mut Unit, note: Note<'_>, at: Timestamp) -> Result<()> {
        let id: [u8; 8] = chance::bytes(self.chance.as_ref())?;
        let actor = match note.actor {
            Actor::Viewer => "viewer",
            Actor::Stranger => "stranger",
            Actor::Operator => "operator",
            Actor::System => "system",
        };
        // No two of this node at one moment: what happened first is told first.
        let later = |last: i64| Some(at.max(last.saturating_add(1)));
        let last = self
            .noted_at
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, later);
        let at = last.map_or(at, |last| at.max(last.saturating_add(1)));
        let event = Event {
            id: i64::from_be_bytes(id) & i64::MAX,
            at,
            kind: note.kind.as_str().to_owned(),
            account: note.account.to_owned(),
            actor: actor.to_owned(),
            sid: note.sid.to_owned(),
            network: note.network.to_owned(),
            detail: note.detail.to_owned(),
        };
        Ok(audit::add(unit, &event).await?)
    }

    /// Puts a mail to an account's address into the outbox, in the caller's unit of work.
    pub(crate) async fn tell(
        &self,
        unit: &mut Unit,
        account: &Account,
        letter: &Letter,
        now: Timestamp,
    ) -> Result<()> {
        let language = UiLanguage::negotiate(&account.language);
        self.mail(unit, &account.email, language, letter, now).await
    }
}

/// A page that a letter leads to.
pub(crate) fn page(path: &str) -> Result<PagePath> {
    PagePath::parse(path).ok_or(IdentityError::Crypto("a link could not be made"))
}

/// Where a session is, in words for its owner.
pub(crate) fn whereabouts(session: &Session) -> Whereabouts {
    Whereabouts {
        device: session.device_type.clone(),
        app: session.app.clone(),
        place: session.network.clone(),
    }
}
