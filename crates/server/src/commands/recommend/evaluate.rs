//! `recommend evaluate`.

use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context, bail};
use marquee_ingest::Progress;
use marquee_recommend::Watch;
use marquee_recommend::evaluate::{Figures, Protocol, Ratings, Report, Settings, evaluate};
use serde_json::json;

use crate::progress::Bar;

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

/// Remembers when each stage began.
struct Timed {
    shower: Shower,
    begun: Mutex<Vec<(&'static str, Instant)>>,
}

impl Timed {
    fn new(shower: Shower) -> Self {
        Self {
            shower,
            begun: Mutex::default(),
        }
    }

    /// Seconds from the first stage to the first one of this name.
    fn until(&self, stage: &str) -> Option<f64> {
        let begun = self.begun.lock().ok()?;
        let (_, first) = begun.first()?;
        let (_, found) = begun.iter().find(|(name, _)| *name == stage)?;
        Some(found.duration_since(*first).as_secs_f64())
    }
}

impl Watch for Timed {
    fn at(&self, stage: &'static str, done: usize, total: usize) {
        if let Ok(mut begun) = self.begun.lock()
            && begun.last().is_none_or(|(last, _)| *last != stage)
        {
            begun.push((stage, Instant::now()));
        }
        self.shower.at(stage, done, total);
    }

    fn stopped(&self) -> bool {
        self.shower.stopped()
    }
}

/// The most memory that this process ever held, in KiB; `None` where the system does not say.
fn peak_memory_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Measures every method on a file of ratings and prints what came of it.
///
/// # Errors
/// When the file cannot be read, or asks for what cannot be.
pub(super) fn measure(
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
    if settings.viewers == Some(0) {
        bail!("--viewers must be greater than 0");
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
    let timed = Timed::new(Shower(Bar::new("evaluate", false)));
    let report = evaluate(&ratings, settings, &timed)?;
    if as_json {
        let mut value = as_value(&report);
        // EASE is learnt first, and measured as soon as it is.
        value["ease_learnt_in_s"] = timed.until("measuring").into();
        value["peak_memory_kib"] = peak_memory_kib().into();
        println!("{}", serde_json::to_string_pretty(&value)?);
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
