//! The law of the critical mixture ratio: a general loss that rises and then recovers.
//!
//!     L(N, D, r) = E + A/N^α + F r^η D^s + G r^θ D^u      signs of F, G, η, θ, s, u free
//!
//! Gu et al., "CMR Scaling Law: Predicting Critical Mixture Ratios for Continual Pre-training of Language Models", EMNLP
//! 2024, arXiv 2407.17467, as noted from the paper: at fixed tokens `L(R) = a R^s + b`; at a fixed ratio the domain loss
//! changes by `a1 T^s1 + b1` and the general loss by `a2 T^s2 + a3 T^s3 + b2`, signs free, so that it can rise and then
//! recover. The paper fits each size, each ratio and each budget by itself. Ours: one law over all rows whose sections
//! these are, each power of tokens times a power of the own corpus' share, and Chinchilla's term of size. At one ratio it
//! is the paper's general form, at one budget `L(R)`, and for a domain loss the second power is held at zero: the paper's
//! domain form.
//!
//! `L` in nats per token, `N` parameters, `D` tokens, `r` the share of the loss's own corpus. The critical mixture ratio
//! itself, the largest domain share whose general loss is still within the tolerance, is the answer of the trade-off.

use super::checks::rises_with_ratio;
use super::vocabulary::{
    E, IRREDUCIBLE, ONE_SIZE, SIZE_EXPONENT, SIZE_TERM, SIZE_WEIGHT, power, signed_coefficient, signed_exponent,
};
use super::{Definition, Input, Need, OfDomain, Term};

const F: usize = 3;
const ETA: usize = 4;
const S: usize = 5;
const G: usize = 6;
const THETA: usize = 7;
const U: usize = 8;

/// Nine parameters for a general loss, six for a domain loss.
pub static CRITICAL_MIXTURE: Definition = Definition {
    id: "critical-mixture",
    name: "Critical mixture ratio",
    citation: "after Gu et al., CMR Scaling Law, EMNLP 2024, arXiv 2407.17467",
    uncertain: "The paper's forms are as noted from it, at one size and one ratio or budget at a time; that one law joins them is ours.",
    needs: &[Need::Varies(Input::Ratio), Need::Varies(Input::Tokens)],
    parameters: &[
        IRREDUCIBLE,
        SIZE_WEIGHT,
        SIZE_EXPONENT,
        signed_coefficient("F", "F", "weight of the first power of tokens"),
        signed_exponent("eta", "η", "exponent of the ratio in it"),
        signed_exponent("s", "s", "exponent of tokens in it"),
        signed_coefficient("G", "G", "weight of the second power of tokens"),
        signed_exponent("theta", "θ", "exponent of the ratio in it"),
        signed_exponent("u", "u", "exponent of tokens in it"),
    ],
    terms: &[
        Term::constant(E),
        SIZE_TERM,
        Term::product(F, &[power(Input::Ratio, ETA), power(Input::Tokens, S)], &[]),
        Term::product(G, &[power(Input::Ratio, THETA), power(Input::Tokens, U)], &[]),
    ],
    collapse: &[
        &ONE_SIZE,
        &[(Input::Tokens, S, 0.0), (Input::Tokens, G, 0.0), (Input::Tokens, THETA, 0.0), (Input::Tokens, U, 0.0)],
        &[(Input::Ratio, ETA, 0.0), (Input::Ratio, THETA, 0.0)],
    ],
    of_domain: OfDomain::Holding(&[(G, 0.0), (THETA, 0.0), (U, 0.0)]),
    check: rises_with_ratio,
    ..Definition::PLAIN
};
