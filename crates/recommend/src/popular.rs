//! Popularity as a model: the same for everybody.

use crate::lists::Model;
use crate::plays::Plays;

/// Titles by how much they are watched.
#[derive(Debug, Clone)]
pub struct Popular(Vec<f32>);

impl Popular {
    /// Every viewer counts the same, whenever they watched.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "only the order matters")]
    pub fn by_viewers(plays: &Plays) -> Self {
        Self(plays.viewers_of().iter().map(|n| *n as f32).collect())
    }

    /// Plays lose half of their worth every week (`domain::popularity`).
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "only the order matters")]
    pub fn decayed(plays: &Plays) -> Self {
        // The logarithms lie close together; what is common to all of them is taken off first.
        let most = plays.popularity().iter().copied().fold(0.0, f64::max);
        let relative = |score: &f64| {
            if *score > 0.0 {
                (score - most).exp2() as f32
            } else {
                0.0
            }
        };
        Self(plays.popularity().iter().map(relative).collect())
    }

    /// How popular each title is; only the order and zero mean something.
    #[must_use]
    pub fn scores(&self) -> &[f32] {
        &self.0
    }
}

impl Model for Popular {
    fn score(&self, _: &[(u32, f32)], scores: &mut [f32]) {
        for (score, popular) in scores.iter_mut().zip(&self.0) {
            *score += popular;
        }
    }
}
