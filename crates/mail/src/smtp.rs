//! Mail through a mail server.

use std::error::Error;
use std::time::Duration;

use futures_util::future::BoxFuture;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use rustls_pki_types::CertificateDer;

use crate::courier::{Courier, Failure};
use crate::write::Written;

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS after a greeting in the open, and nothing without it (RFC 3207). Port 587.
    StartTls,
    /// TLS from the first byte (RFC 8314). Port 465.
    Tls,
    /// None: for a server on this machine. Port 25.
    Plain,
}

/// Where the mail server is and how to speak with it. Holds a password: there is no `Debug`.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Its name.
    pub host: String,
    /// Its port; the usual one when `None`.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub security: Security,
    /// Who we are to it; no sign-in when empty.
    pub user: String,
    /// The password.
    pub password: String,
    /// What we call ourselves when we greet it; a name or nothing.
    pub hello: String,
    /// Certificate authorities that are trusted beside those of the system.
    pub roots: Vec<CertificateDer<'static>>,
    /// Longest time that each answer may take.
    pub timeout: Duration,
}

/// A mail server. Each mail takes a connection of its own: mails are few.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    /// Prepares the way; connects later.
    ///
    /// # Errors
    /// When the settings make no sense.
    pub fn new(settings: &SmtpSettings) -> Result<Self, Failure> {
        let tls = || {
            let mut tls = TlsParameters::builder(settings.host.clone());
            for root in &settings.roots {
                tls = tls
                    .add_root_certificate(Certificate::from_der(root.to_vec()).map_err(failure)?);
            }
            tls.build_rustls().map_err(failure)
        };
        let (tls, usual) = match settings.security {
            Security::StartTls => (Tls::Required(tls()?), 587),
            Security::Tls => (Tls::Wrapper(tls()?), 465),
            Security::Plain => (Tls::None, 25),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port.unwrap_or(usual))
            .tls(tls)
            .timeout(Some(settings.timeout));
        if !settings.hello.is_empty() {
            builder = builder.hello_name(ClientId::Domain(settings.hello.clone()));
        }
        if !settings.user.is_empty() {
            let (user, password) = (settings.user.clone(), settings.password.clone());
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self {
            transport: builder.build(),
        })
    }
}

impl Courier for Smtp {
    fn send<'a>(&'a self, written: &'a Written) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let sent = self.transport.send(written.message.clone()).await;
            sent.map(|_| ()).map_err(failure)
        })
    }

    fn check(&self) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            match self.transport.test_connection().await {
                Ok(true) => Ok(()),
                Ok(false) => Err(Failure::Temporary("it does not answer".to_owned())),
                Err(error) => Err(failure(error)),
            }
        })
    }
}

/// Tells apart what never will be sent. A refused sign-in (530, 534, 535, 538) is not the mail's fault: somebody will
/// put the settings right.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failure(error: lettre::transport::smtp::Error) -> Failure {
    let code = error.status().map(u16::from);
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !reason.contains(&said) {
            reason = format!("{reason}: {said}");
        }
        cause = inner.source();
    }
    if error.is_permanent() && !matches!(code, Some(530 | 534 | 535 | 538)) {
        Failure::Permanent(reason)
    } else {
        Failure::Temporary(reason)
    }
}
