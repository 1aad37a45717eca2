//! The rows one law is fitted to, in a canonical order, with the objective over them.
//!
//! Objective: `F(θ) = Σ w_i h_δ(s_i)`, by default with `s_i = ln L_i(θ) - ln y_i` and Huber's `h_δ(s) = s²/2` for `|s| ≤ δ`,
//! else `δ(|s| - δ/2)` (Hoffmann 2022, appendix D.3). Least squares is `δ = ∞`, on the same residual or on `s_i = L_i - y_i`.
//! Its gradient, its generalised Hessian (semi-smooth: the second derivative of `h_δ` jumps at `|s| = δ`) and a
//! Gauss-Newton majoriser are computed in one pass.

use super::study::Objective;
use crate::law::{Law, Points, ResidualScale};
use crate::maths::{self, dot_by_four};
use std::sync::Arc;

/// The rows of one target, sorted so that the order of the file changes no digit.
#[derive(Clone)]
pub struct Sample {
    /// The law.
    pub law: &'static dyn Law,
    /// What is minimised.
    pub objective: Objective,
    /// Where the losses were measured.
    pub points: Arc<Points>,
    /// `y` of each row.
    pub measured: Vec<f64>,
    /// The weight of each row from the file; 1 where it has none.
    pub weight: Vec<f64>,
    /// Index of each row's run, into `run_keys`.
    pub run: Vec<usize>,
    /// Keys of the runs' names, for their draws.
    pub run_keys: Vec<u64>,
    /// Parameters that are not fitted: their value; `None` for the free ones.
    pub held: Vec<Option<f64>>,
    /// Bounds of the fit on scaled axes, parameter by parameter.
    pub bounds: Vec<(f64, f64)>,
    /// The parameter each one is tied to, if any: equal on scaled axes.
    pub tied: Vec<Option<usize>>,
}

/// The objective's local model at a point: value, gradient, Hessian and majoriser over all parameters.
#[derive(Debug, Clone)]
pub struct Model {
    /// `F(θ)`.
    pub value: f64,
    /// `dF/dθ`.
    pub gradient: Vec<f64>,
    /// Generalised Hessian, `p * p`.
    pub hessian: Vec<f64>,
    /// `Σ w min(1, δ/|s|) (ds/dθ)(ds/dθ)ᵀ`: positive semi-definite, the scale of the trust region.
    pub majoriser: Vec<f64>,
}

/// Buffers that a fit reuses from step to step.
#[derive(Debug, Default, Clone)]
pub struct Buffers {
    pub(super) loss: Vec<f64>,
    pub(super) columns: Vec<f64>,
    /// `w h' s'`, the weights of the gradient and of the law's own curvature.
    pub(super) slope: Vec<f64>,
    newton: Vec<f64>,
    major: Vec<f64>,
    scaled: Vec<f64>,
    /// Columns of the linear block, and the loss without it.
    pub(super) basis: Vec<f64>,
    pub(super) rest: Vec<f64>,
}

/// Huber's loss of a residual.
pub fn huber(s: f64, delta: f64) -> f64 {
    let a = s.abs();
    if a <= delta { 0.5 * s * s } else { delta * (a - 0.5 * delta) }
}

/// `ln(loss / measured)`. Near 1 by the series of the inverse hyperbolic tangent, which needs no logarithm, loses no
/// digits to cancellation and gives the same digits in every browser; the last term left out is below 4e-17.
pub fn log_residual(loss: f64, measured: f64) -> f64 {
    let x = (loss - measured) / measured;
    if x.abs() <= 0.1 {
        let z = x / (2.0 + x);
        let q = z * z;
        let series = 1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0))));
        2.0 * z * (1.0 + q * series)
    } else {
        maths::ln(loss / measured)
    }
}

/// What a residual is the difference of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Difference {
    /// Of the loss or score itself.
    Plain,
    /// Of its logarithm.
    Logarithm,
}

/// The residual whose size the objective measures, and its first two derivatives by the loss.
fn residual(of: Difference, loss: f64, measured: f64) -> (f64, f64, f64) {
    match of {
        Difference::Plain => (loss - measured, 1.0, 0.0),
        Difference::Logarithm => {
            let inverse = loss.recip();
            (log_residual(loss, measured), inverse, -inverse * inverse)
        }
    }
}

/// `Σ a c` and `Σ b c`, each in four sums.
fn dot_two(a: &[f64], b: &[f64], c: &[f64]) -> (f64, f64) {
    let (mut first, mut second, whole) = ([0.0; 4], [0.0; 4], c.len() / 4 * 4);
    let rows = a[..whole].chunks_exact(4).zip(b[..whole].chunks_exact(4)).zip(c[..whole].chunks_exact(4));
    for ((x, y), z) in rows {
        for k in 0..4 {
            first[k] += x[k] * z[k];
            second[k] += y[k] * z[k];
        }
    }
    let sum = |s: [f64; 4], of: &[f64]| {
        let tail: f64 = of[whole..].iter().zip(&c[whole..]).map(|(x, z)| x * z).sum();
        (s[0] + s[1]) + (s[2] + s[3]) + tail
    };
    (sum(first, a), sum(second, b))
}

impl Model {
    /// A model of no rows over `p` parameters.
    fn zero(p: usize) -> Self {
        Self { value: 0.0, gradient: vec![0.0; p], hessian: vec![0.0; p * p], majoriser: vec![0.0; p * p] }
    }

    /// Adds to the sums over `columns` (derivatives of the loss, `columns[j * n + i]`) all but the law's own curvature:
    /// `d²F = Σ w (h'' s'² + h' s'') ∇L ∇Lᵀ + Σ w h' s' ∇²L`.
    fn add(&mut self, columns: &[f64], buffers: (&[f64], &[f64], &[f64]), scaled: &mut Vec<f64>, used: &[usize]) {
        let (slope, newton, major) = buffers;
        let (n, p) = (slope.len(), self.gradient.len());
        let column = |j: usize| &columns[j * n..(j + 1) * n];
        scaled.resize(2 * n, 0.0);
        let (by_newton, by_major) = scaled.split_at_mut(n);
        for (place, &j) in used.iter().enumerate() {
            let own = column(j);
            self.gradient[j] = dot_by_four(slope, own);
            let weighed = by_newton.iter_mut().zip(newton).zip(by_major.iter_mut().zip(major));
            for (((by_newton, newton), (by_major, major)), value) in weighed.zip(own) {
                *by_newton = newton * value;
                *by_major = major * value;
            }
            for &k in &used[..=place] {
                let (h, m) = dot_two(by_newton, by_major, column(k));
                (self.hessian[j * p + k], self.hessian[k * p + j]) = (h, h);
                (self.majoriser[j * p + k], self.majoriser[k * p + j]) = (m, m);
            }
        }
    }
}

impl Sample {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.measured.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.measured.is_empty()
    }

    /// Number of parameters of the law, held ones included.
    pub fn parameters(&self) -> usize {
        self.held.len()
    }

    /// Whether a parameter is fitted: neither held nor tied to another.
    pub fn is_free(&self, j: usize) -> bool {
        self.held[j].is_none() && self.tied[j].is_none()
    }

    /// Number of parameters that are fitted.
    pub fn free(&self) -> usize {
        (0..self.parameters()).filter(|&j| self.is_free(j)).count()
    }

    /// The coefficients that are fitted.
    pub fn linear(&self) -> Vec<usize> {
        (0..self.parameters()).filter(|&j| self.is_free(j) && self.law.parameters()[j].is_linear()).collect()
    }

    /// Puts held parameters at their values, the others within their bounds, and tied ones where they belong.
    pub fn settle(&self, theta: &mut [f64]) {
        for (j, value) in theta.iter_mut().enumerate() {
            *value = self.held[j].unwrap_or(value.clamp(self.bounds[j].0, self.bounds[j].1));
        }
        self.tie(theta);
    }

    /// Gives tied parameters the value of the one they are tied to.
    pub fn tie(&self, theta: &mut [f64]) {
        for (j, tied) in self.tied.iter().enumerate() {
            if let Some(to) = tied {
                theta[j] = theta[*to];
            }
        }
    }

    fn difference(&self) -> Difference {
        match (self.objective, self.law.residual_scale()) {
            (Objective::LeastSquares, _) | (_, ResidualScale::Score) => Difference::Plain,
            (Objective::Huber | Objective::LeastSquaresLog, ResidualScale::LogLoss) => Difference::Logarithm,
        }
    }

    /// What a row's relative error is multiplied by to be a residual of the objective: 1, or the loss itself.
    pub fn residual_unit(&self, i: usize) -> f64 {
        match self.difference() {
            Difference::Plain => self.measured[i],
            Difference::Logarithm => 1.0,
        }
    }

    /// `Σ w h_δ(s)` for these losses; infinity where one is not a positive number.
    fn sum(&self, loss: &[f64], weight: &[f64], delta: f64) -> f64 {
        let (mut sum, of) = (0.0, self.difference());
        for ((loss, measured), w) in loss.iter().zip(&self.measured).zip(weight) {
            sum += w * huber(residual(of, *loss, *measured).0, delta);
        }
        if sum.is_finite() { sum } else { f64::INFINITY }
    }

    /// The objective at `theta`.
    pub fn value(&self, theta: &[f64], weight: &[f64], delta: f64, buffers: &mut Buffers) -> f64 {
        buffers.loss.resize(self.len(), 0.0);
        self.law.predict(theta, &self.points, &mut buffers.loss);
        self.sum(&buffers.loss, weight, delta)
    }

    /// Log residuals `ln y - ln L`, measured over predicted.
    pub fn residuals(&self, theta: &[f64]) -> Vec<f64> {
        let mut loss = vec![0.0; self.len()];
        self.law.predict(theta, &self.points, &mut loss);
        loss.iter().zip(&self.measured).map(|(loss, measured)| -log_residual(*loss, *measured)).collect()
    }

    /// The derivatives of `ln L` by the free parameters, a vector a parameter, with the parameters' indices.
    pub fn sensitivities(&self, theta: &[f64]) -> Vec<(usize, Vec<f64>)> {
        let (n, p) = (self.len(), self.parameters());
        let (mut loss, mut gradient) = (vec![0.0; n], vec![0.0; n * p]);
        self.law.gradient(theta, &self.points, &mut loss, &mut gradient);
        self.fold(&mut gradient, n);
        let free = (0..p).filter(|&j| self.is_free(j));
        free.map(|j| (j, gradient[j * n..(j + 1) * n].iter().zip(&loss).map(|(g, l)| g / l).collect())).collect()
    }

    /// Adds the columns of tied parameters to those they are tied to.
    fn fold(&self, columns: &mut [f64], n: usize) {
        for (j, tied) in self.tied.iter().enumerate() {
            let Some(to) = *tied else { continue };
            for i in 0..n {
                columns[to * n + i] += columns[j * n + i];
            }
        }
    }

    /// Fills the row weights of a model from losses; the objective's value.
    fn weigh(&self, weight: &[f64], delta: f64, buffers: &mut Buffers) -> f64 {
        let n = self.len();
        let Buffers { loss, slope, newton, major, .. } = buffers;
        for buffer in [&mut *slope, &mut *newton, &mut *major] {
            buffer.resize(n, 0.0);
        }
        let (mut value, of) = (0.0, self.difference());
        let rows = loss.iter().zip(&self.measured).zip(weight);
        let out = slope.iter_mut().zip(&mut *newton).zip(&mut *major);
        for (((&loss, &measured), &w), ((slope, newton), major)) in rows.zip(out) {
            let (s, first, second) = residual(of, loss, measured);
            let (square, a) = (w * first * first, s.abs());
            // Inside, psi is s and psi' is 1; outside, psi is delta with the sign of s. Least squares is all inside.
            let (psi, inside, share) = if a <= delta { (s, 1.0, 1.0) } else { (delta.copysign(s), 0.0, delta / a) };
            // psi (s - psi/2) is s²/2 inside and delta (|s| - delta/2) outside.
            value += w * psi * (s - 0.5 * psi);
            *slope = w * psi * first;
            *newton = square * inside + w * psi * second;
            *major = square * share;
        }
        if value.is_finite() { value } else { f64::INFINITY }
    }

    /// The objective with its derivatives at `theta`; rows and columns of held and tied parameters are zero.
    pub fn model(&self, theta: &[f64], weight: &[f64], delta: f64, buffers: &mut Buffers) -> Model {
        let (n, p) = (self.len(), self.parameters());
        buffers.loss.resize(n, 0.0);
        buffers.columns.resize(n * p, 0.0);
        self.law.gradient(theta, &self.points, &mut buffers.loss, &mut buffers.columns);
        self.fold(&mut buffers.columns, n);
        let free: Vec<usize> = (0..p).filter(|&j| self.is_free(j)).collect();
        let mut model = Model::zero(p);
        model.value = self.weigh(weight, delta, buffers);
        let Buffers { columns, slope, newton, major, scaled, .. } = buffers;
        model.add(columns, (slope, newton, major), scaled, &free);
        let mut curvature = vec![0.0; p * p];
        self.law.curvature(theta, &self.points, slope, &mut curvature);
        let place = |j: usize| self.tied[j].unwrap_or(j);
        for j in 0..p {
            for k in 0..p {
                let (a, b) = (place(j), place(k));
                if self.is_free(a) && self.is_free(b) {
                    model.hessian[a * p + b] += curvature[j * p + k];
                }
            }
        }
        model
    }

    /// Fills the columns of the linear block at these shape parameters, and the loss without it.
    pub(super) fn block(&self, theta: &[f64], linear: &[usize], buffers: &mut Buffers) {
        let n = self.len();
        let mut bare = theta.to_vec();
        let mut all = linear.to_vec();
        for &j in linear {
            bare[j] = 0.0;
        }
        for (j, tied) in self.tied.iter().enumerate() {
            if tied.is_some_and(|to| linear.contains(&to)) {
                bare[j] = 0.0;
                all.push(j);
            }
        }
        buffers.rest.resize(n, 0.0);
        self.law.predict(&bare, &self.points, &mut buffers.rest);
        buffers.basis.resize(n * all.len(), 0.0);
        self.law.basis(theta, &self.points, &all, &mut buffers.basis);
        for (extra, &j) in all.iter().enumerate().skip(linear.len()) {
            let to = linear.iter().position(|&k| self.tied[j] == Some(k)).unwrap_or(0);
            let (columns, tied) = buffers.basis.split_at_mut(extra * n);
            for (value, more) in columns[to * n..(to + 1) * n].iter_mut().zip(&tied[..n]) {
                *value += more;
            }
        }
        buffers.basis.truncate(n * linear.len());
    }

    /// The objective with its derivatives by the coefficients, at the shape parameters of the last [`Sample::block`].
    pub(super) fn block_model(&self, coefficients: &[f64], weight: &[f64], delta: f64, buffers: &mut Buffers) -> Model {
        let (n, k) = (self.len(), coefficients.len());
        buffers.loss.clear();
        buffers.loss.extend_from_slice(&buffers.rest);
        for (c, column) in coefficients.iter().zip(buffers.basis.chunks_exact(n.max(1))) {
            for (loss, b) in buffers.loss.iter_mut().zip(column) {
                *loss += c * b;
            }
        }
        let mut model = Model::zero(k);
        model.value = self.weigh(weight, delta, buffers);
        let Buffers { basis, slope, newton, major, scaled, .. } = buffers;
        let all: Vec<usize> = (0..k).collect();
        model.add(basis, (slope, newton, major), scaled, &all);
        model
    }

    /// Every `step`-th row: a smaller sample for the search.
    pub fn thinned(&self, step: usize) -> Self {
        let keep = |values: &[f64]| values.iter().copied().step_by(step).collect();
        Self {
            points: Arc::new(self.points.thinned(step)),
            measured: keep(&self.measured),
            weight: keep(&self.weight),
            run: self.run.iter().copied().step_by(step).collect(),
            ..self.clone()
        }
    }
}

impl std::fmt::Debug for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sample").field("law", &self.law.id()).field("rows", &self.len()).finish_non_exhaustive()
    }
}
