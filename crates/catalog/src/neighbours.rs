//! Which titles are near others: the port, and an answer that needs no viewers.
//!
//! Rows ("more like this", "because you watched", "recommended") ask through [`Neighbours`] and
//! know nothing of how nearness is found. [`SharedFacts`] looks at what titles have in common;
//! [`crate::recommend::Learnt`] asks what was learnt from viewers, and falls back on it where data is thin.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use marquee_domain::catalog::{LabelKind, TitleKey};
use marquee_storage::Query;
use marquee_storage::catalog as stored;

use crate::Result;
use crate::browse::Audience;

/// Tells which titles are near others.
pub trait Neighbours: Send + Sync {
    /// Titles near all of `of` together, the nearest first, at most `limit`, none of `of` among them.
    ///
    /// `of` begins with what matters most, such as what was watched last. The answer may hold
    /// titles that are not published; whoever asks leaves them out.
    fn near<'a>(
        &'a self,
        q: &'a mut dyn Query,
        who: Audience,
        of: &'a [TitleKey],
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<TitleKey>>>;
}

/// Nearness by shared categories, tags and people, then by popularity.
#[derive(Debug, Clone, Copy, Default)]
pub struct SharedFacts;

/// Most labels that are compared by; more would only blur a long history.
const LABELS: usize = 64;

impl Neighbours for SharedFacts {
    fn near<'a>(
        &'a self,
        q: &'a mut dyn Query,
        who: Audience,
        of: &'a [TitleKey],
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<TitleKey>>> {
        Box::pin(async move {
            let mut times: HashMap<(i64, LabelKind), i64> = HashMap::new();
            for label in stored::labels_of_titles(q, of).await? {
                *times.entry(label).or_default() += 1;
            }
            let labels: Vec<i64> = times.keys().map(|(label, _)| *label).collect();
            let sizes = stored::label_sizes(q, &labels).await?;
            let mut weights: Vec<(i64, i64)> = times
                .into_iter()
                .map(|((label, kind), times)| {
                    let size = sizes.get(&label).copied().unwrap_or(1);
                    (label, weight(kind, size, times))
                })
                .collect();
            weights.sort_unstable_by_key(|(label, weight)| (-weight, *label));
            weights.truncate(LABELS);
            // What is asked about weighs most by its own labels and is left out afterwards.
            let room = i64::try_from(limit.saturating_add(of.len())).unwrap_or(i64::MAX);
            let mut near = stored::heaviest_titles(q, who.service, &weights, who.now, room).await?;
            near.retain(|title| !of.contains(title));
            near.truncate(limit);
            Ok(near)
        })
    }
}

/// What it weighs to share a label that `size` titles have and `times` of those asked about: the
/// fewer have it the more, as inverse document frequency has it; a person more than a tag, a tag
/// more than a category.
fn weight(kind: LabelKind, size: i64, times: i64) -> i64 {
    let of_kind = match kind {
        LabelKind::Category => 2.0,
        LabelKind::Tag => 3.0,
        LabelKind::Person => 4.0,
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of titles are small")]
    let (size, times) = (size.max(1) as f64, times.clamp(1, 1000) as f64);
    let rarity = 1.0 / (1.0 + size).ln();
    #[expect(clippy::cast_possible_truncation, reason = "at most a few millions")]
    let weight = (of_kind * rarity * times * 1000.0).round() as i64;
    weight.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_labels_weigh_more_and_people_most() {
        use LabelKind::{Category, Person, Tag};
        assert!(weight(Category, 10, 1) > weight(Category, 10_000, 1));
        assert!(weight(Person, 10, 1) > weight(Tag, 10, 1));
        assert!(weight(Tag, 10, 1) > weight(Category, 10, 1));
        assert!(weight(Tag, 10, 3) > weight(Tag, 10, 1));
        assert!(weight(Category, i64::MAX, 1) > 0);
        assert!(weight(Category, -5, -5) > 0);
    }
}
