//! Who may see what: a service is open to everyone or to members only.

use crate::account::Viewer;
use serde::{Deserialize, Serialize};

/// Who sees the catalog of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Anonymous calls see and play it.
    Public,
    /// Catalog and playback need a live session.
    Members,
}

impl Visibility {
    /// The word that is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Members => "members",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Public, Self::Members]
            .into_iter()
            .find(|v| v.as_str() == word)
    }

    /// Whether somebody, or nobody who is known, may see the catalog; the one place that decides.
    #[must_use]
    pub fn admit(self, viewer: Option<&Viewer>) -> Option<Permit> {
        let may = match self {
            Self::Public => true,
            Self::Members => viewer.is_some(),
        };
        may.then_some(Permit(()))
    }

    /// Whether a call without a session may see the catalog.
    #[must_use]
    pub fn admit_anonymous(self) -> Option<Permit> {
        self.admit(None)
    }
}

/// Proof that somebody may see the catalog of a service. Only [`Visibility`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Permit(());
