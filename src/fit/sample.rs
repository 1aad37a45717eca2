//! The rows one law is fitted to, in a canonical order, with the objective over them.
//!
//! Objective: `F(θ) = Σ w_i h_δ(s_i)`, `s_i = ln L_i(θ) - ln y_i`, Huber's `h_δ(s) = s²/2` for `|s| ≤ δ`, else `δ(|s| - δ/2)`
//! (Hoffmann 2022, appendix D.3). Its gradient, its generalised Hessian (semi-smooth: the second derivative of
//! `h_δ` jumps at `|s| = δ`) and a Gauss-Newton majoriser are computed in one pass.

use crate::law::{Law, Points};

/// The rows of one target, sorted so that the order of the file changes no digit.
#[derive(Clone)]
pub struct Sample {
    /// The law.
    pub law: &'static dyn Law,
    /// Where the losses were measured.
    pub points: Points,
    /// `ln y` of each row.
    pub ln_loss: Vec<f64>,
    /// Index of each row's run, into `run_keys`.
    pub run: Vec<usize>,
    /// Keys of the runs' names, for their weights.
    pub run_keys: Vec<u64>,
    /// Parameters that are not fitted: their value; `None` for the free ones.
    pub held: Vec<Option<f64>>,
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
    /// `Σ w min(1, δ/|s|) q qᵀ` with `q = d ln L/dθ`: positive semi-definite, the scale of the trust region.
    pub majoriser: Vec<f64>,
}

/// Buffers that a fit reuses from step to step.
#[derive(Debug, Default, Clone)]
pub struct Buffers {
    loss: Vec<f64>,
    gradient: Vec<f64>,
    curve_weight: Vec<f64>,
}

/// Huber's loss of a residual.
pub fn huber(s: f64, delta: f64) -> f64 {
    let a = s.abs();
    if a <= delta { 0.5 * s * s } else { delta * (a - 0.5 * delta) }
}

impl Model {
    /// A model of no rows over `p` parameters.
    pub fn zero(p: usize) -> Self {
        Self { value: 0.0, gradient: vec![0.0; p], hessian: vec![0.0; p * p], majoriser: vec![0.0; p * p] }
    }

    /// Adds a row with loss `L`, residual `s`, weight `w` and gradient `row` of `L`, all but the law's own curvature,
    /// whose weight `w ψ/L` it returns: `d²F = Σ w (inside - ψ) q qᵀ + Σ w ψ/L ∇²L`, with `q = ∇L/L`. Fills the lower
    /// triangles; [`Model::finish`] mirrors them.
    pub fn add_row(&mut self, loss: f64, s: f64, w: f64, delta: f64, row: &[f64]) -> f64 {
        let p = row.len();
        self.value += w * huber(s, delta);
        let psi = s.clamp(-delta, delta);
        let inside = if s.abs() <= delta { 1.0 } else { 0.0 };
        let slope = w * psi / loss;
        let square = w / (loss * loss);
        let (newton, major) = (square * (inside - psi), square * (delta / s.abs().max(delta)));
        for (j, &gj) in row.iter().enumerate() {
            self.gradient[j] += slope * gj;
            let (nj, mj) = (newton * gj, major * gj);
            let at = j * p;
            for ((h, m), gk) in self.hessian[at..=at + j].iter_mut().zip(&mut self.majoriser[at..=at + j]).zip(row) {
                *h += nj * gk;
                *m += mj * gk;
            }
        }
        slope
    }

    /// Mirrors the lower triangles; a value that is not a number becomes infinity.
    pub fn finish(&mut self) {
        let p = self.gradient.len();
        for j in 0..p {
            for k in 0..j {
                self.hessian[k * p + j] = self.hessian[j * p + k];
                self.majoriser[k * p + j] = self.majoriser[j * p + k];
            }
        }
        if !self.value.is_finite() {
            self.value = f64::INFINITY;
        }
    }
}

impl Sample {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ln_loss.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.ln_loss.is_empty()
    }

    /// Number of parameters of the law, held ones included.
    pub fn parameters(&self) -> usize {
        self.held.len()
    }

    /// Number of parameters that are fitted.
    pub fn free(&self) -> usize {
        self.held.iter().filter(|held| held.is_none()).count()
    }

    /// The objective at `theta`; infinity where a predicted loss is not a positive number.
    pub fn objective(&self, theta: &[f64], weight: &[f64], delta: f64, buffers: &mut Buffers) -> f64 {
        buffers.loss.resize(self.len(), 0.0);
        self.law.predict(theta, &self.points, &mut buffers.loss);
        let mut sum = 0.0;
        for ((loss, ln_loss), w) in buffers.loss.iter().zip(&self.ln_loss).zip(weight) {
            sum += w * huber(loss.ln() - ln_loss, delta);
        }
        if sum.is_finite() { sum } else { f64::INFINITY }
    }

    /// Log residuals `ln y - ln L`, measured over predicted.
    pub fn residuals(&self, theta: &[f64]) -> Vec<f64> {
        let mut loss = vec![0.0; self.len()];
        self.law.predict(theta, &self.points, &mut loss);
        loss.iter().zip(&self.ln_loss).map(|(loss, ln_loss)| ln_loss - loss.ln()).collect()
    }

    /// The objective with its derivatives at `theta`.
    pub fn model(&self, theta: &[f64], weight: &[f64], delta: f64, buffers: &mut Buffers) -> Model {
        let (n, p) = (self.len(), self.parameters());
        buffers.loss.resize(n, 0.0);
        buffers.gradient.resize(n * p, 0.0);
        buffers.curve_weight.resize(n, 0.0);
        self.law.gradient(theta, &self.points, &mut buffers.loss, &mut buffers.gradient);
        let mut model = Model::zero(p);
        let rows = buffers.gradient.chunks_exact(p).zip(&buffers.loss).zip(&self.ln_loss).zip(weight);
        for ((((row, loss), ln_loss), w), slot) in rows.zip(&mut buffers.curve_weight) {
            *slot = model.add_row(*loss, loss.ln() - ln_loss, *w, delta, row);
        }
        model.finish();
        self.law.curvature(theta, &self.points, &buffers.curve_weight, &mut model.hessian);
        model
    }

    /// Every `step`-th row: a smaller sample for the search.
    pub fn thinned(&self, step: usize) -> Self {
        let keep = |values: &[f64]| values.iter().copied().step_by(step).collect();
        Self {
            points: Points {
                ln_size: keep(&self.points.ln_size),
                ln_tokens: keep(&self.points.ln_tokens),
                ratio: keep(&self.points.ratio),
                ln_ratio: keep(&self.points.ln_ratio),
            },
            ln_loss: keep(&self.ln_loss),
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
