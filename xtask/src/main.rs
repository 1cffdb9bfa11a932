//! The project's chores. `cargo xtask help` lists them.

mod bench;
mod chores;
mod demo;
mod dist;
mod fuzz;
mod run;
mod servers;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build the web page and the binary, then serve the demo.
    Demo {
        /// Passed on to `marquee demo`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Format, lint and test everything, with real servers and a real browser.
    Test {
        /// The inner loop: no PostgreSQL, no browser, nothing installed.
        #[arg(long)]
        quick: bool,
    },
    /// Measure against real peers and print ratios.
    Bench {
        /// Which: http, segments, import, scan, lists, search, progress, artwork, recommend, accounts, enumeration; all of them when left out.
        which: Vec<String>,
        #[command(flatten)]
        given: bench::Given,
    },
    /// Build the web page.
    Web,
    /// Compare the generated OpenAPI documents with the contracts.
    Contract,
    /// Fuzz one target for a while (needs cargo-fuzz).
    Fuzz {
        /// Which target; all of them when left out.
        target: Option<String>,
        /// Seconds per target.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Make the tarball that is shipped.
    Dist,
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Demo { rest } => demo::demo(&rest),
        Chore::Test { quick } => test::test(quick),
        Chore::Bench { which, given } => bench::bench(&which, &given),
        Chore::Web => chores::web(),
        Chore::Contract => chores::contract(),
        Chore::Fuzz { target, seconds } => fuzz::fuzz(target.as_deref(), seconds),
        Chore::Dist => dist::dist(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
