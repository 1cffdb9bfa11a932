//! What each command does.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use marquee_ingest::Report;
use marquee_storage::backup;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::cli::{Command, Common, Config, Import, Into, Listen, Operator};
use crate::configuration::{Settings, load};
use crate::{bring_in, demo, docs, jobs, listen, telemetry, tls};

/// Exit code for "done, but something was rejected".
const REJECTED: u8 = 2;

fn settings(common: &Common, listen: &Listen, demo: bool) -> anyhow::Result<Settings> {
    let here = Path::new("marquee.toml");
    let file = common
        .config
        .as_deref()
        .or_else(|| here.exists().then_some(here));
    let mut flags: Vec<(&str, String)> = Vec::new();
    if let Some(dir) = &common.data_dir {
        flags.push(("data_dir", dir.display().to_string()));
    } else if demo {
        flags.push(("data_dir", "marquee-demo".to_owned()));
    }
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
    load(file, std::env::vars().collect(), &flags)
}

async fn open(common: &Common) -> anyhow::Result<App> {
    let settings = settings(common, &Listen::default(), false)?;
    telemetry::start_log(&settings.log);
    App::open(settings).await
}

/// Runs a command.
pub(crate) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { common, listen } => serve(settings(&common, &listen, false)?, false).await,
        Command::Demo { common, listen } => {
            let settings = settings(&common, &listen, true)?;
            demo::check_folder(&settings.data_dir)?;
            serve(settings, true).await
        }
        Command::Add { what, into } => {
            let app = open(&into.common).await?;
            let service = app.service(into.service.as_deref()).await?;
            let mut report = Report::default();
            for what in &what {
                report.merge(bring_in::add(&app, &service, what).await?);
            }
            finish(&app, &report, &into).await
        }
        Command::Import { kind } => import(kind).await,
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
            println!("{}", set_up_link(&app.settings, token.expose()));
            app.db.close().await;
            Ok(ExitCode::SUCCESS)
        }
        Command::Backup { file, common } => {
            let app = open(&common).await?;
            let rows = write_backup(&app, &file).await?;
            eprintln!("{rows} rows written");
            app.db.close().await;
            Ok(ExitCode::SUCCESS)
        }
        Command::Restore {
            file,
            force,
            common,
        } => {
            let app = open(&common).await?;
            if !force && !is_empty(&app).await? {
                bail!("the database holds something; --force replaces it");
            }
            let input = std::fs::File::open(&file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            let rows = backup::restore(&app.db, &app.settings.art(), input).await?;
            eprintln!("{rows} rows restored");
            app.db.close().await;
            Ok(ExitCode::SUCCESS)
        }
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
        Command::Doctor { common } => doctor(&common).await,
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut crate::command(),
                "marquee",
                &mut std::io::stdout(),
            );
            Ok(ExitCode::SUCCESS)
        }
        Command::Man => {
            clap_mangen::Man::new(crate::command()).render(&mut std::io::stdout())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn is_empty(app: &App) -> anyhow::Result<bool> {
    let mut reader = app.db.reader();
    for service in marquee_storage::services::list(&mut reader).await? {
        if marquee_storage::services::sizes(&mut reader, service.id).await? != (0, 0) {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn write_backup(app: &App, file: &Path) -> anyhow::Result<u64> {
    if file == Path::new("-") {
        return Ok(backup::dump(&app.db, &app.settings.art(), std::io::stdout().lock()).await?);
    }
    // Written beside and moved into place, so that a backup is whole or not there.
    let partial = file.with_extension("part");
    let mut out = std::fs::File::create(&partial)
        .with_context(|| format!("{} cannot be written", partial.display()))?;
    let rows = backup::dump(&app.db, &app.settings.art(), &mut out).await?;
    out.flush()?;
    out.sync_all()?;
    std::fs::rename(&partial, file)?;
    Ok(rows)
}

async fn import(kind: Import) -> anyhow::Result<ExitCode> {
    match kind {
        Import::Catalog {
            paths,
            dry_run,
            strict,
            into,
        } => {
            let app = open(&into.common).await?;
            let service = app.service(into.service.as_deref()).await?;
            let mut report = Report::default();
            if dry_run || strict {
                for path in &paths {
                    report.merge(bring_in::import_catalog(&app, &service, path, true).await?);
                }
                if dry_run || report.rejected_count > 0 {
                    eprintln!("nothing was stored");
                    return finish(&app, &report, &into).await;
                }
                report = Report::default();
            }
            for path in &paths {
                report.merge(bring_in::import_catalog(&app, &service, path, false).await?);
            }
            finish(&app, &report, &into).await
        }
        Import::Media { paths, into } => {
            let app = open(&into.common).await?;
            let service = app.service(into.service.as_deref()).await?;
            let mut report = Report::default();
            for path in &paths {
                report.merge(bring_in::import_folder(&app, &service, path).await?);
            }
            finish(&app, &report, &into).await
        }
    }
}

/// Prints what a run did and closes the database.
async fn finish(app: &App, report: &Report, into: &Into) -> anyhow::Result<ExitCode> {
    if into.json {
        println!("{}", serde_json::to_string_pretty(report)?);
    } else {
        for note in &report.notes {
            eprintln!("note: {note}");
        }
        for rejection in &report.rejected {
            eprintln!("rejected: {rejection}");
        }
        let more = report
            .rejected_count
            .saturating_sub(report.rejected.len() as u64);
        if more > 0 {
            eprintln!("rejected: and {more} more");
        }
        println!(
            "{} added, {} updated, {} unchanged, {} removed, {} rejected",
            report.added, report.updated, report.unchanged, report.removed, report.rejected_count
        );
    }
    app.db.close().await;
    Ok(if report.rejected_count > 0 {
        ExitCode::from(REJECTED)
    } else {
        ExitCode::SUCCESS
    })
}

fn set_up_link(settings: &Settings, token: &str) -> String {
    // After the '#', so that it is never sent to the server, into logs or to other pages.
    format!("{}/setup#token={token}", settings.public_url())
}

async fn serve(mut settings: Settings, is_demo: bool) -> anyhow::Result<ExitCode> {
    telemetry::start_log(&settings.log);
    let metrics = telemetry::start_metrics()?;
    let listener = listen::bind(settings.listen).await?;
    // Port 0 asks for any; links must carry the one that was given.
    settings.listen = listener.local_addr()?;
    let certificates = match (&settings.tls.cert, &settings.tls.key) {
        (Some(cert), Some(key)) => Some(Arc::new(tls::Certificates::load(cert, key)?)),
        _ => None,
    };
    let app = Arc::new(App::open(settings).await?);
    if is_demo {
        demo::seed(&app).await?;
    }
    let router = app.router(metrics.clone(), is_demo).await?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    tasks.spawn(jobs::work(app.clone(), stop.clone()));
    tasks.spawn(follow_version(app.clone(), stop.clone()));
    if let Some(certificates) = &certificates {
        tasks.spawn(certificates.clone().watch(stop.clone()));
    }
    if let Some(address) = app.settings.metrics.listen {
        let listener = listen::bind(address).await?;
        tasks.spawn(listen::serve(
            listener,
            crate::app::metrics_router(metrics),
            None,
            16,
            stop.clone(),
        ));
    }
    announce(&app).await?;
    let asked = stop.clone();
    tasks.spawn(async move {
        listen::stop_signal().await;
        tracing::info!("stopping");
        asked.cancel();
    });
    listen::serve(
        listener,
        router,
        certificates,
        app.settings.limits.connections,
        stop.clone(),
    )
    .await;
    stop.cancel();
    tasks.close();
    if tokio::time::timeout(Duration::from_secs(2), tasks.wait())
        .await
        .is_err()
    {
        tracing::warn!("some work was still under way; it goes on at the next start");
    }
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Says where it is, and at first start how to get in.
async fn announce(app: &App) -> anyhow::Result<()> {
    let address = app.settings.public_url();
    if let Some(token) = marquee_identity::first_operator_token(&app.db).await? {
        println!("Set up: {}", set_up_link(&app.settings, token.expose()));
        println!("        (shown once; `marquee operator token` makes a new link)");
    }
    let plain = if address.starts_with("https:") {
        ""
    } else {
        " (plain http: fine at home, use TLS or a proxy on the internet)"
    };
    println!(
        "Marquee is ready at {address}, listening on {}{plain}",
        app.settings.listen
    );
    std::io::stdout().flush()?;
    Ok(())
}

/// Hears of catalog changes by other processes within half a second.
async fn follow_version(app: Arc<App>, stop: CancellationToken) {
    while tokio::time::timeout(Duration::from_millis(500), stop.cancelled())
        .await
        .is_err()
    {
        if let Err(error) = app.db.refresh_version().await {
            tracing::warn!(%error, "the catalog version could not be read");
        }
    }
}

async fn doctor(common: &Common) -> anyhow::Result<ExitCode> {
    let mut bad = 0;
    let mut say = |good: bool, text: String| {
        bad += u8::from(!good);
        println!("{} {text}", if good { "ok  " } else { "BAD " });
    };
    let settings = match settings(common, &Listen::default(), false) {
        Ok(settings) => settings,
        Err(error) => {
            say(false, format!("configuration: {error:#}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    say(
        true,
        "configuration: every key is known and every value makes sense".to_owned(),
    );
    let address = settings.public_url();
    if address.starts_with("https:") {
        say(true, format!("public address: {address}"));
    } else {
        say(
            true,
            format!(
                "public address: {address} is plain http; fine at home, on the internet put TLS in front or set tls.cert and tls.key"
            ),
        );
    }
    match App::open(settings.clone()).await {
        Ok(app) => {
            say(
                true,
                format!(
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
                say(
                    true,
                    format!(
                        "service {}: {}{hint}",
                        service.name,
                        service.visibility.as_str()
                    ),
                );
            }
            for folder in marquee_storage::folders::list(&mut app.db.reader()).await? {
                let there = Path::new(&folder.path).is_dir();
                say(
                    there,
                    format!(
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
            app.db.close().await;
        }
        Err(error) => say(false, format!("database: {error:#}")),
    }
    let probe = settings.data_dir.join(".doctor");
    let writable = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
    say(
        writable.is_ok(),
        format!(
            "data folder: {} {}",
            settings.data_dir.display(),
            if writable.is_ok() {
                "is writable"
            } else {
                "is NOT writable"
            }
        ),
    );
    let web = crate::assets::Web::get("index.html").is_some();
    say(
        true,
        format!(
            "web page: {}",
            if web {
                "embedded"
            } else {
                "not in this binary; `cargo xtask web` and build again"
            }
        ),
    );
    say(
        true,
        format!("ffmpeg: {}", settings.transcode.verdict().await),
    );
    Ok(if bad == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
