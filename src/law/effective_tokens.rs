//! Effective tokens: `L(N, D, r) = E + A/N^α + B/(r D + (1 - r) σ D)^β`.
//!
//! After form L5 of Table 1 in Que et al., NeurIPS 2024, arXiv 2406.01375: that it has six parameters is noted from the
//! paper, the formula itself is from memory and was not checked against it. A token of the other corpus is worth `σ`
//! tokens of the loss's own. It falls in `N`, `D` and, as `σ ≤ 1`, in `r`. Units as for the D-CPT Law.

use super::shared::{A, ALPHA, B, BETA, E, FIRST, SIZE_TERM, TOKENS_POWER, held};
use super::{Axis, Base, Enters, Factor, Finding, Held, Law, Parameter, Ranges, Scale, Term};

/// The law of effective tokens, six parameters.
#[derive(Debug)]
pub struct EffectiveTokens;

const SIGMA: usize = 5;

static PARAMETERS: [Parameter; 6] = {
    let [e, a, alpha, b, beta] = FIRST;
    let sigma = Parameter {
        name: "sigma",
        symbol: "σ",
        meaning: "worth of a token of the other corpus",
        enters: Enters::Shape { low: 0.005, high: 0.9 },
        bounds: (1e-3, 1.0),
        bounds_reason: "above 1 the other corpus would teach more than the loss's own; below 0.001 only r = 0 knows it",
        carries: &[],
    };
    [e, a, alpha, b, beta, sigma]
};

static TERMS: [Term; 3] = [
    Term::Constant(E),
    SIZE_TERM,
    Term::Product {
        coefficient: B,
        above: &[],
        below: &[TOKENS_POWER, Factor::Power { axis: Axis::Ratio, base: Base::Blend(SIGMA), exponent: BETA }],
    },
];

impl Law for EffectiveTokens {
    fn id(&self) -> &'static str {
        "effective-tokens"
    }

    fn name(&self) -> &'static str {
        "Effective tokens"
    }

    fn citation(&self) -> &'static str {
        "after form L5 of Que et al., NeurIPS 2024, arXiv 2406.01375 (from memory)"
    }

    fn needs(&self) -> &'static [Axis] {
        &[Axis::Ratio]
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS
    }

    fn terms(&self) -> &'static [Term] {
        &TERMS
    }

    fn collapse(&self, single: &[Axis]) -> Vec<Held> {
        // With one token budget the ratio alone still moves the loss, so nothing is held: B, β and σ rest on the ratios.
        held(single, &[(Axis::Size, A, 0.0), (Axis::Size, ALPHA, 1.0), (Axis::Ratio, SIGMA, 1.0)])
    }

    fn check(&self, _theta: &[f64], _scale: &Scale, _ranges: &Ranges) -> Vec<Finding> {
        // Falls in N, D and r by its bounds.
        Vec::new()
    }
}
