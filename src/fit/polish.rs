//! Polishes all parameters on the true objective: a damped semi-smooth Newton method within bounds.
//!
//! With δ = 1e-3 most residuals of real data lie in Huber's linear part, so the objective is nearly least absolute
//! deviations: smooth between kinks that sit at `|s| = δ`. δ is lowered step by step so that the active set is nearly
//! right when the last stage begins. Each step solves `(H + λM) p = -g` on the parameters that are not at a bound they
//! push against; `M`, the majoriser, makes the damping independent of units and `λ ≥ 1` safe. It stops when the step
//! promises less than 1e-13 of the objective, or honestly at its iteration limit: the caller reports the gradient.
//!
//! What it does not do: find basins. That is `search`'s work.

use super::sample::{Buffers, Model, Sample};
use nalgebra::{DMatrix, DVector};

/// Where a polish ended.
#[derive(Debug, Clone)]
pub struct Polished {
    /// Parameters on scaled axes, within bounds.
    pub theta: Vec<f64>,
    /// The objective there.
    pub value: f64,
    /// Largest free component of the gradient, `|g_j| / sqrt(M_jj F)`: no unit.
    pub gradient_norm: f64,
}

/// How hard to polish.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Most steps a stage of δ.
    pub steps: usize,
    /// A step that promises less than this share of the objective ends the stage.
    pub tolerance: f64,
}

/// To the optimum: in all reference fits the last stage ends by its tolerance well before the limit.
pub const FULL: Effort = Effort { steps: 200, tolerance: 1e-13 };
/// A stage on the way: the next δ moves the optimum more than this leaves.
const STAGE: Effort = Effort { steps: 25, tolerance: 1e-4 };

/// Polishes from `start`, lowering δ from `first_delta` to `delta` by half decades.
pub fn polish(
    sample: &Sample,
    weight: &[f64],
    start: &[f64],
    first_delta: f64,
    delta: f64,
    effort: Effort,
    buffers: &mut Buffers,
) -> Polished {
    let mut theta = start.to_vec();
    let mut stage = first_delta;
    while stage > delta * 1.01 {
        theta = newton(sample, weight, &theta, stage, STAGE, buffers).theta;
        stage /= 10f64.sqrt();
    }
    newton(sample, weight, &theta, delta, effort, buffers)
}

/// One stage at a fixed δ.
pub fn newton(
    sample: &Sample,
    weight: &[f64],
    start: &[f64],
    delta: f64,
    effort: Effort,
    buffers: &mut Buffers,
) -> Polished {
    let parameters = sample.law.parameters();
    let bounds: Vec<(f64, f64)> = parameters.iter().map(|parameter| parameter.bounds).collect();
    let mut theta: Vec<f64> = start.to_vec();
    for (j, value) in theta.iter_mut().enumerate() {
        *value = sample.held[j].unwrap_or_else(|| value.clamp(bounds[j].0, bounds[j].1));
    }
    let mut model = sample.model(&theta, weight, delta, buffers);
    let mut damping = 1e-3;
    let mut growth = 4.0;
    for _ in 0..effort.steps {
        let free = free_parameters(sample, &theta, &bounds, &model);
        if free.is_empty() || model.value == 0.0 {
            break;
        }
        let Some((step, promised)) = damped_step(&model, &free, damping) else {
            damping = (damping * growth).max(1e-6);
            growth *= 2.0;
            if damping > 1e12 {
                break;
            }
            continue;
        };
        let mut trial = theta.clone();
        for (&j, s) in free.iter().zip(step.iter()) {
            trial[j] = (theta[j] + s).clamp(bounds[j].0, bounds[j].1);
        }
        let value = sample.objective(&trial, weight, delta, buffers);
        let gained = model.value - value;
        if gained > 0.0 && gained >= 1e-4 * promised.min(model.value) {
            theta = trial;
            model = sample.model(&theta, weight, delta, buffers);
            // Nielsen (1999): damping follows how well the model foretold the gain.
            let agreement = (gained / promised).min(1.0);
            damping = (damping * (1.0 - (2.0 * agreement - 1.0).powi(3)).max(0.1)).max(1e-12);
            growth = 4.0;
            if gained < effort.tolerance * model.value && promised < effort.tolerance * model.value {
                break;
            }
        } else {
            if promised < effort.tolerance * model.value {
                break;
            }
            damping = (damping * growth).max(1e-6);
            growth *= 2.0;
            if damping > 1e12 {
                break;
            }
        }
    }
    let p = theta.len();
    let gradient_norm = free_parameters(sample, &theta, &bounds, &model)
        .into_iter()
        .map(|j| model.gradient[j].abs() / (model.majoriser[j * p + j] * model.value).sqrt().max(f64::MIN_POSITIVE))
        .fold(0.0, f64::max);
    Polished { theta, value: model.value, gradient_norm }
}

/// Parameters a step may move: not held, seen by the data, and not pushing against a bound they sit at.
fn free_parameters(sample: &Sample, theta: &[f64], bounds: &[(f64, f64)], model: &Model) -> Vec<usize> {
    let p = theta.len();
    (0..p)
        .filter(|&j| {
            let at_low = theta[j] <= bounds[j].0 && model.gradient[j] > 0.0;
            let at_high = theta[j] >= bounds[j].1 && model.gradient[j] < 0.0;
            sample.held[j].is_none() && model.majoriser[j * p + j] > 0.0 && !at_low && !at_high
        })
        .collect()
}

/// The step `-(H + λ(M + small diagonal))⁻¹ g` over the free parameters and the decrease it promises; `None` where the
/// matrix is not positive definite at this damping.
fn damped_step(model: &Model, free: &[usize], damping: f64) -> Option<(DVector<f64>, f64)> {
    let p = model.gradient.len();
    // In units where the majoriser's diagonal is 1, or exponents and coefficients of very different size ruin the digits.
    let unit: Vec<f64> = free.iter().map(|&j| model.majoriser[j * p + j].sqrt().recip()).collect();
    let matrix = DMatrix::from_fn(free.len(), free.len(), |a, b| {
        let at = free[a] * p + free[b];
        let ridge = if a == b { 1e-9 * damping.min(1.0) + 1e-15 } else { 0.0 };
        (model.hessian[at] + damping * model.majoriser[at]) * unit[a] * unit[b] + ridge
    });
    let gradient = DVector::from_fn(free.len(), |a, _| model.gradient[free[a]] * unit[a]);
    let factor = matrix.clone().cholesky()?;
    let step = -factor.solve(&gradient);
    let promised = -(gradient.dot(&step) + 0.5 * step.dot(&(&matrix * &step)));
    (promised.is_finite() && promised >= 0.0)
        .then(|| (DVector::from_fn(free.len(), |a, _| step[a] * unit[a]), promised))
}
