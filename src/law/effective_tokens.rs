//! Effective tokens: `L(N, D, r) = E + A/N^α + B/(r D + (1 - r) σ D)^β`.
//!
//! After form L5 of Table 1 in Que et al., NeurIPS 2024, arXiv 2406.01375: that it has six parameters is noted from the
//! paper, the formula itself is from memory and was not checked against it. A token of the other corpus is worth `σ`
//! tokens of the loss's own. It falls in `N`, `D` and, as `σ ≤ 1`, in `r`. Units as for the D-CPT Law.

use super::vocabulary::{
    B, BETA, E, IRREDUCIBLE, ONE_SIZE, SIZE_EXPONENT, SIZE_TERM, SIZE_WEIGHT, TOKENS_EXPONENT, TOKENS_POWER,
    TOKENS_WEIGHT,
};
use super::{Base, Definition, Enters, Factor, Input, Need, Parameter, Term};

const SIGMA: usize = 5;

/// The law of effective tokens, six parameters.
pub static EFFECTIVE_TOKENS: Definition = Definition {
    id: "effective-tokens",
    name: "Effective tokens",
    citation: "after form L5 of Que et al., NeurIPS 2024, arXiv 2406.01375 (from memory)",
    uncertain: "That it has six parameters is noted from the paper; the formula is from memory.",
    needs: &[Need::Varies(Input::Ratio)],
    parameters: &[
        IRREDUCIBLE,
        SIZE_WEIGHT,
        SIZE_EXPONENT,
        TOKENS_WEIGHT,
        TOKENS_EXPONENT,
        Parameter {
            name: "sigma",
            symbol: "σ",
            meaning: "worth of a token of the other corpus",
            enters: Enters::Shape { low: 0.005, high: 0.9 },
            bounds: (1e-3, 1.0),
            bounds_reason: "above 1 the other corpus would teach more than the loss's own; below 0.001 only r = 0 knows it",
        },
    ],
    terms: &[
        Term::constant(E),
        SIZE_TERM,
        Term::product(
            B,
            &[],
            &[TOKENS_POWER, Factor::Power { input: Input::Ratio, base: Base::Blend(SIGMA), exponent: BETA }],
        ),
    ],
    // With one token budget the ratio alone still moves the loss, so nothing is held: B, β and σ rest on the ratios.
    collapse: &[&ONE_SIZE, &[(Input::Ratio, SIGMA, 1.0)]],
    ..Definition::PLAIN
};
