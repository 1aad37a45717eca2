//! What the laws share: their first five parameters, the bounds of coefficients and exponents, and the terms in size
//! and tokens that they have in common.

use super::{Axis, Base, Enters, Factor, Held, Parameter, Term};

/// Index of the irreducible loss in every law here.
pub const E: usize = 0;
/// Index of the weight of model size.
pub const A: usize = 1;
/// Index of the exponent of model size.
pub const ALPHA: usize = 2;
/// Index of the weight of tokens.
pub const B: usize = 3;
/// Index of the exponent of tokens.
pub const BETA: usize = 4;

/// Exponents: published ones lie between 0.05 and 1.1 (laws of Hoffmann, Besiroglu, Que, Zheng, Muennighoff).
const EXPONENT_BOUNDS: (f64, f64) = (0.01, 3.0);
const EXPONENT_REASON: &str =
    "at 0.01 a factor of ten moves the term by 2 %, a constant in all but name; published exponents stay below 1.1";
/// Where the search for an exponent starts: a little wider than the published range.
const EXPONENT_SEARCH: Enters = Enters::Shape { low: 0.05, high: 1.5 };

/// A coefficient: linear, never negative.
pub const fn coefficient(
    name: &'static str,
    symbol: &'static str,
    meaning: &'static str,
    carries: &'static [(Axis, usize)],
) -> Parameter {
    Parameter {
        name,
        symbol,
        meaning,
        enters: Enters::Linear,
        bounds: (0.0, f64::INFINITY),
        bounds_reason: "a term of the loss is never negative",
        carries,
    }
}

/// An exponent of a power.
pub const fn exponent(name: &'static str, symbol: &'static str, meaning: &'static str) -> Parameter {
    Parameter {
        name,
        symbol,
        meaning,
        enters: EXPONENT_SEARCH,
        bounds: EXPONENT_BOUNDS,
        bounds_reason: EXPONENT_REASON,
        carries: &[],
    }
}

/// `E`, `A`, `α`, `B`, `β`: the parameters every law here begins with.
pub const FIRST: [Parameter; 5] = [
    coefficient("E", "E", "irreducible loss", &[]),
    coefficient("A", "A", "weight of model size", &[(Axis::Size, ALPHA)]),
    exponent("alpha", "α", "exponent of model size"),
    coefficient("B", "B", "weight of tokens", &[(Axis::Tokens, BETA)]),
    exponent("beta", "β", "exponent of tokens"),
];

/// The weight of the ratio's own term.
pub const RATIO_WEIGHT: Parameter = coefficient("C", "C", "weight of the ratio", &[]);
/// The exponent of the ratio's own term.
pub const RATIO_EXPONENT: Parameter = exponent("gamma", "γ", "exponent of the ratio");
/// What keeps the ratio's own term finite at `r = 0`.
pub const RATIO_OFFSET: Parameter = Parameter {
    name: "eps",
    symbol: "ε",
    meaning: "offset that keeps r = 0 finite",
    enters: Enters::Shape { low: 0.005, high: 0.8 },
    bounds: (1e-3, 1.0),
    bounds_reason: "below a thousandth it is finer than any grid of ratios; above 1 the term is a straight line on 0 to 1 and C, γ, ε can't be told apart",
    carries: &[],
};

/// `N^α`.
pub const SIZE_POWER: Factor = Factor::Power { axis: Axis::Size, base: Base::Plain, exponent: ALPHA };
/// `D^β`.
pub const TOKENS_POWER: Factor = Factor::Power { axis: Axis::Tokens, base: Base::Plain, exponent: BETA };
/// `A/N^α`.
pub const SIZE_TERM: Term = Term::Product { coefficient: A, above: &[], below: &[SIZE_POWER] };
/// `B/D^β`.
pub const TOKENS_TERM: Term = Term::Product { coefficient: B, above: &[], below: &[TOKENS_POWER] };

/// What is held where an axis has a single value: `(axis, parameter, value)` in a list.
pub fn held(single: &[Axis], rules: &[(Axis, usize, f64)]) -> Vec<Held> {
    let rule = |&because: &Axis| {
        let of_axis = rules.iter().filter(move |(axis, ..)| *axis == because);
        of_axis.map(move |&(_, index, value)| Held { index, value, because }).collect::<Vec<_>>()
    };
    single.iter().flat_map(rule).collect()
}
