//! `cargo xtask demo`: from a fresh clone to a picture in the browser.

use crate::chores::web;
use crate::run::{check, command, root, run, say, target};
use crate::tools::find;

/// Builds what is missing or old, then serves the demo.
pub(crate) fn demo(rest: &[String]) -> anyhow::Result<()> {
    if find("npm").is_some() {
        if web_is_old() {
            web()?;
        }
    } else {
        say("npm is missing: the demo runs without its web page");
    }
    say("building the binary (some minutes the first time)");
    run(
        "cargo",
        &["build", "--release", "--workspace", "--bin", "marquee"],
    )?;
    say("serving the demo; Ctrl-C stops it");
    let mut serve = command(
        &target().join("release/marquee").display().to_string(),
        &["demo"],
    );
    check(serve.args(rest))
}

/// Whether a source of the web page is newer than what was built of it.
fn web_is_old() -> bool {
    let modified = |path: &std::path::Path| {
        std::fs::metadata(path)
            .and_then(|meta| meta.modified())
            .ok()
    };
    let Some(built) = modified(&root().join("web/dist/index.html")) else {
        return true;
    };
    let mut folders = vec![root().join("web/src"), root().join("web/public")];
    let single = [
        "web/package.json",
        "web/package-lock.json",
        "web/index.html",
        "web/vite.config.ts",
    ];
    let mut newer = single
        .iter()
        .any(|file| modified(&root().join(file)).is_some_and(|at| at > built));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                newer |= modified(&path).is_some_and(|at| at > built);
            }
        }
    }
    newer
}
