//! Scores in place of losses: `S(N, D) = S∞ - A/N^α - B/D^β`.
//!
//! A saturating power law for accuracy, F1, BLEU and their like, higher is better and bounded: Chinchilla's terms taken
//! away from what is reached in the end. It is no paper's law but a convention of the field; scores are fractions of one,
//! and residuals are on the score itself, as a relative error of a score near zero would count for everything. It knows no
//! mixture.

use super::vocabulary::{
    A, ALPHA, B, BETA, ONE_BUDGET, ONE_SIZE, SIZE_EXPONENT, SIZE_TERM, SIZE_WEIGHT, TOKENS_EXPONENT, TOKENS_TERM,
    TOKENS_WEIGHT, coefficient,
};
use super::{Definition, Need, Parameter, ResidualScale, Term};

const MOST: usize = 0;

/// The saturating score, five parameters.
pub static SATURATING_SCORE: Definition = Definition {
    id: "saturating-score",
    name: "Saturating score",
    citation: "a convention of the field: Chinchilla’s terms, taken away from a ceiling",
    uncertain: "No paper’s law; that a score saturates as a power is an assumption.",
    needs: &[Need::Scores],
    parameters: &[
        Parameter {
            bounds: (0.0, 1.0),
            bounds_reason: "a score is a fraction of one",
            ..coefficient("S", "S∞", "score reached in the end")
        },
        SIZE_WEIGHT,
        SIZE_EXPONENT,
        TOKENS_WEIGHT,
        TOKENS_EXPONENT,
    ],
    terms: &[Term::constant(MOST), SIZE_TERM.minus(), TOKENS_TERM.minus()],
    collapse: &[&ONE_SIZE, &ONE_BUDGET],
    residual_scale: ResidualScale::Score,
    ..Definition::PLAIN
};

const _: () = assert!(A == 1 && ALPHA == 2 && B == 3 && BETA == 4);
