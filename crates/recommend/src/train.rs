//! Neighbours of every title, from everything that is known.
//!
//! Up to [`ease::TITLES_MAX`] watched titles are learnt with EASE, more with sparse neighbours. What
//! titles have in common is blended in by how little is known: with `c(n) = n / (n + 3)` for a title
//! of `n` viewers, two titles score
//!
//! `c(a) c(b) * learnt + ((1 - c(a)) + 0.3 c(a) (1 - c(b))) * in common`
//!
//! so that a title nobody watched goes by its features alone, one that everybody watched by its
//! viewers, a new title can still appear beside a well-known one, and nothing jumps in between.

use std::collections::HashMap;

use marquee_domain::recommend::Reason;

use crate::ease::{self, Ease, EaseError, lambda_for};
use crate::features::{Features, Sums};
use crate::lists::Lists;
use crate::plays::Plays;
use crate::sparse;
use crate::top::Top;
use crate::watch::{Stopped, Watch, step};

/// So many viewers make what is learnt of a title count half.
const HALF_KNOWN: f32 = 3.0;

/// How much a new title's features count beside a title that everybody watched.
const NEW_BESIDE_KNOWN: f32 = 0.3;

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Neighbours kept of a title that somebody watched.
    pub keep: usize,
    /// Neighbours kept of a title that nobody watched. There may be very many such titles, and the
    /// first few dozen are all that anybody looks at.
    pub keep_unwatched: usize,
    /// Most watched titles that EASE is used for; at most [`ease::TITLES_MAX`].
    pub dense_max: usize,
    /// The `λ` of EASE; chosen from the plays when left out.
    pub lambda: Option<f32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            keep: 100,
            keep_unwatched: 30,
            dense_max: ease::TITLES_MAX,
            lambda: None,
        }
    }
}

/// What the neighbours were learnt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// EASE.
    Ease,
    /// Sparse neighbours.
    Sparse,
    /// Nothing was watched: only what titles have in common.
    Features,
}

impl Method {
    /// The word for reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ease => "ease",
            Self::Sparse => "sparse",
            Self::Features => "features",
        }
    }
}

/// A neighbour by index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Which.
    pub title: u32,
    /// How much, above 0; about 1 for the closest of a title that much is known of.
    pub score: f32,
    /// What it mostly comes from.
    pub reason: Reason,
}

/// What came of training.
#[derive(Debug, Clone)]
pub struct Trained {
    /// What it was learnt with.
    pub method: Method,
    /// The neighbours of each title, best first.
    pub neighbours: Vec<Vec<Near>>,
}

impl Trained {
    /// The neighbours without their reasons, for scoring.
    #[must_use]
    pub fn lists(&self) -> Lists {
        let plain = |list: &Vec<Near>| list.iter().map(|near| (near.title, near.score)).collect();
        Lists(self.neighbours.iter().map(plain).collect())
    }
}

/// Learns the neighbours of every title.
///
/// # Errors
/// [`EaseError::Stopped`] when asked to; the other failures only for options that make no sense.
pub fn train(
    plays: &Plays,
    features: &Features,
    options: &Options,
    watch: &dyn Watch,
) -> Result<Trained, EaseError> {
    let watched = plays.watched_titles();
    // Some more than are kept, because blending changes their order.
    let learn = options.keep * 2;
    let (method, mut learnt) = if watched == 0 {
        (Method::Features, Lists(vec![Vec::new(); plays.titles()]))
    } else if watched <= options.dense_max.min(ease::TITLES_MAX) {
        let lambda = options.lambda.unwrap_or_else(|| lambda_for(plays));
        let ease = Ease::train(plays, lambda, watch)?;
        (Method::Ease, ease.neighbours(learn, watch)?)
    } else {
        (Method::Sparse, sparse::neighbours(plays, learn, watch)?)
    };
    scale(&mut learnt);
    let neighbours = blend(plays, features, &learnt, options, watch)?;
    Ok(Trained { method, neighbours })
}

/// Brings learnt scores to where those of features are: the best of a list is 1 on average.
#[expect(clippy::cast_precision_loss, reason = "counts of titles")]
fn scale(lists: &mut Lists) {
    let best: Vec<f32> = lists.0.iter().filter_map(|l| Some(l.first()?.1)).collect();
    let average = best.iter().sum::<f32>() / best.len().max(1) as f32;
    if average > 0.0 {
        let all = lists.0.iter_mut().flatten();
        all.for_each(|(_, score)| *score /= average);
    }
}

/// How well a title of so many viewers is known, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "only its size matters")]
fn known(viewers: u32) -> f32 {
    viewers as f32 / (viewers as f32 + HALF_KNOWN)
}

fn blend(
    plays: &Plays,
    features: &Features,
    learnt: &Lists,
    options: &Options,
    watch: &dyn Watch,
) -> Result<Vec<Vec<Near>>, Stopped> {
    let titles = plays.titles();
    let mut sums = Sums::default();
    let mut all = Vec::with_capacity(titles);
    for (title, list) in (0_u32..).zip(&learnt.0) {
        step(watch, "blending", title as usize, titles)?;
        let viewers = plays.viewers_of()[title as usize];
        let keep = if viewers > 0 {
            options.keep
        } else {
            options.keep_unwatched
        };
        let own = known(viewers);
        // What was learnt, what is in common and what that is, per candidate.
        let mut parts: HashMap<u32, (f32, f32, Reason)> = HashMap::new();
        for (other, score) in list {
            let theirs = known(plays.viewers_of()[*other as usize]);
            parts.insert(*other, (own * theirs * score, 0.0, Reason::WatchedTogether));
        }
        for similar in features.similar(title, keep * 2, &mut sums) {
            let theirs = known(plays.viewers_of()[similar.title as usize]);
            let counts = (1.0 - own) + NEW_BESIDE_KNOWN * own * (1.0 - theirs);
            let part = parts
                .entry(similar.title)
                .or_insert((0.0, 0.0, similar.reason));
            (part.1, part.2) = (counts * similar.score, similar.reason);
        }
        let mut top = Top::new(keep);
        for (other, (learnt, common, _)) in &parts {
            top.offer(*other, learnt + common);
        }
        let best = top.into_best_first().into_iter().map(|scored| {
            let (learnt, common, reason) = parts[&scored.thing];
            Near {
                title: scored.thing,
                score: scored.score,
                reason: if learnt >= common {
                    Reason::WatchedTogether
                } else {
                    reason
                },
            }
        });
        all.push(best.filter(|near| near.score > 0.0).collect());
    }
    step(watch, "blending", titles, titles)?;
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::FeatureKind::{Category, Person};
    use crate::plays::{PlaysBuilder, Watched};
    use crate::watch::Unwatched;

    /// Titles 0 and 1 are watched together by so many viewers, 0 and 2 share a person, 3 and 2 a category.
    fn trained(viewers: usize) -> Trained {
        let mut builder = PlaysBuilder::new(4);
        for _ in 0..viewers {
            builder.viewer([0, 1].map(|title| Watched {
                title,
                weight: 1.0,
                at: 1,
            }));
        }
        let features = Features::new(
            &[
                vec![(Person, 1)],
                Vec::new(),
                vec![(Person, 1), (Category, 2)],
                vec![(Category, 2)],
            ],
            &[],
        );
        train(&builder.build(), &features, &Options::default(), &Unwatched).unwrap()
    }

    fn found(trained: &Trained, title: usize) -> Vec<(u32, Reason)> {
        let list = &trained.neighbours[title];
        list.iter().map(|near| (near.title, near.reason)).collect()
    }

    #[test]
    fn what_is_in_common_gives_way_to_what_is_watched_as_viewers_come() {
        let (nobody, few, many) = (trained(0), trained(2), trained(200));
        assert_eq!(nobody.method, Method::Features);
        assert_eq!(found(&nobody, 0), [(2, Reason::SameCast)]);
        assert_eq!(
            found(&few, 0),
            [(2, Reason::SameCast), (1, Reason::WatchedTogether)]
        );
        assert_eq!(many.method, Method::Ease);
        assert_eq!(
            found(&many, 0),
            [(1, Reason::WatchedTogether), (2, Reason::SameCast)]
        );
    }

    #[test]
    fn a_new_title_goes_by_its_features() {
        let many = trained(200);
        let new = found(&many, 3);
        assert_eq!(new[0], (2, Reason::SameCategory));
    }

    #[test]
    fn scores_rise_smoothly_with_viewers() {
        let of_pair = |viewers| {
            let trained = trained(viewers);
            let near = trained.neighbours[0].iter().find(|near| near.title == 1);
            near.map_or(0.0, |near| near.score)
        };
        let scores: Vec<f32> = [0, 1, 2, 4, 8, 16].into_iter().map(of_pair).collect();
        assert!(scores.is_sorted(), "{scores:?}");
        assert!(
            scores.windows(2).all(|two| two[1] - two[0] < 0.4),
            "{scores:?}"
        );
    }
}
