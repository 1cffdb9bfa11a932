//! What `user` takes.

use clap::Subcommand;

use super::Common;

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
