//! Cross-lingual continual pre-training: runs from scratch and continued ones fitted together.
//!
//! ```text
//! from scratch  L = E + A/N^α + B/D^β
//! continued     L = E + A/N^α + B'/(D^β' N^γ)
//! ```
//!
//! Zheng et al., "Breaking Language Barriers: Cross-Lingual Continual Pre-Training at Scale", EMNLP 2024, arXiv
//! 2407.02118, both formulas read in the paper's own text. The paper fits the scratch runs first and freezes `E`, `A` and
//! `α`; here both kinds are fitted at once with these shared, which is the same law and lets the draws of both belong
//! together. `L` in nats per token, `N` parameters, `D` tokens. A what-if is a continued run.
//!
//! Printed values: see [`crate::published`]. With one size `γ` is part of `B'`.

use super::vocabulary::{
    E, IRREDUCIBLE, ONE_BUDGET, ONE_SIZE, SIZE_EXPONENT, SIZE_TERM, SIZE_WEIGHT, TOKENS_EXPONENT, TOKENS_POWER,
    TOKENS_WEIGHT, coefficient, exponent, power,
};
use super::{Definition, Enters, Factor, Input, Need, Parameter, Term};

/// Index of the weight of tokens from scratch.
pub const B: usize = super::vocabulary::B;
/// Index of the weight of tokens of a continued run.
pub const B_CONTINUED: usize = 5;
/// Index of their exponent.
pub const BETA_CONTINUED: usize = 6;
/// Index of the exponent of size in what the tokens of a continued run are worth.
pub const GAMMA: usize = 7;

/// A run from scratch.
pub const SCRATCH: f64 = 0.0;
/// A run continued from a trained model.
pub const CONTINUED: f64 = 1.0;

/// The law of both kinds of runs, eight parameters.
pub static CROSS_LINGUAL: Definition = Definition {
    id: "cross-lingual",
    name: "Cross-lingual CPT",
    citation: "Zheng et al., EMNLP 2024, arXiv 2407.02118",
    uncertain: "The paper fits the runs from scratch first; here both kinds are fitted at once.",
    needs: &[Need::Varies(Input::Start)],
    parameters: &[
        IRREDUCIBLE,
        SIZE_WEIGHT,
        SIZE_EXPONENT,
        TOKENS_WEIGHT,
        TOKENS_EXPONENT,
        coefficient("B2", "B′", "weight of tokens, continued"),
        exponent("beta2", "β′", "exponent of tokens, continued"),
        Parameter {
            enters: Enters::Shape { low: 0.01, high: 0.5 },
            bounds: (0.0, 1.0),
            bounds_reason: "at 0 what was learned before helps every size alike; the paper finds 0.08",
            ..exponent("gamma", "γ", "exponent of size in what is transferred")
        },
    ],
    terms: &[
        Term::constant(E),
        SIZE_TERM,
        Term::product(B, &[Factor::Where { input: Input::Start, value: SCRATCH }], &[TOKENS_POWER]),
        Term::product(
            B_CONTINUED,
            &[Factor::Where { input: Input::Start, value: CONTINUED }],
            &[power(Input::Tokens, BETA_CONTINUED), power(Input::Size, GAMMA)],
        ),
    ],
    collapse: &[
        &ONE_SIZE,
        &[(Input::Size, GAMMA, 0.0)],
        // One budget: the weights alone say how far the kinds are apart.
        &[(Input::Tokens, super::vocabulary::BETA, 1.0), (Input::Tokens, BETA_CONTINUED, 1.0)],
        &[(Input::Start, ONE_BUDGET[0].1, 0.0), (Input::Start, ONE_BUDGET[1].1, 1.0)],
    ],
    ..Definition::PLAIN
};
