//! The critical mixture ratio of one model: `R(D) = a D^s + b`, the largest domain share whose general loss stays within a
//! tolerance while the domain loss falls.
//!
//! Gu et al., "CMR Scaling Law", EMNLP 2024, arXiv 2407.17467, as noted by several readers of it. `R` is a share, not a
//! loss; the paper fits it to shares it found for each budget, with either sign of `a` and `s`, so this stands outside the
//! catalogue of what is fitted to losses: printed parameters alone use it ([`crate::published`]). Its law of the losses
//! themselves is [`super::critical_mixture`].

use super::vocabulary::{power, signed_coefficient, signed_exponent};
use super::{Definition, Input, Need, Term};

/// The law of one model, three parameters: `a`, `s`, `b`.
pub static CRITICAL_RATIO: Definition = Definition {
    id: "critical-ratio",
    name: "Critical mixture ratio",
    citation: "Gu et al., CMR Scaling Law, EMNLP 2024, arXiv 2407.17467",
    uncertain: "The formula is from notes on the paper.",
    needs: &[Need::Varies(Input::Tokens), Need::Single(Input::Size)],
    parameters: &[
        signed_coefficient("a", "a", "weight of tokens"),
        signed_exponent("s", "s", "exponent of tokens"),
        signed_coefficient("b", "b", "the share that tokens add to"),
    ],
    terms: &[Term::product(0, &[power(Input::Tokens, 1)], &[]), Term::constant(2)],
    ..Definition::PLAIN
};
