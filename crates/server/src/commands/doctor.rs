//! `doctor`: what could go wrong here, and what to do about it.

use std::path::Path;
use std::process::ExitCode;

use marquee_redis::Redis;
use marquee_storage::DbOptions;
use marquee_storage::outbox::{self, State};

use super::settings;
use crate::app::App;
use crate::cli::{Common, Listen};
use crate::configuration::Settings;
use crate::data_folder;

/// What was found, said as it is found.
#[derive(Default)]
struct Findings {
    bad: usize,
}

impl Findings {
    fn say(&mut self, good: bool, text: std::fmt::Arguments<'_>) {
        self.bad += usize::from(!good);
        println!("{} {text}", if good { "ok  " } else { "BAD " });
    }

    /// Nothing fails by it, but somebody should look.
    fn warn(&mut self, text: std::fmt::Arguments<'_>) {
        println!("warn {text}");
    }
}

/// Looks and says; fails when something is bad.
pub(super) async fn doctor(common: &Common) -> anyhow::Result<ExitCode> {
    let mut findings = Findings::default();
    let settings = match settings(common, &Listen::default(), false) {
        Ok(settings) => settings,
        Err(error) => {
            findings.say(false, format_args!("configuration: {error:#}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    findings.say(
        true,
        format_args!("configuration: every key is known and every value makes sense"),
    );
    let opened = Box::pin(App::open(settings.clone())).await;
    let chosen = opened.as_ref().ok();
    let address = chosen.map_or_else(
        || settings.public_url(),
        |app| app.public_address.live().current().to_string(),
    );
    if address.starts_with("https:") {
        findings.say(true, format_args!("public address: {address}"));
    } else {
        findings.say(
            true,
            format_args!(
                "public address: {address} is plain http; fine at home, on the internet put TLS in front or set tls.cert and tls.key"
            ),
        );
    }
    match opened {
        Ok(app) => {
            database(&app, &mut findings).await?;
            others(&settings, &mut findings);
            providers(&app, &mut findings).await;
            app.db.close().await;
        }
        Err(error) => findings.say(false, format_args!("database: {error:#}")),
    }
    redis(&settings, &mut findings).await;
    mail(&settings, &mut findings).await;
    data_folder(&settings, &mut findings);
    extras(&settings, &mut findings).await;
    Ok(if findings.bad == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Who else on the machine gets at the database, where it is a file.
fn others(settings: &Settings, findings: &mut Findings) {
    let Some(file) = DbOptions::new(settings.database_url()).file() else {
        return;
    };
    let shown = file.display();
    match data_folder::is_open_to_all(&file) {
        Ok(false) => {}
        Ok(true) => findings.warn(format_args!(
            "database: everybody on this machine can read {shown}, with addresses, hashed passwords and the secret of media links; `chmod 700` its folder"
        )),
        Err(error) => findings.warn(format_args!(
            "database: whether others can read {shown} cannot be told: {error}"
        )),
    }
}

/// The database, its services, and whether the folders it knows are there.
async fn database(app: &App, findings: &mut Findings) -> anyhow::Result<()> {
    findings.say(
        true,
        format_args!(
            "database: {} answers, schema {}",
            app.db.flavour(),
            marquee_storage::migrate::newest()
        ),
    );
    for service in marquee_storage::services::list(&mut app.db.reader()).await? {
        let hint = if service.visibility == marquee_domain::Visibility::Members {
            " (members only: nobody sees it until there are accounts; the set-up page can open it)"
        } else {
            ""
        };
        findings.say(
            true,
            format_args!(
                "service {}: {}{hint}",
                service.name,
                service.visibility.as_str()
            ),
        );
    }
    let mut reader = app.db.reader();
    let waiting = outbox::count(&mut reader, State::Waiting).await?;
    let given_up = outbox::count(&mut reader, State::GivenUp).await?;
    findings.say(
        true,
        format_args!("outbox: {waiting} mails wait, {given_up} were given up in the last 30 days"),
    );
    for folder in marquee_storage::folders::list(&mut app.db.reader()).await? {
        let there = Path::new(&folder.path).is_dir();
        findings.say(
            there,
            format_args!(
                "media folder {}: {}",
                folder.path,
                if there {
                    "readable"
                } else {
                    "cannot be read; is the disk mounted?"
                }
            ),
        );
    }
    Ok(())
}

/// The providers that are set up: whether their keys can be had.
async fn providers(app: &App, findings: &mut Findings) {
    let on = app.settings.providers().into_iter();
    for settings in on.filter(|settings| !settings.client_ids.is_empty()) {
        let (name, place) = (settings.provider.as_str(), &settings.keys_url);
        match settings.probe(&app.egress).await {
            Ok(keys) => findings.say(true, format_args!("{name}: {keys} of its keys can be used")),
            Err(error) => findings.say(false, format_args!("{name}: {error} ({place})")),
        }
    }
}

/// What nodes share, if that is configured.
async fn redis(settings: &Settings, findings: &mut Findings) {
    if settings.redis.url.is_empty() {
        return;
    }
    let checked = match Redis::open(&settings.redis.url) {
        Ok(redis) => redis.check().await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(()) => findings.say(true, format_args!("redis: answers")),
        Err(error) => findings.say(false, format_args!("redis: {error}")),
    }
}

/// The way that mail leaves: connects and signs in, without sending.
async fn mail(settings: &Settings, findings: &mut Findings) {
    let checked = match settings.courier() {
        Ok(courier) => courier.check().await.map_err(anyhow::Error::from),
        Err(error) => Err(error),
    };
    match (checked, settings.mail_files()) {
        (Ok(()), None) => findings.say(true, format_args!("mail: {} answers", settings.mail.host)),
        (Ok(()), Some(files)) => findings.say(
            true,
            format_args!(
                "mail: files in {}; nothing is sent until mail.host is set",
                files.folder().display()
            ),
        ),
        (Err(error), _) => findings.say(false, format_args!("mail: {error:#}")),
    }
}

fn data_folder(settings: &Settings, findings: &mut Findings) {
    let probe = settings.data_dir.join(".doctor");
    let writable = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
    findings.say(
        writable.is_ok(),
        format_args!(
            "data folder: {} {}",
            settings.data_dir.display(),
            if writable.is_ok() {
                "is writable"
            } else {
                "is NOT writable"
            }
        ),
    );
}

/// What the server can do without, and what is missing then.
async fn extras(settings: &Settings, findings: &mut Findings) {
    let web = crate::assets::Web::get("index.html").is_some();
    findings.say(
        true,
        format_args!(
            "web page: {}",
            if web {
                "embedded"
            } else {
                "not in this binary; `cargo xtask web` and build again"
            }
        ),
    );
    findings.say(
        true,
        format_args!("ffmpeg: {}", settings.transcode.verdict().await),
    );
}
