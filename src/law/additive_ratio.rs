//! The ratio as a term of its own: `L(N, D, r) = E + A/N^α + B/D^β + C/(r + ε)^γ`.
//!
//! After form L1 of Table 1 in Que et al., NeurIPS 2024, arXiv 2406.01375 (the formula as noted from the paper; the
//! authors compare it with their D-CPT Law and find it a little worse). It is the D-CPT Law with `η = 0`: tokens work
//! alike at every ratio. It falls in `N`, `D` and `r` by its bounds. Units as there.

use super::shared::{
    A, ALPHA, B, BETA, E, FIRST, RATIO_EXPONENT, RATIO_OFFSET, RATIO_WEIGHT, SIZE_TERM, TOKENS_TERM, held,
};
use super::{Axis, Base, Factor, Finding, Held, Law, Parameter, Ranges, Scale, Term};

/// The law with the ratio as a term of its own, eight parameters.
#[derive(Debug)]
pub struct AdditiveRatio;

const C: usize = 5;
const GAMMA: usize = 6;
const EPS: usize = 7;

static PARAMETERS: [Parameter; 8] = {
    let [e, a, alpha, b, beta] = FIRST;
    [e, a, alpha, b, beta, RATIO_WEIGHT, RATIO_EXPONENT, RATIO_OFFSET]
};

static TERMS: [Term; 4] = [
    Term::Constant(E),
    SIZE_TERM,
    TOKENS_TERM,
    Term::Product {
        coefficient: C,
        above: &[],
        below: &[Factor::Power { axis: Axis::Ratio, base: Base::Plus(EPS), exponent: GAMMA }],
    },
];

impl Law for AdditiveRatio {
    fn id(&self) -> &'static str {
        "additive-ratio"
    }

    fn name(&self) -> &'static str {
        "Ratio as a term of its own"
    }

    fn citation(&self) -> &'static str {
        "after form L1 of Que et al., NeurIPS 2024, arXiv 2406.01375"
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
                (Axis::Size, A, 0.0),
                (Axis::Size, ALPHA, 1.0),
                (Axis::Tokens, B, 0.0),
                (Axis::Tokens, BETA, 1.0),
                (Axis::Ratio, C, 0.0),
                (Axis::Ratio, GAMMA, 1.0),
                (Axis::Ratio, EPS, 1.0),
            ],
        )
    }

    fn check(&self, _theta: &[f64], _scale: &Scale, _ranges: &Ranges) -> Vec<Finding> {
        // Falls in N, D and r by its bounds.
        Vec::new()
    }
}
