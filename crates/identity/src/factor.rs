//! The second factor: time-based codes and recovery codes.

use marquee_domain::account::{Account, Factor};
use marquee_domain::letter::{FactorChange, Letter};
use marquee_domain::{AccountId, Timestamp};
use marquee_limits::Rule;
use marquee_storage::credentials::{self, SecondFactor};
use subtle::ConstantTimeEq as _;
use totp_rs::{Algorithm, Builder, Secret as TotpSecret, Totp};

use crate::chance;
use crate::core::{Client, Core, Identity};
use crate::events::{Kind, Note, page};
use crate::password::Password;
use crate::{IdentityError, Refusal, Result, Secret, pages};

/// Seconds of a time step.
const STEP_S: i64 = 30;
/// Bytes of a shared secret (RFC 4226, section 4).
const SECRET_LEN: usize = 20;
/// Recovery codes of a set, and characters of each.
const CODES: usize = 10;
const CODE_LEN: usize = 10;
/// Crockford's Base32: no letter that looks like a digit.
const CROCKFORD: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The shared secret and the recovery codes of a second factor that was just put in force; shown once.
#[derive(Debug, Clone)]
pub struct NewFactor {
    /// The secret in Base32 (RFC 4648), as authenticator apps take it.
    pub secret: Secret,
    /// Recovery codes.
    pub recovery_codes: Vec<Secret>,
}

fn totp(secret: &[u8]) -> Result<Totp> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(0)
        .with_step_duration(30)
        .with_secret(TotpSecret::from(secret.to_vec()))
        .build()
        .map_err(|_| IdentityError::Crypto("a second factor cannot be read"))
}

/// The step within one of `now` whose code this is; each is compared, whichever fits.
fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Result<Option<i64>> {
    let totp = totp(secret)?;
    let current = now.div_euclid(1000 * STEP_S);
    let mut found = None;
    for step in current - 1..=current + 1 {
        let Ok(time) = u64::try_from(step * STEP_S) else {
            continue;
        };
        let expected = totp.generate(time).to_string();
        if bool::from(expected.as_bytes().ct_eq(code.as_bytes())) {
            found = Some(step);
        }
    }
    Ok(found)
}

impl Core {
    /// Asks for the second factor of an account, when it has one. Says which was shown.
    ///
    /// # Errors
    /// [`Refusal::FactorRequired`] when it is missing or wrong, [`Refusal::TooManyAttempts`].
    pub(crate) async fn second_factor(
        &self,
        account: &Account,
        otp: Option<&str>,
        client: &Client,
        now: Timestamp,
    ) -> Result<Option<Factor>> {
        let factor = credentials::second_factor(&mut self.db.reader(), account.id).await?;
        let Some(factor) = factor else {
            return Ok(None);
        };
        let otp: String = otp
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect();
        if otp.is_empty() {
            return Err(Refusal::FactorRequired.into());
        }
        // Counted first, so that guesses at the same moment cannot share one place.
        let counted = self.limits.check(Rule::SecondFactor, account.id.0).await;
        counted.map_err(|slow| Refusal::TooManyAttempts(slow.retry_after_s))?;
        let shown = if otp.len() == 6 && otp.bytes().all(|b| b.is_ascii_digit()) {
            self.time_code(account.id, &factor, &otp, now).await?
        } else {
            let shown = self.recovery_code(account, &otp, client, now).await;
            let try_of = (Rule::SecondFactor, account.id.0);
            self.tried(try_of, shown).await?
        };
        let shown = shown.ok_or(Refusal::FactorRequired)?;
        self.limits
            .give_back(Rule::SecondFactor, account.id.0)
            .await;
        Ok(Some(shown))
    }

    async fn time_code(
        &self,
        account: AccountId,
        factor: &SecondFactor,
        code: &str,
        now: Timestamp,
    ) -> Result<Option<Factor>> {
        let owner = account.to_string();
        let secret = self
            .sealer
            .open("a second factor", &owner, &factor.sealed_secret)?;
        let Some(step) = step_of(&secret, code, now)? else {
            return Ok(None);
        };
        let mut unit = self.db.begin().await?;
        let taken = credentials::take_step(&mut unit, account, step).await?;
        unit.save().await?;
        Ok(taken.then_some(Factor::Otp))
    }

    async fn recovery_code(
        &self,
        account: &Account,
        code: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<Option<Factor>> {
        let codes = credentials::recovery_codes(&mut self.db.reader(), account.id).await?;
        let left = codes.len().saturating_sub(1);
        let (ordinals, hashes): (Vec<i64>, Vec<String>) = codes.into_iter().unzip();
        let code = Password::new(&code.to_ascii_uppercase());
        let found = self.hasher.find(&code, hashes).await?;
        let Some(ordinal) = found.and_then(|at| ordinals.get(at).copied()) else {
            return Ok(None);
        };
        let mut unit = self.db.begin().await?;
        if !credentials::use_recovery_code(&mut unit, account.id, ordinal, now).await? {
            return Ok(None);
        }
        let note = Note::of(Kind::RecoveryCodeUsed, &account.uuid, client);
        self.note(&mut unit, note, now).await?;
        let letter = Letter::SecondFactor {
            change: FactorChange::RecoveryCodeUsed {
                left: u32::try_from(left).unwrap_or(u32::MAX),
            },
            at: now,
            reset: page(pages::FORGOT)?,
        };
        self.tell(&mut unit, account, &letter, now).await?;
        unit.save().await?;
        Ok(Some(Factor::Recovery))
    }

    /// Refuses a session that showed one factor when its account has two.
    pub(crate) async fn needs_both(&self, viewer: &marquee_domain::account::Viewer) -> Result<()> {
        let factor = credentials::second_factor(&mut self.db.reader(), viewer.id).await?;
        if factor.is_some() && !viewer.factors.two() {
            return Err(Refusal::FactorRequired.into());
        }
        Ok(())
    }
}

impl Identity {
    /// Puts a second factor in force for an account, with new recovery codes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enable_second_factor(&self, account: AccountId) -> Result<NewFactor> {
        let core = &self.0;
        let now = core.clock.now();
        let secret: [u8; SECRET_LEN] = chance::bytes(core.chance.as_ref())?;
        let mut shown = Vec::with_capacity(CODES);
        let mut hashes = Vec::with_capacity(CODES);
        let salt = chance::bytes(core.chance.as_ref())?;
        for _ in 0..CODES {
            let code = chance::code(core.chance.as_ref(), CROCKFORD, CODE_LEN)?;
            let hashed = core.hasher.hash_with(&Password::new(&code), salt).await?;
            hashes.push(hashed);
            shown.push(Secret::new(code));
        }
        let owner = account.to_string();
        let factor = SecondFactor {
            sealed_secret: core.sealer.seal(core.chance.as_ref(), &owner, &secret)?,
            last_step: 0,
        };
        let mut unit = core.db.begin().await?;
        core.hold(&mut unit, account).await?;
        credentials::set_second_factor(&mut unit, account, &factor, now).await?;
        credentials::set_recovery_codes(&mut unit, account, &hashes).await?;
        unit.save().await?;
        Ok(NewFactor {
            secret: Secret::new(TotpSecret::from(secret.to_vec()).to_base32()),
            recovery_codes: shown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1, the last six of its eight digits.
        let secret = b"12345678901234567890";
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step_of(secret, code, at * 1000).unwrap(), Some(at / 30));
            assert_eq!(
                step_of(secret, code, (at + 30) * 1000).unwrap(),
                Some(at / 30)
            );
            assert_eq!(
                step_of(secret, code, (at - 30) * 1000).unwrap(),
                Some(at / 30)
            );
            assert_eq!(step_of(secret, code, (at + 60) * 1000).unwrap(), None);
            assert_eq!(step_of(secret, code, (at - 60) * 1000).unwrap(), None);
        }
    }
}
