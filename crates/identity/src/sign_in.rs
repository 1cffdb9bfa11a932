//! Signing in with address and password.

use marquee_domain::AccountId;
use marquee_domain::account::{Account, AccountState, Factor, Factors};
use marquee_limits::Rule;
use marquee_storage::{accounts, codes, credentials};

use crate::address::Address;
use crate::core::{Client, Identity};
use crate::events::{Actor, Kind, Note};
use crate::hasher::Match;
use crate::held::Shown;
use crate::password::Password;
use crate::sessions::SignedIn;
use crate::{Refusal, Result};

/// Somebody whose password was right.
pub(crate) struct Proven {
    pub(crate) account: Account,
    /// Which password it was.
    pub(crate) shown: Shown,
    /// A stronger hash of the same password in the place of the old one.
    pub(crate) rehash: Option<(String, String)>,
}

impl Identity {
    /// Signs in.
    ///
    /// Whether there is no such account, it has no password, or the password is wrong cannot be told
    /// apart, also not by time: each way does the same work.
    ///
    /// # Errors
    /// [`Refusal::CredentialsWrong`], [`Refusal::AccountDisabled`], [`Refusal::FactorRequired`],
    /// [`Refusal::TooManyAttempts`], [`Refusal::Busy`]; otherwise when the database fails.
    pub async fn sign_in(
        &self,
        address: &Address,
        password: &Password,
        otp: Option<&str>,
        client: &Client,
    ) -> Result<SignedIn> {
        let core = &self.0;
        let proven = self.prove_password(address, password, client).await?;
        let account = proven.account;
        let now = core.clock.now();
        let second = core.second_factor(&account, otp, client, now).await?;
        core.limits
            .give_back(Rule::SignInAddress, address.key())
            .await;
        let mut factors = Factors::new(&[Factor::Password]);
        if let Some(second) = second {
            factors = factors.and(second);
        }
        let gone = Refusal::CredentialsWrong;
        let mut unit = core.db.begin().await?;
        let held = core.hold(&mut unit, account.id).await?;
        let held = held.ok_or(gone.clone())?.active(gone.clone())?;
        if !core.still_opens(&mut unit, &held, &proven.shown).await? {
            return Err(gone.into());
        }
        if let Some((old, new)) = &proven.rehash {
            credentials::rehash_password(&mut unit, held.id, (old, new)).await?;
        }
        codes::void_reset(&mut unit, held.id).await?;
        let session = core.begin(&mut unit, &held, (client, factors), now).await?;
        unit.save().await?;
        self.signed_in(held.into_account(), &session, client, now)
            .await
    }

    /// Whose address and password these are.
    pub(crate) async fn prove_password(
        &self,
        address: &Address,
        password: &Password,
        client: &Client,
    ) -> Result<Proven> {
        let core = &self.0;
        let by_address = [(Rule::SignInAddress, address.key().into())];
        let counted = core.count((client, Rule::SignInClient), &by_address).await;
        counted.map_err(|error| match error {
            crate::IdentityError::Refused(Refusal::Slow(s)) => Refusal::TooManyAttempts(s).into(),
            other => other,
        })?;
        let try_of = (Rule::SignInAddress, address.key());
        let place = core.tried(try_of, core.hasher.line()).await?;
        let mut reader = core.db.reader();
        let found = accounts::by_address_or_next(&mut reader, address.key()).await?;
        // Asked for nobody, too, and then for whoever comes next, as that takes the same time.
        let id = found
            .as_ref()
            .map_or(AccountId(0), |(account, _)| account.id);
        let stored = credentials::password(&mut reader, id).await?;
        let (account, stored) = match found {
            Some((account, true)) => (Some(account), stored),
            _ => (None, None),
        };
        let phc = stored.as_ref().map(|stored| stored.phc.clone());
        let compared = core
            .hasher
            .compare(place, password, phc, core.chance.as_ref())
            .await?;
        let account = match (account, stored, compared) {
            (Some(account), Some(stored), Match::Right(new))
                if account.state != AccountState::Merged =>
            {
                Ok(Proven {
                    account,
                    shown: Shown::Password(stored.set_at),
                    rehash: new.map(|new| (stored.phc, new)),
                })
            }
            (account, ..) => Err(account),
        };
        match account {
            Ok(proven) if proven.account.state == AccountState::Suspended => {
                Err(Refusal::AccountDisabled.into())
            }
            Ok(proven) => Ok(proven),
            Err(account) => {
                let uuid = account.map(|account| account.uuid).unwrap_or_default();
                let note = Note {
                    actor: Actor::Stranger,
                    ..Note::of(Kind::SignInFailed, &uuid, client)
                };
                let now = core.clock.now();
                let mut unit = core.db.begin().await?;
                core.note(&mut unit, note, now).await?;
                unit.save().await?;
                Err(Refusal::CredentialsWrong.into())
            }
        }
    }
}
