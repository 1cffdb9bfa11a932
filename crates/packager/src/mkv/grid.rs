//! Exact times behind rounded ones: ticks to timescales, and the frame rate that times follow.

/// Frame rates in use, as fractions.
const RATES: [(u32, u32); 17] = [
    (24000, 1001),
    (24, 1),
    (25, 1),
    (30000, 1001),
    (30, 1),
    (48000, 1001),
    (48, 1),
    (50, 1),
    (60000, 1001),
    (60, 1),
    (120000, 1001),
    (120, 1),
    (100, 1),
    (15, 1),
    (12, 1),
    (10, 1),
    (20, 1),
];

/// A linear clock: `step` nanoseconds-exact as a fraction of a timescale.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub(super) timescale: u32,
    step: u32,
}

/// Ticks of `scale` nanoseconds in another timescale, rounded to the nearest.
pub(super) fn rescale(ticks: i64, scale: u64, timescale: u32) -> i64 {
    let numerator = i128::from(ticks) * i128::from(scale) * i128::from(timescale);
    let rounded = (numerator + 500_000_000).div_euclid(1_000_000_000);
    i64::try_from(rounded).unwrap_or(i64::MAX)
}

/// The frame rate the times seem to follow.
pub(super) fn grid(sorted: &[i64], scale: u64, default_duration: u64) -> Option<Grid> {
    let (first, last) = (*sorted.first()?, *sorted.last()?);
    let steps = sorted.len().checked_sub(1).filter(|steps| *steps > 0)?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "compared with a tolerance far above the loss"
    )]
    let measured = if default_duration > 0 {
        default_duration as f64
    } else {
        last.saturating_sub(first) as f64 * scale as f64 / steps as f64
    };
    let off =
        |(num, den): (u32, u32)| (measured * f64::from(num) / f64::from(den) / 1e9 - 1.0).abs();
    let best = RATES
        .into_iter()
        .min_by(|a, b| off(*a).total_cmp(&off(*b)))?;
    // 23.976 and 24 are a thousandth apart. Without a stated duration, rounding of the first
    // and last time blurs the measure.
    let tolerance = if default_duration > 0 { 0.0003 } else { 0.002 };
    (off(best) < tolerance).then(|| {
        let (num, den) = best;
        // At least a thousand ticks per second, so that the start can be placed finely.
        let factor = if num < 1000 { 1000 } else { 1 };
        Grid {
            timescale: num * factor,
            step: den * factor,
        }
    })
}

/// The step a time is nearest to, and that step's time in ticks of the grid.
pub(super) fn on_grid(time: i64, first: i64, scale: u64, grid: Grid) -> i64 {
    let base = rescale(first, scale, grid.timescale);
    let distance =
        i128::from(time.saturating_sub(first)) * i128::from(scale) * i128::from(grid.timescale);
    let step = i128::from(grid.step) * 1_000_000_000;
    let count = (distance + step / 2).div_euclid(step);
    let ticks = i64::try_from(count * i128::from(grid.step)).unwrap_or(0);
    base.saturating_add(ticks)
}

/// Whether every time is within one source tick of a step, and no two share one.
pub(super) fn fits(sorted: &[i64], scale: u64, grid: Grid) -> bool {
    let first = sorted.first().copied().unwrap_or(0);
    let mut last = None;
    sorted.iter().all(|time| {
        let exact = on_grid(*time, first, scale, grid);
        is_near(exact, grid.timescale, *time, scale)
            && last.replace(exact).is_none_or(|last| last < exact)
    })
}

/// Whether a time in ticks of a timescale is within one source tick of a stored time.
pub(super) fn is_near(exact: i64, timescale: u32, time: i64, scale: u64) -> bool {
    // In nanoseconds times the timescale, so that nothing is rounded.
    let tick = i128::from(scale) * i128::from(timescale);
    (i128::from(exact) * 1_000_000_000 - i128::from(time) * tick).abs() <= tick
}
