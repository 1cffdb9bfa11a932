//! Packages of PyPI that tests hold our work against.

use std::path::Path;
use std::process::Command;

/// A Python that can import these modules: the system's, or one that is set up in `dir` from PyPI when tests
/// must not be skipped. Says so and returns nothing when the test is to be skipped.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment"
)]
pub(crate) fn with(dir: &Path, package: &str, modules: &str) -> Option<String> {
    let has_them = Command::new("python3")
        .args(["-c", &format!("import {modules}")])
        .output()
        .is_ok_and(|output| output.status.success());
    if has_them {
        return Some("python3".to_owned());
    }
    if std::env::var("MARQUEE_TEST_TOOLS").as_deref() != Ok("required") {
        eprintln!("skipped: python3 has no {package}");
        return None;
    }
    let place = dir.join("venv");
    let inside = |name: &str| place.join("bin").join(name).to_str().unwrap().to_owned();
    let made = Command::new("python3")
        .args(["-m", "venv"])
        .arg(&place)
        .status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "python3 -m venv failed"
    );
    let got = Command::new(inside("pip"))
        .args(["install", "--quiet", package])
        .status();
    assert!(
        got.is_ok_and(|status| status.success()),
        "pip install {package} failed"
    );
    Some(inside("python3"))
}
