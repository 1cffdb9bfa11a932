//! The small chores.

use anyhow::{Context, bail};

use crate::run::{check, command, root, run, say};
use crate::tools::find;

/// Builds the web page into `web/dist`.
pub(crate) fn web() -> anyhow::Result<()> {
    say("building the web page");
    if find("npm").is_none() {
        bail!(
            "npm is missing; install Node.js 20 or newer (the binary builds without it, and then has no web page)"
        );
    }
    npm("web", &["ci", "--no-audit", "--no-fund"])?;
    npm("web", &["run", "build"])
}

/// Runs npm in a folder.
pub(crate) fn npm(folder: &str, args: &[&str]) -> anyhow::Result<()> {
    let mut npm = command("npm", args);
    check(npm.current_dir(root().join(folder))).with_context(|| format!("npm failed in {folder}/"))
}

/// Runs the contract comparison alone.
pub(crate) fn contract() -> anyhow::Result<()> {
    run(
        "cargo",
        &["test", "--workspace", "--test", "it", "contract"],
    )
}

/// Fuzzes.
pub(crate) fn fuzz(target: Option<&str>, seconds: u32) -> anyhow::Result<()> {
    if find("cargo-fuzz").is_none() {
        bail!("cargo-fuzz is missing; install it with `cargo install cargo-fuzz`");
    }
    let folder = root().join("fuzz").join("fuzz_targets");
    let mut targets: Vec<String> = std::fs::read_dir(&folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?
        .flatten()
        .filter_map(|entry| {
            entry
                .path()
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
        })
        .filter(|name| target.is_none_or(|target| target == name))
        .collect();
    targets.sort();
    if targets.is_empty() {
        bail!("there is no such target");
    }
    for target in targets {
        say(&format!("fuzzing {target} for {seconds} s"));
        let limit = format!("-max_total_time={seconds}");
        // cargo-fuzz wants a nightly compiler; its own flag lets the stable one pass for it.
        let mut fuzz = command(
            "cargo",
            &[
                "fuzz",
                "run",
                &target,
                "--sanitizer",
                "none",
                "--",
                &limit,
                "-rss_limit_mb=2048",
                "-timeout=10",
            ],
        );
        check(fuzz.env("RUSTC_BOOTSTRAP", "1"))?;
    }
    Ok(())
}
