//! Measuring on a file of ratings: hold some back, learn from the rest, see what is found again.
//!
//! Every title that a viewer has not watched in the part learnt from is ranked; nothing is sampled
//! among titles (W. Krichene and S. Rendle, *On Sampled Metrics for Item Recommendation*, KDD 2020).
//! The figures are averages over viewers with something held back; see [`metrics`].

pub mod metrics;
pub mod protocol;
pub mod ratings;

pub use self::metrics::Figures;
pub use self::protocol::Protocol;
pub use self::ratings::{Ratings, RatingsError};

use fastrand::Rng;

use self::metrics::Sums;
use crate::ease::{Ease, EaseError, lambda_for};
use crate::features::Features;
use crate::lists::Model;
use crate::plays::{Plays, PlaysBuilder, Watched};
use crate::popular::Popular;
use crate::sparse;
use crate::top::Top;
use crate::train::{Options, train};
use crate::watch::{Stopped, Watch, step};

/// Most viewers that figures are averaged over; more are drawn from by chance.
pub const VIEWERS_MAX: usize = 20_000;

/// One method with its figures, or why there are none.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The method.
    pub method: &'static str,
    /// Its figures.
    pub figures: Result<Figures, String>,
}

/// What came of an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// (viewer, title) pairs learnt from.
    pub learnt_from: usize,
    /// Pairs held back.
    pub held_back: usize,
    /// Titles in the part learnt from.
    pub titles: usize,
    /// Viewers that the figures are averages over.
    pub viewers: usize,
    /// The `λ` that EASE used.
    pub lambda: f32,
    /// One per method.
    pub lines: Vec<Line>,
}

/// How to evaluate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// What is held back.
    pub protocol: Protocol,
    /// Where chance begins: the same seed gives the same figures.
    pub seed: u64,
    /// The `λ` of EASE; chosen as in training when left out.
    pub lambda: Option<f32>,
    /// Learn from so many viewers only, drawn by chance, and measure these; from all when left out.
    pub viewers: Option<usize>,
}

/// The two parts of the ratings, by viewer.
struct Parts {
    plays: Plays,
    /// Per viewer of `plays` all titles learnt from, also those that are left out of a long history.
    seen: Vec<Vec<u32>>,
    /// Per viewer of `plays` the titles held back, rising; only titles that were learnt from.
    held_back: Vec<Vec<u32>>,
}

/// Evaluates every method.
///
/// # Errors
/// [`Stopped`] when asked to.
pub fn evaluate(
    ratings: &Ratings,
    settings: &Settings,
    watch: &dyn Watch,
) -> Result<Report, Stopped> {
    let mut rng = Rng::with_seed(settings.seed);
    let drawn = settings.viewers.map(|count| ratings.drawn(count, &mut rng));
    let ratings = drawn.as_ref().unwrap_or(ratings);
    let parts = split(ratings, settings.protocol, &mut rng);
    let mut viewers: Vec<usize> = (0..parts.plays.viewers())
        .filter(|viewer| !parts.held_back[*viewer].is_empty())
        .collect();
    rng.shuffle(&mut viewers);
    viewers.truncate(VIEWERS_MAX);
    viewers.sort_unstable();

    let plays = &parts.plays;
    let lambda = settings.lambda.unwrap_or_else(|| lambda_for(plays));
    let measure = |method, model: &dyn Model| -> Result<Line, Stopped> {
        let figures = Ok(measure(model, &parts, &viewers, watch)?);
        Ok(Line { method, figures })
    };
    let mut lines = Vec::new();
    match Ease::train(plays, lambda, watch) {
        Ok(ease) => lines.push(measure("EASE", &ease)?),
        Err(EaseError::Stopped(stopped)) => return Err(stopped),
        Err(error) => lines.push(Line {
            method: "EASE",
            figures: Err(error.to_string()),
        }),
    }
    let options = Options::default();
    let sparse = sparse::neighbours(plays, options.keep, watch)?;
    lines.push(measure("sparse neighbours", &sparse)?);
    let options = Options {
        lambda: Some(lambda),
        ..options
    };
    match train(plays, &Features::default(), &options, watch) {
        Ok(trained) => lines.push(measure("as kept by serve", &trained.lists())?),
        Err(EaseError::Stopped(stopped)) => return Err(stopped),
        Err(error) => lines.push(Line {
            method: "as kept by serve",
            figures: Err(error.to_string()),
        }),
    }
    lines.push(measure("popularity", &Popular::by_viewers(plays))?);
    lines.push(measure("popularity, decayed", &Popular::decayed(plays))?);
    Ok(Report {
        learnt_from: plays.pairs(),
        held_back: parts.held_back.iter().map(Vec::len).sum(),
        titles: plays.watched_titles(),
        viewers: viewers.len(),
        lambda,
        lines,
    })
}

/// Cuts the ratings in two. What is held back of titles that were not learnt from is dropped: no
/// method could find it.
fn split(ratings: &Ratings, protocol: Protocol, rng: &mut Rng) -> Parts {
    let held = protocol.held_back(ratings, rng);
    let mut by_viewer: Vec<(Vec<Watched>, Vec<u32>)> = Vec::new();
    by_viewer.resize_with(ratings.viewers, Default::default);
    for (rating, held) in ratings.rows.iter().zip(&held) {
        let (learnt, back) = &mut by_viewer[rating.viewer as usize];
        if *held {
            back.push(rating.title);
        } else {
            learnt.push(Watched {
                title: rating.title,
                weight: 1.0,
                at: rating.at,
            });
        }
    }
    let mut builder = PlaysBuilder::new(ratings.titles);
    let (mut seen, mut held_back) = (Vec::new(), Vec::new());
    for (learnt, back) in by_viewer {
        if !learnt.is_empty() {
            seen.push(learnt.iter().map(|watched| watched.title).collect());
            held_back.push(back);
            builder.viewer(learnt);
        }
    }
    let plays = builder.build();
    for (back, seen) in held_back.iter_mut().zip(&seen) {
        let seen: &Vec<u32> = seen;
        back.retain(|title| plays.viewers_of()[*title as usize] > 0 && !seen.contains(title));
        back.sort_unstable();
        back.dedup();
    }
    Parts {
        plays,
        seen,
        held_back,
    }
}

fn measure(
    model: &dyn Model,
    parts: &Parts,
    viewers: &[usize],
    watch: &dyn Watch,
) -> Result<Figures, Stopped> {
    let mut sums = Sums::new(parts.plays.watched_titles());
    let mut scores = vec![0.0_f32; parts.plays.titles()];
    for (done, viewer) in viewers.iter().enumerate() {
        step(watch, "measuring", done, viewers.len())?;
        scores.fill(0.0);
        model.score(parts.plays.history(*viewer), &mut scores);
        for title in &parts.seen[*viewer] {
            scores[*title as usize] = f32::NAN;
        }
        let mut top = Top::new(metrics::DEEPEST);
        for (title, score) in (0_u32..).zip(&scores) {
            if parts.plays.viewers_of()[title as usize] > 0 {
                top.offer(title, *score);
            }
        }
        let best: Vec<u32> = top.into_best_first().iter().map(|s| s.thing).collect();
        sums.add(&best, &parts.held_back[*viewer]);
    }
    step(watch, "measuring", viewers.len(), viewers.len())?;
    Ok(sums.figures())
}
