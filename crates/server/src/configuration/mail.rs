//! What the settings of mail come down to.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use marquee_domain::PublicUrl;
use marquee_mail::{Courier, Files, Platform, Security, Smtp, SmtpSettings, Writer};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::Settings;

/// Longest time that a mail server may take for each answer.
const PATIENCE: Duration = Duration::from_secs(20);

impl Settings {
    /// Everything about mail that can be checked without opening anything.
    pub(super) fn check_mail(&self) -> anyhow::Result<()> {
        let mail = &self.mail;
        self.writer(PublicUrl::new(&self.public_url()))?;
        if mail.host.is_empty() {
            return Ok(());
        }
        if mail.from.is_empty() {
            bail!("mail.from: is needed with mail.host");
        }
        if self.security()? == Security::Plain && !is_this_machine(&mail.host) {
            bail!("mail.security: none is for a mail server on this machine only");
        }
        if !mail.password.is_empty() && mail.password_file.is_some() {
            bail!("mail: password and password_file exclude each other");
        }
        Ok(())
    }

    fn security(&self) -> anyhow::Result<Security> {
        Ok(match self.mail.security.as_str() {
            "starttls" => Security::StartTls,
            "tls" => Security::Tls,
            "none" => Security::Plain,
            _ => bail!("mail.security: must be starttls, tls or none"),
        })
    }

    /// The name of the platform's host in its public address; none when that is an address of numbers.
    fn public_host(&self) -> Option<String> {
        let address = url::Url::parse(&self.public_url()).ok()?;
        address.domain().map(str::to_owned)
    }

    /// Who writes mail, with links below a public address.
    pub(crate) fn writer(&self, public_url: PublicUrl) -> anyhow::Result<Writer> {
        let platform = Platform {
            name: self.name.clone(),
            public_url,
        };
        let host = self.public_host().unwrap_or_else(|| "localhost".to_owned());
        let usual = format!("marquee@{host}");
        let from = Some(&self.mail.from).filter(|from| !from.is_empty());
        Writer::new(platform, from.unwrap_or(&usual)).context("mail.from")
    }

    /// The folder of mails, when there is no mail server.
    pub(crate) fn mail_files(&self) -> Option<Files> {
        let folder = || self.data_dir.join("outbox");
        self.mail.host.is_empty().then(|| Files::new(folder()))
    }

    /// The way that mail leaves. Reads the files that the settings name.
    pub(crate) fn courier(&self) -> anyhow::Result<Arc<dyn Courier>> {
        if let Some(files) = self.mail_files() {
            return Ok(Arc::new(files));
        }
        let mail = &self.mail;
        let mut roots = marquee_egress::own_roots().to_vec();
        if let Some(file) = &mail.ca_file {
            roots.extend(certificates(file)?);
        }
        let password = match &mail.password_file {
            None => mail.password.clone(),
            Some(file) => {
                let read = std::fs::read_to_string(file);
                let text =
                    read.with_context(|| format!("mail.password_file: {}", file.display()))?;
                text.trim_end_matches(['\r', '\n']).to_owned()
            }
        };
        let smtp = Smtp::new(&SmtpSettings {
            host: mail.host.clone(),
            port: mail.port,
            security: self.security()?,
            user: mail.user.clone(),
            password,
            hello: self.public_host().unwrap_or_default(),
            roots,
            timeout: PATIENCE,
        });
        Ok(Arc::new(smtp.context("mail")?))
    }
}

fn is_this_machine(host: &str) -> bool {
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

fn certificates(file: &PathBuf) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let what = || format!("mail.ca_file: {}", file.display());
    let certificates = CertificateDer::pem_file_iter(file).with_context(what)?;
    certificates
        .collect::<Result<Vec<_>, _>>()
        .with_context(what)
}
