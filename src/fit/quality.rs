//! What is said about a fit: parameters with intervals, in-sample quality, and what a new run adds to the law.

use super::polish::Polished;
use super::predict::percentile_interval;
use super::prepare::Prepared;
use super::sample::Sample;
use super::study::{Estimate, Quality};
use super::weights::uniform;
use crate::law::{Law, Scale, Term};
use crate::order;

/// One billion: the unit of `N` and `D` in the formula shown.
const BILLION: Scale = Scale { size: 1e9, tokens: 1e9 };

/// For each parameter the share of these parameter vectors in which it does not enter the formula: the coefficient of
/// its term is zero there, and it keeps whatever value it started from.
pub fn idle(law: &dyn Law, thetas: &[Vec<f64>]) -> Vec<f64> {
    let mut idle = vec![0.0; law.parameters().len()];
    for term in law.terms() {
        let Term::Power { coefficient, above, below } = term else { continue };
        let gone = thetas.iter().filter(|theta| theta[*coefficient] <= 0.0).count();
        for factor in above.iter().chain(below.iter()) {
            for index in std::iter::once(factor.exponent).chain(factor.offset) {
                idle[index] = gone as f64 / thetas.len().max(1) as f64;
            }
        }
    }
    idle
}

/// The parameters for people, with percentile intervals where there are draws.
pub fn estimates(prepared: &Prepared, theta: &[f64], draws: &[Vec<f64>], level: f64) -> Vec<Estimate> {
    let scale = &prepared.scale;
    let idle = idle(prepared.sample.law, &[theta.to_vec()]);
    let billions = Scale { size: scale.size / BILLION.size, tokens: scale.tokens / BILLION.tokens };
    prepared
        .sample
        .law
        .parameters()
        .iter()
        .enumerate()
        .map(|(j, parameter)| {
            let held = prepared.sample.held[j].is_some();
            let interval = |scale: &Scale| {
                let mut values: Vec<f64> = draws.iter().map(|draw| parameter.natural(j, draw, scale)).collect();
                (!held && idle[j] == 0.0 && !values.is_empty()).then(|| percentile_interval(&mut values, level))
            };
            Estimate {
                name: parameter.name.to_owned(),
                symbol: parameter.symbol.to_owned(),
                value: parameter.natural(j, theta, scale),
                value_billions: parameter.natural(j, theta, &billions),
                interval: interval(scale),
                interval_billions: interval(&billions),
                held,
            }
        })
        .collect()
}

/// In-sample quality at the optimum.
pub fn quality(prepared: &Prepared, best: &Polished) -> Quality {
    let sample = &prepared.sample;
    let n = sample.len();
    let residuals = sample.residuals(&best.theta);
    let measured: Vec<f64> = prepared.rows.iter().map(|row| row.loss).collect();
    let mean = measured.iter().sum::<f64>() / n as f64;
    // Predicted = measured / exp(residual).
    let error = |y: f64, s: f64| y / s.exp() - y;
    let left: f64 = measured.iter().zip(&residuals).map(|(&y, &s)| error(y, s).powi(2)).sum();
    let total: f64 = measured.iter().map(|y| (y - mean).powi(2)).sum();
    let relative: f64 = measured.iter().zip(&residuals).map(|(&y, &s)| error(y, s).abs() / y).sum();
    Quality {
        objective: best.value,
        huber_mean: best.value / n as f64,
        n,
        runs: sample.run_keys.len(),
        r2: if total > 0.0 { 1.0 - left / total } else { 0.0 },
        mean_relative_error: relative / n as f64,
        gradient_norm: best.gradient_norm,
    }
}

/// Streams of the generator that are not runs: which run's level, and which checkpoint's noise, a new run gets.
const LEVEL_STREAM: u64 = 1;
const NOISE_RUN_STREAM: u64 = 2;
const CHECKPOINT_STREAM: u64 = 3;

/// For each draw the log residual a new run adds to the law: a resampled run's mean residual and a resampled
/// checkpoint's deviation from its run's mean. Residuals in sample are too small by what the parameters took up, so
/// they are stretched by `sqrt(n / (n - p))`, with `n` rows and `p` free parameters (at most by 2).
pub fn new_run_residuals(sample: &Sample, theta: &[f64], seed: u64, draws: usize) -> Vec<f64> {
    let residuals = sample.residuals(theta);
    // Residuals by run, runs in the order of their keys: the order must be the same for every loss of the file, or
    // the draws of the general and the domain loss would not be paired. Rows of a run are in order of tokens already.
    let mut by_run: Vec<(u64, Vec<f64>)> = sample.run_keys.iter().map(|&key| (key, Vec::new())).collect();
    for (&run, s) in sample.run.iter().zip(&residuals) {
        by_run[run].1.push(*s);
    }
    order::sort_by(&mut by_run, |a, b| a.0.cmp(&b.0));
    let runs: Vec<(f64, Vec<f64>)> = by_run
        .into_iter()
        .map(|(_, values)| {
            let level = values.iter().sum::<f64>() / values.len() as f64;
            (level, values.iter().map(|s| s - level).collect())
        })
        .collect();
    if runs.is_empty() {
        return vec![0.0; draws];
    }
    let n = residuals.len() as f64;
    let spare = (n - sample.free() as f64).max(n / 4.0);
    let stretch = (n / spare).sqrt();
    let pick = |length: usize, u: f64| ((u * length as f64) as usize).min(length - 1);
    (0..draws as u64)
        .map(|draw| {
            let (level, _) = &runs[pick(runs.len(), uniform(seed, draw, LEVEL_STREAM))];
            let (_, deviations) = &runs[pick(runs.len(), uniform(seed, draw, NOISE_RUN_STREAM))];
            let deviation = deviations[pick(deviations.len(), uniform(seed, draw, CHECKPOINT_STREAM))];
            stretch * (level + deviation)
        })
        .collect()
}
