//! `cargo xtask dist`: the tarball that is shipped.

use std::process::Command;

use anyhow::Context;

use crate::chores::web;
use crate::run::{check, command, output, root, run, say, target};

const UNIT: &str = include_str!("../dist/marquee.service");
const CONTAINERFILE: &str = include_str!("../dist/Containerfile");

/// Builds the stripped binary and packs it with what belongs to it.
pub(crate) fn dist() -> anyhow::Result<()> {
    web()?;
    say("building the binary with link-time optimisation");
    run(
        "cargo",
        &[
            "build",
            "--profile",
            "dist",
            "--workspace",
            "--bin",
            "marquee",
        ],
    )?;
    let binary = target().join("dist/marquee");
    let version = output(Command::new(&binary).arg("--version"))?
        .trim()
        .replace("marquee ", "");
    let name = format!("marquee-{version}-{}-linux", std::env::consts::ARCH);
    let folder = target().join("dist-out").join(&name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("completions"))?;
    std::fs::copy(&binary, folder.join("marquee"))?;
    std::fs::write(folder.join("marquee.service"), UNIT)?;
    std::fs::write(folder.join("Containerfile"), CONTAINERFILE)?;
    std::fs::create_dir_all(folder.join("man"))?;
    check(Command::new(&binary).arg("man").arg(folder.join("man")))?;
    for (shell, file) in [
        ("bash", "marquee.bash"),
        ("zsh", "_marquee"),
        ("fish", "marquee.fish"),
    ] {
        std::fs::write(
            folder.join("completions").join(file),
            output(Command::new(&binary).args(["completions", shell]))?,
        )?;
    }
    for file in ["LICENSE", "README.md", "CHANGELOG.md"] {
        std::fs::copy(root().join(file), folder.join(file))
            .with_context(|| format!("{file} is missing"))?;
    }
    let tarball = target().join("dist-out").join(format!("{name}.tar.gz"));
    let mut tar = command(
        "tar",
        &[
            "--sort=name",
            "--owner=0",
            "--group=0",
            "--numeric-owner",
            "-czf",
        ],
    );
    check(
        tar.arg(&tarball)
            .arg("-C")
            .arg(target().join("dist-out"))
            .arg(&name),
    )?;
    println!("{}", tarball.display());
    Ok(())
}
