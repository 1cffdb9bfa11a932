//! The best few of many, in bounded memory.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// A scored thing. Higher scores are greater; of equal scores the smaller thing is, so that every
/// order is total and the same on every machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored<T> {
    /// How good it is. Never NaN: [`Top::offer`] refuses those.
    pub score: f32,
    /// What it is.
    pub thing: T,
}

impl<T: Ord> Eq for Scored<T> {}

impl<T: Ord> PartialOrd for Scored<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> Ord for Scored<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score
            .total_cmp(&other.score)
            .then_with(|| other.thing.cmp(&self.thing))
    }
}

/// Keeps the best `limit` of what it is offered.
#[derive(Debug)]
pub struct Top<T: Ord> {
    limit: usize,
    /// The worst that is kept lies on top.
    kept: BinaryHeap<Reverse<Scored<T>>>,
}

impl<T: Ord> Top<T> {
    /// Keeps `limit` things.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            kept: BinaryHeap::with_capacity(limit.min(1024) + 1),
        }
    }

    /// Keeps this thing if it is good enough.
    pub fn offer(&mut self, thing: T, score: f32) {
        if score.is_nan() || self.limit == 0 {
            return;
        }
        let new = Scored { score, thing };
        if self.kept.len() < self.limit {
            self.kept.push(Reverse(new));
        } else if let Some(mut worst) = self.kept.peek_mut()
            && new > worst.0
        {
            *worst = Reverse(new);
        }
    }

    /// What was kept, best first.
    #[must_use]
    pub fn into_best_first(self) -> Vec<Scored<T>> {
        let mut kept: Vec<Scored<T>> = self.kept.into_iter().map(|reversed| reversed.0).collect();
        kept.sort_unstable_by(|a, b| b.cmp(a));
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_kept_in_order_and_ties_go_to_the_smaller() {
        let mut top = Top::new(3);
        for (thing, score) in [
            (7, 0.5),
            (1, 0.1),
            (3, 0.5),
            (9, f32::NAN),
            (2, 0.9),
            (5, 0.5),
        ] {
            top.offer(thing, score);
        }
        let best: Vec<i32> = top.into_best_first().iter().map(|s| s.thing).collect();
        assert_eq!(best, [2, 3, 5]);
    }

    #[test]
    fn none_can_be_kept() {
        let mut top = Top::new(0);
        top.offer(1, 1.0);
        assert!(top.into_best_first().is_empty());
    }
}
