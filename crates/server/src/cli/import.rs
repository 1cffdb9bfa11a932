//! What `add` and `import` take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Common;

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
