//! Forgetting: how far the general loss rises with the tokens of continual pre-training.
//!
//! ```text
//! L(N, D, r) = E + C/N^δ + A D^β / ((1 + b r) N)^α
//! ```
//!
//! Bethune et al., "Scaling Laws for Forgetting during Finetuning with Pretraining Data Injection", ICML 2025, arXiv
//! 2502.06042, as noted: `L_pt = L_pt0 + A D_ft^β / ((1 + B p) N)^α` with `p` the injected share of pre-training data. The
//! paper takes `L_pt0`, the base model's loss, as measured; here it is `E + C/N^δ`, fitted, so that the law says something
//! of sizes between. No values are published that we know of: a form to fit.
//!
//! `L` in nats per token, `N` parameters, `D` tokens, `r` the general corpus' share. It only rises with `D`, and is about
//! the general loss alone.

use super::vocabulary::{E, IRREDUCIBLE, coefficient, exponent, power};
use super::{Base, Definition, Enters, Factor, Input, Need, OfDomain, Parameter, Term};

const C: usize = 1;
const DELTA: usize = 2;
const A: usize = 3;
const BETA: usize = 4;
const INJECTED: usize = 5;
const ALPHA: usize = 6;

/// The law of forgetting, seven parameters.
pub static FORGETTING: Definition = Definition {
    id: "forgetting",
    name: "Forgetting",
    citation: "after Bethune et al., ICML 2025, arXiv 2502.06042",
    uncertain: "The form is as noted from the paper, and no values of it are known here; that the base model’s loss is a power of size is ours.",
    needs: &[Need::Varies(Input::Ratio), Need::Varies(Input::Tokens), Need::Rise],
    parameters: &[
        IRREDUCIBLE,
        coefficient("C", "C", "weight of size in the base model’s loss"),
        exponent("delta", "δ", "exponent of size in it"),
        coefficient("A", "A", "weight of what is forgotten"),
        exponent("beta", "β", "exponent of tokens"),
        Parameter {
            name: "b",
            symbol: "b",
            meaning: "worth of the general corpus’ share",
            enters: Enters::Shape { low: 0.5, high: 200.0 },
            bounds: (0.0, 1e4),
            bounds_reason: "at 0 replay does nothing; at 10,000 a share of a thousandth already does ten times a model’s own size",
        },
        exponent("alpha", "α", "exponent of size and replay"),
    ],
    terms: &[
        Term::constant(E),
        Term::product(C, &[], &[power(Input::Size, DELTA)]),
        Term::product(
            A,
            &[power(Input::Tokens, BETA)],
            &[
                Factor::Power { input: Input::Ratio, base: Base::OnePlus(INJECTED), exponent: ALPHA },
                power(Input::Size, ALPHA),
            ],
        ),
    ],
    collapse: &[
        &[(Input::Size, C, 0.0), (Input::Size, DELTA, 1.0)],
        &[(Input::Tokens, BETA, 1.0)],
        &[(Input::Ratio, INJECTED, 0.0)],
    ],
    of_domain: OfDomain::Nothing,
    ..Definition::PLAIN
};
