//! `mail`: whether mail leaves.

use std::process::ExitCode;

use anyhow::Context;
use marquee_domain::{Clock, Letter, MailId, PublicUrl, SystemClock, UiLanguage};

use super::settings;
use crate::cli::{Common, Listen};

/// Sends a test mail. Touches no database, so that it works before anything else does.
pub(super) async fn test(address: &str, common: &Common) -> anyhow::Result<ExitCode> {
    let settings = settings(common, &Listen::default(), false)?;
    let at = SystemClock.now();
    let letter = Letter::Test { at };
    let writer = settings.writer(PublicUrl::new(&settings.public_url()))?;
    let written = writer.write(MailId(0), address, UiLanguage::En, &letter, at)?;
    let sent = settings.courier()?.send(&written).await;
    sent.context("the mail did not leave")?;
    match settings.mail_files() {
        Some(files) => println!("written to {}", files.folder().display()),
        None => println!("{} took it", settings.mail.host),
    }
    Ok(ExitCode::SUCCESS)
}
