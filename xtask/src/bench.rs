//! `cargo xtask bench`: measured against real peers in the same run.

/// Runs the named benchmarks, or all of them.
pub(crate) fn bench(_which: &[String]) -> anyhow::Result<()> {
    anyhow::bail!("no benchmark is here yet")
}
