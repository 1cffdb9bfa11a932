//! What everybody is recommended: the popular titles, and what goes with them.
//!
//! A title's score is its popularity, 1 for the most popular one, plus half of what the most popular
//! titles say of it, weighted by their popularity. So the order is mostly that of popularity, what goes
//! with much that is popular moves up, and titles that nobody has watched yet come in beside their
//! like. What is left over is filled up with the newest.

use std::collections::HashMap;

use marquee_domain::catalog::{Series, TitleKey};
use marquee_domain::recommend::Neighbour;
use marquee_storage::Query;
use marquee_storage::catalog::{self as stored, Shown};
use marquee_storage::neighbours::{self, input};

use crate::Result;
use crate::browse::{Audience, CategoryItem, PlacedContent, open_series};

/// Most titles that everybody is recommended.
pub const EVERYONE_MAX: usize = 50;

/// Popular titles whose neighbours are looked at.
const VOICES: usize = 20;

/// How much the neighbours count beside popularity.
const NEIGHBOURS_COUNT: f32 = 0.5;

/// Published titles for everybody, best first, at most [`EVERYONE_MAX`].
///
/// # Errors
/// When storage fails.
pub async fn for_everyone(q: &mut dyn Query, who: Audience) -> Result<Vec<CategoryItem>> {
    let limit = i64::try_from(EVERYONE_MAX).unwrap_or(i64::MAX);
    let popular = input::popular(q, who.service, who.now, limit).await?;
    let voices = popular
        .iter()
        .take(VOICES)
        .filter(|(_, score)| *score > 0.0);
    let voices: Vec<TitleKey> = voices.map(|(title, _)| *title).collect();
    let lists = neighbours::of_titles(q, who.service, &voices).await?;
    let order = order(&popular, &lists);
    let mut items = read(q, who, &order).await?;
    items.truncate(EVERYONE_MAX);
    Ok(items)
}

/// The order of titles by popularity and neighbours. `popular` is by popularity, then newest first.
fn order(popular: &[(TitleKey, f64)], lists: &[(TitleKey, Vec<Neighbour>)]) -> Vec<TitleKey> {
    let most = popular.first().map_or(0.0, |(_, score)| *score);
    // Popularity is kept as a logarithm.
    #[expect(clippy::cast_possible_truncation, reason = "at most 1")]
    let share = |score: f64| {
        if score > 0.0 {
            (score - most).exp2() as f32
        } else {
            0.0
        }
    };
    let popularity: HashMap<TitleKey, f32> = popular
        .iter()
        .map(|(title, score)| (*title, share(*score)))
        .collect();
    let mut said: HashMap<TitleKey, f32> = HashMap::new();
    for (voice, list) in lists {
        let weight = popularity.get(voice).copied().unwrap_or_default();
        for near in list {
            *said.entry(near.title).or_default() += weight * near.score;
        }
    }
    let loudest = said.values().copied().fold(0.0_f32, f32::max);
    let mut places: HashMap<TitleKey, usize> = HashMap::new();
    for (place, (title, _)) in popular.iter().enumerate() {
        places.insert(*title, place);
    }
    let mut scored: Vec<(TitleKey, f32, usize)> = places
        .keys()
        .chain(said.keys().filter(|title| !places.contains_key(title)))
        .map(|title| {
            let own = popularity.get(title).copied().unwrap_or_default();
            let said = said.get(title).copied().unwrap_or_default();
            let said = if loudest > 0.0 { said / loudest } else { 0.0 };
            let place = places.get(title).copied().unwrap_or(usize::MAX);
            (*title, own + NEIGHBOURS_COUNT * said, place)
        })
        .collect();
    // What nobody watched and nothing speaks for keeps its place: newest first.
    scored.sort_by(|a, b| {
        let rest = (a.2, a.0).cmp(&(b.2, b.0));
        b.1.total_cmp(&a.1).then(rest)
    });
    scored.into_iter().map(|(title, ..)| title).collect()
}

/// The titles of these keys that are published, in their order.
async fn read(q: &mut dyn Query, who: Audience, titles: &[TitleKey]) -> Result<Vec<CategoryItem>> {
    let (mut series, mut contents) = (Vec::new(), Vec::new());
    // Some more than are shown, for those that are not published.
    for title in titles.iter().take(2 * EVERYONE_MAX) {
        match title {
            TitleKey::Series(id) => series.push(id.0),
            TitleKey::Content(id) => contents.push(id.0),
        }
    }
    let at = Shown::At(who.now);
    let mut series: Vec<Series> = stored::series_by_ids(q, &series, at).await?;
    series.retain(|series| series.head.service == who.service);
    let mut items: HashMap<TitleKey, CategoryItem> = HashMap::new();
    for opened in open_series(q, series, who.now).await? {
        // A series opens on its first published season; without one there is nothing to open.
        if opened.seasons.is_empty() {
            continue;
        }
        let key = TitleKey::Series(opened.series.id);
        items.insert(key, CategoryItem::Series(Box::new(opened)));
    }
    for content in stored::contents_by_ids(q, &contents, at).await? {
        if content.head.service == who.service {
            let key = TitleKey::Content(content.id);
            let placed = PlacedContent {
                content,
                place: None,
            };
            items.insert(key, CategoryItem::Content(Box::new(placed)));
        }
    }
    Ok(titles
        .iter()
        .filter_map(|title| items.remove(title))
        .collect())
}

#[cfg(test)]
mod tests {
    use marquee_domain::ContentId;
    use marquee_domain::recommend::Reason;

    use super::*;

    fn key(id: i64) -> TitleKey {
        TitleKey::Content(ContentId(id))
    }

    fn near(id: i64, score: f32) -> Neighbour {
        Neighbour {
            title: key(id),
            score,
            reason: Reason::WatchedTogether,
        }
    }

    fn ids(order: &[TitleKey]) -> Vec<i64> {
        order.iter().map(|key| key.parts().1).collect()
    }

    #[test]
    fn popularity_leads_and_neighbours_move_up() {
        let popular = [
            (key(1), 1000.0),
            (key(2), 999.9),
            (key(3), 990.0),
            (key(4), 0.0),
            (key(5), 0.0),
        ];
        assert_eq!(ids(&order(&popular, &[])), [1, 2, 3, 4, 5]);
        let lists = [(key(1), vec![near(5, 1.0), near(9, 0.4), near(2, 0.9)])];
        assert_eq!(ids(&order(&popular, &lists)), [2, 1, 5, 9, 3, 4]);
    }

    #[test]
    fn nothing_watched_is_newest_first() {
        let popular = [(key(7), 0.0), (key(3), 0.0)];
        assert_eq!(ids(&order(&popular, &[])), [7, 3]);
        assert!(order(&[], &[]).is_empty());
    }
}
