//! `cargo xtask test`: everything that must hold.

use crate::chores::{npm, web};
use crate::run::{Scratch, check, command, root, run, say, target};
use crate::servers::{Marquee, Postgres};
use crate::tools;

/// Runs everything, or with `quick` what needs no servers and no browser.
pub(crate) fn test(quick: bool) -> anyhow::Result<()> {
    say("formatting");
    run("cargo", &["fmt", "--all", "--check"])?;
    if quick {
        lint()?;
        say("tests on SQLite");
        return run("cargo", &["test", "--workspace"]);
    }
    tools::ensure()?;
    web()?;
    say("tests of the web page");
    npm("web", &["run", "check"])?;
    npm("web", &["test"])?;
    lint()?;
    say("tests on SQLite and PostgreSQL");
    let postgres = Postgres::start()?;
    let mut tests = command("cargo", &["test", "--workspace"]);
    check(
        tests
            .env("MARQUEE_TEST_POSTGRES", &postgres.url)
            .env("MARQUEE_TEST_TOOLS", "required"),
    )?;
    drop(postgres);
    browser()
}

fn lint() -> anyhow::Result<()> {
    say("linting");
    run(
        "cargo",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    )
}

/// The demo in a real browser. The optimised binary is what people run and what timings are promised for.
fn browser() -> anyhow::Result<()> {
    say("the demo in a real browser");
    run(
        "cargo",
        &["build", "--release", "--workspace", "--bin", "marquee"],
    )?;
    let data = Scratch::new("demo")?;
    let marquee = Marquee::start(&target().join("release/marquee"), "demo", &data.0, &[])?;
    npm("tests/browser", &["ci", "--no-audit", "--no-fund"])?;
    let mut browser = command("node", &["run.mjs"]);
    browser
        .current_dir(root().join("tests/browser"))
        .env("MARQUEE_URL", &marquee.url);
    browser.env(
        "MARQUEE_CHROMIUM",
        tools::find("chromium").unwrap_or_default(),
    );
    check(&mut browser)
}
