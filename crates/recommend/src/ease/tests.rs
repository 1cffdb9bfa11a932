//! The weights against the formula, worked out another way.

use super::*;
use crate::plays::{PlaysBuilder, Watched};
use crate::watch::Unwatched;

fn plays(histories: &[&[u32]], titles: usize) -> Plays {
    let mut builder = PlaysBuilder::new(titles);
    for history in histories {
        builder.viewer(history.iter().map(|title| Watched {
            title: *title,
            weight: 1.0,
            at: 1,
        }));
    }
    builder.build()
}

/// `B` by Gauss and Jordan in `f64`, straight from the formula.
fn reference(plays: &Plays, lambda: f64) -> Vec<Vec<f64>> {
    let n = plays.titles();
    let mut a = vec![vec![0.0; 2 * n]; n];
    for history in plays.histories() {
        for (i, x) in history {
            for (j, y) in history {
                a[*i as usize][*j as usize] += f64::from(*x) * f64::from(*y);
            }
        }
    }
    for i in 0..n {
        a[i][i] += lambda;
        a[i][n + i] = 1.0;
    }
    for pivot in 0..n {
        let divisor = a[pivot][pivot];
        a[pivot].iter_mut().for_each(|x| *x /= divisor);
        let line = a[pivot].clone();
        for (i, other) in a.iter_mut().enumerate() {
            let factor = other[pivot];
            if i != pivot {
                other
                    .iter_mut()
                    .zip(&line)
                    .for_each(|(x, y)| *x -= factor * y);
            }
        }
    }
    let p = |i: usize, j: usize| a[i][n + j];
    (0..n)
        .map(|i| {
            (0..n)
                .map(|j| if i == j { 0.0 } else { -p(i, j) / p(j, j) })
                .collect()
        })
        .collect()
}

#[test]
fn weights_are_those_of_the_formula_in_double_precision() {
    let mut rng = fastrand::Rng::with_seed(3);
    let histories: Vec<Vec<u32>> = (0..400)
        .map(|_| (0..12).map(|_| rng.u32(0..60)).collect())
        .collect();
    let borrowed: Vec<&[u32]> = histories.iter().map(Vec::as_slice).collect();
    let plays = plays(&borrowed, 60);
    let ease = Ease::train(&plays, 20.0, &Unwatched).unwrap();
    let expected = reference(&plays, 20.0);
    for (title, line) in expected.iter().enumerate() {
        let mut scores = vec![0.0; 60];
        let history = [(u32::try_from(title).unwrap(), 1.0)];
        ease.score(&history, &mut scores);
        for (found, expected) in scores.iter().zip(line) {
            assert!(
                (f64::from(*found) - expected).abs() < 1e-5,
                "{found} {expected}"
            );
        }
    }
}

#[test]
fn what_is_watched_together_speaks_for_each_other_and_unwatched_titles_have_no_neighbours() {
    let plays = plays(&[&[0, 1], &[0, 1], &[0, 1, 4], &[3, 4], &[3, 4]], 6);
    let ease = Ease::train(&plays, lambda_for(&plays), &Unwatched).unwrap();
    let lists = ease.neighbours(2, &Unwatched).unwrap();
    assert_eq!(lists.0[0][0].0, 1);
    assert_eq!(lists.0[3][0].0, 4);
    assert!(lists.0[2].is_empty() && lists.0[5].is_empty());
    assert!(lists.0.iter().flatten().all(|(_, score)| *score > 0.0));
}

#[test]
fn nothing_watched_is_nothing_learnt() {
    let plays = plays(&[], 3);
    let ease = Ease::train(&plays, 5.0, &Unwatched).unwrap();
    let lists = ease.neighbours(5, &Unwatched).unwrap();
    assert!(lists.0.iter().all(Vec::is_empty));
}

#[test]
fn a_lambda_that_is_no_positive_number_is_refused() {
    let plays = plays(&[&[0, 1]], 2);
    assert!(matches!(
        Ease::train(&plays, f32::NAN, &Unwatched),
        Err(EaseError::Singular)
    ));
}
