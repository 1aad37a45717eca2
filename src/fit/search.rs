//! Finds the basins: a low-discrepancy search over the shape parameters with the linear block solved at each point.
//!
//! Variable projection removes the choice of start values: shape parameters come from the generalised golden-ratio
//! sequence (Roberts 2018), evenly in the logarithm, over ranges the law states on scaled axes; the coefficients come
//! from [`signed`] least squares on relative errors. The best points are refined with a wide Huber δ, duplicates dropped, and
//! the best few polished to the end.

use super::linear::{Allowed, signed};
use super::polish::{self, Effort, Polished};
use super::sample::{Buffers, Sample, huber};
use crate::law::Enters;
use crate::maths;
use crate::order;

/// Points of the search for each shape parameter: 120 for one, 600 for the five of the D-CPT Law. Measured on the
/// reference fits: 300 already end in the same optimum.
const POINTS_EACH: usize = 120;
/// Points at most: a law of many corpora has a rate for each, but one basin.
const POINTS: usize = 600;
/// Points refined with a wide δ.
const REFINED: usize = 16;
/// Basins polished to the end.
const POLISHED: usize = 5;
/// Basins kept for the draws to start from: the optimum and the next two.
const KEPT: usize = 3;
/// Rows the search looks at; the polish looks at all.
const SEARCH_ROWS: usize = 180;
/// Where the wide δ starts: relative errors below 10 % count as squares.
const WIDE_DELTA: f64 = 0.1;
/// Refinement: a few steps tell basins apart.
const REFINE: Effort = Effort { steps: 12, tolerance: 1e-3 };

/// The best basins under these weights, best first; never empty.
pub fn search(sample: &Sample, weight: &[f64], delta: f64, buffers: &mut Buffers) -> Vec<Polished> {
    let wide = WIDE_DELTA.max(delta);
    let step = sample.len().div_ceil(SEARCH_ROWS).max(1);
    let (small, small_weight) = if step > 1 {
        (sample.thinned(step), weight.iter().copied().step_by(step).collect())
    } else {
        (sample.clone(), weight.to_vec())
    };
    let mut scored: Vec<(f64, Vec<f64>)> =
        starts(&small).into_iter().map(|shape| project(&small, &small_weight, shape, delta, buffers)).collect();
    order::sort_by(&mut scored, |a, b| a.0.total_cmp(&b.0));

    let mut refined: Vec<Polished> = scored
        .into_iter()
        .take(REFINED)
        .map(|(_, theta)| polish::newton(&small, &small_weight, &theta, wide, REFINE, buffers))
        .collect();
    drop_duplicates(&mut refined, 1e-3);

    let mut polished: Vec<Polished> = refined
        .into_iter()
        .take(POLISHED)
        .map(|basin| polish::polish(sample, weight, &basin.theta, wide, delta, polish::FULL, buffers))
        .collect();
    drop_duplicates(&mut polished, 1e-7);
    polished.truncate(KEPT);
    polished
}

/// Sorts by objective and keeps one of each group whose objectives agree within a share `tolerance`.
pub fn drop_duplicates(basins: &mut Vec<Polished>, tolerance: f64) {
    order::sort_by(basins, |a, b| a.value.total_cmp(&b.value));
    basins.dedup_by(|b, a| (b.value - a.value).abs() <= tolerance * a.value.abs());
}

/// Shape parameters to look at; coefficients are zero, held parameters at their values.
fn starts(sample: &Sample) -> Vec<Vec<f64>> {
    let parameters = sample.law.parameters();
    let mut base = vec![0.0; parameters.len()];
    sample.settle(&mut base);
    let free: Vec<(usize, f64, f64)> = parameters
        .iter()
        .enumerate()
        .filter_map(|(j, parameter)| match parameter.enters {
            // Within a person's own bounds, where they leave less than the law's range.
            Enters::Shape { low, high } if sample.is_free(j) => {
                let (least, most) = sample.bounds[j];
                Some((j, low.max(least).min(most), high.min(most).max(least)))
            }
            _ => None,
        })
        .collect();
    if free.is_empty() {
        return vec![base];
    }
    // The generalised golden ratio: the root of x^(d+1) = x + 1, by its contraction x <- (1 + x)^(1/(d+1)).
    let root = (0..32).fold(2.0f64, |x, _| maths::pow(1.0 + x, 1.0 / (free.len() + 1) as f64));
    (0..POINTS.min(POINTS_EACH * free.len()))
        .map(|k| {
            let mut theta = base.clone();
            for (axis, &(j, low, high)) in free.iter().enumerate() {
                let t = (0.5 + (k + 1) as f64 * root.powi(-(axis as i32 + 1))).fract();
                // Evenly in the logarithm; evenly where that has none.
                theta[j] = match low > 0.0 {
                    true => {
                        let (low, high) = (maths::ln(low), maths::ln(high));
                        maths::exp(low + t * (high - low))
                    }
                    false => low + t * (high - low),
                };
            }
            sample.settle(&mut theta);
            theta
        })
        .collect()
}

/// Solves the linear block at these shape parameters; the score is the wide-δ Huber loss of the relative errors.
fn project(sample: &Sample, weight: &[f64], mut theta: Vec<f64>, delta: f64, buffers: &mut Buffers) -> (f64, Vec<f64>) {
    let n = sample.len();
    let linear = sample.linear();
    let k = linear.len();
    sample.block(&theta, &linear, buffers);
    let Buffers { basis, rest, .. } = &*buffers;
    // Rows divided by the measured loss: relative errors, the first order of log residuals; for least squares on the
    // loss itself the weights give it back.
    let (mut gram, mut moment) = (vec![0.0; k * k], vec![0.0; k]);
    let unit = |i: usize| sample.residual_unit(i) / sample.measured[i];
    for i in 0..n {
        let (unit, column) = (unit(i), |a: usize| basis[a * n + i]);
        for a in 0..k {
            let wa = weight[i] * unit * unit * column(a);
            moment[a] += wa * (sample.measured[i] - rest[i]);
            for b in 0..k {
                gram[a * k + b] += wa * column(b);
            }
        }
    }
    let allowed: Vec<Allowed> = linear.iter().map(|&j| Allowed::by(sample.bounds[j])).collect();
    for (&j, value) in linear.iter().zip(signed(&gram, &moment, &allowed)) {
        theta[j] = value;
    }
    sample.settle(&mut theta);
    let value = |i: usize| rest[i] + (0..k).map(|a| theta[linear[a]] * basis[a * n + i]).sum::<f64>();
    let score: f64 =
        (0..n).map(|i| weight[i] * huber((value(i) - sample.measured[i]) * unit(i), WIDE_DELTA.max(delta))).sum();
    (if score.is_finite() { score } else { f64::INFINITY }, theta)
}
