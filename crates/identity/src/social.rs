//! Signing in with the word of a provider.

use futures_util::future::BoxFuture;
use marquee_domain::account::{
    Account, AccountState, Factor, Factors, LoginMethod, Provider, Role,
};
use marquee_domain::{Timestamp, UiLanguage};
use marquee_limits::Rule;
use marquee_storage::accounts::NewAccount;
use marquee_storage::credentials::{self, SocialIdentity};
use marquee_storage::{Unit, accounts};

use crate::address::Address;
use crate::core::{Client, Core, Identity};
use crate::events::{Kind, Note};
use crate::held::{Held, Shown};
use crate::sessions::SignedIn;
use crate::{Refusal, Result};

/// What a provider says of somebody, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocialClaims {
    /// The provider's name for the person.
    pub subject: String,
    /// Their address, when the provider has verified it.
    pub address: Option<Address>,
    /// Whether nobody but the provider gives that address out, so that its word on who has it is final.
    pub authoritative: bool,
    /// What they are called, or an empty text.
    pub name: String,
}

/// Checks ID tokens of providers.
pub trait SocialTokens: Send + Sync + 'static {
    /// What a token says, when it is good at `now`.
    ///
    /// # Errors
    /// [`Refusal::SocialInvalid`], [`Refusal::Unreachable`]; otherwise when the database fails.
    fn check<'a>(
        &'a self,
        provider: Provider,
        id_token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<SocialClaims>>;
}

/// No provider is configured: every token is refused.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProviders;

impl SocialTokens for NoProviders {
    fn check<'a>(
        &'a self,
        _: Provider,
        _: &'a str,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<SocialClaims>> {
        Box::pin(async { Err(Refusal::SocialInvalid.into()) })
    }
}

/// What a social sign-in came to.
#[derive(Debug, Clone)]
pub struct SocialSignIn {
    /// The session.
    pub signed_in: SignedIn,
    /// The account was made just now.
    pub is_new: bool,
    /// The identity was linked just now to an account that had the same address.
    pub linked: bool,
}

/// How an identity gets into an account.
enum Way {
    Known(Account),
    Link(Account),
    New(Address),
}

impl Identity {
    /// Signs in with a provider's ID token: to the account that the identity opens, to the account
    /// that has its address (which links it, by the rule of [`Identity`]'s policy), or to a new one.
    ///
    /// # Errors
    /// [`Refusal::SocialInvalid`], [`Refusal::AddressTaken`], [`Refusal::AccountDisabled`],
    /// [`Refusal::FactorRequired`], [`Refusal::Slow`], [`Refusal::Unreachable`]; otherwise when the
    /// database fails.
    pub async fn sign_in_social(
        &self,
        (provider, id_token): (Provider, &str),
        name: &str,
        otp: Option<&str>,
        client: &Client,
    ) -> Result<SocialSignIn> {
        let core = &self.0;
        core.count((client, Rule::SocialClient), &[]).await?;
        let now = core.clock.now();
        let claims = core.social.check(provider, id_token, now).await?;
        let way = self.way(provider, &claims).await?;
        let mut factors = Factors::new(&[Factor::Federated]);
        if let Way::Known(account) | Way::Link(account) = &way {
            match account.state {
                AccountState::Active => {}
                AccountState::Suspended => return Err(Refusal::AccountDisabled.into()),
                AccountState::Merged => return Err(Refusal::SocialInvalid.into()),
            }
            if let Some(second) = core.second_factor(account, otp, client, now).await? {
                factors = factors.and(second);
            }
        }
        let mut unit = core.db.begin().await?;
        let (is_new, linked) = (matches!(way, Way::New(_)), matches!(way, Way::Link(_)));
        let account = match way {
            Way::Known(account) => {
                let held = core.hold_social(&mut unit, &account).await?;
                let shown = Shown::Identity(provider, claims.subject.clone());
                if !core.still_opens(&mut unit, &held, &shown).await? {
                    return Err(Refusal::SocialInvalid.into());
                }
                held
            }
            Way::Link(account) => {
                // The address may have gone to somebody else since.
                let key = claims.address.as_ref().map(Address::key);
                let held = core.hold_address(&mut unit, key.unwrap_or_default());
                let held = held.await?.filter(|held| held.id == account.id);
                let held = held.ok_or(Refusal::AddressTaken)?;
                let held = held.active(Refusal::SocialInvalid)?;
                core.link(&mut unit, &held, provider, &claims, client, now)
                    .await?;
                held
            }
            Way::New(address) => {
                let name = if claims.name.is_empty() {
                    name
                } else {
                    &claims.name
                };
                let account = core
                    .new_social(&mut unit, (provider, &address), name, client.language, now)
                    .await?;
                let account = Held::new(account);
                let note = Note::of(Kind::SignedUp, &account.uuid, client);
                core.note(&mut unit, note, now).await?;
                core.link(&mut unit, &account, provider, &claims, client, now)
                    .await?;
                account
            }
        };
        let session = core
            .begin(&mut unit, &account, (client, factors), now)
            .await?;
        // A name that comes later fills an empty one.
        if account.display_name.is_empty() && !name.is_empty() {
            accounts::set_display_name(&mut unit, account.id, name).await?;
        }
        let account = accounts::by_id(&mut unit, account.id).await?;
        let account = account.ok_or(Refusal::SocialInvalid)?;
        unit.save().await?;
        Ok(SocialSignIn {
            signed_in: self.signed_in(account, &session, client, now).await?,
            is_new,
            linked,
        })
    }

    async fn way(&self, provider: Provider, claims: &SocialClaims) -> Result<Way> {
        let mut reader = self.0.db.reader();
        if let Some(known) = credentials::social(&mut reader, provider, &claims.subject).await? {
            let account = accounts::by_id(&mut reader, known.account).await?;
            return Ok(Way::Known(account.ok_or(Refusal::SocialInvalid)?));
        }
        let address = claims.address.clone().ok_or(Refusal::SocialInvalid)?;
        match accounts::by_address(&mut reader, address.key()).await? {
            None => Ok(Way::New(address)),
            Some(account) if claims.authoritative && account.email_verified => {
                Ok(Way::Link(account))
            }
            Some(_) => Err(Refusal::AddressTaken.into()),
        }
    }

    /// Whose identity a provider's token is, for proving oneself.
    pub(crate) async fn prove_social(
        &self,
        provider: Provider,
        id_token: &str,
    ) -> Result<Option<(Account, Shown)>> {
        let core = &self.0;
        let now = core.clock.now();
        let claims = core.social.check(provider, id_token, now).await?;
        let mut reader = core.db.reader();
        let known = credentials::social(&mut reader, provider, &claims.subject).await?;
        let Some(known) = known else {
            return Ok(None);
        };
        let account = accounts::by_id(&mut reader, known.account).await?;
        let shown = Shown::Identity(provider, claims.subject);
        Ok(account.map(|account| (account, shown)))
    }
}

impl Core {
    async fn hold_social(&self, unit: &mut Unit, account: &Account) -> Result<Held> {
        let held = self.hold(unit, account.id).await?;
        held.ok_or(Refusal::SocialInvalid)?
            .active(Refusal::SocialInvalid)
    }

    async fn link(
        &self,
        unit: &mut Unit,
        account: &Held,
        provider: Provider,
        claims: &SocialClaims,
        client: &Client,
        now: Timestamp,
    ) -> Result<()> {
        let address = claims.address.as_ref();
        let identity = SocialIdentity {
            provider,
            subject: claims.subject.clone(),
            account: account.id,
            email: address.map(|a| a.typed().to_owned()).unwrap_or_default(),
            linked_at: now,
        };
        if !credentials::link_social(unit, &identity).await? {
            // The same sign-in at the same moment; the next one finds it linked.
            return Err(Refusal::AddressTaken.into());
        }
        let note = Note {
            detail: provider.as_str(),
            ..Note::of(Kind::IdentityLinked, &account.uuid, client)
        };
        self.note(unit, note, now).await
    }

    async fn new_social(
        &self,
        unit: &mut Unit,
        (provider, address): (Provider, &Address),
        name: &str,
        language: UiLanguage,
        now: Timestamp,
    ) -> Result<Account> {
        let uuid = self.uuid(now)?;
        let new = NewAccount {
            uuid: &uuid,
            email: address.typed(),
            email_key: address.key(),
            display_name: name,
            role: Role::Viewer,
            made_with: LoginMethod::from(provider),
            language: language.code(),
        };
        let made = accounts::add(unit, &new, now).await?;
        Ok(made.ok_or(Refusal::AddressTaken)?)
    }
}
