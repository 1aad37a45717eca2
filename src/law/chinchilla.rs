//! Chinchilla: `L(N, D) = E + A/N^α + B/D^β`.
//!
//! Hoffmann et al., "Training Compute-Optimal Large Language Models", 2022, arXiv 2203.15556, its parametric fit; the
//! reference parameters used in tests are those of Besiroglu et al., "Chinchilla Scaling: A replication attempt",
//! 2024, arXiv 2404.10102. `L` in nats per token, `N` parameters, `D` tokens. It does not know mixtures: on a file with
//! several ratios it fits their average, and the residuals show it.

use super::d_cpt::{COEFFICIENT_BOUNDS, COEFFICIENT_REASON, EXPONENT_BOUNDS, EXPONENT_REASON, EXPONENT_SEARCH};
use super::{Axis, Enters, Factor, Finding, Held, Law, Parameter, Points, Ranges, Scale, Term};

/// Chinchilla's parametric law with five parameters.
#[derive(Debug)]
pub struct Chinchilla;

const E: usize = 0;
const A: usize = 1;
const ALPHA: usize = 2;
const B: usize = 3;
const BETA: usize = 4;
const P: usize = 5;

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
];

static TERMS: [Term; 3] = [
    Term::Constant(E),
    Term::Power { coefficient: A, above: &[], below: &[Factor { axis: Axis::Size, offset: None, exponent: ALPHA }] },
    Term::Power { coefficient: B, above: &[], below: &[Factor { axis: Axis::Tokens, offset: None, exponent: BETA }] },
];

impl Law for Chinchilla {
    fn id(&self) -> &'static str {
        "chinchilla"
    }

    fn name(&self) -> &'static str {
        "Chinchilla"
    }

    fn citation(&self) -> &'static str {
        "Hoffmann et al., 2022, arXiv 2203.15556; Besiroglu et al., 2024, arXiv 2404.10102"
    }

    fn needs(&self) -> &'static [Axis] {
        &[Axis::Size, Axis::Tokens]
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS
    }

    fn terms(&self) -> &'static [Term] {
        &TERMS
    }

    fn predict(&self, theta: &[f64], at: &Points, loss: &mut [f64]) {
        for (i, out) in loss.iter_mut().enumerate() {
            *out = theta[E]
                + theta[A] * (-theta[ALPHA] * at.ln_size[i]).exp()
                + theta[B] * (-theta[BETA] * at.ln_tokens[i]).exp();
        }
    }

    fn gradient(&self, theta: &[f64], at: &Points, loss: &mut [f64], gradient: &mut [f64]) {
        for (i, (out, row)) in loss.iter_mut().zip(gradient.chunks_exact_mut(P)).enumerate() {
            let (ln_n, ln_d) = (at.ln_size[i], at.ln_tokens[i]);
            let (size, data) = ((-theta[ALPHA] * ln_n).exp(), (-theta[BETA] * ln_d).exp());
            *out = theta[E] + theta[A] * size + theta[B] * data;
            row[E] = 1.0;
            row[A] = size;
            row[ALPHA] = -theta[A] * size * ln_n;
            row[B] = data;
            row[BETA] = -theta[B] * data * ln_d;
        }
    }

    fn curvature(&self, theta: &[f64], at: &Points, weight: &[f64], curvature: &mut [f64]) {
        let mut add = |i: usize, j: usize, value: f64| {
            curvature[i * P + j] += value;
            if i != j {
                curvature[j * P + i] += value;
            }
        };
        for (i, &w) in weight.iter().enumerate() {
            let (ln_n, ln_d) = (at.ln_size[i], at.ln_tokens[i]);
            let (size, data) = (w * (-theta[ALPHA] * ln_n).exp(), w * (-theta[BETA] * ln_d).exp());
            add(A, ALPHA, -size * ln_n);
            add(ALPHA, ALPHA, theta[A] * size * ln_n * ln_n);
            add(B, BETA, -data * ln_d);
            add(BETA, BETA, theta[B] * data * ln_d * ln_d);
        }
    }

    fn collapse(&self, single: &[Axis]) -> Vec<Held> {
        single
            .iter()
            .flat_map(|&because| {
                let held = |index, value| Held { index, value, because };
                match because {
                    Axis::Size => vec![held(A, 0.0), held(ALPHA, 1.0)],
                    Axis::Tokens => vec![held(B, 0.0), held(BETA, 1.0)],
                    Axis::Ratio => Vec::new(),
                }
            })
            .collect()
    }

    fn check(&self, _theta: &[f64], _scale: &Scale, _ranges: &Ranges) -> Vec<Finding> {
        // Falls in N and D by its bounds; knows no ratio.
        Vec::new()
    }
}
