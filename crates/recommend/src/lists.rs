//! Neighbours of each title, and what can score titles for a history.

/// Scores every title for somebody who watched these.
pub trait Model: Sync {
    /// Adds to `scores`, one per title. What was watched gets a score as well.
    fn score(&self, history: &[(u32, f32)], scores: &mut [f32]);
}

/// The neighbours of each title with their scores, best first.
#[derive(Debug, Clone, Default)]
pub struct Lists(pub Vec<Vec<(u32, f32)>>);

impl Model for Lists {
    fn score(&self, history: &[(u32, f32)], scores: &mut [f32]) {
        for (title, weight) in history {
            for (neighbour, score) in self.0.get(*title as usize).into_iter().flatten() {
                scores[*neighbour as usize] += weight * score;
            }
        }
    }
}
