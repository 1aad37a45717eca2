//! The ratio in exponents: `L(N, D, r) = E + A/N^α + B b^r/D^β + C c^r`.
//!
//! After form L4 of Table 1 in Que et al., NeurIPS 2024, arXiv 2406.01375: that it is exponential in `r` with eight
//! parameters is noted from the paper, the formula itself is from memory and was not checked against it. Finite at
//! `r = 0` without an offset. It falls in `N` and `D`; with `b > 1` it can rise in `r`, and the check says where. Units as
//! for the D-CPT Law.

use super::checks::rises_with_ratio;
use super::vocabulary::{
    B, BETA, E, IRREDUCIBLE, ONE_SIZE, RATIO_WEIGHT, SIZE_EXPONENT, SIZE_TERM, SIZE_WEIGHT, TOKENS_EXPONENT,
    TOKENS_POWER, TOKENS_WEIGHT,
};
use super::{Definition, Enters, Factor, Input, Need, Parameter, Term};

const TOKENS_BASE: usize = 5;
const C: usize = 6;
const RATIO_BASE: usize = 7;

/// The law with the ratio in exponents, eight parameters.
pub static EXPONENTIAL_RATIO: Definition = Definition {
    id: "exponential-ratio",
    name: "Ratio in exponents",
    citation: "after form L4 of Que et al., NeurIPS 2024, arXiv 2406.01375 (from memory)",
    uncertain: "That it is exponential in r with eight parameters is noted from the paper; the formula is from memory.",
    needs: &[Need::Varies(Input::Ratio)],
    parameters: &[
        IRREDUCIBLE,
        SIZE_WEIGHT,
        SIZE_EXPONENT,
        TOKENS_WEIGHT,
        TOKENS_EXPONENT,
        Parameter {
            name: "b",
            symbol: "b",
            meaning: "base of the ratio in the token term",
            enters: Enters::Shape { low: 0.2, high: 10.0 },
            bounds: (0.01, 100.0),
            bounds_reason: "at 100 the token term of the whole corpus is a hundred times that of none of it",
        },
        RATIO_WEIGHT,
        Parameter {
            name: "c",
            symbol: "c",
            meaning: "base of the ratio",
            enters: Enters::Shape { low: 0.01, high: 0.9 },
            bounds: (1e-3, 1.0),
            bounds_reason: "above 1 the term would rise with the corpus's own share; at 0.001 it is gone at half of it",
        },
    ],
    terms: &[
        Term::constant(E),
        SIZE_TERM,
        Term::product(B, &[Factor::Exponential { input: Input::Ratio, base: TOKENS_BASE }], &[TOKENS_POWER]),
        Term::product(C, &[Factor::Exponential { input: Input::Ratio, base: RATIO_BASE }], &[]),
    ],
    collapse: &[
        &ONE_SIZE,
        // B b^r/D^β depends on r alone, as C c^r does.
        &[(Input::Tokens, B, 0.0), (Input::Tokens, BETA, 1.0), (Input::Tokens, TOKENS_BASE, 1.0)],
        // Chinchilla.
        &[(Input::Ratio, TOKENS_BASE, 1.0), (Input::Ratio, C, 0.0), (Input::Ratio, RATIO_BASE, 1.0)],
    ],
    check: rises_with_ratio,
    ..Definition::PLAIN
};
