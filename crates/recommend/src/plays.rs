//! What viewers watched: one bounded history each, packed.

use std::collections::HashMap;

use marquee_domain::{Timestamp, popularity};

/// Most titles of one viewer that training looks at: the latest ones.
///
/// Work grows with the square of a history, and whoever watched thousands of titles says little
/// about which of them go together.
pub const HISTORY_MAX: usize = 600;

/// That somebody watched something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watched {
    /// Index of the title.
    pub title: u32,
    /// How much it says, above 0 and at most 1.
    pub weight: f32,
    /// When, for the last time.
    pub at: Timestamp,
}

/// All histories, packed behind each other, and what they say of each title.
#[derive(Debug, Clone)]
pub struct Plays {
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
    viewers_of: Vec<u32>,
    popularity: Vec<f64>,
}

impl Plays {
    /// How many titles there are, watched or not.
    #[must_use]
    pub fn titles(&self) -> usize {
        self.viewers_of.len()
    }

    /// How many viewers there are.
    #[must_use]
    pub fn viewers(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many (viewer, title) pairs there are.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.entries.len()
    }

    /// The titles of each viewer with their weights, rising by title.
    pub fn histories(&self) -> impl Iterator<Item = &[(u32, f32)]> {
        self.starts
            .windows(2)
            .map(|ends| &self.entries[ends[0]..ends[1]])
    }

    /// The titles of one viewer with their weights, rising by title.
    ///
    /// # Panics
    /// When there is no such viewer.
    #[must_use]
    pub fn history(&self, viewer: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[viewer]..self.starts[viewer + 1]]
    }

    /// How many viewers watched each title.
    #[must_use]
    pub fn viewers_of(&self) -> &[u32] {
        &self.viewers_of
    }

    /// The popularity of each title, decayed with time (`domain::popularity`); zero when nobody watched it.
    #[must_use]
    pub fn popularity(&self) -> &[f64] {
        &self.popularity
    }

    /// How many titles somebody watched.
    #[must_use]
    pub fn watched_titles(&self) -> usize {
        self.viewers_of.iter().filter(|count| **count > 0).count()
    }
}

/// Takes one viewer's history after the other.
#[derive(Debug)]
pub struct PlaysBuilder {
    plays: Plays,
    latest: HashMap<u32, (f32, Timestamp)>,
}

impl PlaysBuilder {
    /// Histories over this many titles.
    #[must_use]
    pub fn new(titles: usize) -> Self {
        Self {
            plays: Plays {
                starts: vec![0],
                entries: Vec::new(),
                viewers_of: vec![0; titles],
                popularity: vec![0.0; titles],
            },
            latest: HashMap::new(),
        }
    }

    /// Adds everything that one viewer watched, in any order. Of a title that comes twice the
    /// greater weight and the later time count; titles past the end and weights that are no
    /// positive number are passed over. A viewer of nothing is not counted.
    pub fn viewer(&mut self, history: impl IntoIterator<Item = Watched>) {
        self.latest.clear();
        for watched in history {
            let known = (watched.title as usize) < self.plays.titles();
            if !known || watched.weight.is_nan() || watched.weight <= 0.0 {
                continue;
            }
            let entry = self
                .latest
                .entry(watched.title)
                .or_insert((0.0, Timestamp::MIN));
            *entry = (
                entry.0.max(watched.weight.min(1.0)),
                entry.1.max(watched.at),
            );
        }
        if self.latest.is_empty() {
            return;
        }
        let mut all: Vec<(Timestamp, u32, f32)> = self
            .latest
            .iter()
            .map(|(title, (weight, at))| (*at, *title, *weight))
            .collect();
        // Newest first; of one moment by title, so that the same input always gives the same result.
        all.sort_unstable_by_key(|(at, title, _)| (std::cmp::Reverse(*at), *title));
        all.truncate(HISTORY_MAX);
        for (at, title, _) in &all {
            let title = *title as usize;
            self.plays.viewers_of[title] += 1;
            let score = &mut self.plays.popularity[title];
            *score = popularity::after_play(*score, *at);
        }
        all.sort_unstable_by_key(|(_, title, _)| *title);
        let entries = all.into_iter().map(|(_, title, weight)| (title, weight));
        self.plays.entries.extend(entries);
        self.plays.starts.push(self.plays.entries.len());
    }

    /// All histories.
    #[must_use]
    pub fn build(self) -> Plays {
        self.plays
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(title: u32, weight: f32, at: Timestamp) -> Watched {
        Watched { title, weight, at }
    }

    #[test]
    fn histories_are_merged_bounded_and_sorted() {
        let mut builder = PlaysBuilder::new(1000);
        builder.viewer([watched(5, 0.5, 10), watched(2, 1.0, 20), watched(5, 0.9, 5)]);
        builder.viewer([
            watched(5000, 1.0, 1),
            watched(1, 0.0, 1),
            watched(1, f32::NAN, 1),
        ]);
        builder.viewer((0..900).map(|n| watched(n, 1.0, i64::from(n))));
        let plays = builder.build();
        assert_eq!(plays.viewers(), 2);
        assert_eq!(plays.history(0), [(2, 1.0), (5, 0.9)]);
        assert_eq!(plays.history(1).len(), HISTORY_MAX);
        assert_eq!(plays.history(1)[0].0, 300, "the latest ones stay");
        assert_eq!((plays.viewers_of()[5], plays.viewers_of()[899]), (1, 1));
        assert_eq!(plays.watched_titles(), 602);
    }
}
