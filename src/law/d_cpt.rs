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
//! always rises first. `check` says where. At `r = 0`, `r^η = 0` and `r^η ln r = 0`, the limits for `η > 0`; with `η` held
//! at 0 the term does not know `r`.

use super::checks::rises_with_ratio;
use super::shared::{
    A, ALPHA, B, BETA, E, FIRST, RATIO_EXPONENT, RATIO_OFFSET, RATIO_WEIGHT, SIZE_TERM, TOKENS_POWER, exponent, held,
};
use super::{Axis, Base, Factor, Finding, Held, Law, Parameter, Ranges, Scale, Term};

/// The D-CPT Law with nine fitted parameters.
#[derive(Debug)]
pub struct DCpt;

const ETA: usize = 5;
const C: usize = 6;
const GAMMA: usize = 7;
const EPS: usize = 8;

static PARAMETERS: [Parameter; 9] = {
    let [e, a, alpha, b, beta] = FIRST;
    let eta = exponent("eta", "η", "exponent of the ratio in the token term");
    [e, a, alpha, b, beta, eta, RATIO_WEIGHT, RATIO_EXPONENT, RATIO_OFFSET]
};

static TERMS: [Term; 4] = [
    Term::Constant(E),
    SIZE_TERM,
    Term::Product {
        coefficient: B,
        above: &[Factor::Power { axis: Axis::Ratio, base: Base::Plain, exponent: ETA }],
        below: &[TOKENS_POWER],
    },
    Term::Product {
        coefficient: C,
        above: &[],
        below: &[Factor::Power { axis: Axis::Ratio, base: Base::Plus(EPS), exponent: GAMMA }],
    },
];

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

    fn collapse(&self, single: &[Axis]) -> Vec<Held> {
        held(
            single,
            &[
                // E + A/N^α is one constant.
                (Axis::Size, A, 0.0),
                (Axis::Size, ALPHA, 1.0),
                // B r^η/D^β depends on r alone, as C/(r+ε)^γ does.
                (Axis::Tokens, B, 0.0),
                (Axis::Tokens, BETA, 1.0),
                (Axis::Tokens, ETA, 1.0),
                // Chinchilla: C/(r+ε)^γ is part of E, r^η part of B.
                (Axis::Ratio, ETA, 0.0),
                (Axis::Ratio, C, 0.0),
                (Axis::Ratio, GAMMA, 1.0),
                (Axis::Ratio, EPS, 1.0),
            ],
        )
    }

    fn check(&self, theta: &[f64], scale: &Scale, ranges: &Ranges) -> Vec<Finding> {
        rises_with_ratio(self, theta, scale, ranges)
    }
}
