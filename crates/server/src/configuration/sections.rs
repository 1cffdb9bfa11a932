//! The sections of the configuration, with their defaults.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use marquee_storage::Durability;
use serde::{Deserialize, Serialize};

/// The database. Its address may hold a password, so this is never printed as it is.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Database {
    /// `sqlite:PATH` or `postgres://…`; a file in the data folder when empty.
    pub(crate) url: String,
    pub(crate) connections: u32,
    /// Left out of the documentation and of what is printed: `off` loses acknowledged writes when the
    /// power fails. It is there so that the check for durability can be seen to fail.
    #[serde(skip_serializing_if = "Careful::is_full")]
    pub(crate) durability: Careful,
}

/// How careful SQLite is with what it has acknowledged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Careful {
    #[default]
    Full,
    Off,
}

impl Careful {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands out references"
    )]
    fn is_full(&self) -> bool {
        *self == Self::Full
    }
}

impl From<Careful> for Durability {
    fn from(careful: Careful) -> Self {
        match careful {
            Careful::Full => Self::Full,
            Careful::Off => Self::Off,
        }
    }
}

/// What nodes share beside the database. The address may hold a password, so this is never printed as
/// it is.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Redis {
    /// `redis://…` or `rediss://…`; none when empty.
    pub(crate) url: String,
}

/// Accounts. Never printed as it is, for its secret.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Auth {
    /// File with the server's own secret; `secret.key` of the data folder when absent, made when it is not there.
    pub(crate) secret_file: Option<PathBuf>,
    /// The secret itself, in the place of a file; nodes on one database share it.
    pub(crate) secret: String,
    /// `lax`, or `none` for web apps of another site (`https` and `cors_origins` only).
    pub(crate) cookie_same_site: String,
    /// Whether calls tell if an address has an account.
    pub(crate) tells_registration: bool,
    /// Days that a session lasts without being used.
    pub(crate) refresh_days: u32,
    /// Days that a session lasts at most.
    pub(crate) session_days: u32,
    /// Passwords that are hashed at once; each takes 19 MiB.
    pub(crate) password_hands: usize,
    /// Sign-ins that may wait for that; more are asked to come back.
    pub(crate) password_waiting: usize,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            secret_file: None,
            secret: String::new(),
            cookie_same_site: "lax".to_owned(),
            tells_registration: true,
            refresh_days: 30,
            session_days: 365,
            password_hands: 2,
            password_waiting: 64,
        }
    }
}

/// Certificate and key, read again when they change.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tls {
    pub(crate) cert: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

/// Where the catalog is open.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Region {
    /// Countries that are let in; none lets everyone in.
    pub(crate) allowed: Vec<String>,
    /// Header that a trusted proxy sets to the country.
    pub(crate) header: Option<String>,
    /// Country database in MaxMind's format.
    pub(crate) database: Option<PathBuf>,
}

/// Object storage. Never printed as it is, for its secret.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct S3 {
    pub(crate) endpoint: Option<String>,
    pub(crate) region: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
}

/// Pictures.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Art {
    /// `s3://bucket/prefix`; a folder of the data folder when empty.
    pub(crate) location: String,
    /// Copies of pictures kept on disk, in MiB.
    pub(crate) copies_mib: u64,
}

impl Default for Art {
    fn default() -> Self {
        Self {
            location: String::new(),
            copies_mib: 1024,
        }
    }
}

/// What may be fetched.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EgressSettings {
    /// Hosts on the own network that may be fetched from, by name.
    pub(crate) allowed_hosts: Vec<String>,
}

/// Learning which titles go together.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Recommend {
    /// Whether this node trains in the background; what was learnt is used all the same.
    pub(crate) enabled: bool,
    /// Hours between trainings, at least; it waits on until something changed.
    pub(crate) every_hours: u32,
}

/// Mail. Never printed as it is, for its password.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mail {
    /// Whom mail comes from, `NAME@HOST` or `Name <NAME@HOST>`; made of the public address when empty.
    pub(crate) from: String,
    /// The mail server; mails are files in the data folder when empty.
    pub(crate) host: String,
    /// Its port; the usual one of `security` when absent.
    pub(crate) port: Option<u16>,
    /// `starttls`, `tls`, or `none` for a server on this machine.
    pub(crate) security: String,
    pub(crate) user: String,
    pub(crate) password: String,
    /// File that holds the password, instead of `password`.
    pub(crate) password_file: Option<PathBuf>,
    /// PEM file of a certificate authority of one's own.
    pub(crate) ca_file: Option<PathBuf>,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            from: String::new(),
            host: String::new(),
            port: None,
            security: "starttls".to_owned(),
            user: String::new(),
            password: String::new(),
            password_file: None,
            ca_file: None,
        }
    }
}

/// Bounds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Longest time until an answer begins, in seconds.
    pub(crate) request_seconds: u64,
    /// Hot answers kept in memory, in MiB.
    pub(crate) answers_mib: u64,
    /// Indexes of media kept in memory, in MiB.
    pub(crate) indexes_mib: u64,
    /// Connections at a time; more wait.
    pub(crate) connections: usize,
    /// How often somebody may do something, by the name of the rule: `5/10m`, or `off`. Rules that are not named have
    /// their usual rate.
    pub(crate) rates: BTreeMap<String, String>,
}

/// The log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// `text` or `json`.
    pub(crate) format: String,
    /// Filter, such as `info` or `marquee_engine=debug,info`.
    pub(crate) level: String,
    /// Whether every request is logged.
    pub(crate) access: bool,
}

/// Metrics.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Metrics {
    /// A listener of their own, without the operator token; keep it inside.
    pub(crate) listen: Option<SocketAddr>,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: String::new(),
            connections: 8,
            durability: Careful::Full,
        }
    }
}

impl Default for Recommend {
    fn default() -> Self {
        Self {
            enabled: true,
            every_hours: 6,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_seconds: 60,
            answers_mib: 64,
            indexes_mib: 64,
            connections: 10_000,
            rates: BTreeMap::new(),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: "text".to_owned(),
            level: "info".to_owned(),
            access: false,
        }
    }
}
