//! The journal of a merge: what both accounts had before it, by which each gets it again.

use marquee_domain::account::{Account, Provider};
use marquee_domain::personal::{FavoriteKind, Owner, Progress};
use marquee_domain::{AccountId, ContentId, ServiceId};
use marquee_storage::personal::{self, KeptFavorite};
use marquee_storage::{Unit, credentials, favorites, progress};
use serde::{Deserialize, Serialize};

use crate::{IdentityError, Result};

/// What both had before.
#[derive(Serialize, Deserialize)]
pub(super) struct Journal {
    kept: Things,
    merged: Things,
    /// Identities that moved: provider and subject.
    identities: Vec<(String, String)>,
}

/// Favorites and progress of one account, as they are stored.
#[derive(Serialize, Deserialize)]
struct Things {
    favorites: Vec<(i64, String, i64, i64)>,
    progress: Vec<(i64, i64, i64, i64, String)>,
}

impl Things {
    async fn of(unit: &mut Unit, owner: &Owner) -> Result<Self> {
        let favorites = personal::favorites(unit, owner).await?;
        let progress = personal::progress(unit, owner).await?;
        Ok(Self {
            favorites: favorites
                .into_iter()
                .map(|f| (f.service.0, f.kind, f.source_id, f.created_at))
                .collect(),
            progress: progress
                .into_iter()
                .map(|(service, p)| (service.0, p.content.0, p.position_s, p.updated_at, p.device))
                .collect(),
        })
    }

    fn favorites(&self) -> impl Iterator<Item = KeptFavorite> + '_ {
        self.favorites
            .iter()
            .map(|(service, kind, source_id, created_at)| KeptFavorite {
                service: ServiceId(*service),
                kind: kind.clone(),
                source_id: *source_id,
                created_at: *created_at,
            })
    }

    fn progress(&self) -> impl Iterator<Item = (ServiceId, Progress)> + '_ {
        self.progress
            .iter()
            .map(|(service, content, position_s, updated_at, device)| {
                let progress = Progress {
                    content: ContentId(*content),
                    position_s: *position_s,
                    updated_at: *updated_at,
                    device: device.clone(),
                };
                (ServiceId(*service), progress)
            })
    }

    fn has(&self, favorite: &KeptFavorite) -> bool {
        let same = |(_, kind, source, _): &&(i64, String, i64, i64)| {
            *kind == favorite.kind && *source == favorite.source_id
        };
        self.favorites.iter().find(same).is_some()
    }
}

impl Journal {
    /// Moves everything of `other` to the account that is kept, and notes how it was.
    pub(super) async fn of_move(
        unit: &mut Unit,
        (kept, other): (&Account, &Account),
    ) -> Result<Self> {
        let into = Owner::Account(kept.uuid.clone());
        let from = Owner::Account(other.uuid.clone());
        let mut journal = Self {
            kept: Things::of(unit, &into).await?,
            merged: Things::of(unit, &from).await?,
            identities: Vec::new(),
        };
        favorites::merge(unit, &from, &into).await?;
        progress::merge(unit, &from, &into).await?;
        let mine = credentials::socials_of(unit, kept.id).await?;
        for social in credentials::socials_of(unit, other.id).await? {
            if mine.iter().any(|one| one.provider == social.provider) {
                continue;
            }
            credentials::move_social(unit, social.provider, &social.subject, kept.id).await?;
            journal
                .identities
                .push((social.provider.as_str().to_owned(), social.subject));
        }
        Ok(journal)
    }

    /// Reads one as it is stored.
    pub(super) fn read(text: &str) -> Result<Self> {
        let corrupt = |_| IdentityError::Crypto("the journal of a merge cannot be read");
        serde_json::from_str(text).map_err(corrupt)
    }

    /// The text that is stored.
    pub(super) fn write(&self) -> Result<String> {
        let failed = |_| IdentityError::Crypto("the journal of a merge cannot be written");
        serde_json::to_string(self).map_err(failed)
    }

    /// Gives each account again what it had. `line`: the account that is kept, and where it went since.
    pub(super) async fn give_back(
        &self,
        unit: &mut Unit,
        (kept, merged): (&Account, &Account),
        line: &[AccountId],
    ) -> Result<()> {
        let keeps = Owner::Account(kept.uuid.clone());
        let gets = Owner::Account(merged.uuid.clone());
        for favorite in self.merged.favorites() {
            let Some(kind) = FavoriteKind::parse(&favorite.kind) else {
                continue;
            };
            let thing = (kind, favorite.source_id);
            if !self.kept.has(&favorite) {
                favorites::remove(unit, &keeps, thing).await?;
            }
            favorites::add(unit, &gets, favorite.service, thing, favorite.created_at).await?;
        }
        for (service, old) in self.merged.progress() {
            // Where it has been watched on since, that stays.
            if personal::remove_progress(unit, &keeps, &old).await? {
                let before = self.kept.progress().find(|(_, p)| p.content == old.content);
                if let Some((service, before)) = before {
                    personal::put_progress(unit, &keeps, service, &before).await?;
                }
            }
            personal::put_progress(unit, &gets, service, &old).await?;
        }
        for (provider, subject) in &self.identities {
            let Some(provider) = Provider::parse(provider) else {
                continue;
            };
            // It may have been unlinked since, and be somebody else's by now.
            let known = credentials::social(unit, provider, subject).await?;
            if known.is_some_and(|known| line.contains(&known.account)) {
                credentials::move_social(unit, provider, subject, merged.id).await?;
            }
        }
        Ok(())
    }
}
