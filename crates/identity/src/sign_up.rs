//! Signing up: an address proves itself by a mailed code, then the account is made.

use marquee_domain::account::{Factor, Factors, LoginMethod, Role};
use marquee_domain::letter::Letter;
use marquee_limits::Rule;
use marquee_storage::accounts::NewAccount;
use marquee_storage::{accounts, credentials};

use crate::address::Address;
use crate::codes::{LIFE_MIN, Purpose};
use crate::core::{Client, Identity};
use crate::events::{Kind, Note};
use crate::held::Held;
use crate::password::{Password, PasswordRule};
use crate::sessions::SignedIn;
use crate::{Refusal, Result};

/// What is known of an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Registration {
    /// Whether it has an account.
    pub registered: bool,
    /// The ways to sign in to it.
    pub methods: Vec<LoginMethod>,
}

impl Identity {
    /// Mails a code to an address that wants an account, in the place of any code before. A pending
    /// sign-up reserves nothing.
    ///
    /// Where the platform does not tell who has an account, the caller learns nothing, not even by
    /// time: nobody looks for an account here, only when the mail goes out ([`Identity::letter`]).
    ///
    /// # Errors
    /// [`Refusal::AddressTaken`], [`Refusal::Slow`]; otherwise when the database fails.
    pub async fn request_sign_up(&self, address: &Address, client: &Client) -> Result<()> {
        let core = &self.0;
        let by_address = [
            (Rule::SignUpMail, address.key().into()),
            (Rule::SignUpMailHourly, address.key().into()),
        ];
        core.count((client, Rule::SignUpClient), &by_address)
            .await?;
        let now = core.clock.now();
        if core.settings.tells_registration {
            let known = accounts::by_address(&mut core.db.reader(), address.key()).await?;
            if known.is_some() {
                return Err(Refusal::AddressTaken.into());
            }
        }
        let mut unit = core.db.begin().await?;
        let code = core
            .new_code(&mut unit, (Purpose::SignUp, address.key()), address, now)
            .await?;
        let letter = Letter::SignUpCode {
            code,
            minutes: LIFE_MIN,
        };
        let to = address.typed();
        core.mail(&mut unit, to, client.language, &letter, now)
            .await?;
        Ok(unit.save().await?)
    }

    /// Checks the code that was mailed. The address counts as verified for half an hour, for one account.
    ///
    /// # Errors
    /// [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::TooManyAttempts`],
    /// [`Refusal::Slow`]; otherwise when the database fails.
    pub async fn verify_sign_up(
        &self,
        address: &Address,
        code: &str,
        client: &Client,
    ) -> Result<()> {
        let core = &self.0;
        core.count((client, Rule::CodeClient), &[]).await?;
        let about = (Purpose::SignUp, address.key());
        core.check_code(&core.db, about, Some(address), code.trim())
            .await
            .map(|_| ())
    }

    /// Makes the account of a verified address and signs in to it.
    ///
    /// # Errors
    /// [`Refusal::NotVerified`], [`Refusal::AddressTaken`], [`Refusal::PasswordBad`],
    /// [`Refusal::Slow`], [`Refusal::Busy`]; otherwise when the database fails.
    pub async fn complete_sign_up(
        &self,
        address: &Address,
        (password, rule): (&Password, PasswordRule),
        display_name: &str,
        client: &Client,
    ) -> Result<SignedIn> {
        let core = &self.0;
        // As often as codes: whether an address has an account must not be asked here without end.
        core.count((client, Rule::CodeClient), &[]).await?;
        rule.check(password, address, display_name)
            .map_err(Refusal::PasswordBad)?;
        let now = core.clock.now();
        let about = (Purpose::SignUp, address.key());
        // Looked at before the costly part, and used after it.
        if !core.proved(about, now).await? {
            return Err(self.not_verified(address).await?.into());
        }
        let phc = core.hasher.hash(password, core.chance.as_ref()).await?;
        let now = core.clock.now();
        let uuid = core.uuid(now)?;
        let mut unit = core.db.begin().await?;
        if !core.use_proof(&mut unit, about, now).await? {
            return Err(Refusal::NotVerified.into());
        }
        let new = NewAccount {
            uuid: &uuid,
            email: address.typed(),
            email_key: address.key(),
            display_name,
            role: Role::Viewer,
            made_with: LoginMethod::Email,
            language: client.language.code(),
        };
        let made = accounts::add(&mut unit, &new, now).await?;
        let account = Held::new(made.ok_or(Refusal::AddressTaken)?);
        credentials::set_password(&mut unit, account.id, &phc, now).await?;
        let note = Note::of(Kind::SignedUp, &account.uuid, client);
        core.note(&mut unit, note, now).await?;
        let factors = Factors::new(&[Factor::Password]);
        let session = core
            .begin(&mut unit, &account, (client, factors), now)
            .await?;
        unit.save().await?;
        self.signed_in(account.into_account(), &session, client, now)
            .await
    }

    /// Why an address that is not verified gets no account: somebody who has one should hear of it.
    async fn not_verified(&self, address: &Address) -> Result<Refusal> {
        let core = &self.0;
        if !core.settings.tells_registration {
            return Ok(Refusal::NotVerified);
        }
        let known = accounts::by_address(&mut core.db.reader(), address.key()).await?;
        Ok(known.map_or(Refusal::NotVerified, |_| Refusal::AddressTaken))
    }

    /// What is known of an address; nothing of any address where the platform does not tell.
    ///
    /// # Errors
    /// [`Refusal::Slow`]; otherwise when the database fails.
    pub async fn registration(&self, address: &Address, client: &Client) -> Result<Registration> {
        let core = &self.0;
        let by_address = [(Rule::RegistrationAddress, address.key().into())];
        core.count((client, Rule::RegistrationClient), &by_address)
            .await?;
        if !core.settings.tells_registration {
            return Ok(Registration::default());
        }
        let mut reader = core.db.reader();
        let Some(account) = accounts::by_address(&mut reader, address.key()).await? else {
            return Ok(Registration::default());
        };
        let mut methods = Vec::new();
        if credentials::password(&mut reader, account.id)
            .await?
            .is_some()
        {
            methods.push(LoginMethod::Email);
        }
        for social in credentials::socials_of(&mut reader, account.id).await? {
            let method = social.provider.into();
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        Ok(Registration {
            registered: true,
            methods,
        })
    }
}
