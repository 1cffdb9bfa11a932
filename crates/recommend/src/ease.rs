//! EASE: item-to-item weights in closed form (H. Steck, *Embarrassingly Shallow Autoencoders for
//! Sparse Data*, WWW 2019).
//!
//! With `G` = how often titles are watched by the same viewers and `P = (G + λI)⁻¹`, the weights that
//! predict every history from itself best, when no title may predict itself, are
//! `B[i][j] = -P[i][j] / P[j][j]` outside the diagonal, and zero on it.
//!
//! Memory is two square matrices of `f32` over the watched titles (2 x 100 MB for 5,000): the
//! Cholesky factor replaces `G`, its inverse takes the second one, and `P` replaces the factor.
//! `f32` is enough because `λ` keeps the smallest eigenvalue away from zero; a test compares it
//! with `f64`. One thread: training is background work, and the other cores belong to viewers.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_inverse::invert_lower_triangular;
use faer::{Accum, Mat, Par};

use crate::lists::{Lists, Model};
use crate::plays::Plays;
use crate::top::Top;
use crate::watch::{Stopped, Watch, step};

/// Most watched titles that the dense matrices are made for.
pub const TITLES_MAX: usize = 5_000;

/// The `λ` for these plays: ten times what a watched title has of viewers, at least 5 and at most
/// 500.
///
/// The paper's best values lie between 200 and 1,000 for catalogs with hundreds of viewers per
/// title, and 300 to 500 is best on `MovieLens` 100k, with 45. A fixed value of that size would
/// drown what five viewers say.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^24")]
pub fn lambda_for(plays: &Plays) -> f32 {
    let titles = plays.watched_titles().max(1) as f32;
    (10.0 * plays.pairs() as f32 / titles).clamp(5.0, 500.0)
}

/// What was learnt: `P` over the watched titles.
pub struct Ease {
    /// Which title each row stands for, rising.
    titles: Vec<u32>,
    /// The row of each title.
    rows: Vec<Option<u32>>,
    inverse: Mat<f32>,
}

/// Why nothing was learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EaseError {
    /// It was asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// More titles were watched than the matrices are made for.
    #[error("{0} titles were watched, more than {TITLES_MAX}")]
    TooMany(usize),
    /// The matrix could not be inverted; with plays that are counts, `λ` was no positive number.
    #[error("the matrix of plays cannot be inverted")]
    Singular,
}

impl Ease {
    /// Learns from plays.
    ///
    /// # Errors
    /// See [`EaseError`].
    pub fn train(plays: &Plays, lambda: f32, watch: &dyn Watch) -> Result<Self, EaseError> {
        let (titles, rows) = watched(plays);
        if titles.len() > TITLES_MAX {
            return Err(EaseError::TooMany(titles.len()));
        }
        let mut gram = gram(plays, &rows, titles.len(), watch)?;
        for n in 0..titles.len() {
            gram[(n, n)] += lambda;
        }
        let inverse = invert(gram, watch)?;
        Ok(Self {
            titles,
            rows,
            inverse,
        })
    }

    /// The `keep` titles that each title speaks for most. Only what it speaks for, not against.
    ///
    /// # Errors
    /// [`Stopped`] when asked to.
    pub fn neighbours(&self, keep: usize, watch: &dyn Watch) -> Result<Lists, Stopped> {
        let mut lists = vec![Vec::new(); self.rows.len()];
        for (row, title) in self.titles.iter().enumerate() {
            step(watch, "neighbours", row, self.titles.len())?;
            let mut top = Top::new(keep);
            for (other, weight) in self.inverse.col_as_slice(row).iter().enumerate() {
                let score = -weight / self.inverse[(other, other)];
                if other != row && score > 0.0 {
                    top.offer(self.titles[other], score);
                }
            }
            let best = top.into_best_first();
            lists[*title as usize] = best.into_iter().map(|s| (s.thing, s.score)).collect();
        }
        step(watch, "neighbours", self.titles.len(), self.titles.len())?;
        Ok(Lists(lists))
    }
}

impl Model for Ease {
    fn score(&self, history: &[(u32, f32)], scores: &mut [f32]) {
        let mut sums = vec![0.0_f32; self.titles.len()];
        for (title, weight) in history {
            let Some(row) = self.rows.get(*title as usize).copied().flatten() else {
                continue;
            };
            let row = row as usize;
            let own = sums[row];
            for (sum, value) in sums.iter_mut().zip(self.inverse.col_as_slice(row)) {
                *sum -= weight * value;
            }
            // No title speaks for itself.
            sums[row] = own;
        }
        for (row, (title, sum)) in self.titles.iter().zip(&sums).enumerate() {
            scores[*title as usize] += sum / self.inverse[(row, row)];
        }
    }
}

/// The titles that somebody watched, and where each of them went.
fn watched(plays: &Plays) -> (Vec<u32>, Vec<Option<u32>>) {
    let (mut titles, mut rows) = (Vec::new(), Vec::with_capacity(plays.titles()));
    for (title, viewers) in (0_u32..).zip(plays.viewers_of()) {
        let row = u32::try_from(titles.len()).ok().filter(|_| *viewers > 0);
        rows.push(row);
        titles.extend(row.map(|_| title));
    }
    (titles, rows)
}

/// The lower half of `G`.
fn gram(
    plays: &Plays,
    rows: &[Option<u32>],
    size: usize,
    watch: &dyn Watch,
) -> Result<Mat<f32>, Stopped> {
    let mut gram = Mat::<f32>::zeros(size, size);
    let mut own: Vec<(usize, f32)> = Vec::new();
    for (viewer, history) in plays.histories().enumerate() {
        step(watch, "counting", viewer, plays.viewers())?;
        own.clear();
        own.extend(
            history
                .iter()
                .filter_map(|(title, weight)| Some((rows[*title as usize]? as usize, *weight))),
        );
        // Histories rise by title, and so do their rows: everything from here on lies below.
        for (n, (column, weight)) in own.iter().enumerate() {
            let column = gram.col_as_slice_mut(*column);
            for (row, other) in &own[n..] {
                column[*row] += weight * other;
            }
        }
    }
    step(watch, "counting", plays.viewers(), plays.viewers())?;
    Ok(gram)
}

/// The whole inverse of a positive definite matrix whose lower half is given.
fn invert(mut matrix: Mat<f32>, watch: &dyn Watch) -> Result<Mat<f32>, EaseError> {
    const STAGE: &str = "inverting";
    let size = matrix.nrows();
    step(watch, STAGE, 0, 3)?;
    let scratch = cholesky_in_place_scratch::<f32>(size, Par::Seq, Default::default());
    let mut buffer = MemBuffer::new(scratch);
    cholesky_in_place(
        matrix.as_mut(),
        Default::default(),
        Par::Seq,
        MemStack::new(&mut buffer),
        Default::default(),
    )
    .map_err(|_| EaseError::Singular)?;
    watch.at(STAGE, 1, 3);
    if watch.stopped() {
        return Err(Stopped.into());
    }
    let mut factor = Mat::<f32>::zeros(size, size);
    invert_lower_triangular(factor.as_mut(), matrix.as_ref(), Par::Seq);
    watch.at(STAGE, 2, 3);
    if watch.stopped() {
        return Err(Stopped.into());
    }
    triangular::matmul(
        matrix.as_mut(),
        BlockStructure::TriangularLower,
        Accum::Replace,
        factor.transpose(),
        BlockStructure::TriangularUpper,
        factor.as_ref(),
        BlockStructure::TriangularLower,
        1.0,
        Par::Seq,
    );
    for column in 0..size {
        for row in column + 1..size {
            matrix[(column, row)] = matrix[(row, column)];
        }
    }
    step(watch, STAGE, 3, 3)?;
    let sound = (0..size).all(|n| matrix[(n, n)].is_finite() && matrix[(n, n)] > 0.0);
    sound.then_some(matrix).ok_or(EaseError::Singular)
}

#[cfg(test)]
mod tests;
