//! Letting a television in: it shows a code, somebody who is signed in says yes.

use std::net::IpAddr;

use marquee_domain::account::{AccountState, Factor, Factors, Viewer};
use marquee_domain::personal::DeviceId;
use marquee_domain::{Timestamp, UiLanguage};
use marquee_limits::{Key, Rule};
use marquee_storage::activations::{self, Activation};
use marquee_storage::credentials;

use crate::chance;
use crate::core::{Client, Core, Identity};
use crate::events::{Kind, Note};
use crate::seal::Use;
use crate::sessions::SignedIn;
use crate::{IdentityError, Refusal, Result};

/// How long a code is good.
pub(crate) const LIFE_MS: i64 = 600_000;
/// Letters and digits of which none looks like another.
const ALPHABET: &[u8] = b"ACDEFGHJKMNPQRTUVWXYZ234679";
const LENGTH: usize = 8;

/// What a television hears that asks.
#[derive(Debug, Clone)]
pub enum Poll {
    /// Nobody has said yes so far.
    Pending,
    /// Somebody has; told once.
    Confirmed(Box<SignedIn>),
}

/// A code as people type it: without regard to case, blanks and hyphens; none when it cannot be one.
fn typed(code: &str) -> Option<String> {
    let code: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .take(LENGTH + 1)
        .collect();
    let good = code.len() == LENGTH && code.bytes().all(|b| ALPHABET.contains(&b));
    good.then_some(code)
}

impl Core {
    fn tv_hash(&self, code: &str) -> String {
        self.sealer.mac_text(Use::Codes, &[b"tv", code.as_bytes()])
    }
}

impl Identity {
    /// A code for a television to show, in the place of any that its device has, and the seconds that it is good.
    ///
    /// # Errors
    /// [`Refusal::Slow`]; otherwise when the database fails.
    pub async fn request_activation(
        &self,
        device: &DeviceId,
        client: &Client,
    ) -> Result<(String, i64)> {
        let core = &self.0;
        let by_device = [(Rule::TvCodeDevice, Key::Text(device.as_str()))];
        core.count((client, Rule::TvCodeClient), &by_device).await?;
        let now = core.clock.now();
        for _ in 0..4 {
            let code = chance::code(core.chance.as_ref(), ALPHABET, LENGTH)?;
            let new = Activation {
                device: device.as_str().to_owned(),
                code_hash: core.tv_hash(&code),
                device_type: client.device_type.clone(),
                app: client.app.clone(),
                network: client.network.clone(),
                home: self.home(client),
                confirmed: None,
                created_at: now,
                expires_at: now + LIFE_MS,
            };
            let mut unit = core.db.begin().await?;
            if activations::replace(&mut unit, &new, now).await? {
                unit.save().await?;
                return Ok((code, LIFE_MS / 1000));
            }
        }
        Err(IdentityError::Random)
    }

    /// The home that a client is in, as a keyed hash that can be compared and not read; empty when nobody knows.
    ///
    /// Homes share one public IPv4 address, or one network of 64 bits (RFC 4291, section 2.5.1); inside of one, IPv4
    /// devices have addresses of their own in a network of 24 bits as a rule (RFC 1918). Neighbours at the same
    /// provider are another home. What is before the colon says the kind of address: of two kinds nobody can say
    /// whether they are one home.
    #[must_use]
    pub fn home(&self, client: &Client) -> String {
        let Some(ip) = client.ip else {
            return String::new();
        };
        let (kind, network) = match ip.to_canonical() {
            IpAddr::V4(v4) => {
                let inside = v4.is_private() || v4.is_loopback() || v4.is_link_local();
                let [a, b, c, d] = v4.octets();
                (4, vec![a, b, c, if inside { 0 } else { d }])
            }
            IpAddr::V6(v6) => (6, v6.octets()[..8].to_vec()),
        };
        let mac = self.0.sealer.mac_text(Use::Links, &[b"home", &network]);
        format!("{kind}:{mac}")
    }

    /// Whether somebody has let a television in; its tokens are given once.
    ///
    /// # Errors
    /// [`Refusal::ActivationUnknown`], [`Refusal::Slow`]; otherwise when the database fails.
    pub async fn poll_activation(&self, code: &str, client: &Client) -> Result<Poll> {
        let core = &self.0;
        let code = typed(code);
        let hash = code.map(|code| core.tv_hash(&code)).unwrap_or_default();
        core.count(
            (client, Rule::TvPollClient),
            &[(Rule::TvPoll, Key::Text(&hash))],
        )
        .await?;
        let now = core.clock.now();
        let unknown = || Refusal::ActivationUnknown;
        let found = activations::lookup(&mut core.db.reader(), &hash, now).await?;
        let Some((id, _)) = found.ok_or_else(unknown)?.confirmed else {
            return Ok(Poll::Pending);
        };
        let mut unit = core.db.begin().await?;
        let account = core.hold(&mut unit, id).await?.ok_or_else(unknown)?;
        let taken = activations::take(&mut unit, &hash, now).await?;
        let television = taken.ok_or_else(unknown)?;
        let confirmed = television.confirmed.filter(|(by, _)| *by == id);
        let (_, factors) = confirmed.ok_or_else(unknown)?;
        if account.state != AccountState::Active {
            return Err(unknown().into());
        }
        // Said yes to before a second factor came into force: nobody has shown it.
        let second = credentials::second_factor(&mut unit, id).await?;
        if second.is_some() && !factors.two() {
            return Err(unknown().into());
        }
        // The session is the television's, wherever the answer is collected.
        let client = Client {
            device: DeviceId::parse(&television.device),
            device_type: television.device_type,
            app: television.app,
            network: television.network,
            ip: None,
            language: UiLanguage::negotiate(&account.language),
        };
        let session = core
            .begin(&mut unit, &account, (&client, factors), now)
            .await?;
        unit.save().await?;
        let signed_in = self
            .signed_in(account.into_account(), &session, &client, now)
            .await?;
        Ok(Poll::Confirmed(Box::new(signed_in)))
    }

    /// The television that shows a code, for the page that asks whether it may come in.
    ///
    /// # Errors
    /// [`Refusal::ActivationUnknown`], [`Refusal::ActivationUsed`], [`Refusal::TooManyAttempts`];
    /// otherwise when the database fails.
    pub async fn activation(&self, viewer: &Viewer, code: &str) -> Result<Activation> {
        let core = &self.0;
        let counted = core.limits.check(Rule::TvWrongCode, viewer.id.0).await;
        counted.map_err(|slow| Refusal::TooManyAttempts(slow.retry_after_s))?;
        let now = core.clock.now();
        let found = match typed(code) {
            None => None,
            Some(code) => {
                let hash = core.tv_hash(&code);
                activations::lookup(&mut core.db.reader(), &hash, now).await?
            }
        };
        let found = found.ok_or(Refusal::ActivationUnknown)?;
        // What went right does not count.
        core.limits.give_back(Rule::TvWrongCode, viewer.id.0).await;
        if found.confirmed.is_some() {
            return Err(Refusal::ActivationUsed.into());
        }
        Ok(found)
    }

    /// Lets the television in that shows a code.
    ///
    /// # Errors
    /// As [`Identity::activation`], and [`Refusal::FactorRequired`] when the account has a second
    /// factor that this session did not show.
    pub async fn confirm_activation(
        &self,
        viewer: &Viewer,
        code: &str,
        client: &Client,
    ) -> Result<()> {
        let core = &self.0;
        core.needs_both(viewer).await?;
        let television = self.activation(viewer, code).await?;
        let now = core.clock.now();
        let mut factors = Factors::new(&[Factor::Device]);
        for second in viewer.factors.iter() {
            if matches!(second, Factor::Otp | Factor::Recovery) {
                factors = factors.and(second);
            }
        }
        let mut unit = core.db.begin().await?;
        core.hold_viewer(&mut unit, viewer).await?;
        let hash = &television.code_hash;
        if !activations::confirm(&mut unit, hash, (viewer.id, &factors), now).await? {
            return Err(Refusal::ActivationUsed.into());
        }
        let note = Note {
            sid: &viewer.sid,
            detail: &television.app,
            ..Note::of(Kind::TvConfirmed, &viewer.uuid, client)
        };
        core.note(&mut unit, note, now).await?;
        Ok(unit.save().await?)
    }

    /// Turns the television away that shows a code: the code is gone.
    ///
    /// # Errors
    /// As [`Identity::activation`].
    pub async fn refuse_activation(&self, viewer: &Viewer, code: &str) -> Result<()> {
        let core = &self.0;
        let television = self.activation(viewer, code).await?;
        let mut unit = core.db.begin().await?;
        activations::refuse(&mut unit, &television.code_hash).await?;
        Ok(unit.save().await?)
    }

    /// Removes what has ended: codes, televisions, sessions and events of long ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tidy(&self) -> Result<()> {
        const DAY: Timestamp = 86_400_000;
        let core = &self.0;
        let now = core.clock.now();
        let mut unit = core.db.begin().await?;
        marquee_storage::codes::purge(&mut unit, now - DAY).await?;
        // Long enough for a spent refresh token to be recognised as one.
        marquee_storage::sessions::purge(&mut unit, now - 30 * DAY).await?;
        marquee_storage::audit::purge(&mut unit, now - 365 * DAY).await?;
        unit.save().await?;
        self.forget_merged(now).await?;
        self.sweep_erased(now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(typed(" acdf-3467 "), Some("ACDF3467".to_owned()));
        assert_eq!(typed("ACDF 3467"), Some("ACDF3467".to_owned()));
        for bad in [
            "",
            "ACDF346",
            "ACDF34677",
            "ACDF3460",
            "ÄCDF3467",
            "ＡCDF3467",
        ] {
            assert_eq!(typed(bad), None, "{bad}");
        }
    }
}
