//! The one binary: configuration, wiring, jobs, the embedded web page, signals.
//!
//! Only this crate knows the configuration file, the environment and both sides of a port.

mod accounts;
mod app;
mod assets;
mod bring_in;
mod cli;
mod commands;
mod configuration;
mod data_folder;
mod deliver;
mod demo;
mod docs;
mod faces;
mod follow;
mod health;
mod jobs;
mod listen;
mod outbox;
mod pages;
mod progress;
mod recommend;
mod telemetry;
mod tls;
mod transcode;

use std::process::ExitCode;

/// Runs the command line. Exit codes: 0 done, 1 failed, 2 done but something was rejected (or the call was wrong).
#[must_use]
pub fn run() -> ExitCode {
    cli::run()
}

/// The command line as a value, for completions and the manual page.
#[must_use]
pub fn command() -> clap::Command {
    <cli::Cli as clap::CommandFactory>::command()
}
