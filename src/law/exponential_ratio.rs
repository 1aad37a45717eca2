//! The ratio in exponents: `L(N, D, r) = E + A/N^α + B b^r/D^β + C c^r`.
//!
//! After form L4 of Table 1 in Que et al., NeurIPS 2024, arXiv 2406.01375: that it is exponential in `r` with eight
//! parameters is noted from the paper, the formula itself is from memory and was not checked against it. Finite at
//! `r = 0` without an offset. It falls in `N` and `D`; with `b > 1` it can rise in `r`, and `check` says where. Units as for
//! the D-CPT Law.

use super::checks::rises_with_ratio;
use super::shared::{A, ALPHA, B, BETA, E, FIRST, RATIO_WEIGHT, SIZE_TERM, TOKENS_POWER, held};
use super::{Axis, Enters, Factor, Finding, Held, Law, Parameter, Ranges, Scale, Term};

/// The law with the ratio in exponents, eight parameters.
#[derive(Debug)]
pub struct ExponentialRatio;

const TOKENS_BASE: usize = 5;
const C: usize = 6;
const RATIO_BASE: usize = 7;

static PARAMETERS: [Parameter; 8] = {
    let [e, a, alpha, b, beta] = FIRST;
    let tokens_base = Parameter {
        name: "b",
        symbol: "b",
        meaning: "base of the ratio in the token term",
        enters: Enters::Shape { low: 0.2, high: 10.0 },
        bounds: (0.01, 100.0),
        bounds_reason: "at 100 the token term of the whole corpus is a hundred times that of none of it",
        carries: &[],
    };
    let ratio_base = Parameter {
        name: "c",
        symbol: "c",
        meaning: "base of the ratio",
        enters: Enters::Shape { low: 0.01, high: 0.9 },
        bounds: (1e-3, 1.0),
        bounds_reason: "above 1 the term would rise with the corpus's own share; at 0.001 it is gone at half of it",
        carries: &[],
    };
    [e, a, alpha, b, beta, tokens_base, RATIO_WEIGHT, ratio_base]
};

static TERMS: [Term; 4] = [
    Term::Constant(E),
    SIZE_TERM,
    Term::Product {
        coefficient: B,
        above: &[Factor::Exponential { axis: Axis::Ratio, base: TOKENS_BASE }],
        below: &[TOKENS_POWER],
    },
    Term::Product { coefficient: C, above: &[Factor::Exponential { axis: Axis::Ratio, base: RATIO_BASE }], below: &[] },
];

impl Law for ExponentialRatio {
    fn id(&self) -> &'static str {
        "exponential-ratio"
    }

    fn name(&self) -> &'static str {
        "Ratio in exponents"
    }

    fn citation(&self) -> &'static str {
        "after form L4 of Que et al., NeurIPS 2024, arXiv 2406.01375 (from memory)"
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
                // B b^r/D^β depends on r alone, as C c^r does.
                (Axis::Tokens, B, 0.0),
                (Axis::Tokens, BETA, 1.0),
                (Axis::Tokens, TOKENS_BASE, 1.0),
                // Chinchilla.
                (Axis::Ratio, TOKENS_BASE, 1.0),
                (Axis::Ratio, C, 0.0),
                (Axis::Ratio, RATIO_BASE, 1.0),
            ],
        )
    }

    fn check(&self, theta: &[f64], scale: &Scale, ranges: &Ranges) -> Vec<Finding> {
        rises_with_ratio(self, theta, scale, ranges)
    }
}
