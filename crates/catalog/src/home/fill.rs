//! From how a row is filled to the keys of what it shows.

use marquee_domain::catalog::{LabelKind, TitleKey};
use marquee_domain::home::{Channel, Fill, ItemKind, QueryKind, QueryOrder, Reference, RowQuery};
use marquee_domain::personal::{FavoriteKind, Owner};
use marquee_storage::catalog::{self as stored, Shown, TitleFilter};
use marquee_storage::home::{self, Found};
use marquee_storage::{Query, favorites, labels};

use super::TileQuery;
use super::continued::{continued, watched};
use crate::Result;
use crate::browse::Audience;
use crate::neighbours::Neighbours;
use crate::personal::FAVORITES_MAX;

/// Tiles of a row of near titles.
const NEAR: usize = 30;
/// Watched titles that recommendations look at.
const HISTORY: usize = 20;

/// Filling the rows of one call; what several of them need is looked up once.
pub(super) struct Filling<'a> {
    who: Audience,
    query: TileQuery<'a>,
    neighbours: &'a dyn Neighbours,
    /// Titles that the asking person has watched, the last one first.
    watched: Option<Vec<TitleKey>>,
}

impl<'a> Filling<'a> {
    pub(super) fn new(who: Audience, query: TileQuery<'a>, neighbours: &'a dyn Neighbours) -> Self {
        Self {
            who,
            query,
            neighbours,
            watched: None,
        }
    }

    /// What a row shows: published, of a kind that its surface shows, in order, each once.
    pub(super) async fn keys(&mut self, q: &mut dyn Query, fill: &Fill) -> Result<Vec<Found>> {
        let found = match fill {
            Fill::Items { items } => self.resolved(q, items).await?,
            Fill::Query { query } => self.queried(q, query).await?,
            Fill::Channels => self.channels(q).await?,
            Fill::ContinueWatching => match self.query.viewer {
                Some(viewer) => continued(q, self.who, viewer.recent).await?,
                None => Vec::new(),
            },
            Fill::Favorites => match self.query.viewer {
                Some(viewer) => self.favorites(q, viewer.owner).await?,
                None => Vec::new(),
            },
            Fill::MoreLikeThis { of } => self.like(q, of).await?,
            Fill::BecauseYouWatched => self.because(q).await?,
            Fill::Recommended => self.recommended(q).await?,
        };
        let mut found = home::published(q, self.who.service, &found, self.who.now).await?;
        found.retain(|item| self.query.surface.shows(item.kind));
        Ok(found)
    }

    async fn resolved(&self, q: &mut dyn Query, items: &[Reference]) -> Result<Vec<Found>> {
        let shown = Shown::At(self.who.now);
        let found = home::resolve(q, self.who.service, items, shown).await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn queried(&self, q: &mut dyn Query, query: &RowQuery) -> Result<Vec<Found>> {
        let mut wanted = Vec::new();
        for (kind, name) in [
            (LabelKind::Category, &query.category),
            (LabelKind::Tag, &query.tag),
        ] {
            let Some(name) = name else { continue };
            // Nothing is under a label that is not there.
            let Some(label) = self.label(q, kind, name).await? else {
                return Ok(Vec::new());
            };
            wanted.push(label);
        }
        if wanted.len() > 1 {
            let sizes = stored::label_sizes(q, &wanted).await?;
            wanted.sort_by_key(|label| sizes.get(label).copied().unwrap_or(0));
        }
        let kinds: &[QueryKind] = if query.types.is_empty() {
            &[QueryKind::Series, QueryKind::Movie, QueryKind::Clip]
        } else {
            &query.types
        };
        let filter = TitleFilter {
            series: kinds.contains(&QueryKind::Series),
            contents: kinds.iter().filter_map(|kind| kind.content()).collect(),
            alone: query.types.is_empty(),
            labels: wanted,
            language: query.language.clone(),
            by_popularity: query.order == QueryOrder::Popularity,
        };
        self.listed(q, &filter, query.limit).await
    }

    async fn listed(
        &self,
        q: &mut dyn Query,
        filter: &TitleFilter,
        limit: u32,
    ) -> Result<Vec<Found>> {
        let limit = i64::from(limit);
        let found = stored::list_titles(q, self.who.service, filter, self.who.now, limit).await?;
        Ok(found.into_iter().map(item).collect())
    }

    async fn label(&self, q: &mut dyn Query, kind: LabelKind, name: &str) -> Result<Option<i64>> {
        let names = [name.to_owned()];
        let mut found = labels::find_by_keys(q, self.who.service, kind, &names).await?;
        if found.is_empty() {
            found = labels::find_by_slugs(q, self.who.service, kind, &names).await?;
        }
        Ok(found.first().map(|label| label.id))
    }

    async fn channels(&self, q: &mut dyn Query) -> Result<Vec<Found>> {
        let shown = Shown::At(self.who.now);
        let channels = home::list::<Channel>(q, self.who.service, shown).await?;
        let found = |channel: Channel| Found {
            kind: ItemKind::Channel,
            id: channel.id.0,
        };
        Ok(channels.into_iter().map(found).collect())
    }

    async fn favorites(&self, q: &mut dyn Query, owner: &Owner) -> Result<Vec<Found>> {
        let kept = favorites::list(q, owner, self.who.service, FAVORITES_MAX).await?;
        let found = |favorite: favorites::Favorite| Found {
            kind: match favorite.kind {
                FavoriteKind::Content => ItemKind::Content,
                FavoriteKind::Season => ItemKind::Season,
                FavoriteKind::Channel => ItemKind::Channel,
            },
            id: favorite.source_id,
        };
        Ok(kept.into_iter().map(found).collect())
    }

    async fn near(&self, q: &mut dyn Query, of: &[TitleKey]) -> Result<Vec<Found>> {
        if of.is_empty() {
            return Ok(Vec::new());
        }
        let near = self.neighbours.near(q, self.who, of, NEAR).await?;
        Ok(near.into_iter().map(item).collect())
    }

    /// Near the title of a reference. Nothing is near one that may not be shown.
    async fn like(&self, q: &mut dyn Query, of: &Reference) -> Result<Vec<Found>> {
        let found = self.resolved(q, std::slice::from_ref(of)).await?;
        let of = match found.first() {
            Some(found) => title_of(q, *found).await?,
            None => None,
        };
        self.near(q, of.as_slice()).await
    }

    /// Near what was watched last, without what was watched before.
    async fn because(&mut self, q: &mut dyn Query) -> Result<Vec<Found>> {
        let watched = self.history(q).await?;
        let last = watched.first().copied();
        let near = self.near(q, last.as_slice()).await?;
        Ok(without(near, &watched))
    }

    /// Near everything that was watched; what is popular fills the row up.
    async fn recommended(&mut self, q: &mut dyn Query) -> Result<Vec<Found>> {
        let watched = self.history(q).await?;
        let recent: Vec<TitleKey> = watched.iter().take(HISTORY).copied().collect();
        let near = self.near(q, &recent).await?;
        let popular = TitleFilter {
            series: true,
            contents: vec![marquee_domain::catalog::ContentKind::Movie],
            alone: true,
            by_popularity: true,
            ..TitleFilter::default()
        };
        let room = u32::try_from(NEAR + watched.len()).unwrap_or(u32::MAX);
        let popular = self.listed(q, &popular, room).await?;
        let mut found = without(near, &watched);
        for item in without(popular, &watched) {
            if found.len() < NEAR && !found.contains(&item) {
                found.push(item);
            }
        }
        Ok(found)
    }

    async fn history(&mut self, q: &mut dyn Query) -> Result<Vec<TitleKey>> {
        if let Some(watched) = &self.watched {
            return Ok(watched.clone());
        }
        let found = match self.query.viewer {
            Some(viewer) => watched(q, self.who, viewer.recent).await?,
            None => Vec::new(),
        };
        self.watched = Some(found.clone());
        Ok(found)
    }
}

fn item(title: TitleKey) -> Found {
    match title {
        TitleKey::Series(id) => Found {
            kind: ItemKind::Series,
            id: id.0,
        },
        TitleKey::Content(id) => Found {
            kind: ItemKind::Content,
            id: id.0,
        },
    }
}

fn without(mut found: Vec<Found>, watched: &[TitleKey]) -> Vec<Found> {
    found.retain(|found| !watched.iter().any(|title| item(*title) == *found));
    found
}

/// The title that an item belongs to.
async fn title_of(q: &mut dyn Query, found: Found) -> Result<Option<TitleKey>> {
    Ok(match found.kind {
        ItemKind::Series => Some(TitleKey::Series(marquee_domain::SeriesId(found.id))),
        ItemKind::Season => {
            let seasons = stored::seasons_by_ids(q, &[found.id], Shown::All).await?;
            seasons
                .first()
                .map(|season| TitleKey::Series(season.series))
        }
        ItemKind::Content => {
            let contents = stored::contents_by_ids(q, &[found.id], Shown::All).await?;
            contents
                .first()
                .map(marquee_domain::catalog::Content::title)
        }
        ItemKind::Channel | ItemKind::Multichannel => None,
    })
}
