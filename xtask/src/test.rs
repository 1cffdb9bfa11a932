//! `cargo xtask test`: everything that must hold.

use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::chores::{npm, web};
use crate::run::{Scratch, check, command, output, root, run, say, target};
use crate::servers::{Marquee, Postgres, alone};
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
    dependencies()?;
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

/// Licences, sources and banned crates. Advisories are left to a run of their own: they change without us.
fn dependencies() -> anyhow::Result<()> {
    if tools::find("cargo-deny").is_none() {
        say("cargo-deny is missing: dependencies are not checked");
        return Ok(());
    }
    say("checking dependencies");
    run("cargo", &["deny", "check", "bans", "licenses", "sources"])
}

/// The demo in a real browser. The optimised binary is what people run and what timings are promised for.
fn browser() -> anyhow::Result<()> {
    say("the demo in a real browser");
    run(
        "cargo",
        &["build", "--release", "--workspace", "--bin", "marquee"],
    )?;
    let binary = target().join("release/marquee");
    // Not optimised, as tests have built it by now.
    let example = ["build", "--workspace", "--example", "second_factor"];
    run("cargo", &example)?;
    let films = Scratch::new("films")?;
    odd_films(&films.0)?;
    let data = Scratch::new("demo")?;
    let marquee = Marquee::start(&binary, "demo", &data.0, &[])?;
    let token = operator_token(&binary, &data.0)?;
    // The same without ffmpeg, which has the films from the start.
    let plain_data = Scratch::new("plain")?;
    // Beside the data: a demo wants an empty folder.
    let settings = Scratch::new("settings")?;
    let config = settings.0.join("marquee.toml");
    std::fs::write(&config, "transcode.ffmpeg = \"\"\n")?;
    let config = config.to_string_lossy();
    let plain = Marquee::start(&binary, "demo", &plain_data.0, &["--config", &config])?;
    let mut add = alone(&binary);
    check(
        add.arg("add")
            .arg(&films.0)
            .arg("--data-dir")
            .arg(&plain_data.0),
    )?;
    let story = Scratch::new("story")?;
    let (fresh, set_up) = Marquee::start_first(&binary, &story.0)?;
    npm("tests/browser", &["ci", "--no-audit", "--no-fund"])?;
    let mut browser = command("node", &["run.mjs"]);
    browser
        .current_dir(root().join("tests/browser"))
        .env("MARQUEE_URL", &marquee.url)
        .env("MARQUEE_PLAIN_URL", &plain.url)
        .env("MARQUEE_OPERATOR_TOKEN", token)
        .env("MARQUEE_FOLDER", &films.0)
        .env("MARQUEE_DATA", &data.0)
        .env(
            "MARQUEE_SECOND_FACTOR",
            target().join("debug/examples/second_factor"),
        )
        .env("MARQUEE_STORY_URL", &fresh.url)
        .env("MARQUEE_STORY_SETUP", set_up);
    // Networks of their own are for root alone, whatever is installed.
    if tools::is_root() {
        browser.env("MARQUEE_TEST_TOOLS", "required");
    }
    browser.env(
        "MARQUEE_CHROMIUM",
        tools::find("chromium").unwrap_or_default(),
    );
    check(&mut browser)
}

/// A new operator token for a running demo.
fn operator_token(binary: &Path, data: &Path) -> anyhow::Result<String> {
    let mut ask = alone(binary);
    let said = output(ask.args(["operator", "token", "--data-dir"]).arg(data))?;
    // It is printed as the end of the set-up link.
    let token = said.lines().find_map(|line| line.split_once("#token="));
    let (_, token) = token.context("no operator token was printed")?;
    Ok(token.trim().to_owned())
}

/// Films that Chromium cannot play as they are: sound in AC-3 alone, and a picture in HEVC.
fn odd_films(folder: &Path) -> anyhow::Result<()> {
    say("films in HEVC and AC-3");
    let films: [(&str, &[&str]); 2] = [
        (
            "Surround Sound (2021).mkv",
            &["-c:v", "libx264", "-g", "48", "-c:a", "ac3", "-ac", "6"],
        ),
        (
            "Modern Picture (2022).mp4",
            &[
                "-c:v",
                "libx265",
                "-tag:v",
                "hvc1",
                "-x265-params",
                "log-level=error",
                "-c:a",
                "aac",
            ],
        ),
    ];
    for (name, codecs) in films {
        let mut make = Command::new("ffmpeg");
        make.args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
            .args(["-f", "lavfi", "-i", "testsrc2=s=640x360:r=24:d=24"])
            .args(["-f", "lavfi", "-i", "sine=330:r=48000:d=24"])
            .args(["-preset", "ultrafast", "-pix_fmt", "yuv420p"])
            .args(codecs)
            .arg(folder.join(name));
        check(&mut make)?;
    }
    Ok(())
}
