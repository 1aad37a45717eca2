//! The D-CPT Law: `L(N, D, r) = E + A/N^α + B r^η/D^β + C/(r + ε)^γ`.
//!
//! Que et al., "D-CPT Law: Domain-specific Continual Pre-Training Scaling Law for Large Language Models", NeurIPS
//! 2024, arXiv 2406.01375: the formula is read in the paper's own text (its form L3); that `ε` is fitted rests on notes
//! about the paper. `L` is the validation loss in nats per token, `N` parameters, `D` tokens of continual
//! pre-training, `r` the share of the corpus the loss is measured on: the general corpus for the general loss, the
//! domain corpus for the domain loss.
//!
//! At fixed `r` it is Chinchilla with `E' = E + C/(r+ε)^γ` and `B' = B r^η`. It always falls in `N` and `D`, so it cannot
//! follow a loss that rises with tokens. It falls in `r` only where `D^β > η B r^(η-1) (r+ε)^(γ+1) / (γ C)`; for `η < 1` it
//! always rises first. `check` says where. At `r = 0`, `r^η = 0` and `r^η ln r = 0`, the limits for `η > 0`.

use super::{Axis, Enters, Factor, Finding, Held, Law, Parameter, Points, Ranges, Scale, Term};

/// The D-CPT Law with nine fitted parameters.
#[derive(Debug)]
pub struct DCpt;

const E: usize = 0;
const A: usize = 1;
const ALPHA: usize = 2;
const B: usize = 3;
const BETA: usize = 4;
const ETA: usize = 5;
const C: usize = 6;
const GAMMA: usize = 7;
const EPS: usize = 8;
const P: usize = 9;

/// Exponents: published ones lie between 0.05 and 1.1 (laws of Hoffmann, Besiroglu, Que, Zheng, Muennighoff).
pub(super) const EXPONENT_BOUNDS: (f64, f64) = (0.01, 3.0);
pub(super) const EXPONENT_REASON: &str =
    "at 0.01 a factor of ten moves the term by 2 %, a constant in all but name; published exponents stay below 1.1";
pub(super) const COEFFICIENT_BOUNDS: (f64, f64) = (0.0, f64::INFINITY);
pub(super) const COEFFICIENT_REASON: &str = "a term of the loss is never negative";
/// Where the search for an exponent starts: a little wider than the published range.
pub(super) const EXPONENT_SEARCH: Enters = Enters::Shape { low: 0.05, high: 1.5 };

static PARAMETERS: [Parameter; P] = [
    Parameter {
        name: "E",
        symbol: "E",
        meaning: "irreducible loss",
        enters: Enters::Linear,
        bounds: COEFFICIENT_BOUNDS,
        bounds_reason: COEFFICIENT_REASON,
        carries: &[],
    },
    Parameter {
        name: "A",
        symbol: "A",
        meaning: "weight of model size",
        enters: Enters::Linear,
        bounds: COEFFICIENT_BOUNDS,
        bounds_reason: COEFFICIENT_REASON,
        carries: &[(Axis::Size, ALPHA)],
    },
    Parameter {
        name: "alpha",
        symbol: "α",
        meaning: "exponent of model size",
        enters: EXPONENT_SEARCH,
        bounds: EXPONENT_BOUNDS,
        bounds_reason: EXPONENT_REASON,
        carries: &[],
    },
    Parameter {
        name: "B",
        symbol: "B",
        meaning: "weight of tokens",
        enters: Enters::Linear,
        bounds: COEFFICIENT_BOUNDS,
        bounds_reason: COEFFICIENT_REASON,
        carries: &[(Axis::Tokens, BETA)],
    },
    Parameter {
        name: "beta",
        symbol: "β",
        meaning: "exponent of tokens",
        enters: EXPONENT_SEARCH,
        bounds: EXPONENT_BOUNDS,
        bounds_reason: EXPONENT_REASON,
        carries: &[],
    },
    Parameter {
        name: "eta",
        symbol: "η",
        meaning: "exponent of the ratio in the token term",
        enters: EXPONENT_SEARCH,
        bounds: EXPONENT_BOUNDS,
        bounds_reason: EXPONENT_REASON,
        carries: &[],
    },
    Parameter {
        name: "C",
        symbol: "C",
        meaning: "weight of the ratio",
        enters: Enters::Linear,
        bounds: COEFFICIENT_BOUNDS,
        bounds_reason: COEFFICIENT_REASON,
        carries: &[],
    },
    Parameter {
        name: "gamma",
        symbol: "γ",
        meaning: "exponent of the ratio",
        enters: EXPONENT_SEARCH,
        bounds: EXPONENT_BOUNDS,
        bounds_reason: EXPONENT_REASON,
        carries: &[],
    },
    Parameter {
        name: "eps",
        symbol: "ε",
        meaning: "offset that keeps r = 0 finite",
        enters: Enters::Shape { low: 0.005, high: 0.8 },
        bounds: (1e-3, 1.0),
        bounds_reason: "below a thousandth it is finer than any grid of ratios; above 1 the term is a straight line on 0 to 1 and C, γ, ε can't be told apart",
        carries: &[],
    },
];

static TERMS: [Term; 4] = [
    Term::Constant(E),
    Term::Power { coefficient: A, above: &[], below: &[Factor { axis: Axis::Size, offset: None, exponent: ALPHA }] },
    Term::Power {
        coefficient: B,
        above: &[Factor { axis: Axis::Ratio, offset: None, exponent: ETA }],
        below: &[Factor { axis: Axis::Tokens, offset: None, exponent: BETA }],
    },
    Term::Power {
        coefficient: C,
        above: &[],
        below: &[Factor { axis: Axis::Ratio, offset: Some(EPS), exponent: GAMMA }],
    },
];

/// The law's parts at one point: what value, gradient and curvature share.
struct Parts {
    ln_n: f64,
    ln_d: f64,
    ln_r: f64,
    ln_re: f64,
    inv_re: f64,
    /// `N^-α`, `r^η D^-β`, `(r+ε)^-γ`.
    size: f64,
    data: f64,
    mix: f64,
}

impl Parts {
    fn at(theta: &[f64], at: &Points, i: usize) -> Self {
        let (ln_n, ln_d, r) = (at.ln_size[i], at.ln_tokens[i], at.ratio[i]);
        let re = r + theta[EPS];
        let ln_re = re.ln();
        let size = (-theta[ALPHA] * ln_n).exp();
        let mix = (-theta[GAMMA] * ln_re).exp();
        // The limits at r = 0: r^η and r^η ln r are both 0, unless η is held at 0, where the term does not know r.
        let ln_r = if r > 0.0 { at.ln_ratio[i] } else { 0.0 };
        let data = if r > 0.0 || theta[ETA] == 0.0 { (theta[ETA] * ln_r - theta[BETA] * ln_d).exp() } else { 0.0 };
        Self { ln_n, ln_d, ln_r, ln_re, inv_re: 1.0 / re, size, data, mix }
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        theta[E] + theta[A] * self.size + theta[B] * self.data + theta[C] * self.mix
    }
}

impl Law for DCpt {
    fn id(&self) -> &'static str {
        "d-cpt"
    }

    fn name(&self) -> &'static str {
        "D-CPT Law"
    }

    fn citation(&self) -> &'static str {
        "Que et al., D-CPT Law, NeurIPS 2024, arXiv 2406.01375"
    }

    fn needs(&self) -> &'static [Axis] {
        &[Axis::Ratio]
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS
    }

    fn terms(&self) -> &'static [Term] {
        &TERMS
    }

    fn predict(&self, theta: &[f64], at: &Points, loss: &mut [f64]) {
        for (i, out) in loss.iter_mut().enumerate() {
            *out = Parts::at(theta, at, i).loss(theta);
        }
    }

    fn gradient(&self, theta: &[f64], at: &Points, loss: &mut [f64], gradient: &mut [f64]) {
        for (i, (out, row)) in loss.iter_mut().zip(gradient.chunks_exact_mut(P)).enumerate() {
            let p = Parts::at(theta, at, i);
            *out = p.loss(theta);
            row[E] = 1.0;
            row[A] = p.size;
            row[ALPHA] = -theta[A] * p.size * p.ln_n;
            row[B] = p.data;
            row[BETA] = -theta[B] * p.data * p.ln_d;
            row[ETA] = theta[B] * p.data * p.ln_r;
            row[C] = p.mix;
            row[GAMMA] = -theta[C] * p.mix * p.ln_re;
            row[EPS] = -theta[GAMMA] * theta[C] * p.mix * p.inv_re;
        }
    }

    fn curvature(&self, theta: &[f64], at: &Points, weight: &[f64], curvature: &mut [f64]) {
        let mut add = |i: usize, j: usize, value: f64| {
            curvature[i * P + j] += value;
            if i != j {
                curvature[j * P + i] += value;
            }
        };
        let gamma = theta[GAMMA];
        for (i, &w) in weight.iter().enumerate() {
            if w == 0.0 {
                continue;
            }
            let p = Parts::at(theta, at, i);
            let (a, b, c) = (w * theta[A] * p.size, w * theta[B] * p.data, w * theta[C] * p.mix);
            add(A, ALPHA, -w * p.size * p.ln_n);
            add(ALPHA, ALPHA, a * p.ln_n * p.ln_n);
            add(B, BETA, -w * p.data * p.ln_d);
            add(B, ETA, w * p.data * p.ln_r);
            add(BETA, BETA, b * p.ln_d * p.ln_d);
            add(BETA, ETA, -b * p.ln_d * p.ln_r);
            add(ETA, ETA, b * p.ln_r * p.ln_r);
            add(C, GAMMA, -w * p.mix * p.ln_re);
            add(C, EPS, -w * gamma * p.mix * p.inv_re);
            add(GAMMA, GAMMA, c * p.ln_re * p.ln_re);
            add(GAMMA, EPS, c * p.inv_re * (gamma * p.ln_re - 1.0));
            add(EPS, EPS, c * gamma * (gamma + 1.0) * p.inv_re * p.inv_re);
        }
    }

    fn collapse(&self, single: &[Axis]) -> Vec<Held> {
        single
            .iter()
            .flat_map(|&because| {
                let held = |index, value| Held { index, value, because };
                match because {
                    // E + A/N^α is one constant.
                    Axis::Size => vec![held(A, 0.0), held(ALPHA, 1.0)],
                    // B r^η/D^β depends on r alone, as C/(r+ε)^γ does.
                    Axis::Tokens => vec![held(B, 0.0), held(BETA, 1.0), held(ETA, 1.0)],
                    // Chinchilla: C/(r+ε)^γ is part of E, r^η part of B.
                    Axis::Ratio => vec![held(ETA, 0.0), held(C, 0.0), held(GAMMA, 1.0), held(EPS, 1.0)],
                }
            })
            .collect()
    }

    fn check(&self, theta: &[f64], scale: &Scale, ranges: &Ranges) -> Vec<Finding> {
        let (Some(ratio), Some(tokens)) = (ranges.ratio, ranges.tokens) else { return Vec::new() };
        if ratio.distinct < 2 || theta[B] == 0.0 {
            return Vec::new();
        }
        // dL/dr < 0 at the smallest budget, on a grid fine enough to see a rise a reader could see. The grid starts at
        // the data's own lower end; at r = 0 with η < 1 the slope is infinite, so the first step is used there.
        let ln_d = (tokens.low / scale.tokens).ln();
        const STEPS: usize = 400;
        let r_at = |k: usize| ratio.low + (ratio.high - ratio.low) * k as f64 / STEPS as f64;
        let loss = |k: usize| {
            let r = r_at(k);
            let data = if r > 0.0 { (theta[ETA] * r.ln() - theta[BETA] * ln_d).exp() } else { 0.0 };
            theta[B] * data + theta[C] * (r + theta[EPS]).powf(-theta[GAMMA])
        };
        let values: Vec<f64> = (0..=STEPS).map(loss).collect();
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
}
