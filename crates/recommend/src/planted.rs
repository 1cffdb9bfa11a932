//! Ratings with planted structure: what a good method must find is known, because it was put there.
//!
//! Every title belongs to one of a few broad groups, in which some titles are watched by nearly
//! everybody, and to a small cluster that cuts across the groups. A viewer watches much of one group
//! and most of a few clusters. Whoever counts viewers sees only what is popular; whoever counts pairs
//! sees the clusters, and takes what a whole group watches for what belongs together; whoever weighs
//! all titles of a history against each other can tell the two apart.

use fastrand::Rng;
use marquee_domain::Timestamp;

/// What to plant.
#[derive(Debug, Clone, Copy)]
pub struct Planted {
    /// How many viewers.
    pub viewers: u32,
    /// How many titles.
    pub titles: u32,
    /// How many broad groups; title `n` belongs to group `n % groups`.
    pub groups: u32,
    /// How many titles a cluster has; title `n` belongs to cluster `n / cluster`.
    pub cluster: u32,
    /// Titles of the group that each viewer watches, before repeats are left out.
    pub broad: u32,
    /// Clusters that each viewer watches most of.
    pub liked: u32,
    /// Where chance begins.
    pub seed: u64,
}

impl Default for Planted {
    fn default() -> Self {
        Self {
            viewers: 800,
            titles: 300,
            groups: 3,
            cluster: 6,
            broad: 25,
            liked: 3,
            seed: 1,
        }
    }
}

/// One play: viewer, title, when.
pub type Play = (u32, u32, Timestamp);

impl Planted {
    /// The broad group of a title.
    #[must_use]
    pub fn group_of(&self, title: u32) -> u32 {
        title % self.groups
    }

    /// The cluster of a title.
    #[must_use]
    pub fn cluster_of(&self, title: u32) -> u32 {
        title / self.cluster
    }

    /// All plays, by viewer, in the order of their times.
    #[must_use]
    pub fn plays(&self) -> Vec<Play> {
        let mut rng = Rng::with_seed(self.seed);
        let mut plays = Vec::new();
        for viewer in 0..self.viewers {
            let mut titles = Vec::new();
            let group = rng.u32(0..self.groups);
            for _ in 0..self.broad {
                let rank = by_popularity(&mut rng, self.titles / self.groups);
                titles.push(rank * self.groups + group);
            }
            for _ in 0..self.liked {
                let cluster = rng.u32(0..self.titles / self.cluster);
                let of_cluster = (0..self.cluster)
                    .filter(|_| rng.f32() < 0.7)
                    .collect::<Vec<_>>();
                titles.extend(of_cluster.iter().map(|n| cluster * self.cluster + n));
            }
            titles.sort_unstable();
            titles.dedup();
            rng.shuffle(&mut titles);
            for (n, title) in (0_i64..).zip(titles) {
                plays.push((viewer, title, 1_600_000_000_000 + n * 3_600_000));
            }
        }
        plays
    }

    /// The plays as the text of a ratings file, parted by tabs, with times in seconds.
    #[must_use]
    pub fn text(&self) -> String {
        use std::fmt::Write;
        let mut text = String::from("user\titem\trating\ttime\n");
        for (viewer, title, at) in self.plays() {
            // Writing into a text cannot fail.
            let _ = writeln!(text, "u{viewer}\tt{title}\t4\t{}", at / 1000);
        }
        text
    }
}

/// A number below `below`, small ones more often (Zipf's law with exponent 1).
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small numbers"
)]
fn by_popularity(rng: &mut Rng, below: u32) -> u32 {
    let most = (below as f32 + 1.0).ln();
    ((rng.f32() * most).exp() as u32 - 1).min(below.saturating_sub(1))
}
