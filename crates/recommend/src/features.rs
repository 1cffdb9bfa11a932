//! What titles have in common: categories, tags and people.
//!
//! The score of two titles is the cosine of their features, each weighted by its rarity: to share an
//! actor of three films says more than to share "Drama". Of a feature that very many titles have,
//! only the most popular of them are looked at, so the work stays linear in the catalog.

use std::collections::HashMap;

use marquee_domain::recommend::Reason;

use crate::top::Top;

/// Most titles of one feature that are looked at.
pub const SHARED_MAX: usize = 1_000;

/// What kind of thing titles have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FeatureKind {
    /// A category or a genre.
    Category,
    /// A tag.
    Tag,
    /// A person.
    Person,
}

impl FeatureKind {
    /// How much it counts beside its rarity.
    fn weight(self) -> f32 {
        match self {
            Self::Category => 1.0,
            Self::Tag => 0.7,
            Self::Person => 0.6,
        }
    }

    fn reason(self) -> Reason {
        match self {
            Self::Category | Self::Tag => Reason::SameCategory,
            Self::Person => Reason::SameCast,
        }
    }
}

/// One feature: its kind, and its id among those of its kind.
pub type Feature = (FeatureKind, u64);

/// The features of every title, indexed.
#[derive(Debug, Default)]
pub struct Features {
    /// Per title its features by index with their weights; the squares of the weights sum up to one.
    of: Vec<Vec<(u32, f32)>>,
    kinds: Vec<FeatureKind>,
    /// Per feature the titles that are looked at, with the feature's weight in each.
    having: Vec<Vec<(u32, f32)>>,
}

/// A title that has something in common with another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similar {
    /// Which.
    pub title: u32,
    /// From 0 to 1.
    pub score: f32,
    /// What it mostly comes from.
    pub reason: Reason,
}

impl Features {
    /// Indexes the features of titles. `popularity` is per title; of titles with too common a
    /// feature the greatest are looked at.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of titles")]
    pub fn new(titles: &[Vec<Feature>], popularity: &[f64]) -> Self {
        let mut indexes: HashMap<Feature, u32> = HashMap::new();
        let (mut kinds, mut having): (Vec<FeatureKind>, Vec<Vec<(u32, f32)>>) =
            (Vec::new(), Vec::new());
        let mut of: Vec<Vec<(u32, f32)>> = Vec::with_capacity(titles.len());
        for (title, features) in (0_u32..).zip(titles) {
            let mut own: Vec<(u32, f32)> = Vec::with_capacity(features.len());
            for feature in features {
                let next = u32::try_from(kinds.len()).unwrap_or(u32::MAX);
                let index = *indexes.entry(*feature).or_insert(next);
                if index == next {
                    kinds.push(feature.0);
                    having.push(Vec::new());
                }
                if own.iter().all(|(known, _)| *known != index) {
                    own.push((index, 0.0));
                    having[index as usize].push((title, 0.0));
                }
            }
            of.push(own);
        }
        let all = titles.len() as f32;
        for own in &mut of {
            for (index, weight) in own.iter_mut() {
                let feature = *index as usize;
                let rarity = (1.0 + all / having[feature].len() as f32).ln();
                *weight = kinds[feature].weight() * rarity;
            }
            let length = own.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
            own.iter_mut().for_each(|(_, w)| *w /= length.max(1e-9));
        }
        let worth = |title: u32| popularity.get(title as usize).copied().unwrap_or_default();
        for (feature, titles) in having.iter_mut().enumerate() {
            titles.sort_by(|a, b| worth(b.0).total_cmp(&worth(a.0)).then(b.0.cmp(&a.0)));
            titles.truncate(SHARED_MAX);
            for (title, weight) in titles {
                let own = &of[*title as usize];
                let found = own.iter().find(|(index, _)| *index as usize == feature);
                *weight = found.map_or(0.0, |(_, weight)| *weight);
            }
        }
        Self { of, kinds, having }
    }

    /// How many titles there are.
    #[must_use]
    pub fn titles(&self) -> usize {
        self.of.len()
    }

    /// The titles that have most in common with one, best first.
    #[must_use]
    pub fn similar(&self, title: u32, keep: usize, sums: &mut Sums) -> Vec<Similar> {
        let Some(own) = self.of.get(title as usize) else {
            return Vec::new();
        };
        sums.0.resize(self.of.len(), [0.0; 2]);
        let mut touched: Vec<u32> = Vec::new();
        for (feature, weight) in own {
            let feature = *feature as usize;
            let person = usize::from(self.kinds[feature] == FeatureKind::Person);
            for (other, other_weight) in &self.having[feature] {
                let sum = &mut sums.0[*other as usize];
                if *sum == [0.0; 2] {
                    touched.push(*other);
                }
                sum[person] += weight * other_weight;
            }
        }
        let mut top = Top::new(keep);
        for other in &touched {
            if *other != title {
                let sum = sums.0[*other as usize];
                top.offer(*other, sum[0] + sum[1]);
            }
        }
        let best = top.into_best_first();
        let similar = best.into_iter().map(|scored| {
            let sum = sums.0[scored.thing as usize];
            let kind = if sum[1] > sum[0] {
                FeatureKind::Person
            } else {
                FeatureKind::Category
            };
            Similar {
                title: scored.thing,
                score: scored.score.min(1.0),
                reason: kind.reason(),
            }
        });
        let similar = similar.collect();
        for other in touched {
            sums.0[other as usize] = [0.0; 2];
        }
        similar
    }
}

/// Room for the sums of one title after the other: from categories and tags, from people.
#[derive(Debug, Default)]
pub struct Sums(Vec<[f32; 2]>);

#[cfg(test)]
mod tests {
    use super::*;

    use FeatureKind::{Category, Person, Tag};

    #[test]
    fn rare_things_in_common_count_more_and_the_reason_is_what_counts_most() {
        let mut titles = vec![vec![(Category, 1)]; 20];
        titles[0] = vec![(Category, 1), (Person, 9)];
        titles[1] = vec![(Category, 1), (Person, 9)];
        titles[2] = vec![(Category, 2), (Tag, 5)];
        titles[3] = vec![(Category, 2)];
        titles[4] = Vec::new();
        let features = Features::new(&titles, &[]);
        let mut sums = Sums::default();
        let found = features.similar(0, 3, &mut sums);
        assert_eq!((found[0].title, found[0].reason), (1, Reason::SameCast));
        assert!(found[0].score > 0.99 && found[1].score < found[0].score);
        let found = features.similar(2, 3, &mut sums);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].title, found[0].reason), (3, Reason::SameCategory));
        assert!(features.similar(4, 3, &mut sums).is_empty());
        assert!(features.similar(99, 3, &mut sums).is_empty());
    }

    #[test]
    fn of_a_common_feature_the_popular_titles_are_looked_at() {
        let titles = vec![vec![(Category, 1)]; SHARED_MAX + 500];
        let mut popularity = vec![0.0; titles.len()];
        popularity[3] = 5.0;
        let features = Features::new(&titles, &popularity);
        let found = features.similar(7, SHARED_MAX * 2, &mut Sums::default());
        assert!(found.len() <= SHARED_MAX);
        assert!(found.iter().any(|similar| similar.title == 3));
    }
}
