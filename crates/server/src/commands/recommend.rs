//! `recommend`: train, explain, evaluate.

use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use marquee_catalog::browse::Audience;
use marquee_catalog::recommend::similar;
use marquee_domain::catalog::{TitleDoc, TitleKey};
use marquee_domain::{UiLanguage, Visibility};
use marquee_ingest::Progress;
use marquee_recommend::Watch;
use marquee_recommend::evaluate::{Figures, Protocol, Ratings, Report, Settings, evaluate};
use marquee_storage::catalog::{self as stored, Shown};
use marquee_storage::{Query, services};
use serde_json::json;

use super::open;
use crate::cli::{Common, Recommend};
use crate::progress::Bar;
use crate::recommend;

pub(super) async fn run(what: Recommend) -> anyhow::Result<ExitCode> {
    match what {
        Recommend::Evaluate {
            ratings,
            protocol,
            seed,
            min_rating,
            lambda,
            json,
        } => {
            let settings = Settings {
                protocol,
                seed,
                lambda,
            };
            // Nothing else runs in this process meanwhile.
            tokio::task::block_in_place(|| measure(&ratings, min_rating, &settings, json))
        }
        Recommend::Train { common } => train(&common).await,
        Recommend::Explain {
            slug,
            service,
            limit,
            common,
        } => explain(&slug, service.as_deref(), limit, &common).await,
    }
}

/// Shows how far it is.
struct Shower(Bar);

impl Watch for Shower {
    fn at(&self, stage: &'static str, done: usize, total: usize) {
        self.0.advance(done as u64, total as u64, stage);
    }

    fn stopped(&self) -> bool {
        false
    }
}

fn measure(
    path: &Path,
    min_rating: f64,
    settings: &Settings,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    if settings
        .lambda
        .is_some_and(|lambda| !(lambda > 0.0 && lambda.is_finite()))
    {
        bail!("--lambda must be greater than 0");
    }
    let shown = path.display();
    let file = std::fs::File::open(path).with_context(|| format!("{shown} cannot be opened"))?;
    let length = file.metadata().map_or(0, |of| of.len());
    let bar = Bar::new("ratings", true);
    let ratings = Ratings::read(BufReader::new(file), min_rating, |read| {
        bar.advance(read, length, "");
    });
    drop(bar);
    let ratings = ratings.with_context(|| format!("{shown} is not a file of ratings"))?;
    if settings.protocol == Protocol::LeaveLastOut && !ratings.has_times() {
        bail!("{shown} has no times, so nothing in it is last; choose --protocol user-split");
    }
    let report = evaluate(&ratings, settings, &Shower(Bar::new("evaluate", false)))?;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&as_value(&report))?);
    } else {
        println!(
            "{} ratings of {} users and {} items ({} below --min-rating left out)",
            ratings.rows.len(),
            ratings.viewers,
            ratings.titles,
            ratings.passed_over
        );
        print!("{}", table(&report, settings));
    }
    Ok(ExitCode::SUCCESS)
}

/// The report for people.
fn table(report: &Report, settings: &Settings) -> String {
    let mut lines = vec![
        format!(
            "{}, seed {}: learnt from {} ratings of {} items, {} held back, {} users measured, EASE with lambda {:.0}",
            settings.protocol,
            settings.seed,
            report.learnt_from,
            report.titles,
            report.held_back,
            report.viewers,
            report.lambda
        ),
        String::new(),
        format!(
            "{:<22}{:>9}{:>11}{:>11}{:>13}",
            "", "nDCG@10", "recall@10", "recall@20", "coverage@10"
        ),
    ];
    lines.extend(report.lines.iter().map(|line| match &line.figures {
        Ok(of) => format!(
            "{:<22}{:>9.4}{:>11.4}{:>11.4}{:>13.4}",
            line.method, of.ndcg_10, of.recall_10, of.recall_20, of.coverage_10
        ),
        Err(reason) => format!("{:<22}not measured: {reason}", line.method),
    }));
    lines.push(String::new());
    lines.join("\n")
}

/// The report for machines.
fn as_value(report: &Report) -> serde_json::Value {
    let figures = |of: &Figures| json!({"ndcg_10": of.ndcg_10, "recall_10": of.recall_10, "recall_20": of.recall_20, "coverage_10": of.coverage_10});
    let lines: Vec<_> = report
        .lines
        .iter()
        .map(|line| match &line.figures {
            Ok(of) => json!({"method": line.method, "figures": figures(of)}),
            Err(reason) => json!({"method": line.method, "reason": reason}),
        })
        .collect();
    json!({"learnt_from": report.learnt_from, "held_back": report.held_back, "items": report.titles,
        "users": report.viewers, "lambda": report.lambda, "methods": lines})
}

async fn train(common: &Common) -> anyhow::Result<ExitCode> {
    let app = open(common).await?;
    for service in services::list(&mut app.db.reader()).await? {
        let bar = Arc::new(Bar::new("training", false));
        let kept = recommend::train(&app, &service, bar).await?;
        match kept {
            Some(kept) => println!(
                "{}: {} viewers, {} of {} titles watched, learnt with {}; {} neighbours kept",
                service.name,
                kept.viewers,
                kept.watched_titles,
                kept.titles,
                kept.method,
                kept.neighbours
            ),
            None => println!("{}: another training was faster", service.name),
        }
    }
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn explain(
    slug: &str,
    service: Option<&str>,
    limit: usize,
    common: &Common,
) -> anyhow::Result<ExitCode> {
    let app = open(common).await?;
    let service = app.service(service).await?;
    // The operator sees what everybody would see, whoever the service is for.
    let permit = Visibility::Public
        .admit_anonymous()
        .context("a public service admits everybody")?;
    let who = Audience {
        service: service.id,
        permit,
        now: app.clock.now(),
    };
    let reader = &mut app.db.reader();
    let series = stored::find_series_by_slug(reader, service.id, slug, who.now).await?;
    let content = stored::find_content_by_slug(reader, service.id, slug, who.now).await?;
    let of_content = content.map(|content| {
        content
            .season
            .map_or(TitleKey::Content(content.id), |(_, series)| {
                TitleKey::Series(series)
            })
    });
    let Some(title) = series
        .map(|series| TitleKey::Series(series.id))
        .or(of_content)
    else {
        bail!(
            "there is no published series or film {slug:?} in {}",
            service.name
        );
    };
    let found = similar(reader, who, title, limit).await?;
    if found.is_empty() {
        println!(
            "nothing is known of it yet; `marquee recommend train` learns what there is to learn"
        );
    }
    for suggestion in found {
        let name = name_of(reader, suggestion.title).await?;
        println!(
            "{:>8.4}  {:<16}  {name}",
            suggestion.score,
            suggestion.reason.as_str()
        );
    }
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The English name of a title and its slug.
async fn name_of(q: &mut dyn Query, title: TitleKey) -> anyhow::Result<String> {
    let named = |doc: &TitleDoc, slug: &str| {
        let original = doc.original_language.as_ref();
        let name = doc
            .titles
            .pick(UiLanguage::En, original)
            .unwrap_or_default();
        format!("{name} ({slug})")
    };
    Ok(match title {
        TitleKey::Series(id) => {
            let found = stored::series_by_ids(q, &[id.0], Shown::All).await?;
            found.first().map(|of| named(&of.doc, &of.head.slug))
        }
        TitleKey::Content(id) => {
            let found = stored::contents_by_ids(q, &[id.0], Shown::All).await?;
            found.first().map(|of| named(&of.doc, &of.head.slug))
        }
    }
    .unwrap_or_default())
}
