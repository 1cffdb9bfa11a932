//! What a run did, and how far it is.

use serde::{Deserialize, Serialize};

/// Most rejections that are kept word by word; more are counted.
const MAX_KEPT: usize = 1000;

/// Something that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// File it was in, or is.
    pub path: String,
    /// Line of a record, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// External key of the record, when it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Member at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Why, for people.
    pub reason: String,
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(id) = &self.id {
            write!(f, " {id}")?;
        }
        if let Some(field) = &self.field {
            write!(f, " [{field}]")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Items that were not there before.
    pub added: u64,
    /// Items that differed.
    pub updated: u64,
    /// Items that were the same.
    pub unchanged: u64,
    /// Items that were taken away.
    pub removed: u64,
    /// Things that were not taken: all of them.
    pub rejected_count: u64,
    /// Things that were not taken: the first thousand.
    pub rejected: Vec<Rejection>,
    /// Things that were taken but deserve a word, such as tracks that cannot be played.
    pub notes: Vec<Rejection>,
}

impl Report {
    /// Notes something that was not taken.
    pub fn reject(&mut self, rejection: Rejection) {
        self.rejected_count += 1;
        if self.rejected.len() < MAX_KEPT {
            self.rejected.push(rejection);
        }
    }

    /// Notes something that deserves a word.
    pub fn note(&mut self, note: Rejection) {
        if self.notes.len() < MAX_KEPT {
            self.notes.push(note);
        }
    }

    /// Adds another report.
    pub fn merge(&mut self, other: Self) {
        self.added += other.added;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.removed += other.removed;
        self.rejected_count += other.rejected_count;
        self.rejected.extend(other.rejected);
        self.rejected.truncate(MAX_KEPT);
        self.notes.extend(other.notes);
        self.notes.truncate(MAX_KEPT);
    }
}

/// Hears how far a run is.
pub trait Progress: Send + Sync {
    /// `done` of `total` units (bytes of a file, titles of a folder) are through; `current` is at work.
    fn advance(&self, done: u64, total: u64, current: &str);
}

/// Nobody listens.
pub struct NoProgress;

impl Progress for NoProgress {
    fn advance(&self, _: u64, _: u64, _: &str) {}
}
