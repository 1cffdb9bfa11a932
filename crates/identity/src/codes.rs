//! Codes that are mailed: six digits, ten minutes, five tries, the newest one only.

use marquee_domain::Timestamp;
use marquee_storage::codes::{self, MailedCode};
use marquee_storage::{Db, Unit};
use subtle::ConstantTimeEq as _;

use crate::address::Address;
use crate::chance;
use crate::core::Core;
use crate::seal::Use;
use crate::{Refusal, Result};

/// How long a code is good.
pub(crate) const LIFE_MS: i64 = 600_000;
/// The same in minutes, for letters.
pub(crate) const LIFE_MIN: u32 = 10;
/// How many codes may be tried before the one that was mailed is burnt.
const TRIES: i64 = 5;
/// The shortest time between two codes.
const PAUSE_MS: i64 = 60_000;
/// How long what a code proved holds.
const PROOF_MS: i64 = 30 * 60_000;

/// What a code proves.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// The address of somebody who signs up; about the folded address.
    SignUp,
    /// The new address of an account; about the account's public id.
    AddressChange,
}

impl Purpose {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::AddressChange => "address_change",
        }
    }
}

impl Core {
    fn code_hash(&self, purpose: Purpose, about: &str, email: &Address, code: &str) -> String {
        let parts = [purpose.as_str(), about, email.key(), code].map(str::as_bytes);
        self.sealer.mac_text(Use::Codes, &parts)
    }

    /// A new code in the place of any other; the caller mails it in the same unit of work.
    pub(crate) async fn new_code(
        &self,
        unit: &mut Unit,
        (purpose, about): (Purpose, &str),
        email: &Address,
        now: Timestamp,
    ) -> Result<String> {
        let key = (purpose.as_str(), about);
        if let Some(old) = codes::lookup(unit, key).await? {
            let wait = old.sent_at + PAUSE_MS - now;
            if wait > 0 {
                let seconds = u64::try_from(wait).unwrap_or_default().div_ceil(1000);
                return Err(Refusal::Slow(seconds).into());
            }
        }
        let code = chance::code(self.chance.as_ref(), b"0123456789", 6)?;
        let stored = MailedCode {
            email: email.typed().to_owned(),
            code_hash: self.code_hash(purpose, about, email, &code),
            failures: 0,
            sent_at: now,
            expires_at: now + LIFE_MS,
            proved_until: None,
        };
        codes::replace(unit, key, &stored).await?;
        Ok(code)
    }

    /// Checks a code, and remembers for half an hour that it was right. `email` is where it was
    /// mailed to as far as the caller knows; otherwise what is stored decides, and is returned.
    pub(crate) async fn check_code(
        &self,
        db: &Db,
        (purpose, about): (Purpose, &str),
        email: Option<&Address>,
        code: &str,
    ) -> Result<Address> {
        let now = self.clock.now();
        let key = (purpose.as_str(), about);
        let found = codes::lookup(&mut db.reader(), key).await?;
        let stored = found.ok_or(Refusal::CodeWrong)?;
        let to = email
            .cloned()
            .or_else(|| Address::parse(&stored.email))
            .ok_or(Refusal::CodeWrong)?;
        if stored.proved_until.is_some() || stored.expires_at <= now {
            return Err(Refusal::CodeExpired.into());
        }
        // Counted and stored before it is compared: neither a crash nor a crowd makes another try of it.
        let mut unit = db.begin().await?;
        let counted = codes::count_guess(&mut unit, key, TRIES, now).await?;
        unit.save().await?;
        if !counted {
            let wait = u64::try_from(stored.expires_at - now).unwrap_or_default();
            return Err(Refusal::TooManyAttempts(wait.div_ceil(1000)).into());
        }
        let hash = self.code_hash(purpose, about, &to, code);
        let right: bool = hash.as_bytes().ct_eq(stored.code_hash.as_bytes()).into();
        if !right {
            return Err(Refusal::CodeWrong.into());
        }
        let mut unit = db.begin().await?;
        let proved = codes::prove(&mut unit, key, &hash, now + PROOF_MS).await?;
        unit.save().await?;
        if proved {
            Ok(to)
        } else {
            Err(Refusal::CodeExpired.into())
        }
    }

    /// Uses what a code proved, once, in the caller's unit of work. Says whether it held.
    pub(crate) async fn use_proof(
        &self,
        unit: &mut Unit,
        (purpose, about): (Purpose, &str),
        now: Timestamp,
    ) -> Result<bool> {
        Ok(codes::use_proof(unit, (purpose.as_str(), about), now).await?)
    }

    /// Whether what a code proved holds.
    pub(crate) async fn proved(
        &self,
        (purpose, about): (Purpose, &str),
        now: Timestamp,
    ) -> Result<bool> {
        let key = (purpose.as_str(), about);
        let found = codes::lookup(&mut self.db.reader(), key).await?;
        Ok(found.is_some_and(|code| code.proved_until.is_some_and(|until| until > now)))
    }
}
