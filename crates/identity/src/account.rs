//! One's own account: profile and ways to sign in; below it, its password and its address.

mod address_change;
mod passwords;

use marquee_domain::Timestamp;
use marquee_domain::account::{Account, LoginMethod, Provider, Viewer};
use marquee_storage::{accounts, credentials};

use crate::core::{Client, Core, Identity};
use crate::events::{Actor, Kind, Note};
use crate::{Refusal, Result};

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
}
