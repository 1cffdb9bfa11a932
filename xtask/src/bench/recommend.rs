//! Recommendation: what is found again of ratings held back, what learning costs, what five viewers
//! are worth, and what stands beside series that nobody has watched yet.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;
use serde_json::Value;

use super::client::Client;
use super::{generate, report};
use crate::run::{Scratch, check, command, output, run, say, target};
use crate::servers::{Marquee, alone};

/// Seeds of the large evaluation.
const SEEDS: std::ops::RangeInclusive<u32> = 1..=5;
/// How often five viewers are drawn: one draw says little.
const DRAWS: std::ops::RangeInclusive<u32> = 1..=200;
/// Films that are watched, viewers, and films of each.
const FILMS: usize = 1_000;
const VIEWERS: usize = 300;
const WATCHED: usize = 12;
/// Series that nobody has watched.
const NEW: usize = 50;
/// Places beside a title that are looked at.
const TOP: usize = 10;

/// Everything, on a file of ratings or on generated ones.
pub(crate) fn quality(binary: &Path, ratings: Option<&Path>) -> anyhow::Result<()> {
    let scratch = Scratch::new("bench-ratings")?;
    let (file, source): (PathBuf, _) = match ratings {
        Some(file) => (file.to_owned(), file.display().to_string()),
        None => {
            say(
                "no --ratings: measuring on generated ratings, whose figures compare with no others",
            );
            (generated(&scratch)?, "generated ratings".to_owned())
        }
    };
    say(&format!("recommendation, {source}"));
    found_again(binary, &file)?;
    five_viewers(binary, &file)?;
    new_series(binary)
}

fn generated(scratch: &Scratch) -> anyhow::Result<PathBuf> {
    run(
        "cargo",
        &["build", "--release", "--workspace", "--example", "planted"],
    )?;
    let program = target().join("release/examples/planted");
    let text = output(&mut command(&program.display().to_string(), &[]))?;
    let file = scratch.0.join("ratings");
    std::fs::write(&file, text)?;
    Ok(file)
}

fn evaluate(binary: &Path, file: &Path, seed: u32, more: &[&str]) -> anyhow::Result<Value> {
    let mut evaluate = alone(binary);
    evaluate.args(["recommend", "evaluate", "--json", "--seed"]);
    evaluate.arg(seed.to_string()).arg("--ratings").arg(file);
    Ok(serde_json::from_str(&output(evaluate.args(more))?)?)
}

fn ndcg(report: &Value, method: &str) -> anyhow::Result<f64> {
    let lines = report["methods"].as_array().context("methods")?;
    let line = lines.iter().find(|line| line["method"] == method);
    let figure = line.and_then(|line| line["figures"]["ndcg_10"].as_f64());
    figure.with_context(|| format!("no figure of {method}"))
}

/// Mean and standard deviation.
fn spread(figures: &[f64]) -> (f64, f64) {
    let count = figures.len() as f64;
    let mean = figures.iter().sum::<f64>() / count;
    let squares: f64 = figures.iter().map(|figure| (figure - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0).max(1.0)).sqrt())
}

fn found_again(binary: &Path, file: &Path) -> anyhow::Result<()> {
    let protocol = ["--protocol", "item-split:75"];
    let reports = SEEDS
        .map(|seed| evaluate(binary, file, seed, &protocol))
        .collect::<anyhow::Result<Vec<_>>>()?;
    for method in [
        "EASE",
        "sparse neighbours",
        "as kept by serve",
        "popularity",
    ] {
        let figures = reports.iter().map(|report| ndcg(report, method));
        let (mean, deviation) = spread(&figures.collect::<anyhow::Result<Vec<_>>>()?);
        let aim = if method == "EASE" { " (aim: 0.48)" } else { "" };
        report(
            &format!("nDCG@10, item-split:75, 5 seeds: {method}{aim}"),
            &format!("{mean:.4} ± {deviation:.4}"),
        );
    }
    let most = |name: &str| {
        let figures = reports.iter().filter_map(|report| report[name].as_f64());
        figures.fold(0.0, f64::max)
    };
    report(
        "learning EASE, the slowest of the five (aim: 2 s)",
        &format!("{:.2} s", most("ease_learnt_in_s")),
    );
    report(
        "most memory of an evaluation, ratings and all methods included",
        &format!("{:.0} MiB", most("peak_memory_kib") / 1024.0),
    );
    Ok(())
}

fn five_viewers(binary: &Path, file: &Path) -> anyhow::Result<()> {
    let more = ["--protocol", "user-split:75", "--viewers", "5"];
    let reports = DRAWS
        .map(|seed| evaluate(binary, file, seed, &more))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let of = |method| -> anyhow::Result<Vec<f64>> {
        reports.iter().map(|report| ndcg(report, method)).collect()
    };
    let popularity = of("popularity")?;
    for method in ["EASE", "as kept by serve"] {
        let figures = of(method)?;
        let gains: Vec<f64> = figures
            .iter()
            .zip(&popularity)
            .map(|(a, b)| a - b)
            .collect();
        let (gain, deviation) = spread(&gains);
        let better = gains.iter().filter(|gain| **gain > 0.0).count();
        report(
            &format!("five viewers only, user-split:75, nDCG@10: {method} / popularity"),
            &format!(
                "{:.4} / {:.4}; gain {gain:.4} ± {:.4}, better in {better} of {} draws",
                spread(&figures).0,
                spread(&popularity).0,
                deviation / (gains.len() as f64).sqrt(),
                gains.len()
            ),
        );
    }
    Ok(())
}

/// The whole way: a catalog, viewers over HTTP, new series, a training, and what it says of them.
fn new_series(binary: &Path) -> anyhow::Result<()> {
    let data = Scratch::new("bench-recommend")?;
    let records = data.0.join("records.jsonl");
    generate::titles(&records, FILMS)?;
    import(binary, &data.0, &records)?;
    watch_films(&Marquee::start(binary, "serve", &data.0, &[])?.url)?;
    generate::series(&records, FILMS..FILMS + NEW)?;
    import(binary, &data.0, &records)?;
    let of_command = |words: &[&str]| {
        let mut marquee = alone(binary);
        marquee.arg("recommend").args(words);
        marquee.arg("--data-dir").arg(&data.0);
        marquee
    };
    print!("{}", output(&mut of_command(&["train"]))?);
    let (mut shared, mut by_chance) = (0, 0);
    for new in FILMS..FILMS + NEW {
        let (own, limit) = (generate::traits(new), TOP.to_string());
        let said = output(&mut of_command(&[
            "explain",
            &format!("new-{new}"),
            "--limit",
            &limit,
        ]))?;
        let found: Vec<usize> = said
            .lines()
            .filter_map(|line| number(line.strip_suffix(')')?))
            .collect();
        shared += found
            .iter()
            .filter(|n| own.meet(&generate::traits(**n)))
            .count();
        by_chance += (0..FILMS)
            .filter(|n| own.meet(&generate::traits(*n)))
            .count();
    }
    let percent = |part: usize, of: usize| 100.0 * part as f64 / of as f64;
    report(
        &format!("{NEW} new series: top {TOP} that share a genre or person (aim: 70 %)"),
        &format!(
            "{:.0} %  (of all films {:.0} % do)",
            percent(shared, NEW * TOP),
            percent(by_chance, NEW * FILMS)
        ),
    );
    Ok(())
}

fn import(binary: &Path, data: &Path, records: &Path) -> anyhow::Result<()> {
    let mut import = alone(binary);
    import.args(["import", "catalog", "--data-dir"]).arg(data);
    import.arg(records).stdout(Stdio::null());
    check(import.env("MARQUEE_NEW_SERVICE_VISIBILITY", "public"))
}

/// The number that a slug ends in.
fn number(slug: &str) -> Option<usize> {
    slug.rsplit('-').next()?.parse().ok()
}

/// Each viewer watches films of one genre, and two of any.
fn watch_films(url: &str) -> anyhow::Result<()> {
    let mut client = Client::new(url)?;
    let mut ids = vec![None; FILMS];
    for page in 1..=FILMS.div_ceil(100) {
        let path = format!("/odx/api/v4/content/?page_size=100&types=movie&page={page}");
        let (_, body) = client.get(&path)?;
        let body: Value = serde_json::from_slice(&body)?;
        for film in body["result"]["results"].as_array().context("films")? {
            let info = &film["data"]["info"];
            let known = info["content_slug"].as_str().and_then(number);
            let id = known.and_then(|known| ids.get_mut(known));
            *id.context("a film with its number")? = info["content_id"].as_i64();
        }
    }
    for viewer in 0..VIEWERS {
        for nth in 0..WATCHED {
            // Spread over the films without chance: the steps have no common divisor with their number.
            let any = (viewer * 389 + nth * 613) % FILMS;
            let of_genre = (any / 12 * 12 + viewer % 12) % FILMS;
            let film = if nth < 2 { any } else { of_genre };
            let id = ids[film].context("a film's id")?;
            let device = format!("viewer-{viewer}");
            let headers = [
                ("did", device.as_str()),
                ("content-type", "application/json"),
            ];
            let body = format!("{{\"content_id\":{id},\"last_position\":4000}}");
            let (status, _) =
                client.send("POST", "/odx/api/v4/continue-watching/", &headers, &body)?;
            anyhow::ensure!(status == 200, "a save was answered with {status}");
        }
    }
    Ok(())
}
