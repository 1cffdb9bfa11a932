//! Another address for an account: a code is mailed there, and the old one hears of the change.

use marquee_domain::account::Viewer;
use marquee_domain::letter::Letter;
use marquee_limits::Rule;
use marquee_storage::{accounts, codes};

use crate::address::Address;
use crate::codes::{LIFE_MIN, Purpose};
use crate::core::{Client, Identity};
use crate::events::{Kind, Note};
use crate::{Refusal, Result};

impl Identity {
    /// Mails a code to a new address for the account. Where the platform does not tell who has an account, the caller
    /// does not learn whether another one has that address ([`Identity::letter`]).
    ///
    /// # Errors
    /// [`Refusal::AddressTaken`], [`Refusal::FactorRequired`], [`Refusal::Slow`]; otherwise when the
    /// database fails.
    pub async fn request_address_change(
        &self,
        viewer: &Viewer,
        address: &Address,
        client: &Client,
    ) -> Result<()> {
        let core = &self.0;
        core.needs_both(viewer).await?;
        // By the address, too: it may be a stranger's, who is not to be flooded by ever new accounts.
        let others = [
            (Rule::AddressChange, viewer.id.0.into()),
            (Rule::SignUpMail, address.key().into()),
            (Rule::SignUpMailHourly, address.key().into()),
        ];
        core.count((client, Rule::SignUpClient), &others).await?;
        let now = core.clock.now();
        if core.settings.tells_registration {
            let known = accounts::by_address(&mut core.db.reader(), address.key()).await?;
            if known.is_some_and(|other| other.id != viewer.id) {
                return Err(Refusal::AddressTaken.into());
            }
        }
        let mut unit = core.db.begin().await?;
        core.hold_viewer(&mut unit, viewer).await?;
        let about = (Purpose::AddressChange, viewer.uuid.as_str());
        let code = core.new_code(&mut unit, about, address, now).await?;
        let letter = Letter::AddressChangeCode {
            code,
            account: viewer.uuid.clone(),
            minutes: LIFE_MIN,
        };
        core.mail(&mut unit, address.typed(), client.language, &letter, now)
            .await?;
        Ok(unit.save().await?)
    }

    /// Changes the address with the code that was mailed to the new one.
    ///
    /// # Errors
    /// [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::TooManyAttempts`],
    /// [`Refusal::AddressTaken`], [`Refusal::FactorRequired`]; otherwise when the database fails.
    pub async fn change_address(&self, viewer: &Viewer, code: &str, client: &Client) -> Result<()> {
        let core = &self.0;
        core.needs_both(viewer).await?;
        core.count((client, Rule::CodeClient), &[]).await?;
        let about = (Purpose::AddressChange, viewer.uuid.as_str());
        let address = core.check_code(&core.db, about, None, code.trim()).await?;
        let now = core.clock.now();
        let mut unit = core.db.begin().await?;
        let old = core.hold_viewer(&mut unit, viewer).await?;
        let proved = core.use_proof(&mut unit, about, now).await?;
        if !proved {
            return Err(Refusal::CodeExpired.into());
        }
        // A token that sets a password may lie in the old mailbox, and somebody else may read that.
        codes::void_reset(&mut unit, viewer.id).await?;
        let changed =
            accounts::set_email(&mut unit, viewer.id, address.typed(), address.key()).await?;
        if !changed {
            return Err(Refusal::AddressTaken.into());
        }
        let note = Note::of(Kind::AddressChanged, &viewer.uuid, client);
        core.note(&mut unit, note, now).await?;
        let letter = Letter::AddressChanged {
            address: address.typed().to_owned(),
            at: now,
        };
        // To the old address, whose owner must hear of it.
        core.tell(&mut unit, &old, &letter, now).await?;
        Ok(unit.save().await?)
    }
}
