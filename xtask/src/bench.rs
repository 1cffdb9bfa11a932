//! `cargo xtask bench`: measured against real peers in the same run, printed as ratios.

mod accounts;
mod artwork;
mod client;
mod enumeration;
mod generate;
mod http;
mod load;
mod media;
mod progress;
mod recommend;
mod search;

use std::path::PathBuf;

use anyhow::bail;

use crate::run::{run, say, target};
use crate::tools;

const ALL: &[&str] = &[
    "http",
    "segments",
    "import",
    "scan",
    "lists",
    "search",
    "progress",
    "artwork",
    "recommend",
    "accounts",
    "enumeration",
];

/// What is measured with that the repository does not hold.
#[derive(clap::Args)]
pub(crate) struct Given {
    /// A folder with a catalog, questions and answers, for search.
    #[arg(long, value_name = "DIR")]
    catalog: Option<PathBuf>,
    /// Ratings as MovieLens has them, for recommend.
    #[arg(long, value_name = "FILE")]
    ratings: Option<PathBuf>,
    /// Calls of each kind and way, for enumeration; 10,000 take a quarter of an hour.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    samples: usize,
}

/// Runs the named benchmarks, or all of them.
pub(crate) fn bench(which: &[String], given: &Given) -> anyhow::Result<()> {
    if let Some(unknown) = which.iter().find(|name| !ALL.contains(&name.as_str())) {
        bail!(
            "there is no benchmark {unknown:?}; there are {}",
            ALL.join(", ")
        );
    }
    tools::ensure()?;
    say("building the optimised binary");
    run(
        "cargo",
        &["build", "--release", "--workspace", "--bin", "marquee"],
    )?;
    let binary = target().join("release/marquee");
    let chosen = |name: &str| which.is_empty() || which.iter().any(|w| w == name);
    if chosen("http") {
        http::cached(&binary)?;
    }
    if chosen("segments") {
        media::segments(&binary)?;
    }
    if chosen("import") || chosen("lists") {
        load::catalog(&binary, chosen("import"), chosen("lists"))?;
    }
    if chosen("search") {
        search::speed(&binary)?;
        match &given.catalog {
            Some(catalog) => search::quality(&binary, catalog)?,
            None => say("no --catalog: what is found of questions with answers is left out"),
        }
    }
    if chosen("progress") {
        progress::saves(&binary)?;
    }
    if chosen("accounts") {
        accounts::accounts(&binary)?;
    }
    // A part of what is measured of accounts, which can be run alone: it takes longest.
    if chosen("accounts") || chosen("enumeration") {
        enumeration::timing(&binary, given.samples)?;
    }
    if chosen("recommend") {
        recommend::quality(&binary, given.ratings.as_deref())?;
    }
    if chosen("scan") {
        load::scan(&binary)?;
    }
    if chosen("artwork") {
        artwork::copies(&binary)?;
    }
    Ok(())
}

/// One line of the result.
pub(crate) fn report(what: &str, value: &str) {
    println!("{what:<64} {value}");
}
