//! The ratio as a term of its own: `L(N, D, r) = E + A/N^α + B/D^β + C/(r + ε)^γ`.
//!
//! After form L1 of Table 1 in Que et al., NeurIPS 2024, arXiv 2406.01375 (the formula as noted from the paper; the
//! authors compare it with their D-CPT Law and find it a little worse). It is the D-CPT Law with `η = 0`: tokens work
//! alike at every ratio. It falls in `N`, `D` and `r` by its bounds. Units as there.

use super::vocabulary::{
    E, IRREDUCIBLE, ONE_BUDGET, ONE_SIZE, RATIO_EXPONENT, RATIO_OFFSET, RATIO_WEIGHT, SIZE_EXPONENT, SIZE_TERM,
    SIZE_WEIGHT, TOKENS_EXPONENT, TOKENS_TERM, TOKENS_WEIGHT,
};
use super::{Base, Definition, Factor, Input, Need, Term};

const C: usize = 5;
const GAMMA: usize = 6;
const EPS: usize = 7;

/// The law with the ratio as a term of its own, eight parameters.
pub static ADDITIVE_RATIO: Definition = Definition {
    id: "additive-ratio",
    name: "Ratio as a term of its own",
    citation: "after form L1 of Que et al., NeurIPS 2024, arXiv 2406.01375",
    uncertain: "The formula is as noted from the paper.",
    needs: &[Need::Varies(Input::Ratio)],
    parameters: &[
        IRREDUCIBLE,
        SIZE_WEIGHT,
        SIZE_EXPONENT,
        TOKENS_WEIGHT,
        TOKENS_EXPONENT,
        RATIO_WEIGHT,
        RATIO_EXPONENT,
        RATIO_OFFSET,
    ],
    terms: &[
        Term::constant(E),
        SIZE_TERM,
        TOKENS_TERM,
        Term::product(C, &[], &[Factor::Power { input: Input::Ratio, base: Base::Plus(EPS), exponent: GAMMA }]),
    ],
    collapse: &[
        &ONE_SIZE,
        &ONE_BUDGET,
        &[(Input::Ratio, C, 0.0), (Input::Ratio, GAMMA, 1.0), (Input::Ratio, EPS, 1.0)],
    ],
    ..Definition::PLAIN
};
