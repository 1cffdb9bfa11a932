//! What is measured of one ranking, and of all.
//!
//! * nDCG@10: every title held back is worth 1 at rank 1 and `1 / log2(rank + 1)` further down,
//!   divided by what the best possible ranking would reach.
//! * recall@k: share of the titles held back that are among the first k.
//! * coverage@10: share of the titles learnt from that are among the first 10 of anybody.

use std::collections::HashSet;

/// The longest ranking that is looked at.
pub const DEEPEST: usize = 20;

/// Averages over viewers, each from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    /// nDCG of the first 10.
    pub ndcg_10: f64,
    /// Recall of the first 10.
    pub recall_10: f64,
    /// Recall of the first 20.
    pub recall_20: f64,
    /// Share of titles that anybody is shown.
    pub coverage_10: f64,
}

/// What the averages are made of.
pub(super) struct Sums {
    sums: Figures,
    viewers: usize,
    titles: usize,
    shown: HashSet<u32>,
}

impl Sums {
    pub(super) fn new(titles: usize) -> Self {
        Self {
            sums: Figures::default(),
            viewers: 0,
            titles,
            shown: HashSet::new(),
        }
    }

    /// Adds a ranking, best first; `held_back` rises and is not empty.
    pub(super) fn add(&mut self, ranking: &[u32], held_back: &[u32]) {
        let hit = |title: &u32| held_back.binary_search(title).is_ok();
        let hits = |k: usize| ranking.iter().take(k).filter(|title| hit(title)).count();
        self.sums.ndcg_10 += ndcg(ranking, held_back.len(), hit);
        self.sums.recall_10 += share(hits(10), held_back.len());
        self.sums.recall_20 += share(hits(20), held_back.len());
        self.shown.extend(ranking.iter().take(10));
        self.viewers += 1;
    }

    pub(super) fn figures(&self) -> Figures {
        #[expect(clippy::cast_precision_loss, reason = "a count of viewers")]
        let viewers = self.viewers.max(1) as f64;
        Figures {
            ndcg_10: self.sums.ndcg_10 / viewers,
            recall_10: self.sums.recall_10 / viewers,
            recall_20: self.sums.recall_20 / viewers,
            coverage_10: share(self.shown.len(), self.titles),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of titles")]
fn share(of: usize, all: usize) -> f64 {
    of as f64 / all.max(1) as f64
}

fn ndcg(ranking: &[u32], relevant: usize, hit: impl Fn(&u32) -> bool) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "ranks up to ten")]
    let worth = |rank: usize| 1.0 / (rank as f64 + 2.0).log2();
    let first = ranking.iter().take(10).enumerate();
    let found: f64 = first
        .filter(|(_, t)| hit(t))
        .map(|(rank, _)| worth(rank))
        .sum();
    let best: f64 = (0..relevant.min(10)).map(worth).sum();
    if best > 0.0 { found / best } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_definitions() {
        let mut sums = Sums::new(40);
        let ranking: Vec<u32> = (0..20).collect();
        sums.add(&ranking, &[0, 2, 15, 30]);
        let figures = sums.figures();
        let ideal = 1.0 + 1.0 / 3_f64.log2() + 0.5 + 1.0 / 5_f64.log2();
        assert!((figures.ndcg_10 - 1.5 / ideal).abs() < 1e-12);
        assert!((figures.recall_10 - 0.5).abs() < 1e-12);
        assert!((figures.recall_20 - 0.75).abs() < 1e-12);
        assert!((figures.coverage_10 - 0.25).abs() < 1e-12);
        sums.add(&ranking, &[39]);
        assert!((sums.figures().recall_20 - 0.375).abs() < 1e-12);
    }

    #[test]
    fn a_perfect_ranking_is_one_and_nobody_is_zero() {
        let mut sums = Sums::new(3);
        assert_eq!(sums.figures(), Figures::default());
        sums.add(&[2, 1, 0], &[1, 2]);
        assert!((sums.figures().ndcg_10 - 1.0).abs() < 1e-12);
    }
}
