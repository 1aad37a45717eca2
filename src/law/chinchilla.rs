//! Chinchilla: `L(N, D) = E + A/N^α + B/D^β`.
//!
//! Hoffmann et al., "Training Compute-Optimal Large Language Models", 2022, arXiv 2203.15556, its parametric fit; the
//! reference parameters used in tests are those of Besiroglu et al., "Chinchilla Scaling: A replication attempt",
//! 2024, arXiv 2404.10102. `L` in nats per token, `N` parameters, `D` tokens. It does not know mixtures: on a file with
//! several ratios it fits their average, and the residuals show it.

use super::shared::{A, ALPHA, B, BETA, E, FIRST, SIZE_TERM, TOKENS_TERM, held};
use super::{Axis, Finding, Held, Law, Parameter, Ranges, Scale, Term};

/// Chinchilla's parametric law with five parameters.
#[derive(Debug)]
pub struct Chinchilla;

static PARAMETERS: [Parameter; 5] = FIRST;

static TERMS: [Term; 3] = [Term::Constant(E), SIZE_TERM, TOKENS_TERM];

impl Law for Chinchilla {
    fn id(&self) -> &'static str {
        "chinchilla"
    }

    fn name(&self) -> &'static str {
        "Chinchilla"
    }

    fn citation(&self) -> &'static str {
        "Hoffmann et al., 2022, arXiv 2203.15556; Besiroglu et al., 2024, arXiv 2404.10102"
    }

    fn needs(&self) -> &'static [Axis] {
        &[Axis::Size, Axis::Tokens]
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS
    }

    fn terms(&self) -> &'static [Term] {
        &TERMS
    }

    fn collapse(&self, single: &[Axis]) -> Vec<Held> {
        held(
            single,
            &[(Axis::Size, A, 0.0), (Axis::Size, ALPHA, 1.0), (Axis::Tokens, B, 0.0), (Axis::Tokens, BETA, 1.0)],
        )
    }

    fn check(&self, _theta: &[f64], _scale: &Scale, _ranges: &Ranges) -> Vec<Finding> {
        // Falls in N and D by its bounds; knows no ratio.
        Vec::new()
    }
}
