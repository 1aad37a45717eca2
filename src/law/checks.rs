//! Sanity checks that several laws share.

use super::{FITS, Finding, Law, Points, Ranges, Scale};

/// Whether the law's loss rises with the ratio of its own corpus somewhere inside the data, at the smallest token
/// budget, where the token term is largest. Looked at on a grid fine enough to see a rise a reader could see; the size
/// doesn't matter, as no law here multiplies the ratio by it.
pub fn rises_with_ratio(law: &dyn Law, theta: &[f64], scale: &Scale, ranges: &Ranges) -> Vec<Finding> {
    let (Some(ratio), Some(tokens)) = (ranges.ratio, ranges.tokens) else { return Vec::new() };
    if ratio.distinct < 2 || !FITS {
        return Vec::new();
    }
    const STEPS: usize = 400;
    let r_at = |k: usize| ratio.low + (ratio.high - ratio.low) * k as f64 / STEPS as f64;
    let mut points = Points::default();
    for k in 0..=STEPS {
        points.push(scale, scale.size, tokens.low, r_at(k));
    }
    let mut values = vec![0.0; STEPS + 1];
    law.predict(theta, &points, &mut values);
    let spread = values.iter().copied().fold(f64::MIN, f64::max) - values.iter().copied().fold(f64::MAX, f64::min);
    let last_rise = (0..STEPS).rev().find(|&k| values[k + 1] > values[k]);
    let Some(k) = last_rise else { return Vec::new() };
    let trough = values[..=k].iter().copied().fold(f64::MAX, f64::min);
    let crest = values[k + 1];
    // A rise below a hundredth of the whole spread is finer than the data can show.
    if crest - trough < 0.01 * spread {
        return Vec::new();
    }
    vec![Finding::RisesWithRatio { falls_from: (k + 1 < STEPS).then(|| r_at(k + 1)) }]
}
