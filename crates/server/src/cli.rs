//! The command line.

mod import;
mod recommend;
mod user;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub(crate) use self::import::{Import, Into};
pub(crate) use self::recommend::Recommend;
pub(crate) use self::user::{RoleArg, User};

/// Marquee: an open, self-hosted video platform in one binary.
///
/// Point it at media, open a browser, press play. Settings come from flags, then MARQUEE_* environment
/// variables (MARQUEE_DATABASE__URL for database.url), then the file, then defaults.
#[derive(Debug, Parser)]
#[command(
    name = "marquee",
    version,
    propagate_version = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Common {
    /// Configuration file (TOML); marquee.toml in the working folder is read when it is there.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "MARQUEE_CONFIG",
        hide_env = true
    )]
    pub(crate) config: Option<PathBuf>,
    /// Folder where everything is kept [default: marquee-data].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Database: sqlite:PATH or postgres://USER@HOST/NAME [default: a file in the data folder].
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database: Option<String>,
}

/// Where to listen, and what is shared with other nodes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Listen {
    /// Address of the platform [default: 0.0.0.0:8080].
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// What links begin with, such as https://video.example.org.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Redis that several nodes share, redis://[:PASSWORD@]HOST:PORT/ [default: none].
    #[arg(long, value_name = "URL")]
    pub(crate) redis: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the platform.
    Serve {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        listen: Listen,
    },
    /// Seed an invented catalog into an empty data folder, then serve it.
    Demo {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        listen: Listen,
    },
    /// Bring something in: a folder, a media file, a file of catalog records.
    Add {
        /// What to bring in; it is recognised by itself.
        #[arg(required = true)]
        what: Vec<String>,
        #[command(flatten)]
        into: Into,
    },
    /// Bring something in, told the kind.
    Import {
        #[command(subcommand)]
        kind: Import,
    },
    /// Print the generated OpenAPI document of a face.
    Openapi {
        /// Which face.
        #[arg(value_parser = ["odx-v4", "operator"])]
        face: String,
    },
    /// Manage the operator's access.
    Operator {
        #[command(subcommand)]
        what: Operator,
    },
    /// Learn which titles go together, explain it, measure it.
    Recommend {
        #[command(subcommand)]
        what: Recommend,
    },
    /// Look after people's accounts.
    User {
        #[command(subcommand)]
        what: User,
    },
    /// Look after mail.
    Mail {
        #[command(subcommand)]
        what: Mail,
    },
    /// Write everything (database and artwork; not media) into one file.
    Backup {
        /// Where to; - for standard output.
        file: PathBuf,
        #[command(flatten)]
        common: Common,
    },
    /// Replace everything by what a backup holds, from either database.
    Restore {
        /// Where from.
        file: PathBuf,
        /// Do it although the database holds something.
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Show or check the configuration.
    Config {
        #[command(subcommand)]
        what: Config,
    },
    /// Bring the database's schema up to date (serve does it by itself).
    Migrate {
        #[command(flatten)]
        common: Common,
    },
    /// Look for what could go wrong, and say what to do about it.
    Doctor {
        #[command(flatten)]
        common: Common,
    },
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Write the manual pages, one per command, into a folder.
    #[command(hide = true)]
    Man {
        /// Where to; it must exist.
        folder: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Operator {
    /// Make a new operator token; the one before stops working at once.
    Token {
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Mail {
    /// Send a test mail at once, past the outbox, and say what came of it.
    Test {
        /// Whom to.
        address: String,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Print the settings in force, secrets left out.
    Print {
        #[command(flatten)]
        common: Common,
    },
    /// Check the settings and say nothing when they are good.
    Check {
        #[command(flatten)]
        common: Common,
    },
}

/// Parses the command line and runs what it asks for.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the runtime could not be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(crate::commands::run(cli.command));
    // A read of standard input or a stuck disk must not keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_sound() {
        crate::command().debug_assert();
    }
}
