//! What the settings of accounts come down to.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use marquee_api_odx::SameSite;
use marquee_domain::PublicUrl;
use marquee_identity::{
    Chance, Hasher, HasherSettings, IdentitySettings, SECRET_LEN, Sealer, SystemChance,
};

use super::Settings;

const DAY_MS: i64 = 86_400_000;

impl Settings {
    /// Everything about accounts that can be checked without opening anything.
    pub(super) fn check_auth(&self) -> anyhow::Result<()> {
        let auth = &self.auth;
        self.same_site()?;
        if !(1..=3650).contains(&auth.refresh_days) || !(1..=3650).contains(&auth.session_days) {
            bail!("auth: refresh_days and session_days must be 1 to 3650");
        }
        if !(1..=64).contains(&auth.password_hands) || auth.password_waiting > 10_000 {
            bail!("auth: password_hands must be 1 to 64, and password_waiting at most 10000");
        }
        if auth.secret_file.is_some() && !auth.secret.is_empty() {
            bail!("auth: secret and secret_file exclude each other");
        }
        if !auth.secret.is_empty() && parse(&auth.secret).is_none() {
            bail!("auth.secret: must be {SECRET_LEN} bytes in Base64, such as a secret file holds");
        }
        Ok(())
    }

    /// Which sites may have the refresh cookie sent.
    pub(crate) fn same_site(&self) -> anyhow::Result<SameSite> {
        match self.auth.cookie_same_site.as_str() {
            "lax" => Ok(SameSite::Lax),
            "none" => Ok(SameSite::None),
            _ => bail!("auth.cookie_same_site: must be lax or none"),
        }
    }

    /// Where the server's own secret is kept.
    fn secret_file(&self) -> PathBuf {
        let usual = || self.data_dir.join("secret.key");
        self.auth.secret_file.clone().unwrap_or_else(usual)
    }

    /// What seals and derives; a secret is made when there is none.
    pub(crate) fn sealer(&self) -> anyhow::Result<Sealer> {
        let secret = if self.auth.secret.is_empty() {
            let file = self.secret_file();
            read_or_make(&file).with_context(|| format!("auth.secret_file: {}", file.display()))?
        } else {
            parse(&self.auth.secret).context("auth.secret")?
        };
        Ok(Sealer::new(&secret)?)
    }

    /// The pool that hashes passwords.
    pub(crate) fn hasher(&self) -> anyhow::Result<Hasher> {
        let settings = HasherSettings {
            hands: self.auth.password_hands,
            waiting: self.auth.password_waiting,
            ..HasherSettings::default()
        };
        Ok(Hasher::new(settings, &SystemChance)?)
    }

    /// The settings of the identity core below a public address.
    pub(crate) fn identity(&self, public_url: &PublicUrl) -> IdentitySettings {
        let mut settings = IdentitySettings::new(public_url);
        settings.refresh_idle_ms = i64::from(self.auth.refresh_days) * DAY_MS;
        settings.session_ms = i64::from(self.auth.session_days) * DAY_MS;
        settings.tells_registration = self.auth.tells_registration;
        settings
    }
}

fn parse(text: &str) -> Option<[u8; SECRET_LEN]> {
    URL_SAFE_NO_PAD.decode(text.trim()).ok()?.try_into().ok()
}

/// Two that start at once on one folder agree on the file that was there first.
fn read_or_make(file: &Path) -> anyhow::Result<[u8; SECRET_LEN]> {
    match std::fs::read_to_string(file) {
        Ok(text) => return parse(&text).context("this file holds no secret of ours"),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let mut secret = [0; SECRET_LEN];
    SystemChance.fill(&mut secret)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut made = tempfile(folder)?;
    made.1
        .write_all(URL_SAFE_NO_PAD.encode(secret).as_bytes())?;
    made.1.write_all(b"\n")?;
    made.1.sync_all()?;
    let linked = std::fs::hard_link(&made.0, file);
    std::fs::remove_file(&made.0)?;
    match linked {
        Ok(()) => Ok(secret),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let text = std::fs::read_to_string(file)?;
            parse(&text).context("this file holds no secret of ours")
        }
        Err(error) => Err(error.into()),
    }
}

/// A new file that only its owner can read.
fn tempfile(folder: &Path) -> anyhow::Result<(PathBuf, std::fs::File)> {
    let mut name = [0; 9];
    SystemChance.fill(&mut name)?;
    let path = folder.join(format!(".secret-{}", URL_SAFE_NO_PAD.encode(name)));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    Ok((path, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once_and_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("secret.key");
        let first = read_or_make(&file).unwrap();
        assert_eq!(read_or_make(&file).unwrap(), first);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(&file, "short").unwrap();
        assert!(read_or_make(&file).is_err());
    }
}
