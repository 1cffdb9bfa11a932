//! What somebody might watch next: the sum of what each watched title says, and which said most.

use std::collections::HashMap;
use std::hash::Hash;

use marquee_domain::recommend::Reason;

use crate::top::Top;

/// A title that somebody watched, with what it says.
#[derive(Debug, Clone)]
pub struct Seen<K> {
    /// Which.
    pub title: K,
    /// How much it counts; less for what was watched long ago.
    pub weight: f32,
    /// Its neighbours with their scores and reasons.
    pub neighbours: Vec<(K, f32, Reason)>,
}

/// A title for somebody, with the reason in full.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked<K> {
    /// Which.
    pub title: K,
    /// The sum over everything watched.
    pub score: f32,
    /// The watched title that spoke for it most.
    pub because: K,
    /// The share of the score that came from that title, from 0 to 1.
    pub share: f32,
    /// Why the two go together.
    pub reason: Reason,
}

/// What spoke for a title so far.
struct Sum<K> {
    score: f32,
    most: (f32, K, Reason),
}

/// Orders titles for somebody who watched these; what was watched is left out.
#[must_use]
pub fn rank<K: Copy + Eq + Hash + Ord>(history: &[Seen<K>], limit: usize) -> Vec<Ranked<K>> {
    let mut sums: HashMap<K, Sum<K>> = HashMap::new();
    for seen in history {
        for (title, score, reason) in &seen.neighbours {
            let part = seen.weight * score;
            let new = (part, seen.title, *reason);
            let sum = sums.entry(*title).or_insert(Sum {
                score: 0.0,
                most: new,
            });
            sum.score += part;
            if part > sum.most.0 {
                sum.most = new;
            }
        }
    }
    for seen in history {
        sums.remove(&seen.title);
    }
    let mut top = Top::new(limit);
    for (title, sum) in &sums {
        top.offer(*title, sum.score);
    }
    let best = top.into_best_first();
    best.into_iter()
        .filter_map(|scored| {
            let (part, because, reason) = sums.get(&scored.thing)?.most;
            Some(Ranked {
                title: scored.thing,
                score: scored.score,
                because,
                share: if scored.score > 0.0 {
                    (part / scored.score).min(1.0)
                } else {
                    0.0
                },
                reason,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(title: i64, weight: f32, neighbours: &[(i64, f32)]) -> Seen<i64> {
        let neighbours = neighbours
            .iter()
            .map(|(title, score)| (*title, *score, Reason::WatchedTogether))
            .collect();
        Seen {
            title,
            weight,
            neighbours,
        }
    }

    #[test]
    fn scores_add_up_what_was_watched_is_left_out_and_the_loudest_is_named() {
        let history = [
            seen(1, 1.0, &[(10, 0.5), (11, 0.9), (2, 1.0)]),
            seen(2, 0.5, &[(10, 1.6), (12, 0.1)]),
        ];
        let ranked = rank(&history, 2);
        let found: Vec<(i64, i64)> = ranked.iter().map(|r| (r.title, r.because)).collect();
        assert_eq!(found, [(10, 2), (11, 1)]);
        assert!((ranked[0].score - 1.3).abs() < 1e-6);
        assert!((ranked[0].share - 0.8 / 1.3).abs() < 1e-6);
    }

    #[test]
    fn nothing_watched_is_nothing_to_go_by() {
        assert!(rank::<i64>(&[], 10).is_empty());
    }
}
