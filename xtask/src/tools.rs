//! Programs that tests and benchmarks need, from Debian's packages.

use std::process::{Command, Stdio};

use anyhow::bail;

use crate::run::{command, run, say};

/// Program and the package it comes in.
const NEEDED: &[(&str, &str)] = &[
    ("ffmpeg", "ffmpeg"),
    ("chromium", "chromium"),
    ("nginx", "nginx"),
    ("redis-server", "redis-server"),
    ("initdb", "postgresql"),
    ("strace", "strace"),
    ("wrk", "wrk"),
    ("python3", "python3"),
    ("ip", "iproute2"),
    ("zbarimg", "zbar-tools"),
];

/// Whether a program can be run; PostgreSQL's are found where Debian hides them.
pub(crate) fn find(program: &str) -> Option<String> {
    let found = Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let path = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    if found.status.success() && !path.is_empty() {
        return Some(path);
    }
    let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    versions.sort();
    let hidden = versions.pop()?.join("bin").join(program);
    hidden.exists().then(|| hidden.display().to_string())
}

/// Whether this process is root.
pub(crate) fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|out| out.stdout.starts_with(b"0"))
}

/// Installs what is missing when run as root, else says exactly what to install.
pub(crate) fn ensure() -> anyhow::Result<()> {
    let mut missing: Vec<&str> = NEEDED
        .iter()
        .filter(|(program, _)| find(program).is_none())
        .map(|(_, package)| *package)
        .collect();
    // Tests set up packages of PyPI in environments of their own, which Debian's Python cannot make by itself.
    let makes_environments = Command::new("python3")
        .args(["-c", "import venv, ensurepip"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !makes_environments {
        missing.push("python3-venv");
    }
    if missing.is_empty() {
        return Ok(());
    }
    if !is_root() {
        bail!(
            "some programs are missing; install them with\n    sudo apt-get install --no-install-recommends {}\nor run `cargo xtask test --quick`",
            missing.join(" ")
        );
    }
    say(&format!("installing {}", missing.join(", ")));
    run("apt-get", &["update", "-qq"])?;
    let mut install = command(
        "apt-get",
        &["install", "-y", "-qq", "--no-install-recommends"],
    );
    // A package must not start a server of its own on the usual port.
    install
        .args(&missing)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("RUNLEVEL", "1")
        .stdout(Stdio::null());
    crate::run::check(&mut install)
}
