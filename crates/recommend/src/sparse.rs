//! Neighbours by shrunk cosine, for more watched titles than a dense matrix allows.
//!
//! The score of two titles is `c / sqrt(a b) * c / (c + shrink)`: `c` is how often they are watched
//! by the same viewers, `a` and `b` how often each is watched. The second factor holds back pairs
//! that one or two viewers made. A viewer counts less the more they watched.
//!
//! Titles are done one after the other over one row of sums, so memory is the plays, their
//! transpose and the lists that are kept, however many pairs there are. Histories are bounded
//! ([`crate::plays::HISTORY_MAX`]), and of a title's viewers at most [`VIEWERS_MAX`] are looked at.

use crate::lists::Lists;
use crate::plays::Plays;
use crate::top::Top;
use crate::watch::{Stopped, Watch, step};

/// A pair that this many viewers made counts half.
pub const SHRINK: f32 = 5.0;

/// Most viewers of one title that are looked at, spread evenly over all of them.
pub const VIEWERS_MAX: usize = 20_000;

/// The `keep` best neighbours of each title.
///
/// # Errors
/// [`Stopped`] when asked to.
pub fn neighbours(plays: &Plays, keep: usize, watch: &dyn Watch) -> Result<Lists, Stopped> {
    let titles = plays.titles();
    let (starts, viewers) = transpose(plays);
    let worth: Vec<f32> = plays.histories().map(|h| viewer_worth(h.len())).collect();
    let norms = norms(plays, &worth);
    let mut lists = vec![Vec::new(); titles];
    let (mut sums, mut counts) = (vec![0.0_f32; titles], vec![0.0_f32; titles]);
    let mut touched: Vec<u32> = Vec::new();
    for (title, list) in lists.iter_mut().enumerate() {
        step(watch, "neighbours", title, titles)?;
        let own = &viewers[starts[title]..starts[title + 1]];
        let stride = own.len().div_ceil(VIEWERS_MAX).max(1);
        for (viewer, weight) in own.iter().step_by(stride) {
            let viewer = *viewer as usize;
            for (other, other_weight) in plays.history(viewer) {
                let index = *other as usize;
                if counts[index] == 0.0 {
                    touched.push(*other);
                }
                sums[index] += worth[viewer] * weight * other_weight;
                counts[index] += 1.0;
            }
        }
        let mut top = Top::new(keep);
        // Passing viewers over lets every sum of this title shrink alike; it is made good here.
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let scale = stride as f32;
        for other in touched.drain(..) {
            let index = other as usize;
            let (sum, count) = (sums[index] * scale, counts[index] * scale);
            (sums[index], counts[index]) = (0.0, 0.0);
            if index != title {
                let cosine = sum / (norms[title] * norms[index]);
                top.offer(other, cosine * count / (count + SHRINK));
            }
        }
        let best = top.into_best_first();
        *list = best.into_iter().map(|s| (s.thing, s.score)).collect();
    }
    step(watch, "neighbours", titles, titles)?;
    Ok(Lists(lists))
}

/// What one viewer of so many titles counts.
#[expect(clippy::cast_precision_loss, reason = "a small number")]
fn viewer_worth(titles: usize) -> f32 {
    1.0 / (std::f32::consts::E + titles as f32).ln()
}

/// The length of each title's row of viewers.
fn norms(plays: &Plays, worth: &[f32]) -> Vec<f32> {
    let mut squares = vec![0.0_f32; plays.titles()];
    for (history, worth) in plays.histories().zip(worth) {
        for (title, weight) in history {
            squares[*title as usize] += worth * weight * weight;
        }
    }
    squares.into_iter().map(f32::sqrt).collect()
}

/// The viewers of each title with their weights, packed behind each other.
fn transpose(plays: &Plays) -> (Vec<usize>, Vec<(u32, f32)>) {
    let mut starts = vec![0_usize; plays.titles() + 1];
    for (title, _) in plays.histories().flatten() {
        starts[*title as usize + 1] += 1;
    }
    for n in 1..starts.len() {
        starts[n] += starts[n - 1];
    }
    let mut next = starts.clone();
    let mut viewers = vec![(0_u32, 0.0_f32); plays.pairs()];
    for (viewer, history) in (0_u32..).zip(plays.histories()) {
        for (title, weight) in history {
            let place = &mut next[*title as usize];
            viewers[*place] = (viewer, *weight);
            *place += 1;
        }
    }
    (starts, viewers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plays::{PlaysBuilder, Watched};
    use crate::watch::Unwatched;

    #[test]
    fn pairs_of_many_viewers_beat_pairs_of_one() {
        let mut builder = PlaysBuilder::new(5);
        let mut viewer = |titles: &[u32]| {
            builder.viewer(titles.iter().map(|title| Watched {
                title: *title,
                weight: 1.0,
                at: 1,
            }));
        };
        for _ in 0..9 {
            viewer(&[0, 1]);
        }
        viewer(&[0, 2]);
        viewer(&[3]);
        let lists = neighbours(&builder.build(), 10, &Unwatched).unwrap();
        let of_first: Vec<u32> = lists.0[0].iter().map(|(title, _)| *title).collect();
        assert_eq!(of_first, [1, 2]);
        assert!(lists.0[0][0].1 > 3.0 * lists.0[0][1].1);
        assert!(lists.0[3].is_empty() && lists.0[4].is_empty());
    }
}
