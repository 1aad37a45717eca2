//! Chinchilla: `L(N, D) = E + A/N^α + B/D^β`.
//!
//! Hoffmann et al., "Training Compute-Optimal Large Language Models", 2022, arXiv 2203.15556, its parametric fit; the
//! reference parameters used in tests are those of Besiroglu et al., "Chinchilla Scaling: A replication attempt",
//! 2024, arXiv 2404.10102. `L` in nats per token, `N` parameters, `D` tokens. It does not know mixtures: on a file with
//! several ratios it fits their average, and the residuals show it.

use super::vocabulary::{
    E, IRREDUCIBLE, ONE_BUDGET, ONE_SIZE, SIZE_EXPONENT, SIZE_TERM, SIZE_WEIGHT, TOKENS_EXPONENT, TOKENS_TERM,
    TOKENS_WEIGHT,
};
use super::{Definition, Input, Need, Term};

/// Chinchilla's parametric law with five parameters.
pub static CHINCHILLA: Definition = Definition {
    id: "chinchilla",
    name: "Chinchilla",
    citation: "Hoffmann et al., 2022, arXiv 2203.15556; Besiroglu et al., 2024, arXiv 2404.10102",
    needs: &[Need::Varies(Input::Size), Need::Varies(Input::Tokens)],
    parameters: &[IRREDUCIBLE, SIZE_WEIGHT, SIZE_EXPONENT, TOKENS_WEIGHT, TOKENS_EXPONENT],
    terms: &[Term::constant(E), SIZE_TERM, TOKENS_TERM],
    collapse: &[&ONE_SIZE, &ONE_BUDGET],
    ..Definition::PLAIN
};
