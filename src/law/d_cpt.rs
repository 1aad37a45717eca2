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
//! always rises first. The check says where. At `r = 0`, `r^η = 0` and `r^η ln r = 0`, the limits for `η > 0`; with `η`
//! held at 0 the term does not know `r`.

use super::checks::rises_with_ratio;
use super::vocabulary::{
    B, BETA, E, IRREDUCIBLE, ONE_SIZE, RATIO_EXPONENT, RATIO_OFFSET, RATIO_WEIGHT, SIZE_EXPONENT, SIZE_TERM,
    SIZE_WEIGHT, TOKENS_EXPONENT, TOKENS_POWER, TOKENS_WEIGHT, exponent, power,
};
use super::{Base, Definition, Factor, Input, Need, Term};

const ETA: usize = 5;
const C: usize = 6;
const GAMMA: usize = 7;
const EPS: usize = 8;

/// The D-CPT Law with nine fitted parameters.
pub static D_CPT: Definition = Definition {
    id: "d-cpt",
    name: "D-CPT Law",
    citation: "Que et al., D-CPT Law, NeurIPS 2024, arXiv 2406.01375",
    uncertain: "That ε is fitted rests on notes about the paper.",
    needs: &[Need::Varies(Input::Ratio)],
    parameters: &[
        IRREDUCIBLE,
        SIZE_WEIGHT,
        SIZE_EXPONENT,
        TOKENS_WEIGHT,
        TOKENS_EXPONENT,
        exponent("eta", "η", "exponent of the ratio in the token term"),
        RATIO_WEIGHT,
        RATIO_EXPONENT,
        RATIO_OFFSET,
    ],
    terms: &[
        Term::constant(E),
        SIZE_TERM,
        Term::product(B, &[power(Input::Ratio, ETA)], &[TOKENS_POWER]),
        Term::product(C, &[], &[Factor::Power { input: Input::Ratio, base: Base::Plus(EPS), exponent: GAMMA }]),
    ],
    collapse: &[
        &ONE_SIZE,
        // B r^η/D^β depends on r alone, as C/(r+ε)^γ does.
        &[(Input::Tokens, B, 0.0), (Input::Tokens, BETA, 1.0), (Input::Tokens, ETA, 1.0)],
        // Chinchilla: C/(r+ε)^γ is part of E, r^η part of B.
        &[(Input::Ratio, ETA, 0.0), (Input::Ratio, C, 0.0), (Input::Ratio, GAMMA, 1.0), (Input::Ratio, EPS, 1.0)],
    ],
    check: rises_with_ratio,
    ..Definition::PLAIN
};
