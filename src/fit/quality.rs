//! What is said about a fit: parameters with intervals, and in-sample quality.

use super::percentile::percentile_interval;
use super::polish::Polished;
use super::prepare::Prepared;
use super::study::{Chosen, Options};
use super::study::{Estimate, Quality};
use crate::law::{self, Factor, Law, Scale};
use crate::maths;

/// One billion: the unit of `N` and `D` in the formula shown.
const BILLION: Scale = Scale { size: 1e9, tokens: 1e9 };

/// For each parameter the share of these parameter vectors in which it does not enter the formula: the coefficient of
/// its term is zero there, and it keeps whatever value it started from.
pub fn idle(law: &dyn Law, thetas: &[Vec<f64>]) -> Vec<f64> {
    let mut idle: Vec<Option<f64>> = vec![None; law.parameters().len()];
    for term in law.terms() {
        let gone = thetas.iter().filter(|theta| theta[term.coefficient] == 0.0).count();
        for index in term.factors().flat_map(Factor::parameters).flatten() {
            // One of several terms that it stands in is enough.
            let share = gone as f64 / thetas.len().max(1) as f64;
            idle[index] = Some(idle[index].map_or(share, |known| known.min(share)));
        }
    }
    idle.into_iter().map(|share| share.unwrap_or(0.0)).collect()
}

/// The parameters for people, with percentile intervals where there are draws.
pub fn estimates(
    prepared: &Prepared,
    theta: &[f64],
    draws: &[Vec<f64>],
    options: &Options,
    target: &str,
) -> Vec<Estimate> {
    let scale = &prepared.scale;
    let idle = idle(prepared.sample.law, &[theta.to_vec()]);
    let billions = Scale { size: scale.size / BILLION.size, tokens: scale.tokens / BILLION.tokens };
    let law = prepared.sample.law;
    law.parameters()
        .iter()
        .enumerate()
        .map(|(j, parameter)| {
            let held = prepared.sample.held[j].is_some();
            let interval = |scale: &Scale| {
                let mut values: Vec<f64> = draws.iter().map(|draw| law::natural(law, j, draw, scale)).collect();
                (!held && idle[j] == 0.0 && !values.is_empty()).then(|| percentile_interval(&mut values, options.level))
            };
            Estimate {
                name: parameter.name.to_owned(),
                symbol: parameter.symbol.to_owned(),
                value: law::natural(law, j, theta, scale),
                value_billions: law::natural(law, j, theta, &billions),
                interval: interval(scale),
                interval_billions: interval(&billions),
                held,
                chosen: Chosen::of(options, target, parameter.name),
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
    let error = |y: f64, s: f64| y / maths::exp(s) - y;
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
