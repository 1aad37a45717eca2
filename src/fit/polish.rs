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
use serde::{Deserialize, Serialize};

/// Where a polish ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
/// Coefficients at a trial point: near enough to judge the trial by.
const SETTLE: Effort = Effort { steps: 6, tolerance: 1e-6 };

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
    let mut theta = start.to_vec();
    sample.settle(&mut theta);
    let held: Vec<bool> = (0..theta.len()).map(|j| !sample.is_free(j)).collect();
    let linear = sample.linear();
    let linear_bounds = linear.iter().map(|&j| sample.bounds[j]).collect();
    let mut objective = AllParameters { sample, weight, delta, linear, linear_bounds, buffers };
    let (theta, model) = descend(&mut objective, theta, &sample.bounds, &held, effort);
    let p = theta.len();
    let gradient_norm = free_parameters(&held, &theta, &sample.bounds, &model)
        .into_iter()
        .map(|j| model.gradient[j].abs() / (model.majoriser[j * p + j] * model.value).sqrt().max(f64::MIN_POSITIVE))
        .fold(0.0, f64::max);
    Polished { theta, value: model.value, gradient_norm }
}

/// Something to minimise within bounds.
trait Objective {
    fn model(&mut self, theta: &[f64]) -> Model;
    /// The value at a trial point, which may first be moved to a better one nearby; the model too where it is at hand.
    fn judge(&mut self, trial: &mut [f64]) -> (f64, Option<Model>);
}

/// The objective over all parameters. A trial's coefficients are solved again for its shape parameters: the valleys of
/// these laws are curved because coefficients and exponents trade off (`E` against `C`, `γ` and `ε`), and a step along
/// the valley's tangent would have to be tiny. This is variable projection carried over to Huber's loss.
struct AllParameters<'a> {
    sample: &'a Sample,
    weight: &'a [f64],
    delta: f64,
    linear: Vec<usize>,
    linear_bounds: Vec<(f64, f64)>,
    buffers: &'a mut Buffers,
}

impl Objective for AllParameters<'_> {
    fn model(&mut self, theta: &[f64]) -> Model {
        self.sample.model(theta, self.weight, self.delta, self.buffers)
    }

    fn judge(&mut self, trial: &mut [f64]) -> (f64, Option<Model>) {
        self.sample.tie(trial);
        if self.linear.is_empty() {
            return (self.sample.value(trial, self.weight, self.delta, self.buffers), None);
        }
        self.sample.block(trial, &self.linear, self.buffers);
        let start = self.linear.iter().map(|&j| trial[j]).collect();
        let held = vec![false; self.linear.len()];
        let mut block =
            LinearBlock { sample: self.sample, weight: self.weight, delta: self.delta, buffers: self.buffers };
        let (solved, model) = descend(&mut block, start, &self.linear_bounds, &held, SETTLE);
        for (&j, value) in self.linear.iter().zip(solved) {
            trial[j] = value;
        }
        self.sample.tie(trial);
        (model.value, None)
    }
}

/// The objective over the coefficients alone, at fixed shape parameters: no exponential in its loop.
struct LinearBlock<'a> {
    sample: &'a Sample,
    weight: &'a [f64],
    delta: f64,
    buffers: &'a mut Buffers,
}

impl Objective for LinearBlock<'_> {
    fn model(&mut self, theta: &[f64]) -> Model {
        self.sample.block_model(theta, self.weight, self.delta, self.buffers)
    }

    fn judge(&mut self, trial: &mut [f64]) -> (f64, Option<Model>) {
        let model = self.model(trial);
        (model.value, Some(model))
    }
}

/// Damped Newton steps from `theta` until `effort` is spent or nothing is gained.
fn descend(
    objective: &mut impl Objective,
    mut theta: Vec<f64>,
    bounds: &[(f64, f64)],
    held: &[bool],
    effort: Effort,
) -> (Vec<f64>, Model) {
    let mut model = objective.model(&theta);
    let mut damping = 1e-3;
    let mut growth = 4.0;
    for _ in 0..effort.steps {
        let free = free_parameters(held, &theta, bounds, &model);
        if free.is_empty() || model.value == 0.0 {
            break;
        }
        let mut accepted = false;
        if let Some((mut trial, promised)) = bounded_step(&model, &theta, bounds, free, damping) {
            let (value, known) = objective.judge(&mut trial);
            let gained = model.value - value;
            if gained > 0.0 && gained >= 1e-4 * promised.min(model.value) {
                theta = trial;
                model = known.unwrap_or_else(|| objective.model(&theta));
                // Nielsen (1999): damping follows how well the model foretold the gain.
                let agreement = (gained / promised).min(1.0);
                damping = (damping * (1.0 - (2.0 * agreement - 1.0).powi(3)).max(0.1)).max(1e-12);
                growth = 4.0;
                accepted = true;
                if gained.max(promised) < effort.tolerance * model.value {
                    break;
                }
            } else if promised < effort.tolerance * model.value {
                break;
            }
        }
        if !accepted {
            damping = (damping * growth).max(1e-6);
            growth *= 2.0;
            if damping > 1e12 {
                break;
            }
        }
    }
    (theta, model)
}

/// Parameters a step may move: not held, seen by the data, and not pushing against a bound they sit at.
fn free_parameters(held: &[bool], theta: &[f64], bounds: &[(f64, f64)], model: &Model) -> Vec<usize> {
    let p = theta.len();
    (0..p)
        .filter(|&j| {
            let at_low = theta[j] <= bounds[j].0 && model.gradient[j] > 0.0;
            let at_high = theta[j] >= bounds[j].1 && model.gradient[j] < 0.0;
            !held[j] && model.majoriser[j * p + j] > 0.0 && !at_low && !at_high
        })
        .collect()
}

/// What the damping adds to the majoriser's diagonal: with two sizes `E`, `A` and `α` leave a direction that the
/// majoriser does not see at all, and the law's own curvature may be negative along it.
const RIDGE: f64 = 1e-5;

/// Where the damped step within bounds leads, and the decrease it promises; `None` where the matrix is not positive
/// definite at this damping.
///
/// A parameter whose step would cross its bound is put on the bound and the others are solved again with it there:
/// clipping alone would leave the others with a step that was right only together with the one cut off, and in a
/// narrow valley that stalls.
fn bounded_step(
    model: &Model,
    theta: &[f64],
    bounds: &[(f64, f64)],
    mut free: Vec<usize>,
    damping: f64,
) -> Option<(Vec<f64>, f64)> {
    let p = theta.len();
    let damped = |j: usize, k: usize| model.hessian[j * p + k] + damping * model.majoriser[j * p + k];
    let mut step = vec![0.0; p];
    let moved = free.clone();
    // Each pass but the last puts at least one parameter on its bound.
    while !free.is_empty() {
        // In units where the majoriser's diagonal is 1, or exponents and coefficients of very different size ruin the digits.
        let unit: Vec<f64> = free.iter().map(|&j| model.majoriser[j * p + j].sqrt().recip()).collect();
        let matrix = DMatrix::from_fn(free.len(), free.len(), |a, b| {
            let ridge = if a == b { RIDGE * damping + 1e-15 } else { 0.0 };
            damped(free[a], free[b]) * unit[a] * unit[b] + ridge
        });
        let stopped: Vec<usize> = moved.iter().copied().filter(|j| !free.contains(j)).collect();
        let right = DVector::from_fn(free.len(), |a, _| {
            let coupled: f64 = stopped.iter().map(|&k| damped(free[a], k) * step[k]).sum();
            -(model.gradient[free[a]] + coupled) * unit[a]
        });
        let solution = matrix.cholesky()?.solve(&right);
        for (a, &j) in free.iter().enumerate() {
            step[j] = solution[a] * unit[a];
        }
        let inside = |j: usize| (bounds[j].0..=bounds[j].1).contains(&(theta[j] + step[j]));
        let (keep, cross): (Vec<usize>, Vec<usize>) = free.iter().partition(|&&j| inside(j));
        for &j in &cross {
            step[j] = (theta[j] + step[j]).clamp(bounds[j].0, bounds[j].1) - theta[j];
        }
        if cross.is_empty() {
            break;
        }
        free = keep;
    }
    let quadratic: f64 =
        moved.iter().map(|&j| step[j] * moved.iter().map(|&k| damped(j, k) * step[k]).sum::<f64>()).sum();
    let linear: f64 = moved.iter().map(|&j| model.gradient[j] * step[j]).sum();
    let promised = -(linear + 0.5 * quadratic);
    let trial = theta
        .iter()
        .zip(&step)
        .zip(bounds)
        .map(|((value, step), bound)| (value + step).clamp(bound.0, bound.1))
        .collect();
    (promised.is_finite() && promised >= 0.0).then_some((trial, promised))
}
