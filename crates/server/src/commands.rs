//! What each command does.

mod backup;
mod doctor;
mod import;
mod mail;
mod recommend;
mod serve;
mod user;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::app::App;
use crate::cli::{Command, Common, Config, Listen, Mail, Operator};
use crate::configuration::{Settings, load};
use crate::{demo, docs, telemetry};

fn settings(common: &Common, listen: &Listen, demo: bool) -> anyhow::Result<Settings> {
    let here = Path::new("marquee.toml");
    let file = common
        .config
        .as_deref()
        .or_else(|| here.exists().then_some(here));
    let mut flags: Vec<(&str, String)> = Vec::new();
    if let Some(dir) = &common.data_dir {
        flags.push(("data_dir", dir.display().to_string()));
    }
    let defaults: &[_] = if demo {
        &[("data_dir", "marquee-demo")]
    } else {
        &[]
    };
    flags.extend(
        common
            .database
            .iter()
            .map(|url| ("database.url", url.clone())),
    );
    flags.extend(
        listen
            .listen
            .iter()
            .map(|address| ("listen", address.to_string())),
    );
    flags.extend(
        listen
            .public_url
            .iter()
            .map(|url| ("public_url", url.clone())),
    );
    flags.extend(listen.redis.iter().map(|url| ("redis.url", url.clone())));
    let settings = load(defaults, file, std::env::vars().collect(), &flags)?;
    // A database that serves something else must not find the demo in it one day.
    if demo && common.database.is_none() && !settings.database.url.is_empty() {
        bail!(
            "the settings name a database; the demo uses one of its own unless --database names it"
        );
    }
    Ok(settings)
}

async fn open(common: &Common) -> anyhow::Result<App> {
    let settings = settings(common, &Listen::default(), false)?;
    telemetry::start_log(&settings.log);
    // Large, and of no use where it is held.
    Box::pin(App::open(settings)).await
}

/// Runs a command.
pub(crate) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { common, listen } => {
            serve::serve(settings(&common, &listen, false)?, false).await
        }
        Command::Demo { common, listen } => {
            let settings = settings(&common, &listen, true)?;
            demo::check_folder(&settings.data_dir)?;
            serve::serve(settings, true).await
        }
        Command::Add { what, into } => import::add(&what, &into).await,
        Command::Import { kind } => import::import(kind).await,
        Command::Openapi { face } => {
            println!(
                "{}",
                docs::document(&face).context("there is no such face")?
            );
            Ok(ExitCode::SUCCESS)
        }
        Command::Operator {
            what: Operator::Token { common },
        } => {
            let app = open(&common).await?;
            let token = marquee_identity::replace_operator_token(&app.db).await?;
            println!("{}", set_up_link(&app, token.expose()));
            app.db.close().await;
            Ok(ExitCode::SUCCESS)
        }
        Command::Backup { file, common } => backup::write(&file, &common).await,
        Command::Restore {
            file,
            force,
            common,
        } => backup::restore(&file, force, &common).await,
        Command::Recommend { what } => recommend::run(what).await,
        Command::Config {
            what: Config::Print { common },
        } => {
            print!("{}", settings(&common, &Listen::default(), false)?.print()?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Config {
            what: Config::Check { common },
        } => {
            settings(&common, &Listen::default(), false)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate { common } => {
            let app = open(&common).await?;
            eprintln!(
                "the schema is at version {}",
                marquee_storage::migrate::newest()
            );
            app.db.close().await;
            Ok(ExitCode::SUCCESS)
        }
        Command::Mail {
            what: Mail::Test { address, common },
        } => mail::test(&address, &common).await,
        Command::User { what } => user::run(what).await,
        Command::Doctor { common } => doctor::doctor(&common).await,
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut crate::command(),
                "marquee",
                &mut std::io::stdout(),
            );
            Ok(ExitCode::SUCCESS)
        }
        Command::Man { folder } => {
            clap_mangen::generate_to(crate::command(), &folder)
                .with_context(|| format!("{} cannot be written to", folder.display()))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn set_up_link(app: &App, token: &str) -> String {
    // After the '#', so that it is never sent to the server, into logs or to other pages.
    let address = app.public_address.live().current();
    format!("{address}/setup#token={token}")
}
