//! Whether a measured loss rises with tokens, which most laws cannot follow.

use super::percentile::quantile;
use crate::maths;
use crate::order;

/// A run rises with tokens where its loss climbs by more than this (relative), ...
const RISE: f64 = 1e-3;
/// ... by more than this many standard deviations of its own checkpoint noise, ...
const RISE_IN_NOISE: f64 = 4.0;
/// ... and by more than this share of the run's whole range; ...
const RISE_OF_RANGE: f64 = 0.25;
/// ... and a loss rises where more than this share of runs does.
const RISING_RUNS: f64 = 0.2;

/// How a measured loss rises with tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rise {
    /// Runs in which it does.
    pub rising: usize,
    /// Runs long enough to tell.
    pub long: usize,
    /// The largest rise, relative.
    pub largest: f64,
}

/// The rise of a loss, from its points: run, tokens, loss.
pub fn find(points: &[(u32, f64, f64)]) -> Option<Rise> {
    // A run's rows may be apart where several runs share a recipe.
    let mut runs: Vec<Vec<(f64, f64)>> =
        vec![Vec::new(); points.iter().map(|(run, ..)| *run as usize + 1).max().unwrap_or(0)];
    for &(run, tokens, loss) in points {
        runs[run as usize].push((tokens, maths::ln(loss)));
    }
    let (mut long, mut rising, mut largest) = (0usize, 0usize, 0.0f64);
    for run in &mut runs {
        order::sort_by(run, |a, b| a.0.total_cmp(&b.0));
        run.dedup_by(|b, a| a.0 == b.0);
        if run.len() < 3 {
            continue;
        }
        long += 1;
        let losses: Vec<f64> = run.iter().map(|point| point.1).collect();
        let (mut least, mut rise) = (f64::INFINITY, 0.0f64);
        for &loss in &losses {
            least = least.min(loss);
            rise = rise.max(loss - least);
        }
        let range = losses.iter().copied().fold(f64::MIN, f64::max) - losses.iter().copied().fold(f64::MAX, f64::min);
        if rise > RISE.max(RISE_IN_NOISE * checkpoint_noise(&losses)) && rise > RISE_OF_RANGE * range {
            rising += 1;
            largest = largest.max(rise);
        }
    }
    (rising as f64 > RISING_RUNS * long as f64).then(|| Rise { rising, long, largest: maths::exp_m1(largest) })
}

/// A run's own checkpoint noise, from the median absolute second difference: a smooth curve has next to none. For
/// white noise of deviation σ a second difference has variance 6σ², and a normal's median absolute value is .6745σ.
fn checkpoint_noise(losses: &[f64]) -> f64 {
    let mut seconds: Vec<f64> = losses.windows(3).map(|w| (w[0] - 2.0 * w[1] + w[2]).abs()).collect();
    order::ascending(&mut seconds);
    quantile(&seconds, 0.5) / (0.6745 * 6f64.sqrt())
}
