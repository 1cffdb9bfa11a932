//! The items that tiles and slides stand for.

use std::collections::HashMap;

use marquee_domain::catalog::{Season, Series};
use marquee_domain::home::{Channel, ItemKind, Multichannel};
use marquee_storage::Query;
use marquee_storage::catalog::{self as stored, Shown};
use marquee_storage::home::{self, Found};

use crate::Result;
use crate::browse::{
    Audience, OpenedSeries, PlacedContent, PlacedSeason, above, open_series, place,
};

/// What a tile or a slide stands for.
#[derive(Debug, Clone)]
pub enum Item {
    /// A content.
    Content(Box<PlacedContent>),
    /// A series.
    Series(Box<OpenedSeries>),
    /// A season.
    Season(Box<PlacedSeason>),
    /// A channel.
    Channel(Box<Channel>),
    /// A bundle with its published channels.
    Multichannel(Box<Multichannel>, Vec<Channel>),
}

/// Reads items, each in its place; none for what is not published.
pub(crate) async fn read(
    q: &mut dyn Query,
    who: Audience,
    keys: &[Found],
) -> Result<Vec<Option<Item>>> {
    let shown = Shown::At(who.now);
    let of = |kind: ItemKind| -> Vec<i64> {
        let mut ids: Vec<i64> = keys
            .iter()
            .filter(|key| key.kind == kind)
            .map(|key| key.id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let mut items: HashMap<Found, Item> = HashMap::new();
    let found = |kind, id| Found { kind, id };

    let contents = stored::contents_by_ids(q, &of(ItemKind::Content), shown).await?;
    for placed in place(q, contents).await? {
        let key = found(ItemKind::Content, placed.content.id.0);
        items.insert(key, Item::Content(Box::new(placed)));
    }
    let series: Vec<Series> = stored::series_by_ids(q, &of(ItemKind::Series), shown).await?;
    for opened in open_series(q, series, who.now).await? {
        let key = found(ItemKind::Series, opened.series.id.0);
        items.insert(key, Item::Series(Box::new(opened)));
    }
    let seasons: Vec<Season> = stored::seasons_by_ids(q, &of(ItemKind::Season), shown).await?;
    for placed in place_seasons(q, who, seasons).await? {
        let key = found(ItemKind::Season, placed.season.id.0);
        items.insert(key, Item::Season(Box::new(placed)));
    }
    for channel in home::by_ids::<Channel>(q, &of(ItemKind::Channel), shown).await? {
        let key = found(ItemKind::Channel, channel.id.0);
        items.insert(key, Item::Channel(Box::new(channel)));
    }
    for bundle in home::by_ids::<Multichannel>(q, &of(ItemKind::Multichannel), shown).await? {
        let key = found(ItemKind::Multichannel, bundle.id.0);
        let channels = home::channels_of(q, bundle.id, shown).await?;
        items.insert(key, Item::Multichannel(Box::new(bundle), channels));
    }
    Ok(keys.iter().map(|key| items.get(key).cloned()).collect())
}

async fn place_seasons(
    q: &mut dyn Query,
    who: Audience,
    seasons: Vec<Season>,
) -> Result<Vec<PlacedSeason>> {
    let (_, series) = above(q, seasons.iter().map(|season| (season.id, season.series))).await?;
    let ids: Vec<i64> = seasons.iter().map(|season| season.id.0).collect();
    let mut facts = stored::season_facts(q, &ids, who.now).await?;
    Ok(seasons
        .into_iter()
        .filter_map(|season| {
            Some(PlacedSeason {
                series: series.get(&season.series)?.clone(),
                facts: facts.remove(&season.id).unwrap_or_default(),
                season,
            })
        })
        .collect())
}
