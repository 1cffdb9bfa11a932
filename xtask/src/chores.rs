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
