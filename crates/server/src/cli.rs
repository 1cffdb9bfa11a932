//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

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

/// Where things are brought in to.
#[derive(Debug, Clone, Args)]
pub(crate) struct Into {
    /// Service whose catalog they go to; the first configured one by default.
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Catalog records, one JSON object per line (.zst is unpacked; - reads standard input).
    Catalog {
        /// Files of records.
        #[arg(required = true)]
        paths: Vec<String>,
        /// Check only, store nothing.
        #[arg(long)]
        dry_run: bool,
        /// Check everything first, and bring nothing in when anything would be rejected.
        #[arg(long)]
        strict: bool,
        #[command(flatten)]
        into: Into,
    },
    /// Folders of films and series.
    Media {
        /// Folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        into: Into,
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

/// What an account may do beside watching.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum RoleArg {
    /// Nothing.
    Viewer,
    /// Everything that the operator token may.
    Operator,
}

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Make an account. Its owner gets a mail that sets the password, unless one is given.
    Add {
        /// Its address.
        address: String,
        /// The name that is shown.
        #[arg(long, default_value = "")]
        name: String,
        /// What it may do.
        #[arg(long, value_enum, default_value = "viewer")]
        role: RoleArg,
        /// Read the password from standard input, first line.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        common: Common,
    },
    /// List accounts by address.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Set what an account may do; its sessions end.
    Role {
        /// Its address.
        address: String,
        /// What it may do.
        #[arg(value_enum)]
        role: RoleArg,
        #[command(flatten)]
        common: Common,
    },
    /// Mail an account a link that sets a new password; its sessions end.
    ResetPassword {
        /// Its address.
        address: String,
        #[command(flatten)]
        common: Common,
    },
    /// Sign an account out everywhere.
    EndSessions {
        /// Its address.
        address: String,
        #[command(flatten)]
        common: Common,
    },
    /// Close an account; its sessions end and nobody can sign in to it.
    Suspend {
        /// Its address.
        address: String,
        #[command(flatten)]
        common: Common,
    },
    /// Open a suspended account again.
    Restore {
        /// Its address.
        address: String,
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
pub(crate) enum Recommend {
    /// Measure the methods on a file of ratings: hold some back, learn from the rest, see what is found.
    ///
    /// Every title that a user has no rating of in the part learnt from is ranked; none are sampled.
    /// Every rating of --min-rating or more counts as watched, whatever its value. Figures are averages
    /// over users with something held back (20,000 drawn by chance when there are more):
    /// nDCG@10 with a gain of 1 and the discount 1/log2(rank+1); recall@k, the share of what was held
    /// back that is among the first k; coverage@10, the share of titles that anybody is shown.
    Evaluate {
        /// File of ratings, one per line: user, item, rating, time in seconds; parted by tabs, :: or commas.
        #[arg(long, value_name = "FILE")]
        ratings: PathBuf,
        /// What is held back.
        ///
        /// leave-last-out: the latest rating of every user. random-split[:P], user-split[:P],
        /// item-split[:P]: by chance all but P percent of all ratings, of each user's, of each item's;
        /// P is 75 when left out.
        #[arg(long, default_value = "item-split:75", value_name = "PROTOCOL")]
        protocol: marquee_recommend::evaluate::Protocol,
        /// Where chance begins; the same seed gives the same figures.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Ratings below this are left out before anything else.
        #[arg(long, default_value_t = 0.0, value_name = "R")]
        min_rating: f64,
        /// The lambda of EASE [default: ten times the mean ratings per item, 5 to 500].
        #[arg(long, value_name = "L")]
        lambda: Option<f32>,
        /// Learn from so many users only, drawn by chance, and measure these [default: all].
        #[arg(long, value_name = "N")]
        viewers: Option<usize>,
        /// Print the figures as JSON, with the time and memory that learning took.
        #[arg(long)]
        json: bool,
    },
    /// Train now, whether it is time or not (serve does it by itself).
    Train {
        #[command(flatten)]
        common: Common,
    },
    /// Say which titles go with one, and why.
    Explain {
        /// Slug of a series, or of a film.
        slug: String,
        /// Service; the first configured one by default.
        #[arg(long, value_name = "NAME")]
        service: Option<String>,
        /// How many titles.
        #[arg(long, default_value_t = 20)]
        limit: usize,
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
