//! Letters as they wait in the outbox: sealed, so that a copy of the database tells no code and opens no link.

use marquee_domain::{Letter, Timestamp, UiLanguage};
use marquee_storage::outbox::{self, Mail, SealedLetter};
use marquee_storage::{Unit, accounts};

use crate::address::Address;
use crate::chance::Chance;
use crate::core::{Core, Identity};
use crate::events::page;
use crate::seal::Sealer;
use crate::{IdentityError, Result, pages};

/// A letter is its reader's: nobody can put it in the place of one to somebody else.
fn owner(to: &str) -> String {
    format!("mail to {to}")
}

/// Seals a letter to an address.
///
/// # Errors
/// When the system gives no random bytes, or sealing fails.
pub fn seal_letter(
    (sealer, chance): (&Sealer, &dyn Chance),
    to: &str,
    letter: &Letter,
) -> Result<SealedLetter> {
    let plain = serde_json::to_vec(letter)
        .map_err(|_| IdentityError::Crypto("a letter could not be written"))?;
    Ok(SealedLetter {
        name: letter.name().to_owned(),
        sealed: sealer.seal(chance, &owner(to), &plain)?,
    })
}

/// What a mail says; none when it was stored by a version that had other letters.
///
/// # Errors
/// [`IdentityError::Sealed`] when it was sealed under another secret, or to somebody else.
pub fn open_letter(sealer: &Sealer, to: &str, letter: &SealedLetter) -> Result<Option<Letter>> {
    let plain = sealer.open("this mail", &owner(to), &letter.sealed)?;
    Ok(serde_json::from_slice(&plain).ok())
}

impl Core {
    /// Puts a letter into the outbox, in the caller's unit of work.
    pub(crate) async fn mail(
        &self,
        unit: &mut Unit,
        to: &str,
        language: UiLanguage,
        letter: &Letter,
        now: Timestamp,
    ) -> Result<()> {
        let sealed = seal_letter((&self.sealer, self.chance.as_ref()), to, letter)?;
        Ok(outbox::add(unit, to, language, &sealed, now).await?)
    }
}

impl Identity {
    /// What a mail says as it goes out; none when it was stored by a version that had other letters.
    ///
    /// A code for signing up, or for another account's new address, that waits for somebody who has an account is
    /// not sent: the mail says that there is an account. That is found out here and not when the code is asked
    /// for, so that the time of that call tells nothing.
    ///
    /// # Errors
    /// [`IdentityError::Sealed`] when it was sealed under another secret, or to somebody else; otherwise when the
    /// database fails.
    pub async fn letter(&self, mail: &Mail) -> Result<Option<Letter>> {
        let core = &self.0;
        let letter = open_letter(&core.sealer, &mail.to, &mail.letter)?;
        let asks = match &letter {
            Some(Letter::SignUpCode { .. }) => "",
            Some(Letter::AddressChangeCode { account, .. }) => account,
            _ => return Ok(letter),
        };
        let address = Address::parse(&mail.to);
        let Some(key) = address.as_ref().map(Address::key) else {
            return Ok(letter);
        };
        let known = accounts::by_address(&mut core.db.reader(), key).await?;
        if known.is_none_or(|known| known.uuid == asks) {
            return Ok(letter);
        }
        Ok(Some(Letter::SignUpKnown {
            sign_in: page(pages::SIGN_IN)?,
            reset: page(pages::FORGOT)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SystemChance;

    #[test]
    fn a_letter_opens_for_its_reader_with_its_secret_only() {
        let [ours, theirs] = [7, 8].map(|byte| Sealer::new(&[byte; 32]).unwrap());
        let letter = Letter::SignUpCode {
            code: "493817".to_owned(),
            minutes: 10,
        };
        let sealed = seal_letter((&ours, &SystemChance), "ann@example.org", &letter).unwrap();
        assert!(!sealed.sealed.contains("493817") && sealed.name == "sign_up_code");
        let open = |sealer, to| open_letter(sealer, to, &sealed);
        assert_eq!(open(&ours, "ann@example.org").unwrap(), Some(letter));
        assert!(open(&ours, "bob@example.org").is_err());
        assert!(open(&theirs, "ann@example.org").is_err());
        // What lay there unsealed is not believed.
        let plain = SealedLetter {
            sealed: r#"{"letter":"test","at":0}"#.to_owned(),
            ..sealed
        };
        assert!(open_letter(&ours, "ann@example.org", &plain).is_err());
    }
}
