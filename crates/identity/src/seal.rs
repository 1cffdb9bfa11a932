//! The server's own secret: what is sealed at rest, and what is derived instead of stored.
//!
//! 32 random bytes in a file beside the data, never in the database: whoever has the database alone
//! can neither sign tokens, nor derive refresh tokens, nor read second factors. Each use has a key
//! of its own (HKDF, RFC 5869, with the use as its context).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use marquee_storage::{Db, signing_keys};

use crate::chance::{self, Chance};
use crate::{IdentityError, Result};

/// Bytes that a secret has.
pub const SECRET_LEN: usize = 32;

/// What a derived key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Refresh tokens.
    Refresh,
    /// Short codes, which could be found by trying all of them if they were merely hashed.
    Codes,
    /// Links in mails that need no row in the database.
    Links,
}

/// Seals and derives.
pub struct Sealer {
    seal: LessSafeKey,
    refresh: hmac::Key,
    codes: hmac::Key,
    links: hmac::Key,
}

struct Length;

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        SECRET_LEN
    }
}

fn derive(secret: &hkdf::Prk, label: &'static str) -> Result<[u8; SECRET_LEN]> {
    let mut key = [0; SECRET_LEN];
    secret
        .expand(&[label.as_bytes()], Length)
        .and_then(|okm| okm.fill(&mut key))
        .map_err(|_| IdentityError::Crypto("a key could not be derived"))?;
    Ok(key)
}

impl Sealer {
    /// With this secret.
    ///
    /// # Errors
    /// When keys cannot be derived, which does not happen with sound bytes.
    pub fn new(secret: &[u8; SECRET_LEN]) -> Result<Self> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"marquee").extract(secret);
        let seal = UnboundKey::new(&AES_256_GCM, &derive(&prk, "seal")?)
            .map_err(|_| IdentityError::Crypto("the sealing key could not be made"))?;
        let key = |label| {
            Ok::<_, IdentityError>(hmac::Key::new(hmac::HMAC_SHA256, &derive(&prk, label)?))
        };
        Ok(Self {
            seal: LessSafeKey::new(seal),
            refresh: key("refresh tokens")?,
            codes: key("mailed codes")?,
            links: key("mailed links")?,
        })
    }

    /// Seals bytes that belong to `owner`: nobody can put them in the place of another's.
    pub(crate) fn seal(&self, chance: &dyn Chance, owner: &str, plain: &[u8]) -> Result<String> {
        let nonce: [u8; NONCE_LEN] = chance::bytes(chance)?;
        let mut sealed = plain.to_vec();
        let tag = self
            .seal
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(owner.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| IdentityError::Crypto("sealing failed"))?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce, sealed.as_slice(), tag.as_ref()].concat()))
    }

    /// Opens what was sealed for `owner`; `what` names it in the failure.
    pub(crate) fn open(&self, what: &'static str, owner: &str, sealed: &str) -> Result<Vec<u8>> {
        let refused = || IdentityError::Sealed(what);
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| refused())?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN).ok_or_else(refused)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused())?;
        let mut rest = rest.to_vec();
        let plain = self
            .seal
            .open_in_place(nonce, Aad::from(owner.as_bytes()), &mut rest)
            .map_err(|_| refused())?;
        Ok(plain.to_vec())
    }

    fn key(&self, purpose: Use) -> &hmac::Key {
        match purpose {
            Use::Refresh => &self.refresh,
            Use::Codes => &self.codes,
            Use::Links => &self.links,
        }
    }

    /// A keyed hash of some parts, which cannot run into each other.
    pub(crate) fn mac(&self, purpose: Use, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(self.key(purpose));
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.sign().as_ref());
        bytes
    }

    /// The same as text.
    pub(crate) fn mac_text(&self, purpose: Use, parts: &[&[u8]]) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(purpose, parts))
    }
}

/// Ties the database to this secret at first use, and holds others off afterwards: two servers with
/// different secrets would undo each other's sessions.
///
/// # Errors
/// [`IdentityError::Sealed`] when the database is tied to another secret.
pub async fn hold_secret(db: &Db, sealer: &Sealer) -> Result<()> {
    let mine = sealer.check();
    let mut stored = signing_keys::check(&mut db.reader()).await?;
    if stored.is_none() {
        let mut unit = db.begin().await?;
        stored = Some(signing_keys::hold_check(&mut unit, &mine).await?);
        unit.save().await?;
    }
    if stored.as_deref() == Some(mine.as_str()) {
        Ok(())
    } else {
        Err(IdentityError::Sealed("this database"))
    }
}

impl Sealer {
    /// Tells secrets apart without telling anything of them.
    fn check(&self) -> String {
        self.mac_text(Use::Links, &[b"check"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SystemChance;

    #[test]
    fn what_is_sealed_opens_for_its_owner_only() {
        let sealer = Sealer::new(&[7; 32]).unwrap();
        let sealed = sealer.seal(&SystemChance, "a", b"plain").unwrap();
        assert_eq!(sealer.open("it", "a", &sealed).unwrap(), b"plain");
        assert!(sealer.open("it", "b", &sealed).is_err());
        assert!(
            Sealer::new(&[8; 32])
                .unwrap()
                .open("it", "a", &sealed)
                .is_err()
        );
        assert_ne!(sealed, sealer.seal(&SystemChance, "a", b"plain").unwrap());
        for bad in ["", "AAAA", "****", &sealed[1..]] {
            assert!(sealer.open("it", "a", bad).is_err());
        }
    }

    #[test]
    fn parts_cannot_run_into_each_other_nor_uses_be_mixed_up() {
        let sealer = Sealer::new(&[7; 32]).unwrap();
        assert_ne!(
            sealer.mac(Use::Codes, &[b"ab", b"c"]),
            sealer.mac(Use::Codes, &[b"a", b"bc"])
        );
        assert_ne!(
            sealer.mac(Use::Codes, &[b"a"]),
            sealer.mac(Use::Refresh, &[b"a"])
        );
    }
}
