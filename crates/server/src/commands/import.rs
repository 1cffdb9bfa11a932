//! `add` and `import`, and the report that both end with.

use std::process::ExitCode;

use marquee_ingest::Report;

use super::open;
use crate::app::App;
use crate::bring_in;
use crate::cli::{Import, Into};

/// Exit code for "done, but something was rejected".
const REJECTED: u8 = 2;

/// Brings in what is recognised by itself.
pub(super) async fn add(what: &[String], into: &Into) -> anyhow::Result<ExitCode> {
    let app = open(&into.common).await?;
    let service = app.service(into.service.as_deref()).await?;
    let mut report = Report::default();
    for what in what {
        report.merge(bring_in::add(&app, &service, what).await?);
    }
    finish(&app, &report, into).await
}

/// Brings in what is of a known kind.
pub(super) async fn import(kind: Import) -> anyhow::Result<ExitCode> {
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
