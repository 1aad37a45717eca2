//! BiMix: `L(D, r) = (B/D^β + C) / r^α`.
//!
//! Ge et al., "BiMix: Bivariate Data Mixing Law for Language Model Pretraining", 2024, arXiv 2405.14908, as noted: per
//! corpus `L_i = A_i/r_i^α_i (B_i/D^β_i + C_i)`. `A_i` only scales `B_i` and `C_i`, so it is fixed at 1. `L` in nats per
//! token, `D` tokens, `r` the share of the loss's own corpus. It knows no model size. It is infinite at `r = 0`: every run
//! must have some of the corpus. It falls in `D` and `r` by its bounds.

use super::vocabulary::{coefficient, exponent, power};
use super::{Definition, Input, Need, Term};

const B: usize = 0;
const BETA: usize = 1;
const C: usize = 2;
const ALPHA: usize = 3;

/// The bivariate law of tokens and own share, four parameters.
pub static BIMIX: Definition = Definition {
    id: "bimix",
    name: "BiMix",
    citation: "Ge et al., BiMix, 2024, arXiv 2405.14908",
    uncertain: "The formula is as noted from the paper.",
    needs: &[Need::Varies(Input::Ratio), Need::AboveZero(Input::Ratio), Need::Single(Input::Size)],
    parameters: &[
        coefficient("B", "B", "weight of tokens"),
        exponent("beta", "β", "exponent of tokens"),
        coefficient("C", "C", "loss of the whole corpus without end"),
        exponent("alpha", "α", "exponent of the ratio"),
    ],
    terms: &[
        Term::product(B, &[], &[power(Input::Tokens, BETA), power(Input::Ratio, ALPHA)]),
        Term::product(C, &[], &[power(Input::Ratio, ALPHA)]),
    ],
    collapse: &[&[(Input::Tokens, B, 0.0), (Input::Tokens, BETA, 1.0)], &[(Input::Ratio, ALPHA, 0.0)]],
    ..Definition::PLAIN
};
